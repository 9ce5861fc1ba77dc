// The kept places of the shelf, for pages that have no shelf on them: who keeps a picture there finds it on Sliders.

import { browserStore } from "../browser-store.js";
import { plain } from "./latent-edit.js";

export const MOST = 60;

/** The places that this browser keeps for a model's weights, as plain data (latent-edit.js). */
export const keptPlaces = (weights) => browserStore(`${weights}/shelf`).read() ?? [];

/** Puts one more place on the shelf; gives back {done, words}: whether it is there, and what came of it as a sentence. */
export function keepPlace(weights, place) {
  const kept = keptPlaces(weights);
  if (kept.length >= MOST) return { done: false, words: `The shelf holds ${MOST} pictures; take one off first, on Sliders.` };
  const done = browserStore(`${weights}/shelf`).write([...kept, plain(place)]);
  const words = done ? `Picture ${kept.length + 1} of the shelf, which stands on Sliders and stays in this browser.`
    : "This browser keeps nothing for later, so the shelf cannot take it. Save the picture instead.";
  return { done, words };
}
