// The points of a map, by index as they are drawn and by row of their source: with a sample the two differ.

export class Cloud {
  #indexOf = null; // row -> index + 1, where only a sample is here

  /** x, y and, for a map in space, z: Float32Array of equal length; rows: Uint32Array, the row of each point, or none when point i is row i. */
  constructor({ x, y, z = null, rows = null }) {
    if (x.length !== y.length || (z && z.length !== x.length) || (rows && rows.length !== x.length)) {
      const sizes = [x, y, z, rows].map((column) => column?.length ?? "none").join(", ");
      throw new RangeError(`The columns x, y, z, rows have ${sizes} values; all must have as many. Send one value per point.`);
    }
    Object.assign(this, { x, y, z, rows, count: x.length });
  }

  rowAt(index) {
    return this.rows ? this.rows[index] : index;
  }

  /** The index of a row's point; null when it is not among the points here. */
  indexOf(row) {
    if (!this.rows) return row >= 0 && row < this.count ? row : null;
    this.#indexOf ??= inverse(this.rows);
    const found = this.#indexOf[row];
    return found ? found - 1 : null;
  }

  /** What stands in `column` (one value per row of the source) for each point here. */
  pick(column) {
    if (!this.rows) return column;
    const picked = new column.constructor(this.count);
    for (let index = 0; index < this.count; index += 1) picked[index] = column[this.rows[index]];
    return picked;
  }
}

function inverse(rows) {
  let last = -1;
  for (const row of rows) last = Math.max(last, row);
  const found = new Uint32Array(last + 1);
  rows.forEach((row, index) => (found[row] = index + 1));
  return found;
}
