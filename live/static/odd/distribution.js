// The histogram of a score with the threshold as a line to drag, and the chosen class in a second colour.

import { holdPointer } from "../held-pointer.js";

const BINS = 80;

/**
 * In `element`, which holds a canvas and `.line`. onMove(threshold, stamp) while the hand holds on, onEnd() when it lets go. Gives back
 * {open(values, anomalous or null), set(threshold)}.
 */
export function createDistribution(element, { onMove, onEnd, signal }) {
  const canvas = element.querySelector("canvas");
  const line = element.querySelector(".line");
  let [low, high, bins, marked, threshold] = [0, 1, [], null, 0];
  let values = null;
  const shareOf = (value) => Math.min(1, Math.max(0, (value - low) / (high - low || 1)));

  /** A few far outliers shall not press all others into one bar: the axis ends where they begin, and holds them in its last bar. */
  function ends() {
    const ordered = Float32Array.from(values).sort();
    const at = (share) => ordered[Math.round(share * (ordered.length - 1))];
    const room = (at(0.99) - at(0.01)) * 0.6 || 1;
    [low, high] = [Math.max(ordered[0], at(0.01) - room), Math.min(ordered.at(-1), at(0.99) + room)];
    if (!(low < high)) [low, high] = [ordered[0] - 0.5, ordered.at(-1) + 0.5];
  }

  function draw() {
    const ratio = window.devicePixelRatio || 1;
    const [width, height] = [canvas.clientWidth * ratio, canvas.clientHeight * ratio];
    if (!width) return;
    Object.assign(canvas, { width, height });
    const context = canvas.getContext("2d");
    const style = getComputedStyle(canvas);
    const most = Math.max(1, ...bins);
    const wide = width / BINS;
    const bar = (count, bin, colour) => {
      const tall = count ? Math.max(Math.sqrt(count / most) * (height - ratio), 2 * ratio) : 0;
      context.fillStyle = colour;
      context.fillRect(Math.round(bin * wide), height - tall, Math.max(Math.round(wide) - ratio, 1), tall);
    };
    bins.forEach((count, bin) => {
      const above = low + ((bin + 0.5) / BINS) * (high - low) >= threshold;
      bar(count, bin, style.getPropertyValue(above ? "--accent" : "--mute"));
      if (marked) bar(marked[bin], bin, style.getPropertyValue("--marked"));
    });
  }

  function show() {
    line.style.left = `${100 * shareOf(threshold)}%`;
    line.ariaValueMin = String(low);
    line.ariaValueMax = String(high);
    line.ariaValueNow = String(threshold);
    line.ariaValueText = `${threshold.toPrecision(4)}`;
    draw();
  }

  function move(next, stamp) {
    if (next === threshold) return;
    threshold = next;
    show();
    onMove(threshold, stamp);
  }

  const valueAt = (event) => {
    const box = canvas.getBoundingClientRect();
    return low + Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)) * (high - low);
  };
  const toHand = (event) => move(valueAt(event), event.timeStamp);
  holdPointer(element, { may: () => values !== null, onGrab: toHand, onMove: toHand, onLetGo: onEnd, focus: line, signal });
  line.addEventListener("keydown", (event) => {
    const step = (high - low) / (event.shiftKey ? 500 : 100);
    const next = { ArrowLeft: threshold - step, ArrowDown: threshold - step, ArrowRight: threshold + step, ArrowUp: threshold + step, Home: low, End: high }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    move(Math.min(Math.max(next, low), high), event.timeStamp);
  }, { signal });
  line.addEventListener("keyup", onEnd, { signal });
  new ResizeObserver(() => draw()).observe(canvas);

  return {
    get ends() {
      return [low, high];
    },
    open(scores, anomalous) {
      values = scores;
      ends();
      bins = new Array(BINS).fill(0);
      marked = anomalous ? new Array(BINS).fill(0) : null;
      values.forEach((value, row) => {
        const bin = Math.min(BINS - 1, Math.floor(shareOf(value) * BINS));
        bins[bin] += 1;
        if (marked && anomalous(row)) marked[bin] += 1;
      });
      show();
    },
    set(value) {
      threshold = value;
      show();
    },
  };
}
