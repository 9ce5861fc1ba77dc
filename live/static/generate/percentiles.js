// How usual each draw is: the gauge's percentile, asked for some at a time so that no picture waits.

const AT_ONCE = 32;

/**
 * `judge(options, onReply, onError)` asks the live socket. Gives back {values: Float32Array with NaN where nothing is known,
 * words, nearest, start(latents, count, onMore), forget()}.
 */
export function createPercentiles(judge) {
  let turn = 0;
  const found = {
    values: new Float32Array(0),
    /** Whether all of the draws are judged. */
    get complete() {
      return found.values.length > 0 && !found.values.some(Number.isNaN);
    },
    words: [],
    nearest: [], // {row, distance} of the nearest stored image
    typical: null,
    basis: "",
    /** Judges latents (count, dims), the first ones first; `onMore(done)` hears each time that more is known. */
    start(latents, count, onMore, onError) {
      const mine = (turn += 1);
      const dims = latents.length / count;
      Object.assign(found, { values: new Float32Array(count).fill(NaN), words: [], nearest: [] });
      const next = (start) => {
        if (mine !== turn || start >= count) return;
        const end = Math.min(start + AT_ONCE, count);
        const some = latents.subarray(start * dims, end * dims);
        judge({ latents: some, count: end - start, nearest: 1, exact: true }, (reply) => {
          if (mine !== turn) return;
          for (let at = start; at < end; at += 1) {
            found.values[at] = reply.percentile[at - start];
            found.words[at] = reply.words[at - start];
            found.nearest[at] = { row: reply.nearest[at - start][0], distance: reply.distances[at - start][0] };
          }
          found.typical = reply.typical_distance;
          next(end);
          onMore(end === count);
        }, onError);
      };
      next(0);
    },
    forget() {
      turn += 1;
      found.values = new Float32Array(0);
    },
  };
  return found;
}

/** The first `size` of the draws at or above a percentile, in their order; all count where nothing is kept out. */
export function kept(values, keep, size, count) {
  const all = Array.from({ length: count }, (_, index) => index);
  return (keep > 0 ? all.filter((index) => values[index] >= keep) : all).slice(0, size);
}
