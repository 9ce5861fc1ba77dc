// Numbers that come one after the other, as typed columns that grow: 100,000 steps take no object each.

const FIRST = 1024;

/** {names, length, add(row), columns: {name: Float64Array of the length}, clear()}; what a row lacks is NaN. */
export function createColumns(names) {
  let room = FIRST;
  let length = 0;
  let held = make(room);

  function make(size) {
    return Object.fromEntries(names.map((name) => [name, new Float64Array(size)]));
  }

  function grow(needed) {
    while (room < needed) room *= 2;
    const wider = make(room);
    for (const name of names) wider[name].set(held[name].subarray(0, length));
    held = wider;
  }

  return {
    names,
    get length() {
      return length;
    },
    /** The values so far; a view that later rows do not change. */
    column: (name) => held[name].subarray(0, length),
    /** Columns {name: Float64Array} of one length, at the end. */
    append(columns) {
      const count = columns[names[0]].length;
      if (length + count > room) grow(length + count);
      for (const name of names) held[name].set(columns[name], length);
      length += count;
    },
    clear() {
      [room, length, held] = [FIRST, 0, make(FIRST)];
    },
  };
}

/** Columns {name: Float64Array} of objects; what one lacks, or has as anything but a number, is NaN. */
export function columnsOf(rows, names) {
  const made = Object.fromEntries(names.map((name) => [name, new Float64Array(rows.length)]));
  rows.forEach((row, index) => {
    for (const name of names) made[name][index] = typeof row[name] === "number" ? row[name] : NaN;
  });
  return made;
}
