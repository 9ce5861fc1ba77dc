// What is known of each image, as colours and as words: classes in the palette, numbers on a scale that is read alike by
// all eyes, in light and in dark.

import { scaleStops } from "../map/colours.js";

export const SCALE = "cividis"; // read alike by colour-blind eyes
const TAILS = 0.01; // share of the values at each end that the scale does not stretch to

const TITLES = {
  label: "Label", reconstruction: "Reconstruction error", kl: "KL", log_density: "Log density", split: "Train / test",
};
const CLUSTERS = { kmeans: "k-means", hdbscan: "HDBSCAN" };

/** What a column is called on the page. */
export function titleOf({ name, title }) {
  if (title) return title;
  const [kind, method, count] = name.split(":");
  if (kind !== "cluster") return TITLES[name] ?? name.replaceAll("_", " ").replace(/^./, (first) => first.toUpperCase());
  return `Cluster: ${CLUSTERS[method] ?? method}${count ? `, ${count}` : ""}`;
}

/** The colour of each class by its number; `palette` repeats. */
export function classColours(count, palette) {
  return Array.from({ length: count }, (_, kind) => palette[kind % palette.length]);
}

/** Names of a class column's classes; clusterings bring none. */
export function classNames({ names, name }, values) {
  if (names?.length) return names;
  const most = values.reduce((highest, kind) => Math.max(highest, kind), -1);
  const word = name.startsWith("cluster") ? "cluster " : "";
  return Array.from({ length: most + 1 }, (_, kind) => `${word}${kind + (word ? 1 : 0)}`);
}

/** Where a scale over the values begins and ends: without the outermost, and never empty. */
export function scaleOf(values) {
  const sorted = Float32Array.from(values).filter(Number.isFinite).sort();
  if (!sorted.length) return [0, 1];
  const at = (share) => sorted[Math.round(share * (sorted.length - 1))];
  const [low, high] = [at(TAILS), at(1 - TAILS)];
  return high > low ? [low, high] : [low - 0.5, low + 0.5];
}

/** The scale as a CSS gradient. */
export const scaleGradient = `linear-gradient(90deg, ${scaleStops(SCALE).join(", ")})`;

/** What MapView.setColours takes for a column. */
export function coloursOf(column, palette) {
  if (column.kind === "class") return { classes: column.values, palette: classColours(column.names.length, palette) };
  const [low, high] = column.scale;
  return { values: column.values, scale: SCALE, low, high };
}

/** "+0.50", "−1.25"; what rounds to nothing has no minus. */
export function signed(value) {
  const digits = Math.abs(value).toFixed(2);
  return `${value < 0 && Number(digits) > 0 ? "−" : "+"}${digits}`;
}

/** A figure with as many digits as tell its neighbours apart on a scale that is `span` wide. */
export function figure(value, span = 1) {
  if (!Number.isFinite(value)) return "–";
  const digits = Math.min(Math.max(2 - Math.floor(Math.log10(Math.abs(span) || 1)), 0), 4);
  return value.toFixed(digits).replace("-", "−");
}
