// The nearest training image of each sample that is on the sheet. A worker looks through all of them: what was found is kept as
// long as the same draws are shown.

import { askJob, timeLeft } from "../ask-job.js";
import { address } from "../live-fetch.js";
import { uint8Of } from "../arrays.js";
import { packedLatents } from "../packed.js";

/** Gives back {ask(wanted), found, forget()}; `onFound()` hears when there is more, `onProgress(words)` how far it is. */
export function createCopies({ onFound, onProgress, onRefused }) {
  let asking = null; // {key, leaving}
  const copies = {
    /** {pixels, shape, places: Map(draw -> place), rows, words} of the last answer; null without one. */
    found: null,
    /** wanted: {key, model, weights, indices, latents, labels}. What is under way for the same key goes on. */
    async ask({ key, model, weights, indices, latents, labels }) {
      if (asking?.key === key || copies.found?.key === key) return;
      asking?.leaving.abort();
      const mine = (asking = { key, leaving: new AbortController() });
      try {
        const body = { latents: packedLatents(latents), labels };
        const progress = ({ message, seconds_left: left }) => onProgress([message, timeLeft(left)].filter(Boolean).join(", "));
        const answer = await askJob(address("copies", [model, weights]), body, { signal: mine.leaving.signal, onProgress: progress });
        if (asking !== mine) return;
        const places = new Map(indices.map((index, at) => [index, at]));
        copies.found = { ...answer, key, pixels: uint8Of(answer.images), places };
        onFound();
      } catch (problem) {
        if (problem.name !== "AbortError" && asking === mine) onRefused(problem);
      } finally {
        if (asking === mine) asking = null;
      }
    },
    forget() {
      asking?.leaving.abort();
      asking = null;
      copies.found = null;
    },
  };
  return copies;
}
