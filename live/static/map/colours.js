// The colour of each point as an ink, 0xBBGGRR: what the pixels of a canvas take.

import { quantiles } from "./grid.js";

const STEPS = 256;
// ten colours of each, as Plotly carries them; viridis: van der Walt and Smith 2015; cividis: Nuñez, Anderton, Renslow 2018
const SCALES = {
  viridis: ["#440154", "#482878", "#3e4989", "#31688e", "#26828e", "#1f9e89", "#35b779", "#6ece58", "#b5de2b", "#fde725"],
  cividis: ["#00224e", "#123570", "#3b496c", "#575d6d", "#707173", "#8a8678", "#a59c74", "#c3b369", "#e1cc55", "#fee838"],
};

/** An ink of "#rrggbb". */
export function inkOf(hex) {
  const value = parseInt(hex.slice(1, 7), 16);
  return ((value & 0xff) << 16) | (value & 0xff00) | (value >> 16);
}

/** "#rrggbb" of an ink. */
export function hexOf(ink) {
  const swapped = ((ink & 0xff) << 16) | (ink & 0xff00) | ((ink >> 16) & 0xff);
  return `#${swapped.toString(16).padStart(6, "0")}`;
}

/**
 * {inks: Uint32Array per point of the cloud, low, high}; low and high only for values.
 * colours: null (all in `plain`), Uint32Array of 0xRRGGBB, {classes: Int16Array, palette: hex colours} with -1 for none, or
 * {values: Float32Array, scale: "viridis", "cividis" or hex colours, low, high}; one entry per row. `none`: the colour of what has none.
 */
export function inksOf(cloud, colours, { plain, none }) {
  if (colours === null) return { inks: new Uint32Array(cloud.count).fill(inkOf(plain)) };
  if (colours instanceof Uint32Array) return { inks: cloud.pick(colours).map(swapped) };
  if (colours.classes) return { inks: classInks(cloud.pick(colours.classes), colours.palette, none) };
  return valueInks(cloud.pick(colours.values), colours, none);
}

function swapped(rgb) {
  return ((rgb & 0xff) << 16) | (rgb & 0xff00) | ((rgb >> 16) & 0xff);
}

function classInks(classes, palette, none) {
  const known = palette.map(inkOf);
  const unknown = inkOf(none);
  return Uint32Array.from(classes, (kind) => (kind < 0 ? unknown : known[kind % known.length]));
}

function valueInks(values, { scale = "viridis", low, high }, none) {
  const [least, most] = quantiles(values, [0.01, 0.99], 20_000);
  const [from, to] = [low ?? least, high ?? most];
  const steps = scaleInks(scale);
  const unknown = inkOf(none);
  const size = (to - from || 1) / (STEPS - 1);
  const inks = new Uint32Array(values.length);
  for (let index = 0; index < values.length; index += 1) {
    const step = Math.round((values[index] - from) / size);
    inks[index] = Number.isNaN(step) ? unknown : steps[Math.max(0, Math.min(STEPS - 1, step))];
  }
  return { inks, low: from, high: to };
}

/** 256 inks along a scale, by its name or its colours. */
export function scaleInks(scale) {
  const stops = (SCALES[scale] ?? scale).map((hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16)));
  return Uint32Array.from({ length: STEPS }, (_, step) => {
    const at = (step / (STEPS - 1)) * (stops.length - 1);
    const [from, to] = [stops[Math.floor(at)], stops[Math.ceil(at)]];
    const [red, green, blue] = from.map((value, part) => Math.round(value + (at % 1) * (to[part] - value)));
    return (blue << 16) | (green << 8) | red;
  });
}

/** The colours of a scale for a CSS gradient. */
export function scaleStops(scale) {
  return SCALES[scale] ?? scale;
}
