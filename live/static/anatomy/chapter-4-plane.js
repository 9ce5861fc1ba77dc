// The plane of chapter 4: the true posterior as a field with two outlines, q as an ellipse that the hand moves and widens.

import { holdPointer } from "../held-pointer.js";
import { createSurface, figure, placeOn, scale, ticks } from "./plotting.js";

const MASSES = [0.5, 0.95]; // of the true posterior, within the outlines
const NEAR = 16; // CSS pixels within which a knob is taken hold of
const LEAST_KNOB = 15; // CSS pixels from the middle of q to its knobs
const DARKEST = 14; // nats below the highest density: the last tint
const PAD = { left: 40, right: 6, top: 6, bottom: 22 };
const KNOBS = [[1, 0, 0], [0, 1, 1]]; // direction in σ, and the dimension that it widens

/**
 * show({field: {low, high, values, side}, q: {mean, std}, encoder: {mean, std}}); onMove({mean, std}) at each step of a hand or
 * a key, onEnd() when it lets go.
 */
export function createPlane(canvas, context, { onMove, onEnd, signal }) {
  let shown = null;
  let axes = null;
  let tint = null; // {field, image}
  let hold = null;
  const surface = createSurface(canvas, (brush, width, height) => shown && paint(brush, width, height));

  function paint(brush, width, height) {
    const { field, q, encoder } = shown;
    const side = Math.min(width - PAD.left - PAD.right, height - PAD.top - PAD.bottom);
    const left = PAD.left + (width - PAD.left - PAD.right - side) / 2;
    axes = { x: scale(field.low[0], field.high[0], left, left + side), y: scale(field.low[1], field.high[1], PAD.top + side, PAD.top), left, side };
    brush.imageSmoothingEnabled = true;
    if (field.side) brush.drawImage(tinted(field), left, PAD.top, side, side);
    drawAxes(brush, field);
    brush.save();
    brush.beginPath();
    brush.rect(left, PAD.top, side, side);
    brush.clip();
    if (field.side) outlines(brush, field);
    if (encoder) ellipse(brush, encoder, 1, { colour: context.colour("--quiet"), dash: [3, 4], width: 1.25 });
    const colour = context.colour("--c-q");
    ellipse(brush, q, 2, { colour, dash: [6, 4], width: 1.5 });
    ellipse(brush, q, 1, { colour, dash: [], width: 2.25 });
    knobs(brush, q, colour);
    brush.restore();
  }

  function tinted(field) {
    const colour = context.colour("--c-true");
    if (tint?.field === field && tint.colour === colour) return tint.image;
    const { side, values } = field;
    const image = new OffscreenCanvas(side, side);
    const pixels = new ImageData(side, side);
    const [red, green, blue] = colour.match(/[\d.]+/g).map(Number);
    const top = values.reduce((most, value) => Math.max(most, value), -Infinity);
    for (let row = 0; row < side; row += 1) for (let column = 0; column < side; column += 1) {
      const below = top - values[row * side + column];
      const strength = 0.72 * Math.exp(-below) + 0.28 * Math.max(0, 1 - below / DARKEST);
      pixels.data.set([red, green, blue, Math.round(235 * strength)], 4 * ((side - 1 - row) * side + column));
    }
    image.getContext("2d").putImageData(pixels, 0, 0);
    tint = { field, colour, image };
    return image;
  }

  function drawAxes(brush, field) {
    const { left, side, x, y } = axes;
    Object.assign(brush, { strokeStyle: context.colour("--line"), lineWidth: 1, fillStyle: context.colour("--quiet"), font: `11px ${getComputedStyle(canvas).getPropertyValue("--st-code-font")}`, textAlign: "center", textBaseline: "alphabetic" });
    brush.strokeRect(left + 0.5, PAD.top + 0.5, side - 1, side - 1);
    ticks(field.low[0], field.high[0], 4).forEach((value) => brush.fillText(figure(value, 3), x(value), PAD.top + side + 14));
    Object.assign(brush, { textAlign: "right", textBaseline: "middle" });
    ticks(field.low[1], field.high[1], 4).forEach((value) => brush.fillText(figure(value, 3), left - 5, y(value)));
    Object.assign(brush, { textAlign: "left", textBaseline: "alphabetic" });
    brush.fillText("z₁", left + side - 14, PAD.top + side - 6);
    brush.fillText("z₂", left + 6, PAD.top + 14);
  }

  function outlines(brush, field) {
    Object.assign(brush, { strokeStyle: context.colour("--c-true"), lineWidth: 1.5 });
    levels(field).forEach((level, at) => {
      brush.globalAlpha = at ? 0.65 : 1;
      brush.stroke(contour(field, level, axes));
    });
    brush.globalAlpha = 1;
  }

  function ellipse(brush, { mean, std }, reach, { colour, dash, width }) {
    const [x, y] = [axes.x(mean[0]), axes.y(mean[1])];
    const [wide, high] = [0, 1].map((axis) => Math.max(1, Math.abs((axis ? axes.y : axes.x)(mean[axis] + reach * std[axis]) - (axis ? y : x))));
    Object.assign(brush, { strokeStyle: colour, lineWidth: width });
    brush.setLineDash(dash);
    brush.beginPath();
    brush.ellipse(x, y, wide, high, 0, 0, 2 * Math.PI);
    brush.stroke();
    brush.setLineDash([]);
  }

  /** Where a knob is: at one σ, or so far out that it can be told from the middle. */
  function knobPlace({ mean, std }, [right, up]) {
    const pixels = (axis) => Math.max(LEAST_KNOB, Math.abs((axis ? axes.y : axes.x)(mean[axis] + std[axis]) - (axis ? axes.y : axes.x)(mean[axis])));
    return [axes.x(mean[0]) + right * pixels(0), axes.y(mean[1]) - up * pixels(1)];
  }

  function knobs(brush, q, colour) {
    Object.assign(brush, { fillStyle: colour, strokeStyle: context.colour("--st-background-color"), lineWidth: 2 });
    [[0, 0, 6], [1, 0, 5], [0, 1, 5]].forEach(([right, up, size]) => {
      brush.beginPath();
      brush.arc(...knobPlace(q, [right, up]), size, 0, 2 * Math.PI);
      brush.fill();
      brush.stroke();
    });
  }

  function grab(event) {
    const [x, y] = placeOn(canvas, event);
    const { q } = shown;
    const distance = (knob) => Math.hypot(...knobPlace(q, knob).map((place, at) => place - (at ? y : x)));
    const near = KNOBS.map((knob) => ({ axis: knob[2], apart: distance(knob) })).filter(({ apart }) => apart < NEAR).sort((a, b) => a.apart - b.apart)[0];
    const centre = distance([0, 0]);
    hold = near && near.apart < centre ? { axis: near.axis, perPixel: q.std[near.axis] / Math.max(1, near.axis ? Math.abs(axes.y(q.mean[1]) - y) : Math.abs(axes.x(q.mean[0]) - x)) } : { axis: null, offset: centre < 3 * NEAR ? [axes.x(q.mean[0]) - x, axes.y(q.mean[1]) - y] : [0, 0] };
    move(event);
  }

  function move(event) {
    const { q } = shown;
    const [x, y] = placeOn(canvas, event);
    if (hold.axis === null) return onMove({ mean: [axes.x.back(x + hold.offset[0]), axes.y.back(y + hold.offset[1])], std: q.std });
    const apart = hold.perPixel * Math.abs(hold.axis ? axes.y(q.mean[1]) - y : axes.x(q.mean[0]) - x);
    onMove({ mean: q.mean, std: q.std.map((value, axis) => (axis === hold.axis ? Math.max(apart, smallest()) : value)) });
  }

  const smallest = () => (shown.field.high[0] - shown.field.low[0]) / 400;

  holdPointer(canvas, { may: () => Boolean(shown && axes), onGrab: grab, onMove: move, onLetGo: () => ((hold = null), onEnd()), focus: canvas, signal });
  canvas.addEventListener("keydown", (event) => {
    if (!shown || event.ctrlKey || event.metaKey || event.altKey) return;
    const { mean, std } = shown.q;
    const step = (axis, sign) => onMove({ mean: mean.map((value, at) => (at === axis ? value + sign * 0.1 * std[axis] : value)), std });
    const acts = { ArrowRight: () => step(0, 1), ArrowLeft: () => step(0, -1), ArrowUp: () => step(1, 1), ArrowDown: () => step(1, -1), "+": () => onMove({ mean, std: std.map((value) => value * 1.05) }), "-": () => onMove({ mean, std: std.map((value) => Math.max(value / 1.05, smallest() / 4)) }) };
    if (!acts[event.key]) return;
    event.preventDefault();
    acts[event.key]();
    onEnd();
  }, { signal });

  return {
    show(given) {
      shown = given;
      surface.paint();
    },
    paint: () => surface.paint(),
    close: () => surface.close(),
  };
}

