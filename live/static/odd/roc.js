// How well a score tells anomalies from the rest. The area is the share of pairs in which the anomaly's score is the higher, ties
// counting half (Hanley and McNeil 1982), as vae_core.metrics.anomaly_auroc counts it.

/**
 * values: float32 (N,), higher for stranger; anomalous(row): whether a row is one. Gives back {auroc, false, true}, the rates
 * at each threshold from the highest down, float64; null where there is no anomaly or nothing else.
 */
export function rocOf(values, anomalous) {
  const order = Uint32Array.from(values, (_, row) => row).sort((one, other) => values[other] - values[one]);
  let positives = 0;
  for (const row of order) positives += anomalous(row) ? 1 : 0;
  const negatives = values.length - positives;
  if (!positives || !negatives) return null;
  const rates = { false: [0], true: [0] };
  let [hits, alarms, area] = [0, 0, 0];
  for (let at = 0; at < order.length; ) {
    const value = values[order[at]];
    const before = [hits, alarms];
    for (; at < order.length && values[order[at]] === value; at++) {
      if (anomalous(order[at])) hits += 1;
      else alarms += 1;
    }
    area += (alarms - before[1]) * (hits + before[0]) / 2;
    rates.false.push(alarms / negatives);
    rates.true.push(hits / positives);
  }
  return { auroc: area / positives / negatives, ...rates };
}

/** How many are at the threshold or above: {count, hits, rates: [false, true]}, rates null without anomalies. */
export function countsAt(values, threshold, anomalous = null) {
  let [count, hits, positives] = [0, 0, 0];
  for (let row = 0; row < values.length; row++) {
    const above = values[row] >= threshold;
    const strange = anomalous?.(row) ?? false;
    count += above ? 1 : 0;
    positives += strange ? 1 : 0;
    hits += above && strange ? 1 : 0;
  }
  const negatives = values.length - positives;
  const rates = positives && negatives ? [(count - hits) / negatives, hits / positives] : null;
  return { count, hits, positives, rates };
}

/** Rows from the oddest down, uint32 (N,); equal scores by their number. */
export const oddestFirst = (values) => Uint32Array.from(values, (_, row) => row).sort((one, other) => values[other] - values[one] || one - other);

/** The value that a share of all is at or above. */
export function quantileFromTop(values, share) {
  const ordered = Float32Array.from(values).sort();
  return ordered[Math.max(0, Math.min(ordered.length - 1, ordered.length - Math.max(1, Math.round(share * ordered.length))))];
}

export function medianOf(values, among) {
  const chosen = Float32Array.from(values.filter((_, row) => among(row))).sort();
  return chosen.length ? chosen[Math.floor(chosen.length / 2)] : NaN;
}
