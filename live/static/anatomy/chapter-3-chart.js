// The curve of chapter 3: the estimate of log p(x) after each number of draws with a band of two standard errors, the mean of
// estimates of K draws each, and log p(x) itself where a grid can tell it.

import { createSurface, drawLine, drawRulers, fillBetween, placeOn, scale } from "./plotting.js";

const PAD = { left: 58, right: 30, top: 20, bottom: 34 };
const POINTS = 320;
const BAND = 2; // standard errors to each side
const LEAST_SPAN = 0.4; // nats: less would show rounding
const FIRST_END = 4096;
const SETTLED = 16; // draws from which values decide the axis: fewer may lie a hundred nats lower
const ROOM_BELOW = 0.4; // of the settled range, for what lies lower

/** {show({weights, exact, k, colour, words}), kAt(event), close()}. words: {draws, exact, nats, below(value)}. */
export function createEvidenceChart(canvas, context) {
  let shown = null;
  let across = null;
  let held = null; // the range of nats: within one stream it only widens
  const surface = createSurface(canvas, (brush, width, height) => shown && paint(brush, width, height));

  function range({ weights, exact, bounds }) {
    const values = exact === null ? [] : [exact];
    const early = [];
    for (const { count, mean } of bounds) (count >= SETTLED ? values : early).push(mean);
    for (const k of places(weights.count)) {
      const { value, error } = weights.at(k);
      if (k >= SETTLED) values.push(value, value + BAND * Math.min(error, 3), value - BAND * Math.min(error, 3));
      else early.push(value);
    }
    const settled = values.length > 1 ? Math.min(...values) : Math.min(...early);
    const high = Math.max(...values, ...(values.length > 1 ? [] : early));
    const low = Math.max(Math.min(settled, ...early), settled - ROOM_BELOW * (high - settled));
    const room = Math.max(0.06 * (high - low), LEAST_SPAN / 2 - (high - low) / 2);
    const now = [low - room, high + room];
    held = held?.weights === weights && held.exact === exact ? { ...held, low: Math.min(held.low, now[0]), high: Math.max(held.high, now[1]) } : { weights, exact, low: now[0], high: now[1] };
    return held;
  }

  function paint(brush, width, height) {
    const { weights, exact, k, colour, words } = shown;
    const end = Math.max(FIRST_END, weights.count);
    const bounds = weights.bounds();
    const right = width - PAD.right;
    across = scale(0, Math.log2(end), PAD.left, right);
    const palette = { line: context.colour("--line"), quiet: context.colour("--quiet"), font: `11px ${getComputedStyle(canvas).getPropertyValue("--st-code-font")}` };
    if (!weights.count) return drawFoot(brush, { end, height, palette, words });
    const { low, high } = range({ weights, exact, bounds });
    const up = scale(low, high, height - PAD.bottom, PAD.top);
    drawRulers(brush, { up, low, high, left: PAD.left, right, most: Math.max(3, Math.floor(height / 50)), ...palette });
    drawFoot(brush, { end, height, palette, words });
    const tint = context.colour(colour);
    const ink = context.colour("--ink");
    brush.save();
    brush.beginPath();
    brush.rect(0, 0, width, height - PAD.bottom);
    brush.clip();
    drawEstimate(brush, weights, up, tint);
    if (exact !== null) drawExact(brush, { y: up(exact), right, words, colour: context.colour("--c-true") });
    drawBounds(brush, bounds, up, ink);
    brush.restore();
    drawBelow(brush, { bounds, low, foot: height - PAD.bottom, words, ink });
    drawHandle(brush, { weights, k, up, height, colour: context.colour("--accent") });
  }

  function drawFoot(brush, { end, height, palette, words }) {
    Object.assign(brush, { font: palette.font, fillStyle: palette.quiet, textAlign: "center", textBaseline: "alphabetic" });
    const step = across(2) - across(0) < 42 ? 4 : 2;
    for (let power = 0; 2 ** power <= end; power += step) brush.fillText((2 ** power).toLocaleString("en"), across(power), height - PAD.bottom + 14);
    brush.textAlign = "left";
    brush.fillText(words.nats, 2, PAD.top - 7);
    brush.textAlign = "right";
    brush.fillText(words.draws, across(Math.log2(end)), height - 5);
  }

  function drawEstimate(brush, weights, up, tint) {
    const line = places(weights.count).map((k) => ({ x: across(Math.log2(k)), k, ...weights.at(k) }));
    const band = line.filter(({ k }) => k >= 16).map((point) => ({ ...point, reach: BAND * Math.min(point.error, 3) }));
    Object.assign(brush, { fillStyle: tint, globalAlpha: 0.16 });
    fillBetween(brush, band.map(({ x, value, reach }) => [x, up(value + reach)]), band.map(({ x, value, reach }) => [x, up(value - reach)]));
    Object.assign(brush, { globalAlpha: 1, strokeStyle: tint, lineWidth: 1.75, lineJoin: "round" });
    drawLine(brush, line.map(({ x, value }) => [x, up(value)]));
  }

  function drawExact(brush, { y, right, words, colour }) {
    Object.assign(brush, { strokeStyle: colour, fillStyle: colour, lineWidth: 1.75, textAlign: "left", textBaseline: "bottom" });
    brush.setLineDash([6, 4]);
    drawLine(brush, [[PAD.left, y], [right, y]]);
    brush.setLineDash([]);
    plate(brush, words.exact, PAD.left + 4, y - 3);
  }

  function drawBounds(brush, bounds, up, ink) {
    Object.assign(brush, { strokeStyle: ink, fillStyle: ink, lineWidth: 1.25 });
    for (const { count, mean, error } of bounds) {
      const [x, y] = [across(Math.log2(count)), up(mean)];
      drawLine(brush, [[x, up(mean - BAND * error)], [x, up(mean + BAND * error)]]);
      brush.beginPath();
      brush.arc(x, y, 3.5, 0, 2 * Math.PI);
      brush.fill();
    }
  }

  /** Where the axis cuts off what few draws give, it says so. */
  function drawBelow(brush, { bounds, low, foot, words, ink }) {
    const beyond = bounds.filter(({ mean }) => mean < low);
    if (!beyond.length) return;
    Object.assign(brush, { fillStyle: ink, textAlign: "left", textBaseline: "bottom" });
    for (const { count } of beyond) {
      const x = Math.max(PAD.left + 4, across(Math.log2(count)));
      brush.beginPath();
      brush.moveTo(x - 4, foot - 7);
      brush.lineTo(x + 4, foot - 7);
      brush.lineTo(x, foot - 1);
      brush.fill();
    }
    plate(brush, words.below(beyond[0].mean), across(Math.log2(beyond.at(-1).count)) + 10, foot - 2);
  }

  /** Words over the ruled lines, which do not strike them. */
  function plate(brush, text, x, foot) {
    const colour = brush.fillStyle;
    brush.fillStyle = context.colour("--st-background-color");
    brush.fillRect(x - 2, foot - 13, brush.measureText(text).width + 4, 14);
    brush.fillStyle = colour;
    brush.fillText(text, x, foot);
  }

  function drawHandle(brush, { weights, k, up, height, colour }) {
    const x = across(Math.log2(k));
    Object.assign(brush, { strokeStyle: colour, fillStyle: colour, lineWidth: 1.5 });
    drawLine(brush, [[x, PAD.top - 6], [x, height - PAD.bottom]]);
    brush.beginPath();
    brush.arc(x, Math.min(up(weights.at(k).value), height - PAD.bottom), 5, 0, 2 * Math.PI);
    brush.fill();
  }

  return {
    show(given) {
      shown = given;
      surface.paint();
    },
    /** The number of draws under a pointer. */
    kAt: (event) => (across ? 2 ** Math.max(0, across.back(placeOn(canvas, event)[0])) : 1),
    paint: () => surface.paint(),
    close: () => surface.close(),
  };
}

/** Numbers of draws 1 to count, evenly apart on a logarithmic axis. */
function places(count) {
  const found = new Set();
  for (let at = 0; at <= POINTS; at += 1) found.add(Math.round(count ** (at / POINTS)));
  return count ? [...found] : [];
}
