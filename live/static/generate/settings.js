// What the Generate page shows, as its link carries it, and back. A link is read with suspicion: what cannot be used is left
// out and said in a sentence.
//
//   from=mixture  t=0.8  seed=7  n=64  shown=draw  class=3 (or each)  keep=5  sort=copy (or usual)  near=1  sample=12  weights=...

import { ordersOf } from "./order.js";

export const SIZES = [16, 36, 64, 100];
export const HOTTEST = 2;
export const MOST_DRAWS = 256;
export const LARGEST_SEED = 999_999_999;
export const EACH = "each"; // every class in turn

/** The settings of a first visit. facts: {density, drawable, classes: [name...]}. */
export function firstSettings({ classes }) {
  return { source: "prior", temperature: 1, seed: 0, size: 64, shown: "mean", label: classes.length ? EACH : null, keep: 0, sort: "drawn", near: false, chosen: null };
}

/** {settings, problems: [sentence...]} of a link's parameters; facts as above, with `model`, `weights` and `density`. */
export function readSettings(search, facts) {
  const link = new URLSearchParams(search);
  const problems = [];
  const settings = firstSettings(facts);
  const number = (key, name, low, high, whole, rule) => {
    if (!link.has(key)) return;
    const text = link.get(key);
    const value = text.trim() === "" ? NaN : Number(text);
    if (value >= low && value <= high && (!whole || Number.isInteger(value))) settings[name] = value;
    else problems.push(`The link's ${key} is "${text.slice(0, 20)}"; ${rule} ${settings[name]} is taken.`);
  };
  number("t", "temperature", 0, HOTTEST, false, `the temperature lies in 0 to ${HOTTEST}.`);
  number("seed", "seed", 0, LARGEST_SEED, true, `a seed is a whole number from 0 to ${LARGEST_SEED}.`);
  number("keep", "keep", 0, 99, false, "a percentile to keep above lies in 0 to 99.");
  if (SIZES.includes(Number(link.get("n")))) settings.size = Number(link.get("n"));
  else if (link.has("n")) problems.push(`The link's n is "${link.get("n").slice(0, 20)}"; it must be one of ${SIZES.join(", ")}. ${settings.size} are shown.`);
  if (/^\d{1,3}$/.test(link.get("sample") ?? "") && Number(link.get("sample")) < MOST_DRAWS) settings.chosen = Number(link.get("sample"));
  settings.near = link.get("near") === "1";
  if (link.has("sort")) readSort(link.get("sort"), facts, settings, problems);
  if (link.get("from") === "mixture") {
    if (facts.density) settings.source = "mixture";
    else problems.push("The link draws from a fitted mixture; this model has none. The prior is shown.");
  }
  if (link.get("shown") === "draw") {
    if (facts.drawable) settings.shown = "draw";
    else problems.push("The link shows draws of p(x|z); this model has no likelihood to draw from. The mean is shown.");
  }
  if (link.has("class")) readClass(link.get("class"), facts, settings, problems);
  const made = link.get("weights");
  if (made && made !== facts.weights) {
    problems.push(`The link was made with other weights of ${facts.model}; the model was trained again since, so the pictures differ.`);
  }
  return { settings, problems };
}

function readSort(text, facts, settings, problems) {
  const orders = ordersOf(facts).map(({ value }) => value);
  if (orders.includes(text)) settings.sort = text;
  else problems.push(`The link's sort is "${text.slice(0, 20)}"; here it must be one of ${orders.join(", ")}. The samples stand as drawn.`);
}

function readClass(text, { classes }, settings, problems) {
  if (!classes.length) problems.push("This model is not conditional; the link's class is left aside.");
  else if (text === EACH) settings.label = EACH;
  else if (/^\d{1,4}$/.test(text) && Number(text) < classes.length) settings.label = Number(text);
  else problems.push(`The link's class is "${text.slice(0, 20)}"; this model knows 0 to ${classes.length - 1}. Each in turn is shown.`);
}

/** The link's parameters of settings: {name: text, or null where it is the usual}. */
export function linkOf(settings, facts) {
  const usual = firstSettings(facts);
  const text = (name, key = name) => (settings[name] === usual[name] ? null : String(settings[key]));
  return {
    from: text("source"), t: text("temperature"), seed: text("seed"), n: text("size"), shown: text("shown"), class: text("label"),
    keep: text("keep"), sort: text("sort"), near: settings.near ? "1" : null, sample: text("chosen"), weights: facts.weights,
  };
}

/** The class of draw `index`; null without classes. */
export function labelOf(settings, index, classes) {
  if (settings.label === null) return null;
  return settings.label === EACH ? index % classes.length : settings.label;
}
