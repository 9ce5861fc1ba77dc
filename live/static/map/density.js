// Contours of how dense the encoded images lie: each line holds a stated share of them.

import { quantiles } from "./grid.js";
import { Layer } from "./layer.js";
import { HIDDEN } from "./raster.js";

const CELLS = 224; // to a side of the grid that the images are counted on
const SHARES = [0.95, 0.8, 0.5, 0.25]; // of the images within a line
const ROOM = 0.12; // of the grid beyond the images, on each side

export class DensityLayer extends Layer {
  #lines = null; // Path2D in places of the map, per share
  #pieces = []; // the same as pieces of line

  get impossible() {
    return this.scene.inSpace ? "Contours need a map with two components." : null;
  }

  /** Other points or others shown. */
  forget() {
    this.#lines = null;
  }

  rest() {
    if (this.#lines) return;
    const found = contours(this.scene.points, this.scene.states);
    this.#pieces = found?.levels ?? [];
    this.#lines = this.#pieces.map(pathOf);
    const held = SHARES.map((share) => `${Math.round(100 * share)} %`).join(", ");
    this.words = found
      ? `The lines hold ${held} of the images shown (kernel density, bandwidth ${found.bandwidth.toPrecision(2)})`
      : "Contours need at least 10 images in different places.";
    this.scene.said("density");
    this.scene.redraw();
  }

  shapes(view) {
    const corner = (x, y) => view.toScreen([x, y]).map((value) => value.toFixed(1)).join(" ");
    return this.#pieces.map((level) => ({ path: level.map(([a, b, c, d]) => `M${corner(a, b)}L${corner(c, d)}`).join("") }));
  }

  /** The same as shapes of a Plotly figure, in places of the map. */
  figureShapes({ text }) {
    const near = (value) => Number(value.toPrecision(6));
    const line = { color: text, width: 1.4 };
    return this.#pieces.map((level) => {
      const path = level.map(([a, b, c, d]) => `M${near(a)},${near(b)}L${near(c)},${near(d)}`).join("");
      return { type: "path", path, line, opacity: 0.9, layer: "above" };
    });
  }

  /** Strokes the lines over the points; the context's unit is the CSS pixel. */
  stroke(context, view, { text, halo }) {
    if (!this.#lines) return;
    const [x, y] = view.toScreen([0, 0]);
    context.save();
    context.transform(view.scale, 0, 0, -view.scale, x, y);
    context.lineCap = "round";
    for (const [colour, wide, alpha] of [[halo, 3.4, 0.55], [text, 1.4, 0.9]]) {
      Object.assign(context, { strokeStyle: colour, lineWidth: wide / view.scale, globalAlpha: alpha });
      for (const path of this.#lines) context.stroke(path);
    }
    context.restore();
  }
}

/**
 * Lines of a Gaussian kernel density of the points {x, y}: {levels: [segments [x1, y1, x2, y2] ...] for each of SHARES, bandwidth} or
 * null for fewer than 10 points or all in one place. The bandwidth is Scott's rule, halved as maps have several modes.
 */
export function contours({ x, y }, states) {
  const seen = [];
  for (let index = 0; index < x.length; index += 1) {
    if (Number.isFinite(x[index] + y[index]) && states?.[index] !== HIDDEN) seen.push(index);
  }
  if (seen.length < 10) return null;
  const [across, up] = [x, y].map((values) => axisOf(seen.map((index) => values[index])));
  if (!across || !up) return null;
  const bandwidth = (0.5 * Math.sqrt(across.spread * up.spread)) * seen.length ** (-1 / 6);
  const density = new Float32Array(CELLS * CELLS);
  const cells = seen.map((index) => cellOf(across.cell(x[index]), up.cell(y[index])));
  for (const cell of cells) if (cell !== null) density[cell] += 1;
  blur(density, bandwidth / across.size, bandwidth / up.size);
  return { levels: levelsOf(density, cells).map((level) => segments(density, level, across, up)), bandwidth };
}

function axisOf(values) {
  const [low, high] = quantiles(values, [0.001, 0.999], 50_000);
  const size = ((high - low) * (1 + 2 * ROOM)) / CELLS;
  if (!(size > 0)) return null;
  const from = low - ROOM * (high - low);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const spread = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  return { size, spread, cell: (value) => Math.floor((value - from) / size), at: (cell) => from + (cell + 0.5) * size };
}

/** The densities above which the shares of the images lie; `cells`: of the images, null beyond the grid. */
function levelsOf(density, cells) {
  const found = Float32Array.from(cells, (cell) => (cell === null ? 0 : density[cell])).sort();
  return SHARES.map((share) => found[Math.floor((1 - share) * found.length)]);
}

function cellOf(column, row) {
  return column >= 0 && row >= 0 && column < CELLS && row < CELLS ? row * CELLS + column : null;
}

/** A Gaussian blur in place, standard deviations in cells. */
function blur(values, across, up) {
  const line = new Float32Array(CELLS);
  for (const [spread, along, beside] of [[across, 1, CELLS], [up, CELLS, 1]]) {
    const kernel = kernelOf(spread);
    const reach = (kernel.length - 1) / 2;
    for (let start = 0; start < CELLS; start += 1) {
      for (let at = 0; at < CELLS; at += 1) line[at] = values[start * beside + at * along];
      for (let at = 0; at < CELLS; at += 1) {
        let sum = 0;
        for (let part = Math.max(-reach, -at); part <= Math.min(reach, CELLS - 1 - at); part += 1) sum += kernel[part + reach] * line[at + part];
        values[start * beside + at * along] = sum;
      }
    }
  }
}

function kernelOf(spread) {
  const reach = Math.max(1, Math.ceil(3 * spread));
  const weights = Array.from({ length: 2 * reach + 1 }, (_, at) => Math.exp(-0.5 * ((at - reach) / Math.max(spread, 0.3)) ** 2));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return Float32Array.from(weights, (weight) => weight / sum);
}

/** Marching squares: the pieces of a level's line, in places of the map. */
function segments(density, level, across, up) {
  const found = [];
  for (let row = 0; row < CELLS - 1; row += 1) {
    for (let column = 0; column < CELLS - 1; column += 1) {
      const at = row * CELLS + column;
      const corners = [density[at], density[at + 1], density[at + CELLS + 1], density[at + CELLS]];
      const crossings = [];
      for (let side = 0; side < 4; side += 1) {
        const [from, to] = [corners[side], corners[(side + 1) % 4]];
        if (from > level === to > level) continue;
        const share = (level - from) / (to - from);
        const [x, y] = [[share, 0], [1, share], [1 - share, 1], [0, 1 - share]][side];
        crossings.push([across.at(column + x), up.at(row + y)]);
      }
      for (let pair = 0; pair + 1 < crossings.length; pair += 2) found.push([...crossings[pair], ...crossings[pair + 1]]);
    }
  }
  return found;
}

function pathOf(pieces) {
  const path = new Path2D();
  for (const [x1, y1, x2, y2] of pieces) {
    path.moveTo(x1, y1);
    path.lineTo(x2, y2);
  }
  return path;
}
