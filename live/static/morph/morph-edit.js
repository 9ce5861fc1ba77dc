// What is morphed, and the way back: the keys in their order, the path, how it is walked, the class. A state is never
// changed, each step makes another. A key is {latent: Float32Array, source: {kind, row, words, fitted}}.

export const KINDS = ["linear", "slerp", "spline", "data", "geodesic"];
export const MODES = ["path", "palette"];
export const MOST_KEYS = 8;
const MOST = 200; // steps that can be undone
const RECORDED = 20; // of them, steps that outlive a reload

/** {state, canUndo, canRedo, begin(state), set(changes), undo(), redo(), record(), recall(record), on(listener)}. */
export function createMorphEdit() {
  const listeners = new Set();
  const tell = (by) => listeners.forEach((listener) => listener(by));
  let state = null;
  let past = [];
  let future = [];

  function step(from, to) {
    if (!from.length) return;
    to.push(state);
    state = from.pop();
    tell("history");
  }

  const edit = {
    get state() {
      return state;
    },
    get canUndo() {
      return past.length > 0;
    },
    get canRedo() {
      return future.length > 0;
    },
    on(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    begin(first) {
      [past, future, state] = [[], [], first];
      tell("begin");
    },
    /** One step to undo; nothing where nothing changes. */
    set(changes) {
      const next = { ...state, ...changes };
      if (sameState(next, state)) return;
      past.push(state);
      if (past.length > MOST) past.shift();
      future = [];
      state = next;
      tell("step");
    },
    undo: () => step(past, future),
    redo: () => step(future, past),
    /** The steps as plain data, for the browser's storage; `recall` takes them back where the present state agrees, or is not `given`. */
    record: () => ({ past: past.slice(-RECORDED).map(plain), now: plain(state), future: future.slice(-RECORDED).map(plain) }),
    recall(record, given) {
      if (!usable(record?.now, state)) return false;
      const now = revived(record.now);
      if (given && !sameState(now, state)) return false;
      [past, future, state] = [record.past.map(revived), record.future.map(revived), now];
      tell("recall");
      return true;
    },
  };
  return edit;
}

/** The keys with one of them moved to another place. */
export function reordered(keys, from, to) {
  const next = [...keys];
  next.splice(to, 0, ...next.splice(from, 1));
  return next;
}

/** Pairs of neighbours that are one place: [[1, 2], ...], counted from 1. */
export function sameNeighbours(keys) {
  const same = (one, other) => one.every((value, index) => Object.is(value, other[index]));
  return keys.slice(1).flatMap(({ latent }, index) => (same(latent, keys[index].latent) ? [[index + 1, index + 2]] : []));
}

const plain = (state) => ({ ...state, keys: state.keys.map((key) => ({ ...key, latent: Array.from(key.latent) })) });
const revived = (state) => ({ ...state, keys: state.keys.map((key) => ({ ...key, latent: Float32Array.from(key.latent) })) });
const sameState = (one, other) => JSON.stringify(plain(one)) === JSON.stringify(plain(other));
const usable = (now, state) =>
  Array.isArray(now?.keys) && now.keys.length > 0 && now.keys.every(({ latent }) => latent?.length === state.keys[0].latent.length);
