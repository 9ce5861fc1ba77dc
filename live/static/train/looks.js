// Pictures of the fixed images and latents at each epoch: fetched once, kept, drawn at once when the replay comes by.

import { address, answerOf } from "../live-fetch.js";

const MOST_BYTES = 64_000_000;
const AT_ONCE = 3;

/**
 * The looks of a run. `need(epochs, first)` fetches what is not there, those near `first` before the others; onLook(epoch)
 * hears of each. `of(epoch)`: {reconstructions, samples: Uint8Array (n, H, W, C), shape, counts} or null.
 */
export function createLooks({ onLook, onProblem }) {
  const held = new Map(); // epoch -> look
  const coming = new Set(); // epochs that are asked for
  let [run, stamp, wanted, busy, bytes, leaving] = [null, null, [], 0, 0, new AbortController()];

  async function pump() {
    while (busy < AT_ONCE && wanted.length) {
      const epoch = wanted.shift();
      busy += 1;
      coming.add(epoch);
      const { signal } = leaving;
      fetchOne(epoch, signal).finally(() => ((busy -= 1), signal.aborted || coming.delete(epoch), pump()));
    }
  }

  async function fetchOne(epoch, signal) {
    try {
      const answer = await answerOf(address("run", [run, "snapshot", String(epoch)], { stamp }), { signal });
      keep(epoch, lookOf(new Uint8Array(await answer.arrayBuffer()), JSON.parse(answer.headers.get("X-Look"))));
      onLook(epoch);
    } catch (problem) {
      if (problem.name !== "AbortError" && problem.status !== 404) onProblem?.(problem.message);
    }
  }

  function keep(epoch, look) {
    held.set(epoch, look);
    bytes += look.size;
    for (const [other, { size }] of held) {
      if (bytes <= MOST_BYTES || other === epoch) break;
      held.delete(other);
      bytes -= size;
    }
  }

  return {
    of: (epoch) => held.get(epoch) ?? null,
    need(name, version, epochs, first) {
      if (name !== run || version !== stamp) this.forget();
      [run, stamp] = [name, version];
      wanted = epochs.filter((epoch) => !held.has(epoch) && !coming.has(epoch)).sort((one, other) => Math.abs(one - first) - Math.abs(other - first));
      pump();
    },
    forget() {
      leaving.abort(new DOMException("", "AbortError"));
      leaving = new AbortController();
      held.clear();
      coming.clear();
      [wanted, bytes] = [[], 0];
    },
  };
}

/** A look out of its bytes: the pictures of each part, one part after the other. */
export function lookOf(bytes, { shape, parts }) {
  const size = shape[0] * shape[1] * shape[2];
  let start = 0;
  const look = { shape, size: bytes.length, counts: {} };
  for (const [name, count] of Object.entries(parts)) {
    look[name] = bytes.subarray(start, start + count * size);
    look.counts[name] = count;
    start += count * size;
  }
  return look;
}
