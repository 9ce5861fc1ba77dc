// Where the pointer is, as early as the browser knows it. Chromium holds `pointermove` back until the next frame begins, up
// to 16 ms; `pointerrawupdate` comes at once (in secure contexts, localhost among them). Both are listened to: where
// there is no early event, the held-back one does.

const APART_MS = 7; // early events of a fast mouse are thinned to two per frame; `pointermove` brings the last position

// Calls handler(event) for moves over the element; the caller leaves a position alone that it has seen already.
export function onPointerMoves(element, handler, signal) {
  let last = -Infinity;
  const early = (event) => {
    if (event.timeStamp - last < APART_MS) return;
    last = event.timeStamp;
    handler(event);
  };
  element.addEventListener("pointerrawupdate", early, { signal });
  element.addEventListener("pointermove", handler, { signal });
}
