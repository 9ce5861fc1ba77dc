// A map as a file: a picture (PNG), a drawing (SVG), a page that needs nothing else (HTML). All show the view as it is, with its
// layers, on the theme's ground.

import { drawCompass, drawFigures, drawGrid, drawTitles } from "./axes.js";
import { escaped, layerPlace } from "./export-parts.js";
import { axesOf, pointTraces } from "./figure.js";
import { PointPainter } from "./painter.js";
import { svgOfMap } from "./svg.js";

const SHARP = 2; // pixels of the PNG per CSS pixel of the view
const HEAD = 30; // CSS pixels of a line of words over the map, or of its legend below

/**
 * page: {scene, look, radius, layers, below, above}: the canvases of the layers under and over the points, as they lie in the view.
 * facts: {title, legend: [{name, colour}], words}, all if wanted. Gives a promise of a PNG Blob.
 */
export async function pngOfMap(page, { title = "", legend = [] }) {
  const { view } = page.scene;
  const [head, foot] = [title ? HEAD : 0, legend.length ? HEAD : 0];
  const canvas = Object.assign(document.createElement("canvas"), {
    width: Math.round(view.width * SHARP),
    height: Math.round((view.height + head + foot) * SHARP),
  });
  const context = canvas.getContext("2d");
  context.setTransform(SHARP, 0, 0, SHARP, 0, 0);
  context.fillStyle = page.look.halo;
  context.fillRect(0, 0, view.width, view.height + head + foot);
  context.translate(0, head);
  context.save();
  context.beginPath();
  context.rect(0, 0, view.width, view.height);
  context.clip();
  await drawMap(context, page);
  context.restore();
  Object.assign(context, { fillStyle: page.look.text, textAlign: "left" });
  context.font = `600 15px ${page.look.font}`;
  context.fillText(title, 10, -10);
  drawLegend(context, legend, view.height, page.look);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}

async function drawMap(context, { scene, look, radius, layers, below, above }) {
  for (const canvas of below) drawLayer(context, canvas);
  if (!scene.inSpace) drawGrid(context, scene.view, look);
  const points = await pointsOf(scene, radius, SHARP);
  context.drawImage(points, 0, 0, scene.view.width, scene.view.height);
  for (const canvas of above) drawLayer(context, canvas);
  layers.stroke(context, scene.view, look);
  const titles = scene.map?.titles;
  if (scene.inSpace) return drawCompass(context, scene.view, scene.turn, look, titles);
  drawFigures(context, scene.view, look);
  drawTitles(context, scene.view, look, titles);
}

/** The points of the view as a bitmap of `sharp` pixels to the CSS pixel. */
function pointsOf(scene, radius, sharp) {
  const { view, cloud, inks, states } = scene;
  const painter = new PointPainter();
  painter.set({ x: cloud.x, y: cloud.y, z: cloud.z, inks, states });
  const [left, top] = view.toPlane([0, 0]);
  const [width, height] = [view.width, view.height].map((side) => Math.round(side * sharp));
  const turn = scene.inSpace ? scene.turn : null;
  return painter.draw({ width, height, left, top, scale: view.scale * sharp, radius: radius * sharp, turn, middle: scene.middle, faded: scene.faded });
}

/** A canvas of a layer where its transform puts it, at its opacity. */
export function drawLayer(context, canvas) {
  const place = layerPlace(canvas);
  if (place === null) return;
  context.globalAlpha = place.opacity;
  context.drawImage(canvas, ...place.box);
  context.globalAlpha = 1;
}

function drawLegend(context, legend, top, { text, font }) {
  context.font = `12px ${font}`;
  let left = 12;
  for (const { name, colour } of legend) {
    context.fillStyle = colour;
    context.beginPath();
    context.arc(left, top + HEAD / 2, 5, 0, 2 * Math.PI);
    context.fill();
    context.fillStyle = text;
    context.fillText(name, left + 10, top + HEAD / 2 + 4);
    left += 28 + context.measureText(name).width;
  }
}

/** The same as an SVG Blob: points, lines and words as shapes; decoded pictures as pixels. */
export function vectorsOfMap(page, facts) {
  return new Blob([svgOfMap(page, facts)], { type: "image/svg+xml" });
}

/**
 * The same as an HTML Blob with Plotly in it: zoom, turn and names under the pointer without a server. facts: also nameOf(row), what
 * an image is called, and `plotly`, the script's text.
 */
export function pageOfMap({ scene, look, radius, layers }, { title = "Map", words = "", legend = [], nameOf = (row) => `Image ${row}`, plotly }) {
  const kind = scene.inSpace ? "scatter3d" : "scattergl";
  const traces = pointTraces(scene, { kind, size: Math.round((2 * radius + 1) * 10) / 10 }).map((trace) => ({
    ...trace,
    ...roundedColumns(trace),
    marker: { ...trace.marker, color: plain(trace.marker.color) },
    text: Array.from(trace.rows, nameOf),
    rows: undefined,
    hoverinfo: "text",
  }));
  const titles = scene.map?.titles ?? ["", ""];
  const { xaxis, yaxis } = axesOf(scene.view, look);
  const free = { fixedrange: false, ticklabelposition: "outside", tickvals: undefined, ticktext: undefined }; // steps that suit the zoom
  const layout = {
    title: { text: title, x: 0.02 },
    paper_bgcolor: look.halo,
    plot_bgcolor: look.halo,
    font: { color: look.text },
    xaxis: { ...xaxis, ...free, title: { text: titles[0] } },
    yaxis: { ...yaxis, ...free, title: { text: titles[1] }, scaleanchor: "x" },
    scene: { aspectmode: "data" },
    shapes: layers.figureShapes(look),
    dragmode: scene.inSpace ? "orbit" : "pan",
    hovermode: "closest",
    showlegend: legend.length > 0,
  };
  const keys = legend.map(({ name, colour }) => ({
    ...(kind === "scatter3d" ? { type: kind, z: [null] } : { type: "scatter" }),
    ...{ mode: "markers", name, x: [null], y: [null], marker: { color: colour, size: 9 }, showlegend: true },
  }));
  return new Blob([wholePage({ title, words, plotly, figure: { data: [...traces, ...keys], layout }, look })], { type: "text/html" });
}

function roundedColumns(trace) {
  const short = (column) => Array.from(column, (value) => Number(value.toPrecision(6)));
  return Object.fromEntries(["x", "y", "z"].filter((name) => trace[name]).map((name) => [name, short(trace[name])]));
}

const plain = (color) => (typeof color === "string" ? color : Array.from(color));

function wholePage({ title, words, plotly, figure, look }) {
  const data = JSON.stringify(figure).replace(/</g, "\\u003c");
  const script = plotly.replace(/<\/script/gi, "<\\/script");
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>html, body { margin: 0; height: 100%; background: ${escaped(look.halo)}; color: ${escaped(look.text)}; font-family: sans-serif; }
body { display: flex; flex-direction: column; } #map { flex: 1; min-height: 0; } p { margin: 0; padding: 8px 16px; font-size: 14px; }</style>
<div id="map" role="img" aria-label="${escaped(title)}"></div>
<p>${escaped(words)}</p>
<script>${script}</script>
<script>const figure = ${data};
Plotly.newPlot("map", figure.data, figure.layout, { responsive: true, scrollZoom: true, displaylogo: false });</script>
</html>
`;
}
