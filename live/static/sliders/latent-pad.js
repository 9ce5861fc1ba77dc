// Two sliders at once: a square with a handle, the decoded plane behind it.

import { browserStore } from "../browser-store.js";
import { onPointerMoves } from "../pointer.js";

const TILES = 12; // to each side
const GRAIN = 0.01;
const FINE = 0.1;
const STEPS = 100; // key presses from one end to the other
const CLOSE = 1e-5; // latents that differ by less give the same pictures
const SHARP = 3; // pixels drawn smaller than this are blended: hard edges would be uneven
const KEYS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

const clamp = (value, low, high) => Math.min(Math.max(value, low), high);
const isFine = (event) => event.shiftKey || event.altKey;

/**
 * The pad in `panel`, which holds .pad (with canvas.plane and .knob), select.across and select.up. `show(basis, weights)`
 * makes it ready; it decodes while `open` is true. Its moves are `edit`'s, by "pad".
 */
export function createLatentPad(panel, edit, previews) {
  const find = (selector) => panel.querySelector(selector);
  const [pad, plane, knob] = [".pad", ".plane", ".knob"].map(find);
  const selects = [find(".across"), find(".up")];
  const listening = new AbortController();
  const on = (element, name, handler) => element.addEventListener(name, handler, { signal: listening.signal });
  let [basis, kept, open] = [null, null, false];
  let pair = [0, 1];
  let drawn = null;
  let held = null;

  const ends = () => pair.map((index) => basis.ends[index]);
  const values = () => pair.map((index) => basis.value(edit.latent, index));
  const ready = () => open && basis && edit.latent.length === basis.size;

  function show() {
    if (!ready()) return;
    const now = values();
    const shares = ends().map(([low, high], way) => clamp((now[way] - low) / (high - low), 0, 1));
    knob.style.setProperty("--across", shares[0].toFixed(5));
    knob.style.setProperty("--up", shares[1].toFixed(5));
    const far = ends().some(([low, high], way) => now[way] < low - GRAIN || now[way] > high + GRAIN);
    knob.classList.toggle("beyond", far);
    const words = pair.map((index, way) => `${basis.name(index)} ${now[way].toFixed(2)}`);
    knob.setAttribute("aria-valuenow", now[0].toFixed(4));
    knob.setAttribute("aria-valuetext", `${words[0]} across, ${words[1]} up${far ? ", beyond the range" : ""}`);
    find(".pad-place").textContent = words.join("  ").replaceAll("-", "−");
  }

  function move(next, event) {
    const wanted = { [pair[0]]: next[0], [pair[1]]: next[1] };
    basis.move(edit, wanted, event.timeStamp, "pad");
  }

  // --- the hand

  function placeOf(event) {
    return [(event.clientX - held.box.left) / held.box.width, (held.box.bottom - event.clientY) / held.box.height];
  }

  function anchor(event, from) {
    Object.assign(held, { fine: isFine(event), at: placeOf(event), from });
  }

  function toPointer(event) {
    if (isFine(event) !== held.fine) anchor(event, values());
    const at = placeOf(event);
    if (held.fine && at.every((share, way) => share === held.at[way])) return;
    const unit = held.fine ? GRAIN * FINE : GRAIN;
    const next = ends().map(([low, high], way) => {
      const wanted = held.from[way] + (at[way] - held.at[way]) * (high - low) * (held.fine ? FINE : 1);
      return Math.round(clamp(wanted, Math.min(low, held.from[way]), Math.max(high, held.from[way])) / unit) * unit;
    });
    move(next, event);
  }

  on(pad, "pointerdown", (event) => {
    if (event.button !== 0 || held || !ready()) return;
    held = { id: event.pointerId, box: pad.getBoundingClientRect() };
    const shares = placeOf(event);
    const under = ends().map(([low, high], way) => clamp(low + shares[way] * (high - low), low, high));
    anchor(event, isFine(event) ? values() : under);
    pad.setPointerCapture(event.pointerId);
    pad.classList.add("held");
    knob.focus({ preventScroll: true });
    event.preventDefault(); // the focus stays on the handle
    previews.hold();
    toPointer(event);
  });
  onPointerMoves(pad, (event) => held?.id === event.pointerId && toPointer(event), listening.signal);
  for (const name of ["pointerup", "pointercancel"]) {
    on(pad, name, (event) => {
      if (held?.id !== event.pointerId) return;
      held = null;
      pad.classList.remove("held");
      previews.letGo();
      edit.settle();
    });
  }

  on(knob, "keydown", (event) => {
    const way = KEYS[event.key];
    if (!way || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const [unit, share] = event.shiftKey ? [GRAIN * FINE, FINE] : [GRAIN, 1];
    const now = values();
    const next = ends().map(([low, high], axis) => {
      if (!way[axis]) return now[axis];
      const wanted = now[axis] + (way[axis] * share * (high - low)) / STEPS;
      return Math.round(clamp(wanted, Math.min(low, now[axis]), Math.max(high, now[axis])) / unit) * unit;
    });
    move(next, event);
  });
  on(knob, "keyup", () => edit.settle());
  on(knob, "blur", () => edit.settle());

  // --- the plane behind

  function wantedPlane() {
    const base = basis.place(edit.latent, { [pair[0]]: 0, [pair[1]]: 0 });
    return { base, facts: [basis.kind, ...pair, ...ends().flat(), edit.label].join() };
  }

  const alike = (one, other) =>
    other !== null && one.facts === other.facts && one.base.every((value, index) => Math.abs(value - other.base[index]) < CLOSE);

  /** The tiles row by row from the top; the plane changes when all are there. */
  function jobs() {
    if (!ready()) return [];
    const wanted = wantedPlane();
    if (alike(wanted, drawn)) return [];
    const [across, up] = ends().map(([low, high]) => (share) => low + share * (high - low));
    const latents = Array.from({ length: TILES * TILES }, (_, tile) => {
      const [column, row] = [tile % TILES, Math.floor(tile / TILES)];
      const place = { [pair[0]]: across((column + 0.5) / TILES), [pair[1]]: up(1 - (row + 0.5) / TILES) };
      return basis.place(wanted.base, place);
    });
    const finish = (sheet) => {
      drawn = wanted;
      draw(sheet);
    };
    const side = Math.ceil((pad.clientWidth / TILES) * (window.devicePixelRatio || 1));
    return [{ latents, side: Math.max(1, side), columns: TILES, draw: finish }];
  }

  function draw(sheet) {
    const ratio = window.devicePixelRatio || 1;
    Object.assign(plane, { width: Math.round(pad.clientWidth * ratio), height: Math.round(pad.clientHeight * ratio) });
    const context = plane.getContext("2d");
    const [wide, high, across, down] = [sheet.width, sheet.height, plane.width, plane.height].map((size) => size / TILES);
    context.imageSmoothingEnabled = across / wide < SHARP;
    context.imageSmoothingQuality = "high";
    for (let tile = 0; tile < TILES * TILES; tile += 1) {
      const [column, row] = [tile % TILES, Math.floor(tile / TILES)];
      const [left, top] = [Math.round(column * across), Math.round(row * down)];
      const [right, bottom] = [Math.round((column + 1) * across) - ratio, Math.round((row + 1) * down) - ratio];
      context.drawImage(sheet, column * wide, row * high, wide, high, left, top, right - left, bottom - top);
    }
    pad.classList.remove("stale");
  }

  /** Says at once that the plane is not that of this place any more: another dimension moved. */
  function moved() {
    show();
    if (ready() && drawn && !pad.classList.contains("stale") && !alike(wantedPlane(), drawn)) pad.classList.add("stale");
  }

  // --- which two

  function chosen(changed) {
    const before = pair;
    pair = selects.map((select) => Number(select.value));
    if (pair[0] === pair[1]) pair[1 - changed] = before[changed]; // the same twice: the two change places
    kept.write({ [basis.kind]: pair });
    showPair();
  }

  function showPair() {
    selects.forEach((select, way) => (select.value = String(pair[way])));
    pad.classList.add("stale");
    show();
    previews.refresh();
  }

  function firstPair() {
    const found = kept.read()?.[basis.kind];
    const usable = found?.length === 2 && found[0] !== found[1] && found.every((index) => index >= 0 && index < basis.count);
    return usable ? found : basis.order.slice(0, 2);
  }

  selects.forEach((select, way) => on(select, "change", () => chosen(way)));
  previews.add({ jobs });
  const stops = [edit.on("move", moved), edit.on("settle", show)];
  return {
    show(next, weights) {
      basis = next;
      kept = browserStore(`${weights}/pad`);
      const byNumber = Array.from({ length: basis.count }, (_, index) => index);
      for (const select of selects) select.replaceChildren(...byNumber.map((index) => new Option(basis.name(index), index)));
      pair = firstPair();
      showPair();
    },
    /** The same handles with other ends. */
    setEnds(next) {
      basis = next;
      showPair();
    },
    nameAll() {
      for (const select of selects) for (const option of select.options) option.textContent = basis.name(Number(option.value));
      show();
    },
    setOpen(on) {
      open = on;
      show();
      previews.refresh();
    },
    remove() {
      listening.abort();
      stops.forEach((stop) => stop());
    },
  };
}
