// A hand that holds on to an element: one pointer at a time, from pressing to letting go, wherever it moves meanwhile.

import { onPointerMoves } from "./pointer.js";

/**
 * `may(event)`: whether this press takes hold (the main button alone ever does). `onGrab(event)`, then `onMove(event)` for
 * each move, `onLetGo()` at the end. `focus`: what takes the focus. Gives back {held}: whether a hand holds on.
 */
export function holdPointer(element, { may = () => true, onGrab, onMove, onLetGo, focus, signal }) {
  let held = null;
  const on = (name, handler) => element.addEventListener(name, handler, { signal });
  on("pointerdown", (event) => {
    if (event.button !== 0 || held !== null || !may(event)) return;
    event.preventDefault();
    focus?.focus({ preventScroll: true });
    held = event.pointerId;
    element.setPointerCapture(held);
    onGrab(event);
  });
  onPointerMoves(element, (event) => held === event.pointerId && onMove(event), signal);
  const letGo = (event) => {
    if (held !== event.pointerId) return;
    held = null;
    onLetGo();
  };
  on("pointerup", letGo);
  on("pointercancel", letGo);
  return {
    get held() {
      return held !== null;
    },
  };
}
