// What the map asks of the server: docs/live-protocol.md describes the routes. Every failure is a LiveError with a
// sentence. `model` in each call is {model, weights}.

import { LiveError, address, answerOf, ask, imageAddress } from "../live-fetch.js";

const POLL_MS = 250;
const UNFINISHED = new Set(["queued", "running"]);

const json = (content) => ({ method: "POST", body: JSON.stringify(content) });

/** Resolves after so many milliseconds; rejects when `signal` is aborted first. */
export const pause = (ms, signal) =>
  new Promise((go, stop) => {
    const timer = setTimeout(go, ms);
    signal?.addEventListener("abort", () => (clearTimeout(timer), stop(signal.reason)), { once: true });
  });

/** The encoded sets of images that a map can be made of: [{id, words, count, ready, why_not}]. */
export async function sourcesOf({ model, weights }, signal) {
  return (await ask(address("sources", [model, weights]), { signal })).sources;
}

/**
 * A finished map of {source, method, parameters, rows, align_to}: asks again until it is ready. `onProgress` gets each
 * answer before that. Throws the sentence of a map that failed; of a cancelled one the reason is "cancelled".
 */
export async function readyMap({ model, weights }, wanted, { signal, onProgress = () => {} } = {}) {
  for (;;) {
    const found = await ask(address("map", [model, weights]), { ...json(wanted), signal });
    if (found.state === "ready") return found;
    if (!UNFINISHED.has(found.state)) throw new LiveError({ reason: found.state, message: found.message });
    onProgress(found);
    await pause(POLL_MS, signal);
  }
}

/** Ends the computation of a map. */
export function cancelMap(id) {
  return answerOf(address("map", [id]), { method: "DELETE" });
}

/**
 * The points of a map of `count` points with 2 or 3 `components`: {x, y, z?, rows?}, float32 each. `rows` (uint32) are
 * given where the answer is a sample. `box`: [x0, y0, x1, y1], at most `most` of the points in it.
 */
export async function pointsOf(id, components, { box, most, signal } = {}) {
  const asked = { box: box?.join(","), most };
  const response = await answerOf(address("map", [id, "points"], asked), { signal });
  return pointsIn(await response.arrayBuffer(), components, response.headers.has("X-Rows"));
}

/**
 * How dense all points of a map lie in a box: {counts: Float32Array, classes: Uint8Array or undefined}, the lowest row first. `column`: a
 * class column whose most frequent class each cell tells; `filters`: what is left out, as createFilters records it.
 */
export async function densityOf(id, box, width, height, { column, filters, signal } = {}) {
  const filtering = filters && Object.values(filters).some((each) => Object.keys(each).length > 0);
  const asked = { box: box.join(","), width, height, column, filters: filtering ? JSON.stringify(filters) : undefined };
  const response = await answerOf(address("map", [id, "density"], asked), { signal });
  const buffer = await response.arrayBuffer();
  const cells = width * height;
  return { counts: new Float32Array(buffer, 0, cells), classes: column ? new Uint8Array(buffer, 4 * cells, cells) : undefined };
}

/** The columns of a points answer; the first of a sample are the rows. */
export function pointsIn(buffer, components, sampled) {
  const count = buffer.byteLength / 4 / (components + (sampled ? 1 : 0));
  const at = (index) => 4 * count * index;
  const first = sampled ? 1 : 0;
  const [x, y, z] = Array.from({ length: components }, (_, k) => new Float32Array(buffer, at(first + k), count));
  return { x, y, z, rows: sampled ? new Uint32Array(buffer, 0, count) : undefined };
}

/**
 * What is known of each image of a source: {columns: [{name, kind: "class" | "number" | "text", names?, unit?, words?}],
 * problems: sentences on tables that could not be used}.
 */
export function columnsOf({ model, weights }, source, signal) {
  return ask(address("source", [model, weights, source, "columns"]), { signal });
}

