// One chart of lines on a canvas: thin lines of many steps, thicker ones of epochs, one axis across for all charts of a group
// (curves.js). What moves at the frame rate, the cursor and the line under the pointer, are elements above it.

import { thinned } from "./thin.js";
import { figure, logTicks, ticks } from "./ticks.js";

const PAD = { left: 48, right: 8, top: 6, bottom: 18 }; // CSS pixels

/**
 * A chart in `element`: {show(lines, view), place(cursor), readAt(x), pick(clientX), box, canvas}.
 * lines: {name, colour: a CSS variable, x, y: Float64Array, wide, faint, dots}; view: {from, to, log}.
 */
export function createChart(element, { title, unit, words }) {
  element.classList.add("chart");
  element.innerHTML = `<div class="chart-head"><h3></h3><span class="readout figure"></span></div>
    <div class="plot" tabindex="0" role="img"><canvas></canvas><i class="chart-cursor"></i><i class="chart-hover" hidden></i><i class="chart-zoom" hidden></i><span class="chart-none quiet" hidden></span></div>`;
  const find = (selector) => element.querySelector(selector);
  const [heading, readout, plot, canvas] = [find("h3"), find(".readout"), find(".plot"), find("canvas")];
  heading.textContent = unit ? `${title}, ${unit}` : title;
  heading.title = words;
  let [lines, view, range] = [[], { from: 0, to: 1, log: false }, [0, 1]];
  let [width, height] = [0, 0];

  const across = (x) => PAD.left + ((x - view.from) / (view.to - view.from)) * (width - PAD.left - PAD.right);
  const up = (y) => {
    const share = view.isLog ? Math.log(y / range[0]) / Math.log(range[1] / range[0]) : (y - range[0]) / (range[1] - range[0]);
    return height - PAD.bottom - share * (height - PAD.top - PAD.bottom);
  };

  function draw() {
    const ratio = window.devicePixelRatio || 1;
    [width, height] = [plot.clientWidth, plot.clientHeight];
    if (!width || !height) return;
    Object.assign(canvas, { width: Math.round(width * ratio), height: Math.round(height * ratio) });
    const context = canvas.getContext("2d");
    context.scale(ratio, ratio);
    const columns = Math.max(1, Math.round((width - PAD.left - PAD.right) * ratio));
    const seen = lines.map((line) => ({ ...line, kept: thinned(line, view.from, view.to, columns) }));
    view.isLog = view.log && seen.every(({ y, kept }) => kept.every((index) => y[index] > 0));
    range = rangeOf(seen, view);
    const style = getComputedStyle(element);
    drawAxes(context, style);
    context.save();
    context.beginPath();
    context.rect(PAD.left, PAD.top - 2, width - PAD.left - PAD.right + 2, height - PAD.top - PAD.bottom + 4);
    context.clip();
    seen.forEach((line) => drawLine(context, line, style));
    context.restore();
  }

  function drawAxes(context, style) {
    Object.assign(context, { font: `11px ${style.getPropertyValue("--st-code-font")}`, lineWidth: 1, strokeStyle: style.getPropertyValue("--line"), fillStyle: style.getPropertyValue("--quiet") });
    const upright = view.isLog ? logTicks(...range) : ticks(...range, Math.max(2, Math.floor(height / 38)));
    Object.assign(context, { textAlign: "right", textBaseline: "middle" });
    for (const value of upright) {
      const y = Math.round(up(value)) + 0.5;
      segment(context, PAD.left, y, width - PAD.right, y);
      context.fillText(figure(value), PAD.left - 6, y);
    }
    Object.assign(context, { textAlign: "center", textBaseline: "alphabetic" });
    for (const value of ticks(view.from, view.to, Math.max(2, Math.floor(width / 90)))) {
      if (across(value) < PAD.left - 1 || across(value) > width - PAD.right - 4) continue;
      context.fillText(figure(value), across(value), height - 5);
    }
  }

  function drawLine(context, { x, y, kept, colour, wide = 1.75, faint = false, dots = false }, style) {
    Object.assign(context, { strokeStyle: style.getPropertyValue(colour), fillStyle: style.getPropertyValue(colour), lineWidth: wide, lineJoin: "round", globalAlpha: faint ? 0.28 : 1 });
    context.beginPath();
    kept.forEach((index, place) => (place ? context.lineTo(across(x[index]), up(y[index])) : context.moveTo(across(x[index]), up(y[index]))));
    context.stroke();
    if (dots || kept.length === 1) kept.forEach((index) => {
      context.beginPath();
      context.arc(across(x[index]), up(y[index]), 2.5, 0, 2 * Math.PI);
      context.fill();
    });
    context.globalAlpha = 1;
  }

  /** What the lines say at x, as the readout; `epochs` writes the epoch before it. */
  function readAt(x, said) {
    readout.replaceChildren(...(said ? [Object.assign(document.createElement("b"), { textContent: said })] : []), ...lines.filter(({ faint }) => !faint).map(({ name, colour, x: places, y }) => {
      const part = document.createElement("span");
      part.style.setProperty("--of", `var(${colour})`);
      part.textContent = `${name} ${figure(valueAt(places, y, x))}`.trim();
      return part;
    }));
  }

  return {
    plot,
    get width() {
      return width;
    },
    across,
    /** The x under a place of the screen, within the view. */
    pick(clientX) {
      const box = plot.getBoundingClientRect();
      const share = (clientX - box.left - PAD.left) / Math.max(box.width - PAD.left - PAD.right, 1);
      return view.from + Math.min(Math.max(share, 0), 1) * (view.to - view.from);
    },
    show(given, next, none) {
      [lines, view] = [given, { ...next }];
      find(".chart-none").hidden = lines.some(({ x }) => x.length);
      find(".chart-none").textContent = none ?? "";
      draw();
      plot.ariaLabel = `${heading.textContent}. ${lines.filter(({ faint, x }) => !faint && x.length).map(({ name, x, y }) => `${name || title}: ${figure(y[x.length - 1])} at epoch ${figure(x[x.length - 1])}`).join("; ") || (none ?? "nothing yet")}`;
      heading.classList.toggle("linear", Boolean(view.log && !view.isLog));
      heading.textContent = `${unit ? `${title}, ${unit}` : title}${view.log && !view.isLog && lines.length ? " (linear: not all above 0)" : ""}`;
    },
    draw,
    readAt,
    /** The replay's cursor at x, null for none. */
    place(x) {
      mark(find(".chart-cursor"), x);
    },
    hover(x) {
      mark(find(".chart-hover"), x);
    },
    zoomFrom(from, to) {
      const band = find(".chart-zoom");
      band.hidden = from === null;
      if (from !== null) Object.assign(band.style, { left: `${Math.min(across(from), across(to))}px`, width: `${Math.abs(across(to) - across(from))}px` });
    },
  };

  function mark(line, x) {
    const seen = x !== null && x >= view.from - 1e-9 && x <= view.to + 1e-9 && width > 0;
    line.hidden = !seen;
    if (seen) line.style.transform = `translateX(${across(x).toFixed(1)}px)`;
  }
}

