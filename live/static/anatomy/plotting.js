// What the chapters' own charts share: a canvas as large as its place and as sharp as the screen, axes, and lines between values.

import { ticks, figure } from "../train/ticks.js";

/** Calls paint(brush, width, height) in CSS pixels, again when the place changes its size: {paint(), close()}. */
export function createSurface(canvas, paint) {
  const again = () => {
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    if (!width || !height) return;
    const ratio = (window.devicePixelRatio || 1) * enlarged(canvas);
    const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (canvas.width !== wide || canvas.height !== high) Object.assign(canvas, { width: wide, height: high });
    const brush = canvas.getContext("2d");
    brush.setTransform(ratio, 0, 0, ratio, 0, 0);
    brush.clearRect(0, 0, width, height);
    paint(brush, width, height);
  };
  const watcher = new ResizeObserver(again);
  watcher.observe(canvas);
  return { paint: again, close: () => watcher.disconnect() };
}

/** How many times larger a projector shows the canvas than it is laid out. */
const enlarged = (canvas) => canvas.getBoundingClientRect().width / canvas.clientWidth || 1;

/** Where a pointer is on the canvas, [x, y] in the pixels in which it is painted. */
export function placeOn(canvas, { clientX, clientY }) {
  const { left, top } = canvas.getBoundingClientRect();
  const times = enlarged(canvas);
  return [(clientX - left) / times, (clientY - top) / times];
}

/** A straight scale from low..high to from..to: {(value) -> pixel, back(pixel) -> value}. */
export function scale(low, high, from, to) {
  const at = (value) => from + ((value - low) / (high - low || 1)) * (to - from);
  at.back = (pixel) => low + ((pixel - from) / (to - from || 1)) * (high - low);
  return at;
}

/** Horizontal lines with their values at the left. */
export function drawRulers(brush, { up, low, high, left, right, most = 5, line, quiet, font }) {
  Object.assign(brush, { font, lineWidth: 1, strokeStyle: line, fillStyle: quiet, textAlign: "right", textBaseline: "middle" });
  for (const value of ticks(low, high, most)) {
    const y = Math.round(up(value)) + 0.5;
    drawLine(brush, [[left, y], [right, y]]);
    brush.fillText(figure(value), left - 6, y);
  }
}

export function drawLine(brush, points) {
  brush.beginPath();
  points.forEach(([x, y], at) => (at ? brush.lineTo(x, y) : brush.moveTo(x, y)));
  brush.stroke();
}

/** The closed shape between two lines over the same places. */
export function fillBetween(brush, upper, lower) {
  brush.beginPath();
  upper.forEach(([x, y], at) => (at ? brush.lineTo(x, y) : brush.moveTo(x, y)));
  lower.toReversed().forEach(([x, y]) => brush.lineTo(x, y));
  brush.closePath();
  brush.fill();
}

export { figure, ticks };
