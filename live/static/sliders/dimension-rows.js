// The rows of all sliders: which are listed and in which order, which are folded away, and what a hand on one does.

import { createDimensionRow } from "./dimension-row.js";

const MANY = 8; // above this the rows stand in two columns, so that picture and sliders fit on one screen
export const FIRST = 24; // listed at first where there are more
export const IDLE_NATS = 0.01; // a dimension that carries less does not move the picture
const AT_ONCE = 32; // rows made in one frame

/**
 * Which handles of a basis are listed: {listed, idle, more}. `carried`: nats of each, or null; `search`: a number or a part
 * of a name; `all`: not only the first 24. `more`: how many are left out; `idle`: those that carry next to nothing.
 */
export function listing({ basis, carried, search = "", all = false }) {
  const wanted = search.trim().toLowerCase();
  if (wanted) return { listed: basis.order.filter((index) => found(basis, index, wanted)), idle: [], more: 0 };
  const lives = (index) => !carried || carried[index] >= IDLE_NATS;
  const strong = basis.order.filter(lives);
  const listed = all ? strong : strong.slice(0, FIRST);
  return { listed, idle: basis.order.filter((index) => !lives(index)), more: strong.length - listed.length };
}

function found(basis, index, wanted) {
  const [number] = wanted.match(/^(?:z|pc)?(\d+)$/)?.slice(1) ?? [];
  return number === undefined ? basis.name(index).toLowerCase().includes(wanted) : String(index + 1).startsWith(number);
}

/**
 * Rows in `element` for `edit` (latent-edit.js). `previews` (previews.js) decodes their filmstrips; onNames(index) tells
 * of a name that the hand gave or took. `show(basis)` makes the rows of a basis, `list(indices)` says which are seen.
 */
export function createDimensionRows(element, edit, { previews, onNames = () => {} }) {
  const names = new Map();
  let basis = null;
  let rows = new Map(); // index -> row, of all that were ever listed
  let listed = [];
  let touched = null;
  let steps = 0; // steps to undo that a hand made
  let making = null;

  const seeing = new IntersectionObserver((entries) => watched(entries, (row, { isIntersecting }) => (row.near = isIntersecting)));
  const sizes = new ResizeObserver((entries) => watched(entries, (row, { contentRect }) => row.strip.resize(contentRect)));

  function watched(entries, note) {
    for (const entry of entries) {
      const row = rows.get(Number(entry.target.dataset.index));
      if (row) note(row, entry);
    }
    previews.refresh();
  }

  function set(values, stamp, by) {
    return basis.move(edit, values, stamp, by);
  }

  const hand = {
    move(index, value, event) {
      if (basis.kind === "dimensions") touched = index;
      set({ [index]: value }, event.timeStamp, "rows");
      rows.get(index).moved(value);
    },
    release() {
      const before = steps;
      edit.settle();
      return steps > before;
    },
    hold: () => previews.hold(),
    letGo: () => previews.letGo(),
    /** Back to where the place started, in one step: the clicks that asked for it leave none of their own. */
    reset(index, event, clicks) {
      for (let step = 0; step < clicks; step += 1) edit.undo(null);
      hand.pick(index, basis.value(edit.home, index), event);
    },
    pick(index, value, event) {
      set({ [index]: value }, event.timeStamp, "pick");
      edit.settle();
    },
    lock: (index, on) => edit.lock(index, on),
    rename(index, text) {
      if (text && text !== `z${index + 1}`) names.set(index, text);
      else names.delete(index);
      rows.get(index).nameIt();
      onNames(index);
    },
  };

  function make(index) {
    const row = createDimensionRow(basis, index, hand);
    row.setEnds(basis.ends[index]);
    row.show(basis.value(edit.latent, index));
    row.setLock(basis.kind === "dimensions" && edit.locked.has(index));
    const strip = row.line.querySelector(".strip");
    strip.dataset.index = index;
    seeing.observe(strip);
    sizes.observe(strip);
    rows.set(index, row);
    return row;
  }

  /** The listed rows, the first at once and the others frame by frame. */
  function fill(from) {
    const part = listed.slice(from, from + AT_ONCE).map((index) => rows.get(index) ?? make(index));
    element.append(...part.map((row) => row.line));
    making = from + AT_ONCE < listed.length ? requestAnimationFrame(() => fill(from + AT_ONCE)) : null;
  }

  function show({ by }) {
    if (!basis || by === "rows" || edit.latent.length !== basis.size) return;
    for (const row of rows.values()) if (row.near || by === "settled") row.show(basis.value(edit.latent, row.index));
  }

  function settled({ by }) {
    if (by === "hand") steps += 1;
    show({ by: "settled" });
  }

  function lock() {
    if (basis?.kind === "dimensions") rows.forEach((row) => row.setLock(edit.locked.has(row.index)));
  }

  function clear() {
    cancelAnimationFrame(making);
    seeing.disconnect();
    sizes.disconnect();
    rows.forEach((row) => row.remove());
    rows = new Map();
  }

  previews.add({
    jobs() {
      const near = listed.map((index) => rows.get(index)).filter((row) => row?.near && row.line.isConnected);
      return near.map((row) => row.strip.job(basis, row.index, edit.latent, edit.label)).filter(Boolean);
    },
  });
  const stops = [edit.on("move", show), edit.on("settle", settled), edit.on("locks", lock)];
  return {
    names,
    /** The dimension that a hand moved last, or null. */
    get touched() {
      return touched;
    },
    show(next) {
      clear();
      touched = null;
      basis = next;
      listed = [];
      element.replaceChildren();
    },
    /** The same basis with other ends. */
    setEnds(next) {
      basis = next;
      rows.forEach((row) => row.setEnds(basis.ends[row.index]));
      previews.refresh();
    },
    list(indices) {
      cancelAnimationFrame(making);
      listed = indices;
      element.replaceChildren();
      element.closest(".sliders").classList.toggle("many", listed.length > MANY);
      element.classList.toggle("crowd", listed.length > FIRST);
      fill(0);
      previews.refresh();
    },
    nameAll() {
      element.classList.toggle("named", names.size > 0 && basis.kind === "dimensions");
      rows.forEach((row) => row.nameIt());
    },
    remove() {
      stops.forEach((stop) => stop());
      clear();
    },
  };
}
