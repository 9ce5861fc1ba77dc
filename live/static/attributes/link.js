// What the Attributes page shows, as its link carries it, and back.
//
//   image=12 (or z=… for any other start)  label=3  by=named:slant:0.5,axis:0:-1.2  now=… (the latent, bit for bit)
//   pair=12,40 (images of the analogy)  kind=named|label|axis|change|analogy  weights=…
//   group=… (of the map: its direction is found on arrival, and the parameter goes)
//
// `now` restores the picture where a direction is missing.

import { exactLatentText } from "../page-link.js";

export const KINDS = ["named", "label", "axis", "change", "analogy"];
const WHOLE = /^\d{1,9}$/;
const LARGEST = 1e4;

/** {start: {row, z, label}, amounts, now, pair, kind (null where the link names none), group, problems}. facts: {model, weights, images, latent_dim, classes}. */
export function readLink(search, facts) {
  const link = new URLSearchParams(search);
  const problems = [];
  const row = numberOf(link, "image", facts.images, "the stored images go from", problems);
  const label = numberOf(link, "label", facts.classes.length, "this model knows the classes", problems);
  const made = link.get("weights");
  if (made && made !== facts.weights) problems.push(`The link was made with other weights of ${facts.model}; the model was trained again since, so the same latent gives another picture.`);
  return {
    start: { row, z: latentIn(link.get("z"), "z", facts, problems), label },
    amounts: amountsIn(link.get("by"), problems),
    now: latentIn(link.get("now"), "now", facts, problems),
    pair: (link.get("pair") ?? "").split(",").map((text) => (WHOLE.test(text) && Number(text) < facts.images ? Number(text) : null)).slice(0, 2),
    kind: KINDS.includes(link.get("kind")) ? link.get("kind") : null,
    group: link.get("group")?.slice(0, 40) || null,
    problems,
  };
}

/** The link's parameters: {name: text or null}. state: {start, amounts, pair: {a, b}}; latent: the present one. */
export function linkOf({ start, amounts, pair }, latent, kind, facts) {
  const moved = Object.entries(amounts).filter(([, amount]) => amount !== 0);
  const rows = [pair.a, pair.b].map((place) => place?.row ?? "");
  return {
    image: start.row === null ? null : String(start.row),
    z: start.row === null ? exactLatentText(start.z) : null,
    label: start.label === null ? null : String(start.label),
    by: moved.length ? moved.map(([key, amount]) => `${key.replaceAll("%", "%25").replaceAll(",", "%2C")}:${amount}`).join(",") : null,
    now: moved.length ? exactLatentText(latent) : null,
    pair: rows.every((row) => row === "") ? null : rows.join(","),
    kind,
    group: null,
    weights: facts.weights,
  };
}

function numberOf(link, name, count, owner, problems) {
  if (!link.has(name)) return null;
  const text = link.get(name);
  if (WHOLE.test(text) && Number(text) < count) return Number(text);
  problems.push(count ? `The link's ${name} is "${text.slice(0, 20)}"; ${owner} 0 to ${count - 1}. It is left aside.` : `This model has none, so the link's ${name} is left aside.`);
  return null;
}

function latentIn(text, name, { latent_dim: size }, problems) {
  if (text === null) return null;
  const values = text.split(",").map((part) => (part.trim() === "" ? NaN : Math.fround(Number(part))));
  if (values.length === size && values.every((value) => Math.abs(value) <= LARGEST)) return values;
  problems.push(`The link's ${name} is no latent of ${size} numbers within ±${LARGEST}; it is left aside.`);
  return null;
}

function amountsIn(text, problems) {
  const amounts = {};
  for (const part of (text ?? "").split(",").filter(Boolean)) {
    const cut = part.lastIndexOf(":");
    const amount = Number(part.slice(cut + 1));
    const key = nameIn(part.slice(0, cut));
    const kind = key?.split(":")[0];
    if (cut > 0 && KINDS.includes(kind) && Number.isFinite(amount) && Math.abs(amount) <= 100) amounts[key] = amount;
    else problems.push(`The link's by has "${part.slice(0, 40)}", which is no direction with an amount; it is left aside.`);
  }
  return amounts;
}

function nameIn(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
