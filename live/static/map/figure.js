// A map as a Plotly figure: the same points, colours and grid as on the screen.

import { acrossFigures, axisFigure, gridOf, upFigures } from "./axes.js";
import { hexOf } from "./colours.js";
import { HIDDEN, SELECTED } from "./raster.js";

/** Traces of the shown points, with their rows, those of a selection last. kind: "scatter", "scattergl" or, in space, "scatter3d"; size: CSS pixels across. */
export function pointTraces({ cloud, points, inks, states, faded }, { kind, size }) {
  const selecting = states?.includes(SELECTED) ?? false;
  const groups = selecting ? [[1, faded], [SELECTED, 1]] : [[null, 1]];
  return groups.map(([state, opacity]) => {
    const shown = indicesOf(cloud.count, (index) => (state === null ? states?.[index] !== HIDDEN : states[index] === state));
    const marker = { ...colouring(shown, inks), size, opacity, line: { width: 0 } };
    const rows = Uint32Array.from(shown, (index) => cloud.rowAt(index));
    const pick = (column) => Float32Array.from(shown, (index) => column[index]);
    const places = kind === "scatter3d" ? { x: pick(cloud.x), y: pick(cloud.y), z: pick(cloud.z) } : { x: pick(points.x), y: pick(points.y) };
    return { type: kind, mode: "markers", ...places, rows, marker, hoverinfo: "skip", showlegend: false };
  });
}

/** Axes of a view: its range, its grid's steps, figures inside. */
export function axesOf(view, { font, text, line }) {
  const { step, across, up } = gridOf(view);
  const [left, top] = view.toPlane([0, 0]);
  const [right, bottom] = view.toPlane([view.width, view.height]);
  const common = {
    gridcolor: line,
    zerolinecolor: line,
    zerolinewidth: 2,
    tickfont: { family: font, size: 11, color: text },
    ticklabelposition: "inside",
    separatethousands: false,
    fixedrange: true,
  };
  const ticks = (values, named) => ({
    tickvals: values,
    ticktext: values.map((value) => (named.includes(value) ? axisFigure(value, step) : "")),
  });
  return {
    xaxis: { ...common, ...ticks(across, acrossFigures(view)), range: [left, right] },
    yaxis: { ...common, ...ticks(up, upFigures(view)), range: [bottom, top] },
  };
}

function indicesOf(count, wanted) {
  const found = [];
  for (let index = 0; index < count; index += 1) if (wanted(index)) found.push(index);
  return found;
}

/** Colours as numbers into the inks in use: Plotly reads numbers far faster than names of colours. */
function colouring(indices, inks) {
  const known = new Map();
  const color = Float32Array.from(indices, (index) => {
    const ink = inks[index];
    if (!known.has(ink)) known.set(ink, known.size);
    return known.get(ink);
  });
  if (known.size < 2) return { color: hexOf(inks[indices[0]] ?? 0) };
  const last = known.size - 1;
  const colorscale = [...known].map(([ink, number]) => [number / last, hexOf(ink)]);
  return { color, colorscale, cmin: 0, cmax: last, showscale: false };
}
