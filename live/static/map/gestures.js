// What a hand does to a picture that can be looked over and zoomed: mouse, touch and wheel in the same words.
//   look(at, stamp)    the pointer is there: a mouse that passes over, one finger that presses
//   click(at)          a short press of the mouse
//   pan(right, down)   a mouse drag, two fingers that move together
//   zoom(at, factor)   the wheel, two fingers that spread
//   tap(at)            a short press of a finger, where the caller has use for it
//   hold(at, event)    a press has begun: gives back what takes its moves in place of all this, {move(at, event), end(at, event), cancel()}, or
//                      null; a press that does not move, and one that a second finger joins, is cancelled
// Places are CSS pixels from the element's corner; presses on buttons inside it are left alone.

import { onPointerMoves } from "../pointer.js";

const STILL = 5; // CSS pixels: a press that moves less is a click
const WHEEL = 400; // wheel pixels that zoom by e
const PINCHED_WHEEL = 100; // the same for a touchpad's pinch, which comes as a wheel with Ctrl

export function onGestures(element, hand, signal) {
  const fingers = new Map(); // pointer id -> {at, from, strayed}
  const on = (name, handler, options) => element.addEventListener(name, handler, { signal, ...options });
  const onButton = (event) => event.target.closest("button") !== null;

  function placeOf(event) {
    const box = element.getBoundingClientRect();
    return [event.clientX - box.left - element.clientLeft, event.clientY - box.top - element.clientTop];
  }

  function moved(event) {
    const at = placeOf(event);
    const mouse = event.pointerType === "mouse";
    const finger = fingers.get(event.pointerId);
    if (!finger) {
      if (mouse && !onButton(event)) hand.look(at, event.timeStamp);
      return;
    }
    finger.strayed ||= Math.hypot(at[0] - finger.from[0], at[1] - finger.from[1]) > STILL;
    if (finger.held) {
      if (finger.strayed) finger.held.move(at, event);
      finger.at = at;
      return;
    }
    if (fingers.size === 2) pinch(event.pointerId, finger, at);
    else if (!mouse) hand.look(at, event.timeStamp);
    else if (finger.strayed) hand.pan(at[0] - finger.at[0], at[1] - finger.at[1]);
    if (!mouse || finger.strayed) finger.at = at;
  }

  function letGo(finger) {
    finger.held?.cancel();
    finger.held = null;
  }

  function pinch(moving, finger, at) {
    const [other] = [...fingers].filter(([id]) => id !== moving).map(([, held]) => held.at);
    const spread = (place) => Math.max(Math.hypot(place[0] - other[0], place[1] - other[1]), 8);
    hand.pan((at[0] - finger.at[0]) / 2, (at[1] - finger.at[1]) / 2);
    hand.zoom([(at[0] + other[0]) / 2, (at[1] + other[1]) / 2], spread(at) / spread(finger.at));
  }

  on("pointerdown", (event) => {
    if (onButton(event) || event.button !== 0) return;
    const at = placeOf(event);
    for (const finger of fingers.values()) {
      letGo(finger);
      finger.pinched = true;
    }
    const held = fingers.size === 0 ? hand.hold?.(at, event) : null;
    fingers.set(event.pointerId, { at, from: at, strayed: false, held, pinched: fingers.size > 0 });
    element.setPointerCapture(event.pointerId);
    if (event.pointerType !== "mouse" && fingers.size === 1 && !held) hand.look(at, event.timeStamp);
  });
  onPointerMoves(element, moved, signal);
  on("pointerup", (event) => {
    const finger = fingers.get(event.pointerId);
    fingers.delete(event.pointerId);
    if (!finger) return;
    if (finger.strayed) return finger.held?.end(placeOf(event), event);
    letGo(finger);
    if (event.pointerType === "mouse") hand.click(finger.at);
    else if (!finger.pinched) hand.tap?.(finger.at);
  });
  on("pointercancel", (event) => {
    if (fingers.has(event.pointerId)) letGo(fingers.get(event.pointerId));
    fingers.delete(event.pointerId);
  });
  on(
    "wheel",
    (event) => {
      event.preventDefault();
      const pixels = event.deltaY * (event.deltaMode === 1 ? 16 : 1);
      hand.zoom(placeOf(event), Math.exp(-pixels / (event.ctrlKey ? PINCHED_WHEEL : WHEEL)));
    },
    { passive: false },
  );
}
