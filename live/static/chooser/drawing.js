// A canvas to draw on with mouse, finger or pen: light ink on black. Every stroke is told while it grows.

import { onPointerMoves } from "../pointer.js";

const SIDE = 280; // pixels of the drawing, whatever its size on the screen
const INK = "#fff";
const PAPER = "#000";

/** Gives back {clear, undo, picture, empty}; `picture()` is {pixels: uint8 (SIDE, SIDE, channels), size}. `onStroke` is called at each change. */
export function createDrawing(canvas, { onStroke, channels = 1, width = () => 22, ink = () => INK, signal }) {
  canvas.width = canvas.height = SIDE;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  const strokes = []; // {ink, width, points: [[x, y], ...]}
  let held = null;
  const on = (name, handler) => canvas.addEventListener(name, handler, { signal });

  function placeOf(event) {
    const box = canvas.getBoundingClientRect();
    return [((event.clientX - box.left) / box.width) * SIDE, ((event.clientY - box.top) / box.height) * SIDE];
  }

  function paint() {
    context.fillStyle = PAPER;
    context.fillRect(0, 0, SIDE, SIDE);
    strokes.forEach(paintStroke);
  }

  function paintStroke({ ink: colour, width: thick, points }) {
    Object.assign(context, { strokeStyle: colour, fillStyle: colour, lineWidth: thick, lineCap: "round", lineJoin: "round" });
    context.beginPath();
    points.forEach(([x, y], index) => (index ? context.lineTo(x, y) : context.moveTo(x, y)));
    if (points.length === 1) context.lineTo(points[0][0] + 0.01, points[0][1]);
    context.stroke();
  }

  on("pointerdown", (event) => {
    if (event.button !== 0 || held !== null) return;
    event.preventDefault();
    held = event.pointerId;
    canvas.setPointerCapture(held);
    strokes.push({ ink: ink(), width: width(), points: [placeOf(event)] });
    paintStroke(strokes.at(-1));
    onStroke(event);
  });
  onPointerMoves(canvas, (event) => {
    if (held !== event.pointerId) return;
    strokes.at(-1).points.push(placeOf(event));
    paintStroke({ ...strokes.at(-1), points: strokes.at(-1).points.slice(-2) });
    onStroke(event);
  }, signal);
  const letGo = (event) => {
    if (held !== event.pointerId) return;
    held = null;
    onStroke(event, true);
  };
  on("pointerup", letGo);
  on("pointercancel", letGo);
  paint();
  return {
    get empty() {
      return strokes.length === 0;
    },
    clear() {
      strokes.length = 0;
      paint();
    },
    undo() {
      strokes.pop();
      paint();
    },
    picture() {
      const { data } = context.getImageData(0, 0, SIDE, SIDE);
      const pixels = new Uint8Array(SIDE * SIDE * channels);
      for (let at = 0; at < SIDE * SIDE; at++) {
        for (let channel = 0; channel < channels; channel++) pixels[at * channels + channel] = data[4 * at + channel];
      }
      return { pixels, size: [SIDE, SIDE, channels] };
    },
  };
}
