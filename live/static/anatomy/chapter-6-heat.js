// A tensor as a heat map: blue below 0, orange above, the stronger the further; what the pointer or the arrow keys are on is read out.

import { sharpened, zoomOf } from "./chapter-6-canvas.js";
import { number } from "./numbers.js";

const BLUE = [59, 111, 212];
const ORANGE = [214, 122, 26];
const WRITTEN = 30; // pixels of a cell from which its number is written into it
const LOW = 13;
const HEAD = 22;
const THUMB = 26;
const GAP = 4; // pixels between two fields
const KEYS = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] };

/**
 * Wires a canvas and the line below it: {show(grid, chosen), words(say)}. A grid (gridOf) is what is drawn; onRow(image) when a row of
 * the batch is pressed; describe(cell, value): what the line says of a cell.
 */
export function createHeat(canvas, readout, { onRow, describe, colour }) {
  let grid = null;
  let chosen = 0;
  let at = null; // [row, column] under the pointer or the keys
  let places = null;

  function show(next, row) {
    const other = !grid || grid.rows !== next.rows || grid.columns !== next.columns;
    [grid, chosen] = [next, row];
    if (other) at = null;
    draw();
    tell();
  }

  function draw() {
    const sharp = grid && sharpened(canvas);
    if (!sharp) return;
    const { pen } = sharp;
    places = layOut(grid, sharp.width, sharp.height);
    for (let row = 0; row < grid.rows; row++) for (let column = 0; column < grid.columns; column++) drawCell(pen, row, column);
    if (grid.heads) drawHeads(pen);
    if (grid.thumbs) drawThumbs(pen);
    if (grid.batch) frame(pen, [places.left - (grid.thumbs ? THUMB : 0), places.y(chosen), places.right - places.left + (grid.thumbs ? THUMB : 0), places.size[1]], colour("--accent"), 2);
    if (at) frame(pen, [places.x(at[1]), places.y(at[0]), ...places.size], colour("--ink"), 2);
  }

  function drawCell(pen, row, column) {
    const value = grid.value(row, column);
    const [x, y, [wide, high]] = [places.x(column), places.y(row), places.size];
    pen.fillStyle = grid.grey ? greyOf(value) : inkOf(value, grid.reach(column));
    pen.fillRect(x, y, wide - places.line, high - places.line);
    if (wide < WRITTEN || high < LOW) return;
    pen.fillStyle = grid.grey ? (value > 0.5 ? "#111" : "#eee") : colour("--ink");
    Object.assign(pen, { font: `11px ${getComputedStyle(canvas).getPropertyValue("--st-code-font") || "monospace"}`, textAlign: "center", textBaseline: "middle" });
    pen.fillText(number(value, grid.digits), x + wide / 2, y + high / 2);
  }

  function drawHeads(pen) {
    Object.assign(pen, { font: `12px ${getComputedStyle(canvas).fontFamily}`, fillStyle: colour("--quiet"), textAlign: "center", textBaseline: "middle" });
    grid.heads.forEach((text, column) => pen.fillText(text, places.x(column) + places.size[0] / 2, HEAD / 2));
  }

  function drawThumbs(pen) {
    const side = Math.min(THUMB - 4, places.size[1] - 2);
    grid.thumbs.forEach((picture, row) => {
      pen.imageSmoothingEnabled = false;
      pen.drawImage(picture, places.left - THUMB, places.y(row) + (places.size[1] - side) / 2, side, side);
    });
  }

  function tell() {
    readout.textContent = at && grid ? describe(at, grid) : grid ? grid.hint : "";
    canvas.ariaLabel = grid ? grid.label : "";
  }

  function under(event) {
    if (!places) return null;
    const box = canvas.getBoundingClientRect();
    const zoom = zoomOf(canvas);
    return places.cell((event.clientX - box.left) / zoom, (event.clientY - box.top) / zoom);
  }

  const point = (next) => {
    if (String(next) === String(at)) return;
    at = next;
    draw();
    tell();
  };
  canvas.addEventListener("pointermove", (event) => point(under(event)));
  canvas.addEventListener("pointerleave", () => point(null));
  canvas.addEventListener("click", (event) => {
    const cell = under(event);
    point(cell);
    if (cell && grid.batch) onRow(cell[0]);
  });
  canvas.addEventListener("keydown", (event) => {
    if (!grid || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter" && at && grid.batch) onRow(at[0]);
    const step = KEYS[event.key];
    if (!step) return;
    event.preventDefault();
    const [row, column] = at ?? [step[0] ? -1 : 0, step[0] ? 0 : -1];
    point([Math.min(Math.max(row + step[0], 0), grid.rows - 1), Math.min(Math.max(column + step[1], 0), grid.columns - 1)]);
  });
  const sizes = new ResizeObserver(draw);
  sizes.observe(canvas);
  return { show, draw, close: () => sizes.disconnect() };
}

function frame(pen, [x, y, wide, high], stroke, line) {
  Object.assign(pen, { strokeStyle: stroke, lineWidth: line });
  pen.strokeRect(x, y, wide - 1, high - 1);
}

/** Where cells lie on a canvas of that size: {x(column), y(row), size, line, left, right, cell(x, y)}. */
export function layOut(grid, width, height) {
  const left = grid.thumbs ? THUMB : 0;
  const top = grid.heads ? HEAD : 0;
  const gaps = (count) => (grid.field ? (Math.ceil(count / grid.field) - 1) * GAP : 0);
  let wide = (width - left - gaps(grid.columns)) / grid.columns;
  let high = (height - top - gaps(grid.rows)) / grid.rows;
  if (grid.square) wide = high = Math.min(wide, high);
  else [wide, high] = [Math.min(wide, 92), Math.min(high, 44)];
  const start = left + Math.max(0, (width - left - wide * grid.columns - gaps(grid.columns)) / 2);
  const shift = (index) => (grid.field ? Math.floor(index / grid.field) * GAP : 0);
  const x = (column) => start + column * wide + shift(column);
  const y = (row) => top + row * high + shift(row);
  const find = (count, where, size, value) => {
    for (let index = 0; index < count; index++) if (value >= where(index) && value < where(index) + size) return index;
    return -1;
  };
  return {
    x,
    y,
    size: [wide, high],
    line: Math.min(wide, high) > 9 ? 1 : 0,
    left: start,
    right: x(grid.columns - 1) + wide,
    cell(across, down) {
      const found = [find(grid.rows, y, high, down), find(grid.columns, x, wide, across)];
      return found.includes(-1) ? null : found;
    },
  };
}

const greyOf = (value) => `rgb(${Array(3).fill(Math.round(255 * Math.min(Math.max(value, 0), 1))).join()})`;

export function inkOf(value, reach) {
  const share = reach > 0 ? Math.min(Math.abs(value) / reach, 1) : 0;
  return `rgba(${(value < 0 ? BLUE : ORANGE).join()},${(0.04 + 0.86 * share).toFixed(3)})`;
}

/** The largest size of values, for the strongest colour. */
export const reachOf = (values) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
