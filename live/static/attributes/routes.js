// The routes of directions (docs/live-protocol.md, "Directions").

import { address, ask } from "../live-fetch.js";
import { askJob } from "../ask-job.js";
import { float32Of } from "../arrays.js";

const QUICK_MS = 80; // a direction of stored latents takes a blink

/** Directions saved with a model: {revision, directions: [...]}. */
export function readDirections({ model, signal }) {
  return ask(address("notes", [model, "directions"]), { signal });
}

/** Replaces all; a LiveError "changed-meanwhile" has theirs in `facts`. */
export function writeDirections({ model, revision, directions, signal }) {
  const body = JSON.stringify({ revision, directions });
  return ask(address("notes", [model, "directions"]), { method: "PUT", body, signal });
}

/** The direction of two groups: {vector (base64), span, auc, cohens_d, held_out, having, lacking, method}. */
export function findDirection({ model, weights, onProgress, signal, ...asked }) {
  return askJob(address("direction", [model, weights]), asked, { onProgress, signal, every: QUICK_MS });
}

/** Principal axes: [{vector, step, share}], the widest first. */
export async function axesOf({ model, weights, signal }) {
  const { directions, std, explained } = await ask(address("axes", [model, weights]), { signal });
  return rowsOf(directions, std.length).map((vector, at) => ({ vector, step: std[at], share: explained[at] }));
}

/** What changes the picture of a latent most: [{vector, step, share, change}]. */
export async function changesOf({ model, weights, latent, label, signal }) {
  const body = JSON.stringify({ latent: Array.from(latent), label });
  const { directions, change, share } = await ask(address("jacobian", [model, weights]), { method: "POST", body, signal });
  return rowsOf(directions, change.length).map((vector, at) => ({ vector, step: 1, share: share[at], change: change[at] }));
}

/** Groups of images that people named on the map: [{name, count}]. */
export async function groupsOf({ model, signal }) {
  return (await ask(address("notes", [model, "groups"]), { signal })).groups;
}

function rowsOf(text, count) {
  const values = float32Of(text);
  const size = values.length / count;
  return Array.from({ length: count }, (_, at) => values.slice(at * size, (at + 1) * size));
}
