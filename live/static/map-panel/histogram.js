// A histogram that can be brushed: a drag, or two sliders from the keyboard, keeps what lies between. Grey is all that the
// other filters leave, the accent what this one leaves of it.

import { figure } from "./columns.js";
import { histogram } from "./filters.js";

const BINS = 48;
const LEAST_BRUSH = 0.012; // share of the width: a shorter drag takes the brush away
const KEY_STEP = 1 / BINS;

/** The histogram of a number column of `atlas`; gives back {element, draw(), remove(): takes its filter away}. */
export function createHistogram(atlas, column, onRemove) {
  const element = document.createElement("div");
  element.className = "histogram";
  element.innerHTML = `<strong class="title"></strong><span class="bounds figure"><input class="bound" inputmode="decimal" title="Type where to begin"> – <input class="bound" inputmode="decimal" title="Type where to end"><button type="button" class="wipe"></button></span>
    <div class="plot"><canvas></canvas><i class="brushed" hidden></i><input type="range" min="0" max="1" step="any" value="0"><input type="range" min="0" max="1" step="any" value="1"></div>`;
  const find = (selector) => element.querySelector(selector);
  const plot = find(".plot");
  const [low, high] = ends(column);
  const valueAt = (share) => low + share * (high - low);
  const shareOf = (value) => Math.min(Math.max((value - low) / (high - low), 0), 1);
  const unit = column.unit ? ` (${column.unit})` : "";
  find(".title").textContent = column.title + unit;

  function brush(from, to) {
    const [left, right] = [Math.min(from, to), Math.max(from, to)].map((share) => Math.min(Math.max(share, 0), 1));
    if (right - left < LEAST_BRUSH || (left === 0 && right === 1)) return atlas.filters.brush(column.name, null);
    atlas.filters.brush(column.name, [left === 0 ? -Infinity : valueAt(left), right === 1 ? Infinity : valueAt(right)].map(finite));
  }

  // The ends of the axis leave a few values out; a brush that reaches an end takes them in.
  const finite = (value) => (value === -Infinity ? column.least : value === Infinity ? column.most : value);

  let from = null;
  plot.onpointerdown = (event) => {
    if (event.button !== 0) return;
    plot.setPointerCapture(event.pointerId);
    from = shareAt(event);
  };
  plot.onpointermove = (event) => {
    if (from !== null) brush(from, shareAt(event));
  };
  plot.onpointerup = (event) => {
    if (from !== null) brush(from, shareAt(event));
    from = null;
  };
  plot.onpointercancel = () => (from = null);
  const shareAt = (event) => {
    const box = plot.getBoundingClientRect();
    return (event.clientX - box.left) / box.width;
  };

  const bounds = [...element.querySelectorAll(".bound")];
  ["Least", "Most"].forEach((word, end) => {
    bounds[end].ariaLabel = `${word}: ${column.title}`;
    bounds[end].onchange = () => typed(end);
  });

  /** A number that is typed; what is none, or leaves nothing between, is taken back. */
  function typed(end) {
    const value = Number(bounds[end].value.replace("−", "-").replace(",", "."));
    const range = [...(atlas.filters.rangeOf(column.name) ?? [column.least, column.most])];
    if (bounds[end].value.trim() && Number.isFinite(value)) range[end] = value;
    const all = range[0] <= column.least && range[1] >= column.most;
    if (range[0] <= range[1]) atlas.filters.brush(column.name, all ? null : range);
    showBounds();
  }

  function showBounds() {
    const range = atlas.filters.rangeOf(column.name) ?? [low, high];
    bounds.forEach((bound, end) => {
      if (bound.getRootNode().activeElement !== bound) bound.value = figure(range[end], high - low);
    });
  }

  const inputs = [...element.querySelectorAll("input[type=range]")];
  ["From", "To"].forEach((word, end) => {
    inputs[end].ariaLabel = `${word}: ${column.title}`;
    inputs[end].onkeydown = (event) => {
      const by = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[event.key];
      if (!by) return;
      event.preventDefault();
      const shares = brushed();
      shares[end] = Math.min(Math.max(shares[end] + by * KEY_STEP, 0), 1);
      if (shares[0] < shares[1]) brush(...shares);
    };
  });

  function brushed() {
    const range = atlas.filters.rangeOf(column.name);
    return range ? range.map(shareOf) : [0, 1];
  }

  find(".wipe").onclick = () => {
    if (atlas.filters.rangeOf(column.name)) atlas.filters.brush(column.name, null);
    else onRemove();
  };

  return {
    element,
    name: column.name,
    draw() {
      const others = histogram(column.values, atlas.onMap, atlas.shownMask(column.name), [low, high], BINS);
      const range = atlas.filters.rangeOf(column.name);
      drawBars(find("canvas"), others, range && range.map(shareOf));
      const [left, right] = brushed();
      Object.assign(find(".brushed").style, { left: `${100 * left}%`, right: `${100 * (1 - right)}%` });
      find(".brushed").hidden = !range;
      showBounds();
      find(".wipe").textContent = range ? "all" : "remove";
      find(".wipe").title = range ? "Show all values again" : "Take this histogram away";
      find(".wipe").ariaLabel = range ? `All values of ${column.title}` : `Take the histogram of ${column.title} away`;
      inputs.forEach((input, end) => {
        input.value = [left, right][end];
        input.ariaValueText = figure(valueAt([left, right][end]), high - low);
      });
    },
  };
}

/** Where the axis begins and ends; `least` and `most` of all values are noted on the column. */
function ends(column) {
  let [least, most] = [Infinity, -Infinity];
  for (const value of column.values) {
    if (value < least) least = value;
    if (value > most) most = value;
  }
  Object.assign(column, { least, most });
  const [low, high] = column.scale;
  const room = (high - low) * 0.08;
  return [Math.max(low - room, least), Math.min(high + room, most)].map((end, at) => (low < high && least < most ? end : [low, high][at]));
}

function drawBars(canvas, counts, range) {
  const ratio = window.devicePixelRatio || 1;
  const [width, height] = [canvas.clientWidth * ratio, canvas.clientHeight * ratio];
  if (!width) return;
  Object.assign(canvas, { width, height });
  const context = canvas.getContext("2d");
  const style = getComputedStyle(canvas);
  const most = counts.reduce((highest, count) => Math.max(highest, count), 1);
  const size = width / counts.length;
  counts.forEach((count, bin) => {
    const middle = (bin + 0.5) / counts.length;
    const within = !range || (middle >= range[0] && middle <= range[1]);
    context.fillStyle = style.getPropertyValue(within ? "--accent" : "--line");
    const tall = count ? Math.max((count / most) * height, ratio) : 0;
    context.fillRect(Math.round(bin * size), height - tall, Math.max(Math.round(size) - ratio, 1), tall);
  });
}
