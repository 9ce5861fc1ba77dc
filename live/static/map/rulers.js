// Where the tiles of a decoded plane begin and end along one axis: evenly, or at quantiles of the prior, so that each column of
// tiles holds as much of the prior as any other. Steps halve as the view comes nearer, so that tiles fall into tiles.

const OUTERMOST = 3.5; // standard deviations: where the outermost of the tiles by quantiles ends

/** Steps of one width: {from, to, edge(index), middle(index), key}, the indices from..to cover [low, high]. */
export function evenRuler(low, high, least) {
  const power = Math.ceil(Math.log2(least));
  const width = 2 ** power;
  const [from, to] = [Math.floor(low / width), Math.ceil(high / width) - 1];
  return { from, to, edge: (index) => index * width, middle: (index) => (index + 0.5) * width, key: `e${power}` };
}

/**
 * Steps at quantiles of a normal distribution around `centre` with standard deviation `spread`; the ones in its middle are about
 * `least` wide. Beyond its outermost there are none.
 */
export function quantileRuler(low, high, least, { centre, spread }) {
  const densest = (spread * Math.sqrt(2 * Math.PI)) / least; // quantiles at a distance of `least` in the middle
  const power = Math.max(1, Math.round(Math.log2(densest)));
  const count = 2 ** power;
  const at = (share) => centre + spread * Math.max(-OUTERMOST, Math.min(OUTERMOST, normalQuantile(share)));
  const edge = (index) => at(index / count);
  const [from, to] = [step(low, count, at, 0), step(high, count, at, count - 1)];
  return { from, to, edge, middle: (index) => at((index + 0.5) / count), key: `q${power}` };
}

/** The step that holds a value, by halving. */
function step(value, count, at) {
  let [low, high] = [0, count - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (at((middle + 1) / count) > value) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The standard normal quantile of a share in (0, 1); within 1.2e-9 (P. J. Acklam 2003). */
export function normalQuantile(share) {
  if (share <= 0) return -Infinity;
  if (share >= 1) return Infinity;
  if (share > 0.5) return -normalQuantile(1 - share);
  if (share < 0.02425) {
    const q = Math.sqrt(-2 * Math.log(share));
    return polynomial(TAIL[0], q) / polynomial(TAIL[1], q);
  }
  const [q, r] = [share - 0.5, (share - 0.5) ** 2];
  return (polynomial(MIDDLE[0], r) * q) / polynomial(MIDDLE[1], r);
}

const polynomial = (factors, value) => factors.reduce((sum, factor) => sum * value + factor, 0);
const MIDDLE = [
  [-3.969683028665376e1, 2.209460984245205e2, -2.759285104469687e2, 1.38357751867269e2, -3.066479806614716e1, 2.506628277459239],
  [-5.447609879822406e1, 1.615858368580409e2, -1.556989798598866e2, 6.680131188771972e1, -1.328068155288572e1, 1],
];
const TAIL = [
  [-7.784894002430293e-3, -3.223964580411365e-1, -2.400758277161838, -2.549732539343734, 4.374664141464968, 2.938163982698783],
  [7.784695709041462e-3, 3.224671290700398e-1, 2.445134137142996, 3.754408661907416, 1],
];
