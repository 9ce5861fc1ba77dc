// Gradient estimates as they come in: their mean, spread and ratio of variances, for every dimension; the single ones of one.

import { floatsOf } from "./weights.js";

export const ESTIMATORS = ["reparameterised", "score", "score_baseline"];
export const BY = ["mean", "std"]; // the gradient by μ and by σ

/** {count, exact, append(answer), values(estimator, by), of(estimator, by, dimension) -> {mean, spread, error}}; dims: D. */
export function createGradientDraws(dims) {
  const sums = new Float64Array(ESTIMATORS.length * BY.length * dims);
  const squares = new Float64Array(sums.length);
  const parts = []; // float32 (3, 2, 256) each
  let exact = null;
  const place = (estimator, by, dimension) => (estimator * BY.length + by) * dims + dimension;
  return {
    get count() {
      return parts.reduce((count, part) => count + part.length / 6, 0);
    },
    get exact() {
      return exact;
    },
    append(answer) {
      floatsOf(answer.sums).forEach((value, at) => (sums[at] += value));
      floatsOf(answer.squares).forEach((value, at) => (squares[at] += value));
      parts.push(floatsOf(answer.values));
      exact ??= answer.exact;
    },
    /** All single estimates of the dimension that was asked for. */
    values(estimator, by) {
      return parts.flatMap((part) => {
        const count = part.length / 6;
        const start = (estimator * BY.length + by) * count;
        return Array.from(part.subarray(start, start + count));
      });
    },
    of(estimator, by, dimension) {
      const count = this.count;
      const mean = sums[place(estimator, by, dimension)] / count;
      const variance = Math.max(0, (squares[place(estimator, by, dimension)] / count - mean * mean) * (count / (count - 1)));
      return { mean, spread: Math.sqrt(variance), error: Math.sqrt(variance / count) };
    },
  };
}

/** Means of `size` values after one another; what does not fill a group is left out. */
export function grouped(values, size) {
  const count = Math.floor(values.length / size);
  return Array.from({ length: count }, (_, at) => {
    let sum = 0;
    for (let index = at * size; index < (at + 1) * size; index += 1) sum += values[index];
    return sum / size;
  });
}
