// Previews beside the picture: filmstrips, the pad's plane. They are decoded when the hand is away, from the newest
// place, and dropped at once when it takes hold; what was drawn before stays until the new is there. When all are, the
// document hears "latent-previews" ({asked, drawn}, as performance.now() counts).

import { createPacedDecoder } from "./paced-decoder.js";
import { drawStrip } from "../picture.js";

const LANE = "previews";
const QUIET_MS = 250; // without a move, where nobody says that the hand let go

/** `request()` gives {model, weights} of the decodes. A source's `jobs()` gives what of it is out of date (paced-decoder.js). */
export function createPreviews(socket, edit, request) {
  const labelled = () => (edit.label === null ? request() : { ...request(), label: edit.label });
  const decoder = createPacedDecoder(socket, LANE, { request: labelled, drawStrip, onDone: done });
  const sources = [];
  let hands = 0;
  let quiet = null;
  let asked = false;
  let since = 0;

  function done() {
    document.dispatchEvent(new CustomEvent("latent-previews", { detail: { asked: since, drawn: performance.now() } }));
  }

  function moved() {
    decoder.drop();
    clearTimeout(quiet);
    quiet = setTimeout(refresh, QUIET_MS);
  }

  /** Once for all that happens now. */
  function refresh() {
    clearTimeout(quiet);
    if (asked) return;
    asked = true;
    queueMicrotask(() => {
      asked = false;
      if (hands > 0) return;
      since = performance.now();
      decoder.ask(sources.flatMap((source) => source.jobs()));
    });
  }

  const stops = [edit.on("move", moved), edit.on("settle", refresh)];
  return {
    add: (source) => sources.push(source),
    refresh,
    hold() {
      hands += 1;
      decoder.drop();
    },
    letGo() {
      hands = Math.max(0, hands - 1);
      refresh();
    },
    reset() {
      hands = 0;
      decoder.reset();
    },
    remove() {
      stops.forEach((stop) => stop());
      clearTimeout(quiet);
      decoder.remove();
    },
  };
}
