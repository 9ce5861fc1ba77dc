// The map of the fixed images after each epoch (GET /live/run/{name}/map), and the way from a place on it to a latent.

import { address, ask } from "../live-fetch.js";
import { unpackedLatents } from "../packed.js";

/** `read(run, stamp)` fetches the planes that are new; `of(epoch)`: {points, origin, axes} or null; `far`: how far points lie from the middle. */
export function createPlanes() {
  const held = new Map(); // epoch -> plane
  let [run, stamp, far, reading] = [null, null, 0, null];

  async function readOn(signal) {
    for (;;) {
      const after = held.size ? Math.max(...held.keys()) : -1;
      const found = await ask(address("run", [run, "map"], { after, stamp }), { signal });
      take(found);
      if (!found.more) return;
    }
  }

  function take({ epochs, count, latent_dim: size, points, origins, axes }) {
    const [all, middles, ways] = [points, origins, axes].map(unpackedLatents);
    epochs.forEach((epoch, index) => {
      const plane = {
        points: all.subarray(index * count * 2, (index + 1) * count * 2),
        origin: middles.subarray(index * size, (index + 1) * size),
        axes: [ways.subarray(index * 2 * size, (index * 2 + 1) * size), ways.subarray((index * 2 + 1) * size, (index * 2 + 2) * size)],
      };
      held.set(epoch, plane);
      far = Math.max(far, reachOf(plane.points));
    });
  }

  return {
    get far() {
      return far;
    },
    of: (epoch) => held.get(epoch) ?? null,
    async read(name, version, signal) {
      if (name !== run || version !== stamp) {
        held.clear();
        [run, stamp, far] = [name, version, 0];
      }
      reading ??= readOn(signal).finally(() => (reading = null));
      await reading;
    },
  };
}

/** The latent Float32Array (D) at a place (x, y) of a plane. */
export function latentOf({ origin, axes }, [x, y]) {
  return Float32Array.from(origin, (middle, d) => middle + x * axes[0][d] + y * axes[1][d]);
}

/** Where a latent lies on a plane, seen from straight above. */
export function placeOf({ axes }, latent) {
  return axes.map((axis) => axis.reduce((sum, value, d) => sum + value * latent[d], 0));
}

/** How far all but the furthest of points (x, y, x, y …) lie from 0 along either axis. */
export function reachOf(points) {
  const sizes = Float32Array.from(points, Math.abs).sort();
  return sizes.length ? sizes[Math.min(sizes.length - 1, Math.floor(0.996 * sizes.length))] : 0;
}
