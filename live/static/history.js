// The way back: what a page shows as plain data, step by step, as undo and redo walk through it.

const MOST = 200; // steps that can be undone
const RECORDED = 30; // of them, steps that outlive a reload

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
const copied = (state) => structuredClone(state);

/** `apply(state)` shows a state that undo or redo came to; `onChange()` hears that there is more or less to undo. */
export function createHistory({ apply, onChange = () => {} }) {
  let past = [];
  let future = [];
  let now = null;

  function walk(from, to) {
    if (!from.length) return false;
    to.push(now);
    now = from.pop();
    onChange();
    apply(copied(now));
    return true;
  }

  return {
    get canUndo() {
      return past.length > 0;
    },
    get canRedo() {
      return future.length > 0;
    },
    /** A fresh beginning: nothing of before can be undone. */
    begin(state) {
      [past, future, now] = [[], [], copied(state)];
      onChange();
    },
    /** One more step, where it differs from the present state. Gives back whether it did. */
    push(state) {
      if (same(state, now)) return false;
      past.push(now);
      if (past.length > MOST) past.shift();
      future = [];
      now = copied(state);
      onChange();
      return true;
    },
    undo: () => walk(past, future),
    redo: () => walk(future, past),
    /** The steps as plain data, for the browser's storage; `recall` takes them back when the present state agrees. */
    record: () => copied({ past: past.slice(-RECORDED), now, future: future.slice(-RECORDED) }),
    recall(record) {
      if (!record?.now || !same(record.now, now)) return false;
      [past, future] = [copied(record.past), copied(record.future)];
      onChange();
      return true;
    },
  };
}

/** The page's buttons .undo and .redo, as much as there is to undo and redo. */
export function showSteps(find, { canUndo, canRedo }) {
  find(".undo").disabled = !canUndo;
  find(".redo").disabled = !canRedo;
}

/** Ctrl+Z, Ctrl+Shift+Z and Ctrl+Y, unless somebody is typing. `signal` ends it. */
export function listenToUndoKeys(history, signal) {
  const pressed = (event) => {
    const typing = event.composedPath()[0].matches?.("input:not([type=checkbox]), textarea, select, [contenteditable]");
    if (typing || event.altKey || !(event.ctrlKey || event.metaKey)) return;
    const key = event.key.toLowerCase();
    if (key !== "z" && key !== "y") return;
    event.preventDefault();
    if (key === "z" && !event.shiftKey) history.undo();
    else history.redo();
  };
  document.addEventListener("keydown", pressed, { signal });
}
