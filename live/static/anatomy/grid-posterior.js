// log p(x) and the true posterior of the image at hand, of a 2-D model: asked for again until all of it is done, and kept for
// the images seen last.

import { bodyOf } from "./one-image.js";
import { floatsOf } from "./weights.js";

const MOST_KEPT = 12;
const kept = new Map();

/** The grid of the context's image (docs/live-protocol.md, "grid"), its fields as float32. Rejects with the server's sentence. */
export function gridPosterior(context) {
  const body = bodyOf(context);
  const key = `${context.model.weights} ${context.label} ${body.image}`;
  if (!kept.has(key)) {
    kept.set(key, whole(context, body));
    kept.get(key).catch(() => kept.delete(key));
    if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value);
  }
  return kept.get(key);
}

async function whole(context, body) {
  for (;;) {
    const found = await context.ask("grid", body);
    if (found.state === "ready") return read(found);
  }
}

function read(found) {
  for (const name of ["plane", "window"]) found[name] = { ...found[name], values: floatsOf(found[name].log_posterior) };
  return found;
}
