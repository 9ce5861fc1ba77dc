// How fast the hand is followed: milliseconds from the pointer event to the written canvas, and pictures per second;
// what plays by itself has pictures per second only. At rest the figures of the last movement stay.
// A stamp is the pointer event's `timeStamp`, which counts as `performance.now()` does.

const WINDOW_MS = 1000;
const PAUSE_MS = 300; // without a picture for so long, the movement is over
const FEWEST = 5; // fewer pictures, such as a key press, are no rate
const REFRESH_MS = 250; // setting text costs a layout; four times a second is enough to read
const KEPT = 600;

/** The meter writes "2.4 ms · 60 frames/s" into `element`, or "60 frames/s" of what plays, and tells listeners of "latent-move" and "latent-frame". */
export function createFrameMeter(element) {
  const frames = []; // {drawn, delay} of one movement's last pictures; delay null where no hand moved them
  let refresh = null;
  Object.assign(element.style, { fontFamily: "var(--st-code-font, monospace)", fontVariantNumeric: "tabular-nums" });

  function show() {
    refresh = null;
    const last = frames.at(-1).drawn;
    const resting = performance.now() - last > PAUSE_MS;
    element.textContent = figures(resting ? frames : frames.filter(({ drawn }) => last - drawn <= WINDOW_MS));
    if (!resting) refresh = setTimeout(show, REFRESH_MS);
  }

  function add(drawn, delay) {
    const before = frames.at(-1);
    if (before && (drawn - before.drawn > PAUSE_MS || (delay === null) !== (before.delay === null))) frames.length = 0;
    frames.push({ drawn, delay });
    if (frames.length > KEPT) frames.shift();
    refresh ??= setTimeout(show, REFRESH_MS);
  }

  return {
    /** A move of the hand that changed the latent. */
    sent(stamp) {
      document.dispatchEvent(new CustomEvent("latent-move", { detail: { stamp } }));
    },
    /** The picture of that move is on the canvas since `drawn`; `changed` says whether its pixels differ from those before. */
    drawn(stamp, { changed, drawn = performance.now() }) {
      document.dispatchEvent(new CustomEvent("latent-frame", { detail: { stamp, drawn, changed } }));
      add(drawn, drawn - stamp);
    },
    /** A picture that no hand asked for is on the canvas. */
    played() {
      add(performance.now(), null);
    },
    /** No more writing: for a component that leaves the page. */
    stop() {
      clearTimeout(refresh);
      refresh = null;
    },
  };
}

function figures(frames) {
  const parts = [];
  if (frames[0].delay !== null) parts.push(`${median(frames.map(({ delay }) => delay)).toFixed(1)} ms`);
  const seconds = (frames.at(-1).drawn - frames[0].drawn) / 1000;
  if (frames.length >= FEWEST) parts.push(`${Math.round((frames.length - 1) / seconds)} frames/s`);
  return parts.join(" · ");
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
