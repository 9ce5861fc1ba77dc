// Many points on a canvas: written straight into its pixels, so that 10,000 of them take a few milliseconds, and a grid
// with figures under them.

const RADIUS = 2.2; // CSS pixels of a dot among thousands, when all are shown; few dots are larger, and zoom enlarges them
const MOST_ENLARGED = 2;
const GRID_PIXELS = 90; // about how far apart the grid lines stand

// points: {x, y: Float32Array, classes: Int16Array or null}; colours: one CSS hex colour per class;
// hidden: Set of classes that are not drawn.
export function drawScatter(canvas, view, points, colours, hidden) {
  const ratio = window.devicePixelRatio || 1;
  const width = Math.round(view.width * ratio);
  const height = Math.round(view.height * ratio);
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  const context = canvas.getContext("2d");
  const image = context.createImageData(width, height);
  const words = new Uint32Array(image.data.buffer);
  const few = Math.sqrt(Math.sqrt(5000 / points.x.length));
  const near = 1 + Math.log2(Math.max(1, view.zoom)) / 4;
  const mask = disc(RADIUS * ratio * Math.min(MOST_ENLARGED, Math.max(1, few) * near));
  const inks = colours.map(ink);
  const { x, y, classes } = points;
  const scale = view.scale * ratio;
  const left = width / 2 - view.centre[0] * scale;
  const top = height / 2 + view.centre[1] * scale;
  for (let index = 0; index < x.length; index += 1) {
    const kind = classes ? classes[index] : 0;
    if (hidden.has(kind)) continue;
    stamp(words, width, height, Math.round(left + x[index] * scale), Math.round(top - y[index] * scale), mask, inks[kind]);
  }
  context.putImageData(image, 0, 0);
  return context;
}

function stamp(words, width, height, atX, atY, mask, colour) {
  const { reach, side, alphas } = mask;
  if (atX < reach || atY < reach || atX >= width - reach || atY >= height - reach) return;
  for (let row = 0, at = (atY - reach) * width + atX - reach, from = 0; row < side; row += 1, at += width - side) {
    for (let column = 0; column < side; column += 1, at += 1, from += 1) {
      const alpha = alphas[from];
      if (alpha > 0) words[at] = words[at] === 0 ? ((alpha << 24) | colour) >>> 0 : over(words[at], colour, alpha);
    }
  }
}

// The colour laid over a pixel that is taken already.
function over(pixel, colour, alpha) {
  const rest = 255 - alpha;
  const mix = (shift) => ((((colour >>> shift) & 0xff) * alpha + ((pixel >>> shift) & 0xff) * rest) / 255) << shift;
  const cover = Math.max(alpha, pixel >>> 24);
  return ((cover << 24) | (mix(16) & 0xff0000) | (mix(8) & 0xff00) | (mix(0) & 0xff)) >>> 0;
}

function disc(radius) {
  const reach = Math.ceil(radius);
  const side = 2 * reach + 1;
  const alphas = new Uint8Array(side * side);
  for (let row = -reach; row <= reach; row += 1) {
    for (let column = -reach; column <= reach; column += 1) {
      const covered = Math.min(Math.max(radius + 0.5 - Math.hypot(row, column), 0), 1);
      alphas[(row + reach) * side + column + reach] = Math.round(255 * covered);
    }
  }
  return { reach, side, alphas };
}

function ink(hex) {
  const value = parseInt(hex.slice(1, 7), 16);
  return ((value & 0xff) << 16) | (value & 0xff00) | (value >> 16);
}

// Grid lines under what the canvas already shows, and their figures over it, with a halo of the ground's colour.
export function drawGrid(context, view, { line, text, halo, font }) {
  const ratio = window.devicePixelRatio || 1;
  const step = niceStep(GRID_PIXELS / view.scale);
  context.save();
  context.scale(ratio, ratio);
  context.globalCompositeOperation = "destination-over";
  context.strokeStyle = line;
  const [left, top] = view.toPlane([0, 0]);
  const [right, bottom] = view.toPlane([view.width, view.height]);
  const figures = [];
  for (const value of steps(left, right, step)) {
    const at = Math.round(view.toScreen([value, 0])[0]) + 0.5;
    figures.push([figure(value, step), at + 4, view.height - 6]);
    segment(context, at, 0, at, view.height, value === 0 ? 2 : 1);
  }
  for (const value of steps(bottom, top, step)) {
    const at = Math.round(view.toScreen([0, value])[1]) + 0.5;
    figures.push([figure(value, step), 6, at - 4]);
    segment(context, 0, at, view.width, at, value === 0 ? 2 : 1);
  }
  context.globalCompositeOperation = "source-over";
  Object.assign(context, { font: `11px ${font}`, fillStyle: text, strokeStyle: halo, lineWidth: 3, lineJoin: "round" });
  for (const words of figures) {
    context.strokeText(...words);
    context.fillText(...words);
  }
  context.restore();
}

function segment(context, fromX, fromY, toX, toY, width) {
  context.lineWidth = width;
  context.beginPath();
  context.moveTo(fromX, fromY);
  context.lineTo(toX, toY);
  context.stroke();
}

function niceStep(rough) {
  const power = 10 ** Math.floor(Math.log10(rough));
  return power * [1, 2, 5, 10].find((factor) => factor * power >= rough);
}

function steps(from, to, step) {
  const first = Math.ceil(from / step);
  return Array.from({ length: Math.max(0, Math.floor(to / step) - first + 1) }, (_, index) => (first + index) * step);
}

function figure(value, step) {
  const decimals = Math.max(0, -Math.floor(Math.log10(step)));
  return value.toFixed(decimals).replace("-", "−").replace(/^−(0(\.0+)?)$/, "$1");
}
