// The histograms of chapter 5: estimates of one component of the gradient by three estimators, one under the other on one axis.

import { createSurface, drawLine, figure, scale, ticks } from "./plotting.js";

const PAD = { left: 12, right: 12, top: 4, bottom: 26 };
const BINS = 90;
const GAP = 26; // CSS pixels between the histograms, for their captions
const REACH = 3.2; // standard deviations to each side

/** {show({rows: [{values, colour, caption, mean, spread}], truth, same, words}), paint(), close()}. same: one axis for all rows. */
export function createHistograms(canvas, context) {
  let shown = null;
  const surface = createSurface(canvas, (brush, width, height) => shown?.rows[0].values.length && paint(brush, width, height));

  function paint(brush, width, height) {
    const { rows, truth, same } = shown;
    const high = (height - PAD.top) / rows.length;
    const widest = Math.max(...rows.map(({ spread }) => spread));
    const font = `11px ${getComputedStyle(canvas).getPropertyValue("--st-code-font")}`;
    rows.forEach((row, at) => {
      const half = REACH * (same ? widest : row.spread) || 1;
      const middle = truth ?? rows[0].mean;
      const across = scale(middle - half, middle + half, PAD.left, width - PAD.right);
      const foot = PAD.top + (at + 1) * high - PAD.bottom;
      const top = PAD.top + at * high + GAP;
      drawRow(brush, row, { across, foot, top });
      drawTruth(brush, across(middle), { foot, top });
      drawAxis(brush, { across, foot, low: middle - half, high: middle + half, width, font });
      Object.assign(brush, { font: `600 12.5px ${getComputedStyle(canvas).getPropertyValue("--st-font")}`, fillStyle: context.colour("--ink"), textAlign: "left", textBaseline: "alphabetic" });
      brush.fillText(row.caption, PAD.left, top - 9);
    });
  }

  function drawRow(brush, { values, colour }, { across, foot, top }) {
    const [left, right] = [PAD.left, canvas.clientWidth - PAD.right];
    const wide = (right - left) / BINS;
    const counts = new Float64Array(BINS);
    let most = 0;
    for (const value of values) {
      const bin = Math.floor((across(value) - left) / wide);
      if (bin >= 0 && bin < BINS) most = Math.max(most, (counts[bin] += 1));
    }
    brush.fillStyle = context.colour(colour);
    counts.forEach((count, bin) => {
      const tall = (count / (most || 1)) * (foot - top);
      if (count) brush.fillRect(left + bin * wide, foot - Math.max(1, tall), Math.max(1, wide - 1), Math.max(1, tall));
    });
  }

  function drawTruth(brush, x, { foot, top }) {
    Object.assign(brush, { strokeStyle: context.colour("--ink"), lineWidth: 1.5 });
    brush.setLineDash([4, 3]);
    drawLine(brush, [[x, top - 4], [x, foot]]);
    brush.setLineDash([]);
  }

  function drawAxis(brush, { across, foot, low, high, width, font }) {
    Object.assign(brush, { strokeStyle: context.colour("--line"), fillStyle: context.colour("--quiet"), lineWidth: 1, font, textAlign: "center", textBaseline: "alphabetic" });
    drawLine(brush, [[PAD.left, foot + 0.5], [width - PAD.right, foot + 0.5]]);
    for (const value of ticks(low, high, Math.max(2, Math.floor(width / 110)))) {
      const x = across(value);
      if (x > PAD.left + 16 && x < width - PAD.right - 16) brush.fillText(figure(value), x, foot + 14);
    }
  }

  return {
    show(given) {
      shown = given;
      surface.paint();
    },
    paint: () => surface.paint(),
    close: () => surface.close(),
  };
}
