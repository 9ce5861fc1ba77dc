// A draggable track: one number between two ends, by mouse, touch and keyboard.
// It says where the hand is (onMove) and when the hand lets go (onRelease); what the number means is the caller's.

import { onPointerMoves } from "./pointer.js";

const STEPS = 100; // key presses from one end to the other
const KEY_STEPS = {
  ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10,
};

const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

// Gives back {set, configure, value, remove}. `element` becomes a slider for assistive tools; its style gets
// --share (0..1), where the value stands between the ends. A value outside the ends is kept, its thumb stays inside.
// The hand sets multiples of `grain`, so that the figure beside the track shows all of the value.
export function createTrack(element, { onMove, onRelease, grain = 0.01, describe = (value) => value.toFixed(2) }) {
  const rounded = (value) => Math.round(value / grain) * grain;
  const listening = new AbortController();
  const on = (name, handler) => element.addEventListener(name, handler, { signal: listening.signal });
  let low = 0;
  let high = 1;
  let value = 0;
  let held = null;
  let unsaved = false;

  function show() {
    const share = high > low ? (clamp(value, low, high) - low) / (high - low) : 0;
    element.style.setProperty("--share", share.toFixed(5));
    element.setAttribute("aria-valuenow", value.toFixed(4));
    element.setAttribute("aria-valuetext", describe(value));
  }

  function move(next, event) {
    if (next === value) return;
    value = next;
    unsaved = true;
    show();
    onMove(value, event);
  }

  function release(event) {
    if (!unsaved) return;
    unsaved = false;
    onRelease(value, event);
  }

  function toPointer(event) {
    const share = clamp((event.clientX - held.left) / held.width, 0, 1);
    move(rounded(low + share * (high - low)), event);
  }

  on("pointerdown", (event) => {
    if (event.button !== 0 || held) return;
    const box = element.getBoundingClientRect();
    held = { id: event.pointerId, left: box.left, width: Math.max(box.width, 1), from: value };
    element.setPointerCapture(event.pointerId);
    element.classList.add("held");
    element.focus({ preventScroll: true });
    if (event.pointerType === "mouse") toPointer(event);
  });
  onPointerMoves(element, (event) => held?.id === event.pointerId && toPointer(event), listening.signal);
  on("pointerup", (event) => {
    if (held?.id !== event.pointerId) return;
    toPointer(event);
    letGo(event);
  });
  // The browser took the touch for scrolling: the finger never meant this track.
  on("pointercancel", (event) => {
    if (held?.id !== event.pointerId) return;
    move(held.from, event);
    letGo(event);
  });

  function letGo(event) {
    held = null;
    element.classList.remove("held");
    release(event);
  }

  on("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const next = keyTarget(event);
    if (next === null) return;
    event.preventDefault();
    move(next, event);
  });
  on("keyup", (event) => release(event));
  on("blur", (event) => release(event));

  function keyTarget(event) {
    if (event.key === "Home") return low;
    if (event.key === "End") return high;
    const steps = (KEY_STEPS[event.key] ?? 0) * (event.shiftKey ? 10 : 1);
    if (!steps) return null;
    const next = rounded(value + steps * Math.max((high - low) / STEPS, grain));
    return clamp(next, Math.min(low, value), Math.max(high, value));
  }

  element.setAttribute("role", "slider");
  element.tabIndex = 0;
  return {
    get value() {
      return value;
    },
    get held() {
      return held !== null;
    },
    set(next) {
      value = next;
      unsaved = false;
      show();
    },
    configure(ends) {
      low = ends.low;
      high = ends.high;
      element.setAttribute("aria-valuemin", low.toFixed(4));
      element.setAttribute("aria-valuemax", high.toFixed(4));
      show();
    },
    remove() {
      listening.abort();
    },
  };
}