/** The densities (logs) above which the given parts of the mass of a field lie. */
export function levels({ low, high, side, values }, masses = MASSES) {
  const cell = ((high[0] - low[0]) / side) * ((high[1] - low[1]) / side);
  const sorted = Float64Array.from(values).sort().reverse();
  const total = sorted.reduce((sum, value) => sum + Math.exp(value) * cell, 0);
  return masses.map((mass) => {
    let sum = 0;
    return sorted.find((value) => (sum += Math.exp(value) * cell) >= mass * total) ?? sorted.at(-1);
  });
}

/** The line along which a field has a level, as a path in pixels: marching squares between the centres of its cells. */
export function contour({ low, high, side, values }, level, { x, y }) {
  const path = new Path2D();
  const place = (axis, index) => low[axis] + ((index + 0.5) / side) * (high[axis] - low[axis]);
  const at = (column, row) => values[row * side + column] - level;
  for (let row = 0; row + 1 < side; row += 1) for (let column = 0; column + 1 < side; column += 1) {
    const corners = [[column, row], [column + 1, row], [column + 1, row + 1], [column, row + 1]];
    const crossings = corners.flatMap(([c, r], edge) => {
      const [nextC, nextR] = corners[(edge + 1) % 4];
      const [from, to] = [at(c, r), at(nextC, nextR)];
      if (from > 0 === to > 0) return [];
      const share = from / (from - to);
      return [[x(place(0, c + share * (nextC - c))), y(place(1, r + share * (nextR - r)))]];
    });
    for (let pair = 0; pair + 1 < crossings.length; pair += 2) {
      path.moveTo(...crossings[pair]);
      path.lineTo(...crossings[pair + 1]);
    }
  }
  return path;
}
