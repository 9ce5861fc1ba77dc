// Which images are shown: classes that are hidden and ranges that are brushed, in any number of columns at once. The
// histogram of a column counts what all other filters leave, so that each brush answers to the others (cross-filter).

const DIGITS = 6;

/** Filters over columns {name, kind, values, names}. Listeners hear of each change. */
export function createFilters(onChange = () => {}) {
  const hidden = new Map(); // column name -> Set of classes
  const ranges = new Map(); // column name -> [low, high]

  const passes = (column, row) => {
    if (column.kind === "class") return !hidden.get(column.name)?.has(column.values[row]);
    const range = ranges.get(column.name);
    return !range || (column.values[row] >= range[0] && column.values[row] <= range[1]);
  };

  const filters = {
    get active() {
      return new Set([...hidden.keys(), ...ranges.keys()]);
    },
    hiddenIn: (name) => hidden.get(name) ?? new Set(),
    rangeOf: (name) => ranges.get(name) ?? null,
    toggle(name, kind) {
      const its = hidden.get(name) ?? new Set();
      if (!its.delete(kind)) its.add(kind);
      if (its.size) hidden.set(name, its);
      else hidden.delete(name);
      onChange();
    },
    /** Only these classes of the column; all of them again when they were the only ones. */
    only(name, kinds, count) {
      const others = new Set(Array.from({ length: count }, (_, other) => other).filter((other) => !kinds.includes(other)));
      const its = hidden.get(name);
      if (its && its.size === others.size && !kinds.some((kind) => its.has(kind))) hidden.delete(name);
      else hidden.set(name, others);
      onChange();
    },
    brush(name, range) {
      if (range) ranges.set(name, outward(range));
      else ranges.delete(name);
      onChange();
    },
    clear() {
      hidden.clear();
      ranges.clear();
      onChange();
    },
    /** 1 for each of `count` rows that all filters (but that of the column `except`) leave; null when none filters. */
    mask(count, columns, except = null) {
      const used = columns.filter(({ name }) => name !== except && (hidden.has(name) || ranges.has(name)));
      if (!used.length) return null;
      const shown = new Uint8Array(count);
      for (let row = 0; row < count; row += 1) shown[row] = used.every((column) => passes(column, row)) ? 1 : 0;
      return shown;
    },
    /** As plain data for a link: {hidden: {name: [classes]}, ranges: {name: [low, high]}}, and back. */
    record: () => ({
      hidden: Object.fromEntries([...hidden].map(([name, its]) => [name, [...its].sort((a, b) => a - b)])),
      ranges: Object.fromEntries(ranges),
    }),
    recall(record) {
      hidden.clear();
      ranges.clear();
      for (const [name, its] of Object.entries(record.hidden ?? {})) hidden.set(name, new Set(its));
      for (const [name, range] of Object.entries(record.ranges ?? {})) ranges.set(name, range);
      onChange();
    },
  };
  return filters;
}

/** A range whose ends have as many digits as a link carries, rounded so that no value within is lost. */
function outward([low, high]) {
  const near = (end) => Number(end.toPrecision(DIGITS));
  const step = (end) => 10 ** (Math.floor(Math.log10(Math.abs(end) || 1)) - DIGITS + 1);
  return [near(low) > low ? near(low - step(low)) : near(low), near(high) < high ? near(high + step(high)) : near(high)];
}

/** Calls each(row) for the rows on the map, all `count` of the source or those in `rows`, that a mask leaves. */
export function forShown({ count, rows }, mask, each) {
  const points = rows ? rows.length : count;
  for (let i = 0; i < points; i += 1) {
    const row = rows ? rows[i] : i;
    if (!mask || mask[row]) each(row);
  }
}

/** How many of the values fall into each of `bins` equal parts of [low, high]; `mask` picks the rows that count. */
export function histogram(values, onMap, mask, [low, high], bins) {
  const counts = new Uint32Array(bins);
  forShown(onMap, mask, (row) => {
    const bin = Math.floor(((values[row] - low) / (high - low)) * bins);
    if (bin >= 0 && bin < bins) counts[bin] += 1;
    else if (values[row] === high) counts[bins - 1] += 1;
  });
  return counts;
}

/** How many rows of each class there are. */
export function classCounts(values, onMap, mask, classes) {
  const counts = new Uint32Array(classes);
  forShown(onMap, mask, (row) => {
    if (values[row] >= 0) counts[values[row]] += 1;
  });
  return counts;
}

/** The rows on the map that a mask leaves. */
export function shownRows(onMap, mask) {
  const found = [];
  forShown(onMap, mask, (row) => found.push(row));
  return Uint32Array.from(found);
}

/** How many images are on the map, and how many of them a mask leaves: [shown, all]. */
export function shownCounts(onMap, mask) {
  const all = onMap.rows?.length ?? onMap.count;
  let shown = 0;
  if (mask) forShown(onMap, mask, () => (shown += 1));
  return [mask ? shown : all, all];
}
