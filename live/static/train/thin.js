// Many points on few pixels: of each pixel column the first, least, greatest and last value, so that no spike is lost and
// a line through them looks like the line through all.

/** The index of the first x at or above `value`; x rises. */
export function firstAtLeast(x, value) {
  let [low, high] = [0, x.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (x[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Indices of the points to draw of x and y (equal length, x rising) between `from` and `to` on so many pixel columns. One
 * point to each side is among them, so that lines go on to the edge. NaN in y is left out.
 */
export function thinned({ x, y }, from, to, columns) {
  const start = Math.max(0, firstAtLeast(x, from) - 1);
  const end = Math.min(x.length, firstAtLeast(x, to) + 1);
  const few = end - start <= 4 * columns;
  const kept = [];
  if (few) {
    for (let index = start; index < end; index += 1) if (!Number.isNaN(y[index])) kept.push(index);
    return kept;
  }
  const perUnit = columns / (to - from);
  let [column, first, least, greatest, last] = [NaN, -1, -1, -1, -1];
  const close = () => {
    if (first < 0) return;
    for (const index of [...new Set([first, least, greatest, last])].sort((one, other) => one - other)) kept.push(index);
  };
  for (let index = start; index < end; index += 1) {
    const value = y[index];
    if (Number.isNaN(value)) continue;
    const here = Math.floor((x[index] - from) * perUnit);
    if (here !== column) {
      close();
      [column, first, least, greatest, last] = [here, index, index, index, index];
      continue;
    }
    if (value < y[least]) least = index;
    if (value > y[greatest]) greatest = index;
    last = index;
  }
  close();
  return kept;
}
