// A draggable track: one number between two ends, by mouse, touch and keyboard.
// It says where the hand is (onMove) and when the hand lets go (onRelease); what the number means is the caller's.
// Shift or Alt held in a drag, and Shift with the arrow keys, are fine: a tenth of the way. PageUp and PageDown are
// coarse; a double click, Delete and Backspace ask for a reset.

import { onPointerMoves } from "./pointer.js";

const STEPS = 100; // key presses from one end to the other
const FINE = 0.1;
const KEY_STEPS = {
  ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10,
};
const RESET_KEYS = ["Delete", "Backspace"];

const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

// Gives back {set, configure, value, remove}. `element` becomes a slider for assistive tools; its style, or that of
// `shareOn`, gets --share (0..1), where the value stands between the ends. A value outside the ends is kept, its thumb stays inside and
// the element has the class "beyond". A locked track refuses the hand and says so to assistive tools.
// The hand sets multiples of `grain` (a tenth of it when fine), so that the figure beside the track shows all of the value.
// onHold() and onLetGo(): a pointer took hold, and left. onReset(event, steps): a reset is asked for, by a double click
// whose presses had `steps` releases with something changed (onRelease gives back true then).
export function createTrack(
  element,
  { onMove, onRelease, onHold, onLetGo, onReset, shareOn = element, grain = 0.01, describe = (value) => value.toFixed(2) },
) {
  const rounded = (value, fine = false) => {
    const unit = fine ? grain * FINE : grain;
    return Math.round(value / unit) * unit;
  };
  const listening = new AbortController();
  const on = (name, handler) => element.addEventListener(name, handler, { signal: listening.signal });
  let low = 0;
  let high = 1;
  let value = 0;
  let held = null;
  let unsaved = false;
  let locked = false;
  let beyond = false;
  let released = false; // the last press changed something
  let clicks = 0; // such presses within the present double click

  function show() {
    const inside = clamp(value, low, high);
    shareOn.style.setProperty("--share", (high > low ? (inside - low) / (high - low) : 0).toFixed(5));
    element.setAttribute("aria-valuenow", inside.toFixed(4));
    element.setAttribute("aria-valuetext", inside === value ? describe(value) : `${describe(value)}, beyond the range`);
    const far = Math.abs(value - inside) > grain / 2; // the ends themselves are rounded
    if (far !== beyond) element.classList.toggle("beyond", far);
    beyond = far;
  }

  function move(next, event) {
    if (next === value) return;
    value = next;
    unsaved = true;
    show();
    onMove(value, event);
  }

  function release(event) {
    if (!unsaved) return false;
    unsaved = false;
    return onRelease(value, event) === true;
  }

  /** Fine or not, the drag goes on from where it was: the pointer's place and the value there. */
  function anchor(event, at) {
    Object.assign(held, { fine: isFine(event), x: event.clientX, value: at });
  }

  function toPointer(event) {
    if (isFine(event) !== held.fine) anchor(event, value);
    if (held.fine && event.clientX === held.x) return; // a press alone rounds nothing
    const way = ((event.clientX - held.x) / held.width) * (high - low) * (held.fine ? FINE : 1);
    const [least, most] = [Math.min(low, held.value), Math.max(high, held.value)];
    move(rounded(clamp(held.value + way, least, most), held.fine), event);
  }

  on("pointerdown", (event) => {
    if (event.button !== 0 || held) return;
    element.focus({ preventScroll: true });
    if (locked) return;
    const box = element.getBoundingClientRect();
    held = { id: event.pointerId, width: Math.max(box.width, 1), from: value };
    const under = clamp(low + ((event.clientX - box.left) / held.width) * (high - low), low, high);
    anchor(event, isFine(event) ? value : under);
    element.setPointerCapture(event.pointerId);
    element.classList.add("held");
    onHold?.();
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
    onLetGo?.();
    released = release(event);
  }

  on("click", (event) => {
    clicks = (event.detail > 1 ? clicks : 0) + (released ? 1 : 0);
    released = false;
  });
  on("dblclick", (event) => {
    if (!locked) onReset?.(event, clicks);
    clicks = 0;
  });

  on("keydown", (event) => {
    if (locked || event.ctrlKey || event.metaKey || event.altKey) return;
    const reset = onReset && RESET_KEYS.includes(event.key);
    const next = reset ? null : keyTarget(event);
    if (next === null && !reset) return;
    event.preventDefault();
    if (reset) {
      release(event);
      onReset(event, 0);
    } else move(next, event);
  });
  on("keyup", (event) => release(event));
  on("blur", (event) => release(event));

  function keyTarget(event) {
    if (event.key === "Home") return low;
    if (event.key === "End") return high;
    const steps = KEY_STEPS[event.key] ?? 0;
    if (!steps) return null;
    const fine = event.shiftKey && Math.abs(steps) === 1;
    const next = rounded(value + steps * Math.max((high - low) / STEPS, grain) * (fine ? FINE : 1), fine);
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
    lock(on) {
      locked = on;
      element.classList.toggle("locked", on);
      element.setAttribute("aria-disabled", String(on));
    },
    remove() {
      listening.abort();
    },
  };
}

const isFine = (event) => event.shiftKey || event.altKey;
