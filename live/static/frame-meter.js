// How fast the hand is followed: milliseconds from the pointer event to the written canvas, and pictures per second.
// A stamp is the pointer event's `timeStamp`, which counts as `performance.now()` does.

const WINDOW_MS = 1000;
const REFRESH_MS = 250; // setting text costs a layout; four times a second is enough to read
const KEPT = 240;

/** The meter writes "2.4 ms · 60 frames/s" into `element` and tells listeners of "latent-move" and "latent-frame". */
export function createFrameMeter(element) {
  const frames = []; // {drawn, delay} of the last pictures
  let refresh = null;
  Object.assign(element.style, { fontFamily: "var(--st-code-font, monospace)", fontVariantNumeric: "tabular-nums" });

  function show() {
    refresh = null;
    const now = performance.now();
    const recent = frames.filter((frame) => now - frame.drawn <= WINDOW_MS);
    const measured = recent.length > 0 ? recent : frames.slice(-1);
    if (measured.length === 0) return;
    const delay = median(measured.map((frame) => frame.delay));
    element.textContent = `${delay.toFixed(1)} ms · ${recent.length} frames/s`;
    if (recent.length > 0) refresh = setTimeout(show, REFRESH_MS);
  }

  return {
    /** A move of the hand that changed the latent. */
    sent(stamp) {
      document.dispatchEvent(new CustomEvent("latent-move", { detail: { stamp } }));
    },
    /** The picture of that move is on the canvas; `changed` says whether its pixels differ from those before. */
    drawn(stamp, changed) {
      const drawn = performance.now();
      document.dispatchEvent(new CustomEvent("latent-frame", { detail: { stamp, drawn, changed } }));
      frames.push({ drawn, delay: drawn - stamp });
      if (frames.length > KEPT) frames.shift();
      refresh ??= setTimeout(show, REFRESH_MS);
    },
    /** No more writing: for a component that leaves the page. */
    stop() {
      clearTimeout(refresh);
      refresh = null;
    },
  };
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
