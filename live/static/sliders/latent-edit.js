// What a hand makes of a latent: the values, the class of a conditional model, where they came from, what is locked;
// and the way back. A place is {latent: Float32Array, label, home: Float32Array, source}: `home` is where Reset leads,
// `source` says in plain data where that is, such as {kind: "row", row: 4, words: "Image 4, label 7"}.

const MOST = 200; // steps that can be undone
const RECORDED = 30; // of them, steps that outlive a reload: the browser's storage is small

const same = (one, other) => one.every((value, index) => Object.is(value, other[index]));
const copy = (place) => ({ ...place, latent: place.latent.slice(), home: place.home.slice() });
const alike = (one, other) =>
  one.label === other.label && same(one.latent, other.latent) && same(one.home, other.home) &&
  JSON.stringify(one.source) === JSON.stringify(other.source);

/** Listeners by kind: "move" (while the hand holds on: {stamp, by}), "settle" (it let go: one step to undo), "locks". */
export function createLatentEdit() {
  const listeners = { move: new Set(), settle: new Set(), locks: new Set() };
  const tell = (kind, detail) => listeners[kind].forEach((listener) => listener(detail));
  let now = { latent: new Float32Array(0), label: null, home: new Float32Array(0), source: {} };
  let past = []; // places before, the latest at the end; the present one is not among them
  let future = [];
  let settled = copy(now);
  const locked = new Set();

  /** The latent, with the present values in locked dimensions. */
  const kept = (latent) => Float32Array.from(latent, (value, index) => (locked.has(index) ? now.latent[index] : value));

  function go(place, stamp, by) {
    now = copy(place);
    tell("move", { stamp, by });
  }

  function step(from, to, stamp) {
    edit.settle(); // a movement that the hand has not ended yet is a step of its own
    if (!from.length) return false;
    to.push(settled);
    settled = from.pop();
    go(settled, stamp, "history");
    tell("settle", { by: "history" });
    return true;
  }

  const edit = {
    get latent() {
      return now.latent;
    },
    get label() {
      return now.label;
    },
    get source() {
      return now.source;
    },
    get home() {
      return now.home;
    },
    get place() {
      return copy(now);
    },
    get locked() {
      return locked;
    },
    get atHome() {
      return same(now.latent, now.home);
    },
    get canUndo() {
      return past.length > 0;
    },
    get canRedo() {
      return future.length > 0;
    },
    on(kind, listener) {
      listeners[kind].add(listener);
      return () => listeners[kind].delete(listener);
    },
    /** A fresh beginning, such as another model: nothing of before can be undone. */
    begin(place, { lockedDimensions = [] } = {}) {
      [past, future] = [[], []];
      locked.clear();
      lockedDimensions.forEach((index) => locked.add(index));
      now = copy(place);
      settled = copy(place);
      tell("locks");
      tell("move", { stamp: null, by: "begin" });
      tell("settle", { by: "begin" });
    },
    /** The hand moves: {index: value} for some dimensions; locked ones stay, unless `locks` do not apply. Gives back whether anything changed. */
    move(values, stamp, by, { locks = true } = {}) {
      let changed = false;
      for (const [index, value] of Object.entries(values)) {
        const next = Math.fround(value) + 0; // no −0: a link would lose its sign
        if ((locks && locked.has(Number(index))) || Object.is(now.latent[index], next)) continue;
        now.latent[index] = next;
        changed = true;
      }
      if (changed) tell("move", { stamp, by });
      return changed;
    },
    /** The picture of something that still grows, such as a drawing: no step to undo until `settle` or `startFrom`. */
    follow(latent, stamp, by) {
      go({ ...now, latent: kept(latent) }, stamp, by);
    },
    /** Another latent as a whole, one step to undo; locked dimensions keep their values. */
    jump(latent, stamp, by = "jump") {
      go({ ...now, latent: kept(latent) }, stamp, by);
      edit.settle(by);
    },
    /** Another place to start from: latent, home and source change together; locked dimensions keep their values. */
    startFrom({ latent, label = now.label, source }, stamp) {
      go({ latent: kept(latent), label, home: Float32Array.from(latent), source }, stamp, "start");
      edit.settle("start");
    },
    /** A place kept earlier, as a whole and whatever is locked; one step to undo. */
    restore(place, stamp) {
      go(place, stamp, "restore");
      edit.settle("restore");
    },
    chooseLabel(label, stamp) {
      if (label === now.label) return;
      now.label = label;
      tell("move", { stamp, by: "label" });
      edit.settle("label");
    },
    /** The hand let go: what it made becomes one step to undo. */
    settle(by = "hand") {
      if (alike(now, settled)) return;
      past.push(settled);
      if (past.length > MOST) past.shift();
      future.length = 0;
      settled = copy(now);
      tell("settle", { by });
    },
    undo: (stamp = null) => step(past, future, stamp),
    redo: (stamp = null) => step(future, past, stamp),
    lock(index, on) {
      if (on) locked.add(index);
      else locked.delete(index);
      tell("locks");
    },
    /** The steps as plain data, for the browser's storage; `recall` takes them back when the present place agrees. */
    record: () => ({ past: past.slice(-RECORDED).map(plain), now: plain(now), future: future.slice(-RECORDED).map(plain) }),
    recall(record) {
      if (!record?.now || !alike(revived(record.now), settled)) return false;
      [past, future] = [record.past.map(revived), record.future.map(revived)];
      tell("settle", { by: "recall" });
      return true;
    },
  };
  return edit;
}

/** A place as plain data, as JSON takes it; `revived` reads it back, bit for bit. */
export function plain(place) {
  return { ...place, latent: Array.from(place.latent), home: Array.from(place.home) };
}

export function revived(place) {
  return { ...place, latent: Float32Array.from(place.latent), home: Float32Array.from(place.home) };
}
