// What a look at a tensor is drawn from: a grid of cells, each with its value and what it is.

import { reachOf } from "./chapter-6-heat.js";

const SIDE = 8; // pixels of an image to a side
const FIELDS_ACROSS = 6;

/**
 * The grid of a look (chapter-6-parts.js) at a step's tensors; `thumbs`: canvases of the batch's images, `image`: the chosen one,
 * `say`: the chapter's words. */
export function gridOf(look, { tensors, thumbs, image, say }) {
  if (look.layout === "image") return imageGrid(look, tensors[look.name], image);
  if (look.layout === "table") return tableGrid(look, tensors, thumbs, say);
  if (look.layout === "fields") return fieldsGrid(look, tensors[look.name]);
  return matrixGrid(look, tensors[look.name]);
}

function imageGrid(look, values, image) {
  const own = values.subarray(image * SIDE * SIDE, (image + 1) * SIDE * SIDE);
  const reach = reachOf(own);
  return { kind: "image", rows: SIDE, columns: SIDE, square: true, grey: look.grey, digits: 2, value: (row, column) => own[row * SIDE + column], reach: () => reach };
}

function tableGrid(look, tensors, thumbs, say) {
  const columns = look.columns.map(({ name, at }) => columnOf(tensors, name, at));
  const names = look.columns.map(({ name }) => name);
  // columns of one tensor share their colours, so that they can be compared
  const reaches = names.map((name) => Math.max(...columns.filter((_, other) => names[other] === name).map(reachOf)));
  return {
    kind: "table", rows: columns[0].length, columns: columns.length, batch: true, thumbs, digits: 2,
    heads: look.columns.map(({ symbol }) => say(symbol)), value: (row, column) => columns[column][row], reach: (column) => reaches[column],
  };
}

function columnOf(tensors, name, at) {
  if (name === "gain") return tensors.elbo_after.map((value, row) => value - tensors.elbo[row]);
  const [count, wide = 1] = tensors[name].shape;
  return Float32Array.from({ length: count }, (_, row) => tensors[name][row * wide + at]);
}

/** Weights between hidden units and pixels: a field of 8×8 for each unit. `across`: the tensor is (pixels, units). */
function fieldsGrid(look, values) {
  const [first, second] = values.shape;
  const units = look.across ? second : first;
  const rows = Math.ceil(units / FIELDS_ACROSS);
  const unitOf = (row, column) => Math.floor(row / SIDE) * FIELDS_ACROSS + Math.floor(column / SIDE);
  const pixelOf = (row, column) => (row % SIDE) * SIDE + (column % SIDE);
  const reach = reachOf(values);
  return {
    kind: "fields", rows: rows * SIDE, columns: FIELDS_ACROSS * SIDE, square: true, field: SIDE, digits: 4, unitOf, pixelOf,
    value: (row, column) => (look.across ? values[pixelOf(row, column) * units + unitOf(row, column)] : values[unitOf(row, column) * second + pixelOf(row, column)]),
    reach: () => reach,
  };
}

function matrixGrid(look, values) {
  const [first, second] = values.shape;
  const reach = reachOf(values);
  const [rows, columns] = look.across ? [second, first] : [first, second];
  return {
    kind: look.batch ? "batch" : "matrix", rows, columns, batch: look.batch, digits: 3,
    value: (row, column) => (look.across ? values[column * second + row] : values[row * second + column]), reach: () => reach,
  };
}
