// What one pixel of x may be under p(x|z): bars where it takes a few values, a curve where it is a density.

import { sharpness } from "./latent-plane.js";

const PAD = { left: 8, right: 8, top: 10, bottom: 22 };
const FEW = 40; // values that are drawn as bars

/** Draws {kind, values, weights, mean} on a canvas; `drawn`: the value that x took, or null. colour(variable) of the theme. */
export function drawPixel(canvas, found, drawn, colour) {
  const { clientWidth: wide, clientHeight: high } = canvas;
  if (!wide) return;
  const ratio = sharpness(canvas);
  Object.assign(canvas, { width: Math.round(wide * ratio), height: Math.round(high * ratio) });
  const pen = canvas.getContext("2d");
  pen.scale(ratio, ratio);
  const { values, weights, kind } = found;
  const low = Math.min(0, kind === "density" ? -0.25 : 0);
  const top = kind === "density" ? 1.25 : 1;
  const inset = kind === "mass" && values.length <= FEW ? 18 : 0;
  const x = (value) => PAD.left + inset + ((value - low) / (top - low)) * (wide - PAD.left - PAD.right - 2 * inset);
  const most = Math.max(...weights, 1e-9);
  const y = (weight) => high - PAD.bottom - (weight / most) * (high - PAD.top - PAD.bottom);

  drawAxis(pen, { x, wide, high, colour });
  pen.fillStyle = colour("--accent");
  pen.strokeStyle = colour("--accent");
  if (kind === "density") drawCurve(pen, values, weights, { x, y, low, top, high });
  else values.forEach((value, at) => bar(pen, x(value), y(weights[at]), high - PAD.bottom, inset ? Math.min(28, (wide / values.length) * 0.5) : Math.max(1, (wide / values.length) * 0.9)));
  pen.strokeStyle = colour("--ink");
  line(pen, x(found.mean), high, []);
  if (drawn !== null) {
    pen.fillStyle = colour("--ink");
    pen.beginPath();
    pen.arc(x(drawn), high - PAD.bottom, 4.5, 0, 2 * Math.PI);
    pen.fill();
  }
}

function drawAxis(pen, { x, wide, high, colour }) {
  pen.strokeStyle = colour("--line");
  pen.fillStyle = colour("--quiet");
  pen.font = "11px sans-serif";
  pen.textAlign = "center";
  pen.beginPath();
  pen.moveTo(PAD.left, high - PAD.bottom + 0.5);
  pen.lineTo(wide - PAD.right, high - PAD.bottom + 0.5);
  pen.stroke();
  for (const value of [0, 0.5, 1]) {
    pen.fillRect(Math.round(x(value)), high - PAD.bottom, 1, 4);
    pen.fillText(String(value), x(value), high - 6);
  }
}

function drawCurve(pen, values, weights, { x, y, low, top, high }) {
  const inside = values.map((value, at) => [value, weights[at]]).filter(([value]) => value >= low && value <= top);
  pen.beginPath();
  inside.forEach(([value, weight], at) => (at ? pen.lineTo(x(value), y(weight)) : pen.moveTo(x(value), y(weight))));
  pen.lineWidth = 2;
  pen.stroke();
  pen.lineTo(x(inside.at(-1)[0]), high - PAD.bottom);
  pen.lineTo(x(inside[0][0]), high - PAD.bottom);
  pen.globalAlpha = 0.18;
  pen.fill();
  pen.globalAlpha = 1;
}

function bar(pen, x, top, bottom, width) {
  pen.fillRect(x - width / 2, top, width, Math.max(bottom - top, 1));
}

function line(pen, x, high, dashes) {
  pen.setLineDash(dashes);
  pen.lineWidth = 1.5;
  pen.beginPath();
  pen.moveTo(x, PAD.top - 6);
  pen.lineTo(x, high - PAD.bottom);
  pen.stroke();
  pen.setLineDash([]);
}
