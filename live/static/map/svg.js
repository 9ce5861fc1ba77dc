// A map as an SVG drawing.

import { TITLE_AT, acrossFigures, axisFigure, compass, gridOf, upFigures } from "./axes.js";
import { backToFront, projected } from "./camera.js";
import { hexOf } from "./colours.js";
import { escaped, layerPlace } from "./export-parts.js";
import { SELECTED, SHOWN } from "./raster.js";

const HEAD = 30;

/** The text of the drawing; arguments as for pngOfMap. */
export function svgOfMap({ scene, look, radius, layers, below, above }, { title = "", legend = [], words = "" }) {
  const { width, height } = scene.view;
  const [head, foot] = [title ? HEAD : 0, legend.length ? HEAD : 0];
  const pieces = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height + head + foot}" viewBox="0 ${-head} ${width} ${height + head + foot}" font-family="monospace">`,
    `<title>${escaped(title)}</title><desc>${escaped(words)}</desc>`,
    `<rect y="${-head}" width="${width}" height="${height + head + foot}" fill="${escaped(look.halo)}"/>`,
    `<text x="10" y="-10" font-size="15" font-weight="600" fill="${escaped(look.text)}">${escaped(title)}</text>`,
    `<svg width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`, // clips
    ...below.map(picture),
    scene.inSpace ? "" : grid(scene.view, look),
    ...points(scene, radius),
    ...above.map(picture),
    ...layers.shapes(scene.view).map((shape) => shapeOf(shape, look)),
    scene.inSpace ? directions(scene, look) : figures(scene.view, look, scene.map?.titles),
    "</svg>",
    legendOf(legend, height, look),
    "</svg>",
  ];
  return pieces.join("\n");
}

/** A layer's canvas as pixels in the drawing. */
function picture(canvas) {
  const place = layerPlace(canvas);
  if (place === null) return "";
  const [x, y, width, height] = place.box.map(short);
  return `<image x="${x}" y="${y}" width="${width}" height="${height}" opacity="${place.opacity}" preserveAspectRatio="none" href="${canvas.toDataURL()}"/>`;
}

/** Dots over each other as in the picture, those of a selection last: strokes of no length with round ends. */
function points(scene, radius) {
  const selecting = scene.states?.includes(SELECTED) ?? false;
  const passes = selecting ? [[SHOWN, scene.faded], [SELECTED, 1]] : [[SHOWN, 1]];
  return passes.map(([state, strength]) => {
    const places = placesOf(scene, radius, state);
    const paths = strength < 1 ? places.map(({ ink, place }) => dots(ink, place)) : runsOf(places);
    return `<g fill="none" stroke-width="${short(2 * radius)}" stroke-linecap="round" stroke-opacity="${strength}">${paths.join("")}</g>`;
  });
}

/** {ink, place} of the dots of a state in the view, the lowest first. */
function placesOf({ points: { x, y }, cloud, inks, states, view, inSpace, turn, middle }, radius, wanted) {
  const order = inSpace ? backToFront(projected(cloud, turn, middle).depth) : x.keys();
  const found = [];
  for (const index of order) {
    if ((states?.[index] ?? SHOWN) !== wanted) continue;
    const [left, top] = view.toScreen([x[index], y[index]]);
    if (!(left > -radius && top > -radius && left < view.width + radius && top < view.height + radius)) continue; // NaN, too
    found.push({ ink: inks[index], place: `M${short(left)} ${short(top)}h0` });
  }
  return found;
}

/** One path for dots of one colour that follow each other: opaque ones lie over each other no differently. */
function runsOf(places) {
  const paths = [];
  let run = { ink: null, text: "" };
  for (const { ink, place } of places) {
    if (ink !== run.ink) {
      if (run.text) paths.push(dots(run.ink, run.text));
      run = { ink, text: "" };
    }
    run.text += place;
  }
  return run.text ? [...paths, dots(run.ink, run.text)] : paths;
}

const dots = (ink, places) => `<path stroke="${hexOf(ink)}" d="${places}"/>`;

function grid(view, { line }) {
  const { across, up } = gridOf(view);
  const upright = across.map((value) => `M${short(view.toScreen([value, 0])[0])} 0V${view.height}`);
  const level = up.map((value) => `M0 ${short(view.toScreen([0, value])[1])}H${view.width}`);
  return `<path fill="none" stroke="${line}" d="${[...upright, ...level].join("")}"/>`;
}

function figures(view, look, titles) {
  const { step } = gridOf(view);
  const [across, up] = [acrossFigures(view), upFigures(view)];
  const lower = across.map((value) => text(view.toScreen([value, 0])[0], view.height - 6, axisFigure(value, step), look, "middle"));
  const left = up.map((value) => text(3, view.toScreen([0, value])[1] + 4, axisFigure(value, step), look));
  const names = titles ? [text(view.width - 8, view.height - 22, `${titles[0]} →`, look, "end"), text(...TITLE_AT, `↑ ${titles[1]}`, look)] : [];
  return [...lower, ...left, ...names].join("");
}

function directions({ view, turn, map }, look) {
  return compass(view, turn, map?.titles)
    .map(({ from, to, words, at }) => {
      const line = shapeOf({ path: `M${from.map(short).join(" ")}L${to.map(short).join(" ")}` }, look);
      return line + text(at[0], at[1] + 4, words, look, "middle");
    })
    .join("");
}

/** shape: {path} in CSS pixels, or {words, x, y}. */
function shapeOf(shape, look) {
  if (shape.words) return text(shape.x, shape.y, shape.words, look);
  return `<path fill="none" stroke="${escaped(look.text)}" stroke-width="1.3"${shape.dashed ? ' stroke-dasharray="6 4"' : ""} d="${shape.path}"/>`;
}

function text(x, y, words, { text: ink, halo }, anchor = "start") {
  return `<text x="${short(x)}" y="${short(y)}" font-size="11" text-anchor="${anchor}" fill="${escaped(ink)}" stroke="${escaped(halo)}" stroke-width="3" paint-order="stroke">${escaped(words)}</text>`;
}

function legendOf(legend, top, look) {
  let left = 12;
  return legend
    .map(({ name, colour }) => {
      const key = `<circle cx="${left}" cy="${top + HEAD / 2}" r="5" fill="${escaped(colour)}"/>${text(left + 10, top + HEAD / 2 + 4, name, look)}`;
      left += 32 + 7 * name.length;
      return key;
    })
    .join("");
}

const short = (value) => Number(value.toFixed(1));
