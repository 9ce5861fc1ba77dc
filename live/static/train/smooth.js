// A smoothed curve: a mean of the points so far in which each weighs less the further back it lies, e⁻¹ at `span`. The first
// value pulls no more than any other (Kingma and Ba 2015, section 3, do the same to Adam's moments).

import { createColumns } from "./columns.js";

/** Smooths one curve that grows: `of({x, y}, span)` goes on from where it stood, and gives y itself for span 0. NaN stays NaN. */
export function createSmoother() {
  const out = createColumns(["y"]);
  let [span, first, sum, weight, before] = [0, null, 0, 0, null];

  function begin(next, x) {
    out.clear();
    [span, first, sum, weight, before] = [next, x[0], 0, 0, null];
  }

  return {
    of({ x, y }, wanted) {
      if (!(wanted > 0) || !y.length) return y;
      if (wanted !== span || x[0] !== first || y.length < out.length) begin(wanted, x);
      const more = new Float64Array(y.length - out.length);
      for (let index = 0; index < more.length; index += 1) {
        const at = out.length + index;
        if (Number.isNaN(y[at])) {
          more[index] = NaN;
          continue;
        }
        const kept = before === null ? 0 : Math.exp(-(x[at] - before) / span);
        [sum, weight, before] = [kept * sum + y[at], kept * weight + 1, x[at]];
        more[index] = sum / weight;
      }
      out.append({ y: more });
      return out.column("y");
    },
  };
}