/** The values to show: all of them, but for the fall of the first steps, which would flatten all that follows. */
function rangeOf(seen, { from, to, isLog }) {
  let [low, high, late] = [Infinity, -Infinity, -Infinity];
  const settled = from + 0.04 * (to - from);
  for (const { x, y, kept } of seen) for (const index of kept) {
    if (x[index] < from || x[index] > to) continue;
    low = Math.min(low, y[index]);
    high = Math.max(high, y[index]);
    if (x[index] >= settled) late = Math.max(late, y[index]);
  }
  if (!(low <= high)) return [isLog ? 0.1 : 0, 1];
  if (from === 0 && late > low && !isLog) high = Math.min(high, low + 1.25 * (late - low));
  if (isLog) return low === high ? [low / 2, high * 2] : [low / 1.05, high * 1.05];
  const apart = high - low > 1e-6 * Math.max(Math.abs(high), Math.abs(low)); // less is rounding
  const room = apart ? 0.06 * (high - low) : Math.abs(high) * 0.1 || 1;
  return [low >= 0 && low - room < 0 ? 0 : low - room, high + room];
}

/** y of the last x at or before the given one; NaN before the first. */
function valueAt(x, y, at) {
  let [low, high] = [0, x.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (x[middle] <= at + 1e-9) low = middle + 1;
    else high = middle;
  }
  return low ? y[low - 1] : NaN;
}

function segment(context, x1, y1, x2, y2) {
  context.beginPath();
  context.moveTo(x1, y1);
  context.lineTo(x2, y2);
  context.stroke();
}
