// Paths through the keys, as the server finds them: asked for once each, shown while they are still being found.

import { address } from "../live-fetch.js";
import { askJob } from "../ask-job.js";
import { packedLatents, unpackedLatents } from "../packed.js";

const MOST_KEPT = 40;
const LOOK_EVERY = 100; // ms: a path is shown as it relaxes
const REST_MS = 200; // keys that change faster than that are not looked for one by one
const BUSY_MS = 2000; // until a server that has too many jobs is asked again

/**
 * `find(kind, onPath)` looks for a path through what `request()` gives: {model, weights, label, keys: Float32Array[]}.
 * `onPath({points, places, way, ...figures, done, message, seconds_left, progress, problem})` is called at each step; of a
 * kind that is looked for anew, the earlier search ends. Gives back {find, cancel(kind), remove}.
 */
export function createPathSource(request) {
  const kept = new Map(); // what was asked -> finished path
  const under = new Map(); // kind -> AbortController

  function cancel(kind) {
    under.get(kind)?.abort(new DOMException("", "AbortError"));
    under.delete(kind);
  }

  function keep(name, path) {
    kept.set(name, path);
    if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value);
  }

  /** A server with too many jobs is asked again, as long as the path is wanted; meanwhile it says so. */
  async function asPatiently(place, asked, onPath, options) {
    for (;;) {
      try {
        return await askJob(place, asked, options);
      } catch (problem) {
        if (problem.reason !== "busy" || options.signal.aborted) throw problem;
        onPath({ problem: problem.message });
      }
      await new Promise((go) => setTimeout(go, BUSY_MS));
      options.signal.throwIfAborted();
    }
  }

  async function find(kind, onPath) {
    const { model, weights, label, keys } = request();
    const asked = { kind, keys: packedLatents(keys.flatMap((key) => [...key])), ...(label === null ? {} : { label }) };
    const name = `${model}/${weights}/${JSON.stringify(asked)}`;
    cancel(kind);
    if (kept.has(name)) return onPath(kept.get(name));
    const mine = new AbortController();
    under.set(kind, mine);
    const onProgress = (found) => under.get(kind) === mine && onPath({ ...(found.partial ? pathIn(found.partial) : {}), ...found, done: false });
    try {
      await new Promise((go) => setTimeout(go, REST_MS));
      if (under.get(kind) !== mine) return;
      const found = await asPatiently(address("path", [model, weights]), asked, onPath, { onProgress, signal: mine.signal, every: LOOK_EVERY, short: true });
      const path = { ...found, ...pathIn(found), done: true };
      keep(name, path);
      if (under.get(kind) === mine) onPath(path);
    } catch (problem) {
      if (under.get(kind) === mine && problem.name !== "AbortError") onPath({ problem: problem.message });
    } finally {
      if (under.get(kind) === mine) under.delete(kind);
    }
  }

  return {
    find,
    cancel,
    remove: () => [...under.keys()].forEach(cancel),
  };
}

function pathIn({ points, places, way = null }) {
  return { points: unpackedLatents(points), places, way };
}
