// The two lanes of a dimension on one canvas: the noise under N(0, 1), and where z = μ + σ·ε lies under N(μ, σ) and the prior.

export const LANE = { edge: 0.03, share: 0.42, gap: 0.05 }; // room at the ends; the left lane's width; between both
const FAR = 4;
const STEPS = 48; // of a curve
const ROOMY = 44; // pixels of a row that has room for numbers under its axes
const TYPE = "10px system-ui, sans-serif";

/** Draws {mean, std, noise, latent, reach, near, point} of one row on the canvas of all: `wide` by `tall`, from `top` on; nothing is measured under the hand. */
export function drawLanes(canvas, { scale, wide, tall, top }, values, colours) {
  const context = canvas.getContext("2d");
  context.setTransform(scale, 0, 0, scale, 0, top * scale);
  context.clearRect(0, 0, wide, tall);
  const { mean, std, noise, latent, reach, near, point } = values;
  const left = lane(0, wide * LANE.share, FAR);
  const right = near ? lane(wide * (LANE.share + LANE.gap), wide, FAR * std, mean) : lane(wide * (LANE.share + LANE.gap), wide, reach);
  const roomy = tall >= ROOMY;
  const floor = tall - (roomy ? 16 : 4);
  const high = floor - 4;
  axis(context, right, floor, colours.line);
  if (!near) bell(context, right, floor, high, 0, 1, 1, { line: colours.quiet, dash: [3, 3] });
  if (!point) {
    axis(context, left, floor, colours.line);
    bell(context, left, floor, high, 0, 1, 1, { line: colours.quiet, fill: colours.ground });
    bell(context, right, floor, high, mean, std, near ? 1 : Math.min(1, 1 / std), { line: colours.accent, fill: colours.accent });
    marker(context, left.at(noise), floor, tall, colours.accent);
    arrow(context, wide * LANE.share, wide * (LANE.share + LANE.gap), tall / 2, colours.quiet);
  }
  marker(context, right.at(latent), floor, tall, colours.accent);
  if (roomy && !point) numbers(context, left, [-2, 0, 2], floor + 12, colours.quiet);
  if (roomy) numbers(context, right, near ? [mean - 2 * std, mean, mean + 2 * std] : [-2, 0, 2], floor + 12, colours.quiet);
  else if (near) ends(context, right, [mean - FAR * std, mean + FAR * std], floor, colours.quiet);
}

/** Numbers under an axis, each at its place. */
function numbers(context, { at }, values, y, colour) {
  Object.assign(context, { font: TYPE, fillStyle: colour, textAlign: "center" });
  values.forEach((value) => context.fillText(short(value), at(value), y));
}

/** Where a low row has no room below: the two ends, on the axis. */
function ends(context, { from, to }, [low, top], y, colour) {
  Object.assign(context, { font: TYPE, fillStyle: colour, textAlign: "left" });
  context.fillText(short(low), from, y - 3);
  context.textAlign = "right";
  context.fillText(short(top), to, y - 3);
}

const short = (value) => (Number.isInteger(value) ? String(value) : value.toFixed(2)).replace("-", "−");

/** An axis of values from middle − reach to middle + reach; what lies beyond stands at its end. */
function lane(from, to, reach, middle = 0) {
  const room = (to - from) * LANE.edge;
  const span = to - from - 2 * room;
  return { from, to, low: middle - reach, top: middle + reach, middle, at: (value) => from + room + ((Math.min(Math.max(value - middle, -reach), reach) + reach) / (2 * reach)) * span };
}

function axis(context, { from, to, at, middle }, floor, colour) {
  context.strokeStyle = colour;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(from, floor);
  context.lineTo(to, floor);
  context.moveTo(at(middle), floor - 3);
  context.lineTo(at(middle), floor + 3);
  context.stroke();
}

/** A Gaussian as high as the lane times `share`: its shape, not its density's value. */
function bell(context, { low: least, top: most, at }, floor, high, mean, std, share, { line, fill, dash = [] }) {
  const low = Math.max(least, mean - 4 * std);
  const top = Math.min(most, mean + 4 * std);
  if (!(top > low)) return;
  const steps = STEPS;
  context.beginPath();
  for (let step = 0; step <= steps; step++) {
    const value = low + ((top - low) * step) / steps;
    const height = high * share * Math.exp(-0.5 * ((value - mean) / std) ** 2);
    if (step) context.lineTo(at(value), floor - height);
    else context.moveTo(at(value), floor - height);
  }
  if (fill) {
    context.globalAlpha = 0.28;
    context.fillStyle = fill;
    context.fill();
    context.globalAlpha = 1;
  }
  context.strokeStyle = line;
  context.setLineDash(dash);
  context.lineWidth = 1.2;
  context.stroke();
  context.setLineDash([]);
}

function marker(context, x, floor, tall, colour) {
  context.strokeStyle = context.fillStyle = colour;
  context.lineWidth = 2;
  context.beginPath();
  context.moveTo(x, 3);
  context.lineTo(x, floor);
  context.stroke();
  context.beginPath();
  context.arc(x, floor - Math.max(0, (tall - 30) / 3), Math.min(5, tall / 5), 0, 2 * Math.PI);
  context.fill();
}

function arrow(context, from, to, y, colour) {
  context.strokeStyle = colour;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(from + 2, y);
  context.lineTo(to - 2, y);
  context.moveTo(to - 6, y - 3);
  context.lineTo(to - 2, y);
  context.lineTo(to - 6, y + 3);
  context.stroke();
}
