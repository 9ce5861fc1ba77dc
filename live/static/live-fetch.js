// The JSON routes of the live path: docs/live-protocol.md describes them. Every failure is a LiveError with a sentence.

const LARGEST_FILE = 20_000_000;
const LOST = "The server cannot be reached. Check the connection, then try again.";
const STRANGE = "The server gave no answer that this page understands. Reload the page.";

/** `message` is a sentence for people, `reason` a code for programs, `facts` what else the server said, `status` HTTP's. */
export class LiveError extends Error {
  constructor({ reason, message, ...facts }, status = 0) {
    super(message);
    Object.assign(this, { reason, status, facts });
  }
}

/** A picture file (File or Blob) encoded: {mean, std, fitted: data address, note, blank}. `label`: of a conditional model. */
export async function encodeFile({ model, weights, file, label, signal }) {
  if (file.size > LARGEST_FILE) {
    const sentence = `The file has ${inMegabytes(file.size)} MB; at most ${inMegabytes(LARGEST_FILE)} are taken. Export a smaller one.`;
    throw new LiveError({ reason: "too-large", message: sentence });
  }
  return ask(address("image", [model, weights], { label }), { method: "POST", body: file, signal });
}

/**
 * A latent to start from: {latent, std or null, words}. `from` is "prior" (temperature, seed), "class" (label),
 * "mixture" (seed), "row" (row) or "model" (other, row, label).
 */
export function startLatent({ model, weights, signal, ...parameters }) {
  return ask(address("latent", [model, weights], parameters), { signal });
}

/** Rows of the reference set: {rows, count, labels: {name: count}}; of one `label`, in order of distance `near` a row. */
export function rowsOf({ model, weights, label, near, signal }) {
  return ask(address("rows", [model, weights], { label, near }), { signal });
}

/** The names of a model's dimensions: {revision, names: {"3": "slant"}}. */
export function readNames({ model, signal }) {
  return ask(address("notes", [model, "names"]), { signal });
}

/**
 * Replaces all names; gives back the new {revision, names}. When somebody was first, the LiveError has the reason
 * "changed-meanwhile" and `facts` holds theirs; "read-only" when this server keeps no names.
 */
export function writeNames({ model, revision, names, signal }) {
  const body = JSON.stringify({ revision, names });
  return ask(address("notes", [model, "names"]), { method: "PUT", body, signal });
}

/** The address of a route below /live: parameters that are undefined or null are left out. */
export function address(room, parts, parameters = {}) {
  const path = parts.map(encodeURIComponent).join("/");
  const found = new URL(`../${room}/${path}`, import.meta.url);
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined && value !== null) found.searchParams.set(name, value);
  }
  return found;
}

/** The address of the picture of an image: of the reference set, or of the `source` that is named. */
export function imageAddress({ model, weights }, row, kind = "auto", source = undefined) {
  return address("picture", [model, weights, `${row}.png`], { kind, source }).href;
}

/** The JSON of an answer. */
export async function ask(place, options) {
  const response = await answerOf(place, options);
  const content = await response.json().catch(() => null);
  if (content !== null) return content;
  throw new LiveError({ reason: "failed", message: STRANGE }, response.status);
}

/** The answer itself, for bodies that are no JSON; what is refused throws as in `ask`. */
export async function answerOf(place, options) {
  let response;
  try {
    response = await fetch(place, options);
  } catch (problem) {
    if (problem.name === "AbortError") throw problem; // the caller's own doing, no failure to show
    throw new LiveError({ reason: "connection-lost", message: LOST });
  }
  if (response.ok) return response;
  const content = await response.json().catch(() => null);
  throw new LiveError(content?.message ? content : { reason: "failed", message: STRANGE }, response.status);
}

function inMegabytes(bytes) {
  return (Math.ceil(bytes / 1e5) / 10).toString();
}
