// The latent plane after a step: where the watched images lie, and q(z|x) of the chosen image with its z.

import { sharpened } from "./chapter-6-canvas.js";

const EDGE = 4; // of the plane to each side of 0, in standard deviations of the prior

/** Draws into a canvas: {show({points, labels, mean, std, latent}, label), draw}. */
export function createPlane(canvas, { colours, colour }) {
  let held = null;

  function draw() {
    const sharp = held && sharpened(canvas);
    if (!sharp) return;
    const { pen, width: side } = sharp;
    const edge = Math.max(EDGE, Math.ceil(held.points.reduce((most, value) => Math.max(most, Math.abs(value)), 0)));
    const scale = side / 2 / edge;
    const [x, y] = [(value) => side / 2 + value * scale, (value) => side / 2 - value * scale];
    prior(pen, { side, x, y, scale });
    held.labels.forEach((label, at) => dot(pen, x(held.points[2 * at]), y(held.points[2 * at + 1]), 3, colours[label % colours.length]));
    const { mean, std, latent } = held;
    Object.assign(pen, { strokeStyle: colour("--ink"), lineWidth: 1.5 });
    pen.beginPath();
    pen.ellipse(x(mean[0]), y(mean[1]), std[0] * scale, std[1] * scale, 0, 0, 2 * Math.PI);
    pen.stroke();
    dot(pen, x(mean[0]), y(mean[1]), 2, colour("--ink"));
    dot(pen, x(latent[0]), y(latent[1]), 4.5, colour("--accent"), colour("--ink"));
  }

  function prior(pen, { side, x, y, scale }) {
    Object.assign(pen, { strokeStyle: colour("--line"), fillStyle: colour("--quiet"), lineWidth: 1, font: `10px ${getComputedStyle(canvas).fontFamily}` });
    for (const [from, to] of [[[0, y(0)], [side, y(0)]], [[x(0), 0], [x(0), side]]]) {
      pen.beginPath();
      pen.moveTo(...from);
      pen.lineTo(...to);
      pen.stroke();
    }
    for (const deviations of [1, 2, 3]) {
      pen.beginPath();
      pen.arc(x(0), y(0), deviations * scale, 0, 2 * Math.PI);
      pen.stroke();
      pen.fillText(String(deviations), x(deviations) + 2, y(0) - 3);
    }
  }

  const sizes = new ResizeObserver(draw);
  sizes.observe(canvas);
  return {
    show(next, label) {
      held = next;
      canvas.ariaLabel = label;
      draw();
    },
    draw,
    close: () => sizes.disconnect(),
  };
}

function dot(pen, x, y, radius, fill, edge) {
  pen.beginPath();
  pen.arc(x, y, radius, 0, 2 * Math.PI);
  pen.fillStyle = fill;
  pen.fill();
  if (!edge) return;
  Object.assign(pen, { strokeStyle: edge, lineWidth: 1 });
  pen.stroke();
}
