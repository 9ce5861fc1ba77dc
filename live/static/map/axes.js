// Grid lines and their figures for a view: round numbers, about as far apart everywhere.

export const TITLE_AT = [6, 18]; // CSS pixels: where the name of the upright axis begins
const LINE = 14; // CSS pixels from one line of figures to the next
const FIGURE_WIDE = 36; // CSS pixels that a figure takes
const CORNER = 62; // CSS pixels from the corner to where the axes of points in space meet
const ARM = 34; // CSS pixels
const APART = 90; // CSS pixels between two lines at least; a small field has them nearer to each other

/** The lines of the view's grid; `line`: their colour. */
export function drawGrid(context, view, { line }) {
  const { across, up } = gridOf(view);
  context.strokeStyle = line;
  for (const value of across) segment(context, [acrossAt(view, value), 0], [acrossAt(view, value), view.height], value);
  for (const value of up) segment(context, [0, upAt(view, value)], [view.width, upAt(view, value)], value);
}

/** The figures of the grid, with a halo of the ground's colour. */
export function drawFigures(context, view, { text, halo, font }) {
  const { step } = gridOf(view);
  Object.assign(context, { font: `11px ${font}`, fillStyle: text, strokeStyle: halo, lineWidth: 3, lineJoin: "round" });
  context.textAlign = "center";
  for (const value of acrossFigures(view)) figure(context, axisFigure(value, step), acrossAt(view, value), view.height - 6);
  context.textAlign = "left";
  for (const value of upFigures(view)) figure(context, axisFigure(value, step), 3, upAt(view, value) + 4);
}

/** The grid's values with a figure at the lower edge: none where the upright axis has its own, none that is cut. */
export function acrossFigures(view) {
  return gridOf(view).across.filter((value) => within(acrossAt(view, value), FIGURE_WIDE, view.width - FIGURE_WIDE / 2));
}

/** The same at the left edge: none at the axis's name above, none in the line of figures below. */
export function upFigures(view) {
  return gridOf(view).up.filter((value) => within(upAt(view, value), TITLE_AT[1] + LINE, view.height - LINE - 4));
}

/** What the axes are called: to the right above the figures, and at the upper end of the upright one. */
export function drawTitles(context, view, { text, halo, font }, titles) {
  if (!titles) return;
  Object.assign(context, { font: `12px ${font}`, fillStyle: text, strokeStyle: halo, lineWidth: 3, lineJoin: "round", textAlign: "right" });
  figure(context, `${titles[0]} →`, view.width - 8, view.height - 22);
  context.textAlign = "left";
  figure(context, `↑ ${titles[1]}`, ...TITLE_AT);
}

/** Which way the axes of points in space point, at the lower left corner: {from, to, words, at: place of the words} for each, CSS pixels. */
export function compass(view, turn, titles) {
  const from = [CORNER, view.height - CORNER];
  return [0, 1, 2].map((axis) => {
    const [right, up] = [turn[axis], turn[3 + axis]];
    const tip = (length) => [from[0] + length * right, from[1] - length * up];
    return { from, to: tip(ARM), words: titles?.[axis] ?? "xyz"[axis], at: tip(ARM + 14) };
  });
}

export function drawCompass(context, view, turn, { text, halo, font }, titles) {
  Object.assign(context, { font: `11px ${font}`, textAlign: "center", fillStyle: text, lineJoin: "round" });
  for (const { from, to, words, at } of compass(view, turn, titles)) {
    context.strokeStyle = text;
    segment(context, from, to, 0);
    Object.assign(context, { strokeStyle: halo, lineWidth: 3 });
    figure(context, words, at[0], at[1] + 4);
  }
}

/** The grid's values in a view: {across, up, step}. */
export function gridOf(view) {
  const step = niceStep(Math.min(APART, 20 + Math.min(view.width, view.height) / 8) / view.scale);
  const [left, top] = view.toPlane([0, 0]);
  const [right, bottom] = view.toPlane([view.width, view.height]);
  return { across: steps(left, right, step), up: steps(bottom, top, step), step };
}

/** A value of the grid in words: as many decimals as the step needs. */
export function axisFigure(value, step) {
  const decimals = Math.max(0, -Math.floor(Math.log10(step)));
  return value.toFixed(decimals).replace("-", "−").replace(/^−(0(\.0+)?)$/, "$1");
}

/** Gives the canvas the view's size in device pixels. */
export function sized(canvas, view, ratio) {
  const [width, height] = [Math.round(view.width * ratio), Math.round(view.height * ratio)];
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
}

const within = (value, low, high) => value >= low && value <= high;
const acrossAt = (view, value) => Math.round(view.toScreen([value, 0])[0]) + 0.5;
const upAt = (view, value) => Math.round(view.toScreen([0, value])[1]) + 0.5;

function figure(context, words, x, y) {
  context.strokeText(words, x, y);
  context.fillText(words, x, y);
}

function segment(context, from, to, value) {
  context.lineWidth = value === 0 ? 2 : 1;
  context.beginPath();
  context.moveTo(...from);
  context.lineTo(...to);
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
