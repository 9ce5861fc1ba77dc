// Work that takes longer than a frame (docs/live-protocol.md, "Jobs"): the same request again until the answer is ready.

import { LiveError, address, answerOf, ask } from "./live-fetch.js";

const POLL_MS = 250;
const UNFINISHED = new Set(["queued", "running"]);

/**
 * The answer {state: "ready", ...} to `body` at `place`. `onProgress` gets each answer before that: {id, state, progress,
 * message, seconds_left, partial}. An aborted `signal` ends the job; a `short` one that has begun
 * is left to its end, since a warm worker would be killed with it. Throws LiveError where the work is refused or fails.
 */
export async function askJob(place, body, { onProgress = () => {}, signal, every = POLL_MS, short = false } = {}) {
  const asked = { method: "POST", body: JSON.stringify(body), signal };
  let id = null;
  try {
    for (;;) {
      const found = await ask(place, asked);
      if (found.state === "ready") return found;
      if (!UNFINISHED.has(found.state)) throw new LiveError({ reason: found.state, message: found.message });
      id = found.id;
      onProgress(found);
      await pause(every, signal);
    }
  } catch (problem) {
    if (signal?.aborted && id !== null) answerOf(address("job", [id], short ? { waiting: 1 } : {}), { method: "DELETE" }).catch(() => {});
    throw problem;
  }
}

/** Downloads the file that an answer names: {file, name}. */
export function giveFile({ file, name }) {
  Object.assign(document.createElement("a"), { href: new URL(`../${file}`, import.meta.url), download: name }).click();
}

/** How long it still takes, such as "12 s left"; empty where that is not known. */
export function timeLeft(seconds) {
  if (seconds === null || seconds === undefined) return "";
  return seconds < 90 ? `${Math.ceil(seconds)} s left` : `${Math.ceil(seconds / 60)} min left`;
}

function pause(ms, signal) {
  return new Promise((go, stop) => {
    const timer = setTimeout(go, ms);
    signal?.addEventListener("abort", () => (clearTimeout(timer), stop(signal.reason)), { once: true });
  });
}
