// Weights of draws as they come in: the estimate of log p(x) after each number of draws, with its standard error, and the
// importance-weighted bound for each K. The same sums as vae_core.metrics.evidence_estimate and bounds_by_count (Burda et al. 2015).

const FEWEST_GROUPS = 8; // from which a mean over groups is shown

/** log(e^a + e^b). */
export function logAdd(a, b) {
  const high = Math.max(a, b);
  return high === -Infinity ? high : high + Math.log1p(Math.exp(Math.min(a, b) - high));
}

/** log w of draws: {count, append(values), at(k), bounds(), share(logWeight), total}. Values are nats. */
export function createWeights() {
  let logs = new Float64Array(1024);
  let sums = new Float64Array(1024); // log of the sum of the first k weights, and of their squares
  let squares = new Float64Array(1024);
  let count = 0;

  function grow(least) {
    const grown = (given) => {
      const larger = new Float64Array(Math.max(2 * given.length, least));
      larger.set(given);
      return larger;
    };
    [logs, sums, squares] = [logs, sums, squares].map(grown);
  }

  return {
    get count() {
      return count;
    },
    append(values) {
      if (count + values.length > logs.length) grow(count + values.length);
      for (const value of values) {
        logs[count] = value;
        sums[count] = count ? logAdd(sums[count - 1], value) : value;
        squares[count] = count ? logAdd(squares[count - 1], 2 * value) : 2 * value;
        count += 1;
      }
    },
    /** The estimate by the first k draws: {value, error, effective}; the error is infinite for one draw. */
    at(k) {
      const effective = Math.exp(2 * sums[k - 1] - squares[k - 1]);
      const spread = k > 1 ? Math.max(0, (k * k) / effective - k) / (k - 1) : Infinity; // variance of w over its squared mean
      return { value: sums[k - 1] - Math.log(k), error: Math.sqrt(spread / k), effective };
    },
    /** The mean over groups of K = 1, 2, 4 ... draws: [{count, mean, error, groups}], while there are 8 groups. */
    bounds() {
      const found = [];
      let level = logs.slice(0, count);
      for (let size = 1; level.length >= FEWEST_GROUPS; size *= 2) {
        found.push({ count: size, ...meanOf(level, Math.log(size)), groups: level.length });
        const next = new Float64Array(level.length >> 1);
        for (let at = 0; at < next.length; at += 1) next[at] = logAdd(level[2 * at], level[2 * at + 1]);
        level = next;
      }
      return found;
    },
    /** Which part of the sum of all weights one of them is, 0 to 1. */
    share: (logWeight) => (count ? Math.exp(logWeight - sums[count - 1]) : 0),
  };
}

function meanOf(values, less) {
  let mean = 0;
  for (const value of values) mean += value - less;
  mean /= values.length;
  let squares = 0;
  for (const value of values) squares += (value - less - mean) ** 2;
  return { mean, error: Math.sqrt(squares / (values.length - 1) / values.length) };
}

/** float32 of base64, little-endian. */
export function floatsOf(text) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  return new Float32Array(bytes.buffer);
}
