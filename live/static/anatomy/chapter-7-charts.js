// The charts of chapter 7: reconstruction against KL over the series, and curves over the epochs of a run.

import { sharpness } from "./latent-plane.js";

const PAD = { left: 46, right: 12, top: 10, bottom: 30 };
const TITLE = 20; // pixels above a chart, for its title

/** A canvas made ready: {pen, wide, high} in CSS pixels, or null while it has no room. */
function ready(canvas) {
  const { clientWidth: wide, clientHeight: high } = canvas;
  if (!wide || !high) return null;
  const ratio = sharpness(canvas);
  Object.assign(canvas, { width: Math.round(wide * ratio), height: Math.round(high * ratio) });
  const pen = canvas.getContext("2d");
  pen.scale(ratio, ratio);
  pen.font = "11px sans-serif";
  return { pen, wide, high };
}

/**
 * Models as places (kl, reconstruction), both in nats: points [{beta, kl, reconstruction}]; `chosen` is an index. words:
 * {across, up}. colour(variable) of the theme.
 */
export function drawTradeOff(canvas, points, chosen, words, colour) {
  const room = ready(canvas);
  if (!room) return;
  const { pen, wide, high } = room;
  const most = 1.08 * Math.max(...points.map(({ kl }) => kl), 1);
  const costs = points.map(({ reconstruction }) => reconstruction);
  const [low, top] = [Math.min(...costs), Math.max(...costs)];
  const margin = 0.12 * (top - low || 1);
  const x = (kl) => PAD.left + (kl / most) * (wide - PAD.left - PAD.right);
  const y = (cost) => PAD.top + ((top + margin - cost) / (top - low + 2 * margin)) * (high - PAD.top - PAD.bottom);
  frame(pen, room, colour);
  ticks(0, most, 4).forEach((value) => tickX(pen, x(value), room, number(value), colour));
  ticks(low - margin, top + margin, 4).forEach((value) => tickY(pen, y(value), number(value), colour));
  pen.fillStyle = colour("--quiet");
  pen.textAlign = "right";
  pen.fillText(words.across, wide - PAD.right, high - 4);
  pen.fillText(words.up, wide - PAD.right, PAD.top + 8);
  curve(pen, points.map((point) => [x(point.kl), y(point.reconstruction)]), colour("--quiet"), 1.2);
  points.forEach((point, at) => {
    const here = at === chosen;
    pen.fillStyle = colour(here ? "--accent" : "--quiet");
    disc(pen, x(point.kl), y(point.reconstruction), here ? 6 : 4);
    pen.textAlign = x(point.kl) > wide - 70 ? "right" : "left";
    pen.font = `${here ? "600 " : ""}11px sans-serif`;
    pen.fillText(`β = ${point.beta}`, x(point.kl) + (pen.textAlign === "right" ? -9 : 9), y(point.reconstruction) - 6);
  });
}

/**
 * Lines over epochs: lines [{values, colour}] against `epochs`; the cursor stands at epoch `at`. title: the quantity, with its
 * unit; last: whether the epochs are written below, after the word `across`. A line may have a name.
 */
export function drawCurves(canvas, epochs, lines, { at, title, last = false, across = "", colour }) {
  const room = ready(canvas);
  if (!room) return;
  const { pen, wide, high } = room;
  const bottom = last ? PAD.bottom : 8;
  const end = epochs.at(-1);
  const values = lines.flatMap((line) => line.values);
  const low = Math.min(0, ...values);
  const top = Math.max(...values) * 1.05 || 1;
  const x = (epoch) => PAD.left + (epoch / end) * (wide - PAD.left - PAD.right);
  const y = (value) => TITLE + ((top - value) / (top - low)) * (high - TITLE - bottom);
  frame(pen, { wide, high: high - bottom + PAD.bottom }, colour, TITLE);
  ticks(low, top, 3).forEach((value) => tickY(pen, y(value), number(value), colour));
  if (last) ticks(0, end, 5).forEach((value) => tickX(pen, x(value), room, number(value), colour));
  lines.forEach((line) => curve(pen, line.values.map((value, index) => [x(epochs[index]), y(value)]), line.colour, 1.8));
  pen.fillStyle = colour("--ink");
  pen.textAlign = "left";
  pen.fillText(title, PAD.left, TITLE - 7);
  lines.filter(({ name }) => name).forEach((line, index, named) => {
    pen.fillStyle = line.colour;
    pen.textAlign = "right";
    pen.fillText(line.name, wide - PAD.right - 26 * (named.length - 1 - index), TITLE - 7);
  });
  if (last) {
    pen.fillStyle = colour("--quiet");
    pen.textAlign = "left";
    pen.fillText(across, 0, high - 15);
  }
  pen.strokeStyle = colour("--ink");
  pen.lineWidth = 1;
  pen.beginPath();
  pen.moveTo(Math.round(x(at)) + 0.5, TITLE);
  pen.lineTo(Math.round(x(at)) + 0.5, high - bottom);
  pen.stroke();
}

function frame(pen, { wide, high }, colour, top = PAD.top) {
  pen.strokeStyle = colour("--line");
  pen.lineWidth = 1;
  pen.beginPath();
  pen.moveTo(PAD.left + 0.5, top);
  pen.lineTo(PAD.left + 0.5, high - PAD.bottom + 0.5);
  pen.lineTo(wide - PAD.right, high - PAD.bottom + 0.5);
  pen.stroke();
}

function tickX(pen, x, { high }, text, colour) {
  pen.fillStyle = colour("--quiet");
  pen.textAlign = "center";
  pen.fillRect(Math.round(x), high - PAD.bottom, 1, 4);
  pen.fillText(text, x, high - PAD.bottom + 15);
}

function tickY(pen, y, text, colour) {
  pen.fillStyle = colour("--quiet");
  pen.textAlign = "right";
  pen.fillRect(PAD.left - 4, Math.round(y), 4, 1);
  pen.fillText(text, PAD.left - 7, y + 4);
}

function curve(pen, places, colour, width) {
  pen.strokeStyle = colour;
  pen.lineWidth = width;
  pen.beginPath();
  places.forEach(([x, y], at) => (at ? pen.lineTo(x, y) : pen.moveTo(x, y)));
  pen.stroke();
}

function disc(pen, x, y, radius) {
  pen.beginPath();
  pen.arc(x, y, radius, 0, 2 * Math.PI);
  pen.fill();
}

/** Round numbers between two ends, about so many. */
export function ticks(low, high, count) {
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((each) => each * power).find((each) => each >= rough);
  const found = [];
  for (let value = Math.ceil(low / step) * step; value <= high + 1e-9; value += step) found.push(Math.abs(value) < step / 1e6 ? 0 : value);
  return found;
}

const number = (value) => String(Number(value.toFixed(4))).replace("-", "−");
