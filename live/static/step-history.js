// Steps that can be undone, for pages whose state is one plain object: the present one and those before and after it.

const MOST = 100;
const RECORDED = 20; // steps to each side that outlive a reload: the browser's storage is small

/** `onGo(state)` is called by undo and redo. States are compared as JSON. */
export function createStepHistory({ onGo, onChange = () => {} }) {
  let past = [];
  let future = [];
  let now = null;

  function step(from, to) {
    if (!from.length) return;
    to.push(now);
    now = from.pop();
    onChange();
    onGo(JSON.parse(now));
  }

  const history = {
    get canUndo() {
      return past.length > 0;
    },
    get canRedo() {
      return future.length > 0;
    },
    /** A fresh beginning; the steps of `record` are taken back when they end in the same state. */
    begin(state, record = null) {
      [past, future, now] = [[], [], JSON.stringify(state)];
      if (record?.now === now) [past, future] = [record.past, record.future];
      onChange();
    },
    /** The state after a change; one that says nothing new is no step. */
    push(state) {
      const text = JSON.stringify(state);
      if (text === now) return;
      past.push(now);
      if (past.length > MOST) past.shift();
      [now, future] = [text, []];
      onChange();
    },
    undo: () => step(past, future),
    redo: () => step(future, past),
    record: () => ({ past: past.slice(-RECORDED), now, future: future.slice(-RECORDED) }),
  };
  return history;
}
