// The selected images of a source, by row, and the way back: each change is a step that can be undone.

const MOST_STEPS = 100;
const MOST_ROWS = 20_000_000; // in all steps together: 80 MB

const sorted = (rows) => Uint32Array.from(new Set(rows)).sort();
const same = (one, other) => one.length === other.length && one.every((row, index) => row === other[index]);

/** What the rows `chosen` make of the rows `before`: "replace", "add" or "subtract". */
export function combined(before, chosen, mode) {
  if (mode === "add") return sorted([...before, ...chosen]);
  if (mode !== "subtract") return sorted(chosen);
  const gone = new Set(chosen);
  return before.filter((row) => !gone.has(row));
}

/** A selection; `onChange(selection)` hears of each change. `words` say how it came about. */
export function createSelection(onChange = () => {}) {
  const empty = { rows: new Uint32Array(0), words: "" };
  let now = empty;
  let past = [];
  let future = [];

  function bounded() {
    let total = past.reduce((sum, step) => sum + step.rows.length, 0);
    while (past.length > MOST_STEPS || (total > MOST_ROWS && past.length > 1)) total -= past.shift().rows.length;
  }

  function step(from, to) {
    if (!from.length) return;
    to.push(now);
    now = from.pop();
    onChange(selection);
  }

  const selection = {
    get rows() {
      return now.rows;
    },
    get words() {
      return now.words;
    },
    get canUndo() {
      return past.length > 0;
    },
    get canRedo() {
      return future.length > 0;
    },
    change(chosen, mode = "replace", words = "") {
      const rows = combined(now.rows, chosen, mode);
      if (same(rows, now.rows)) return;
      past.push(now);
      future = [];
      now = { rows, words: mode === "replace" || !now.rows.length ? words : "" };
      bounded();
      onChange(selection);
    },
    clear() {
      selection.change([]);
    },
    undo: () => step(past, future),
    redo: () => step(future, past),
    /** Another source: its rows are other images. */
    forget() {
      now = empty;
      past = [];
      future = [];
      onChange(selection);
    },
    /** 1 for each of `count` rows that is selected; null when none is. */
    mask(count) {
      if (!now.rows.length) return null;
      const chosen = new Uint8Array(count);
      for (const row of now.rows) chosen[row] = 1;
      return chosen;
    },
  };
  return selection;
}
