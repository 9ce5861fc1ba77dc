// The paths that are shown, the chosen one first: found by the server, drawn as strips, judged by how usual they are.

import { createPathSource } from "./path-source.js";
import { latentAt, placesOf } from "./pacing.js";

const JUDGED_PER_LEG = 32;
const MOST_JUDGED = 129;

/**
 * `rows`: path-rows.js. `present()` gives {model, weights, label, size, keys, chosen, compared, pace}; `socket` decodes and
 * judges, `asking(lane, more)` makes its requests. `onPath(kind)`: that path has changed; `onProblem(sentence)`.
 * Gives back {refresh, repace, path(kind), shown, latentsAt(place), cancel, remove}.
 */
export function createPathStack({ rows, socket, present, asking, onPath, onProblem }) {
  const paths = new Map(); // kind -> path
  let lanes = new Set();
  const source = createPathSource(() => present());

  const shown = () => {
    const { keys, chosen, compared } = present();
    return keys.length < 2 ? [] : [chosen, ...compared.filter((kind) => kind !== chosen)];
  };
  const lane = (name, kind) => {
    lanes.add(`morph-${name}-${kind}`);
    return `morph-${name}-${kind}`;
  };
  const at = (kind, places) => {
    const { size, pace } = present();
    return places.flatMap((place) => [...latentAt(paths.get(kind), size, pace, place)]);
  };

  function strip(kind) {
    const count = rows.frames;
    const request = asking(lane("strip", kind), { latents: at(kind, placesOf(count)), count });
    socket.decode(request, (reply) => rows.setStrip(kind, reply), ({ message }) => onProblem(message));
  }

  function judge(kind) {
    const { keys, images } = present();
    if (images < 2) return;
    const count = Math.min(JUDGED_PER_LEG * (keys.length - 1) + 1, MOST_JUDGED);
    const request = asking(lane("judge", kind), { latents: at(kind, placesOf(count)), count, nearest: 0 });
    socket.judge(request, ({ percentile, verdict }) => rows.setDensity(kind, percentile, verdict), () => {});
  }

  function found(kind, path) {
    if (!shown().includes(kind)) return;
    if (path.points) paths.set(kind, path);
    rows.setPath(kind, path);
    if (!path.points) return;
    strip(kind);
    onPath(kind);
    if (path.done) judge(kind);
  }

  return {
    get shown() {
      return shown().filter((kind) => paths.has(kind));
    },
    path: (kind) => paths.get(kind) ?? null,
    /** The latent of the chosen path; straight from key to key as long as that is not there. */
    latentNow(place) {
      const { keys, size, pace, chosen } = present();
      const straight = { points: Float32Array.from(keys.flatMap((key) => [...key])), places: keys.map((_, index) => index), way: null };
      return latentAt(paths.get(chosen) ?? straight, size, pace, place);
    },
    /** Other keys, another class or other kinds: all that is shown is looked for anew; what is known comes at once. */
    refresh() {
      const wanted = shown();
      for (const kind of [...paths.keys()]) if (!wanted.includes(kind)) paths.delete(kind);
      for (const kind of wanted) {
        rows.setPath(kind, { done: false, message: "", seconds_left: null });
        source.find(kind, (path) => found(kind, path));
      }
    },
    /** The paths are walked in another way, or there is other room for frames. */
    repace: () => shown().filter((kind) => paths.has(kind)).forEach(strip),
    latentAt: (kind, place) => Float32Array.from(at(kind, [place])),
    cancel(kind) {
      source.cancel(kind);
      rows.setPath(kind, { problem: "Stopped. Choose it again to look for it anew." });
    },
    forget() {
      paths.clear();
    },
    remove() {
      source.remove();
      lanes.forEach((each) => socket.forget(each));
    },
  };
}
