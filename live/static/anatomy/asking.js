// Figures that take more than one pass through the model: POST live/anatomy/{model}/{weights}/{figure}, at once or as a job.

import { address, ask } from "../live-fetch.js";
import { askJob } from "../ask-job.js";

/** The answer to `body`. onProgress({progress, message, seconds_left, partial}) where it is a job. Throws an Error with the server's sentence. */
export async function askFigure({ name, weights }, figure, body = {}, { signal, onProgress } = {}) {
  const place = address("anatomy", [name, weights, figure]);
  const found = await ask(place, { method: "POST", body: JSON.stringify(body), signal });
  const isJob = "state" in found && "id" in found;
  if (!isJob || found.state === "ready") return found;
  return askJob(place, body, { signal, onProgress });
}

/** Bytes as a request carries them: base64. */
export function base64Of(bytes) {
  let text = "";
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
}