/** The values of a column, int16 for classes and float32 for numbers; one that is computed on demand is waited for. */
export async function columnOf({ model, weights }, source, { name, kind }, waiting) {
  const response = await whenReady(address("source", [model, weights, source, "column", name]), waiting);
  const values = await response.arrayBuffer();
  return kind === "class" ? new Int16Array(values) : new Float32Array(values);
}

/** Which classes of a column lie among each other: {pairs: [{one, other, share}], own, neighbours, judged_on}; waited for. */
export async function mixingOf({ model, weights }, source, name, waiting) {
  return (await whenReady(address("source", [model, weights, source, "mixing", name]), waiting)).json();
}

/** The answer of an address whose 202 means "under way"; `onProgress` hears each of those. */
async function whenReady(place, { signal, onProgress = () => {} } = {}) {
  for (;;) {
    const response = await answerOf(place, { signal });
    if (response.status !== 202) return response;
    const found = await response.json();
    if (!UNFINISHED.has(found.state)) throw new LiveError({ reason: found.state, message: found.message });
    onProgress(found);
    await pause(POLL_MS, signal);
  }
}

/** Rows of a source whose label, file name or number matches the words. */
export function searchRows({ model, weights }, source, words, signal) {
  return ask(address("search", [model, weights, source], { q: words }), { signal });
}

/** The k images of a source whose codes are nearest to a latent: {rows, distances}. */
export function neighboursOf({ model, weights }, source, latent, k, signal) {
  return ask(address("neighbours", [model, weights]), { ...json({ latent: Array.from(latent), source, k }), signal });
}

/** All about one image of a source: {mean, std, kl, reconstruction, label, split, name}. */
export function posteriorOf({ model, weights }, source, row, signal) {
  return ask(address("posterior", [model, weights, source, row]), { signal });
}

/** Where latents lie on a finished map: points, one list of 2 or 3 numbers for each. */
export async function placesOf(id, latents, signal) {
  const asked = { latents: latents.map((latent) => Array.from(latent)) };
  return (await ask(address("place", [id]), { ...json(asked), signal })).points;
}

/** What a selection has in common: counts by label, `mean` and `spread`, each latent_dim numbers. */
export function summaryOf({ model, weights }, source, rows, signal) {
  return ask(selectionAddress(model, weights), { ...json({ source, rows: packedRows(rows), what: "summary" }), signal });
}

/** A selection to take away, as a Blob; `what` is "csv" or "zip". */
export async function selectionFile({ model, weights }, source, rows, what) {
  const asked = json({ source, rows: packedRows(rows), what });
  const response = await answerOf(selectionAddress(model, weights), asked);
  return { blob: await response.blob(), name: fileName(response.headers.get("Content-Disposition")) ?? `selection.${what}` };
}

/** The named groups of a model, with those of their images that a source has: {revision, groups: [{name, rows, count}]}. */
export function readGroups({ model }, source, signal) {
  return ask(address("notes", [model, "groups"], { source }), { signal });
}

/**
 * Replaces all groups by {revision, source, groups: [{name, rows}, or {name} for one that stays as it is]}. Who comes
 * second gets "changed-meanwhile".
 */
export function writeGroups({ model }, content) {
  return ask(address("notes", [model, "groups"]), { method: "PUT", body: JSON.stringify(content) });
}

/** The address of one picture of a source; below, of several side by side. */
export function pictureAddress(model, source, row, kind = "auto") {
  return imageAddress(model, row, kind, named(source));
}

export function sheetAddress({ model, weights }, source, rows, kind = "auto") {
  const found = address("sheet", [model, `${weights}.png`], { kind, source: named(source) });
  found.search += `&rows=${Array.from(rows).join(",")}`; // commas as they are
  return found.href;
}

const named = (source) => (source === "reference" ? undefined : source);
const selectionAddress = (model, weights) => address("selection", [model, weights]);
const fileName = (header) => header?.match(/filename="?([^";]+)/)?.[1];

/** Rows as base64 of little-endian uint32. */
export function packedRows(rows) {
  const bytes = new Uint8Array(Uint32Array.from(rows).buffer);
  let text = "";
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
}
