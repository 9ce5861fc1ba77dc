// The ELBO after each step so far: the step's own images, grey, and the images that are never trained on.

import { figure, ticks } from "../train/ticks.js";
import { sharpened } from "./chapter-6-canvas.js";

const PAD = { left: 42, right: 14, top: 8, bottom: 20 };
const FEWEST = 40; // steps that the axis spans at least

/** Draws into a canvas: {show({batch, watched}, words), draw}. batch: Float32Array (steps), watched (steps + 1). */
export function createCurve(canvas, { colour }) {
  let lines = null;
  let words = null;

  function draw() {
    const sharp = lines && sharpened(canvas);
    if (!sharp) return;
    const { pen, width, height } = sharp;
    const last = Math.max(FEWEST, niceEnd(lines.batch.length));
    const [low, high] = rangeOf(lines);
    const x = (step) => PAD.left + (step / last) * (width - PAD.left - PAD.right);
    const y = (value) => height - PAD.bottom - ((value - low) / (high - low)) * (height - PAD.top - PAD.bottom);
    axes(pen, { x, y, low, high, last, width, height });
    line(pen, lines.batch, (at) => x(at + 1), y, colour("--quiet"), 1.25, 0.85);
    line(pen, lines.watched, x, y, colour("--accent"), 2, 1);
  }

  function axes(pen, { x, y, low, high, last, width, height }) {
    Object.assign(pen, { font: `11px ${getComputedStyle(canvas).getPropertyValue("--st-code-font") || "monospace"}`, lineWidth: 1, strokeStyle: colour("--line"), fillStyle: colour("--quiet"), textAlign: "right", textBaseline: "middle" });
    for (const value of ticks(low, high, Math.max(2, Math.floor(height / 40)))) {
      stroke(pen, [PAD.left, Math.round(y(value)) + 0.5, width - PAD.right, Math.round(y(value)) + 0.5]);
      pen.fillText(figure(value), PAD.left - 5, y(value));
    }
    Object.assign(pen, { textAlign: "center", textBaseline: "alphabetic" });
    for (const value of ticks(0, last, Math.max(2, Math.floor(width / 80)))) pen.fillText(figure(value), x(value), height - 5);
    Object.assign(pen, { textAlign: "left" });
    pen.fillText(words.unit, PAD.left + 4, PAD.top + 6);
  }

  const sizes = new ResizeObserver(draw);
  sizes.observe(canvas);
  return {
    show(next, said) {
      [lines, words] = [next, said];
      canvas.ariaLabel = said.label;
      draw();
    },
    draw,
    close: () => sizes.disconnect(),
  };
}

function line(pen, values, x, y, colour, wide, alpha) {
  Object.assign(pen, { strokeStyle: colour, fillStyle: colour, lineWidth: wide, globalAlpha: alpha, lineJoin: "round" });
  pen.beginPath();
  values.forEach((value, at) => (at ? pen.lineTo(x(at), y(value)) : pen.moveTo(x(at), y(value))));
  pen.stroke();
  const end = values.length - 1;
  pen.beginPath();
  pen.arc(x(end), y(values[end]), wide + 1.5, 0, 2 * Math.PI);
  pen.fill();
  pen.globalAlpha = 1;
}

function stroke(pen, [fromX, fromY, toX, toY]) {
  pen.beginPath();
  pen.moveTo(fromX, fromY);
  pen.lineTo(toX, toY);
  pen.stroke();
}

/** The end of the axis: it grows in leaps, so that the curve does not shrink at each step. */
export const niceEnd = (steps) => [40, 100, 200, 400, 600].find((end) => steps <= end) ?? steps;

export function rangeOf({ batch, watched }) {
  const all = [...batch, ...watched];
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const room = Math.max(0.06 * (high - low), 1);
  return [low - room, high + room];
}
