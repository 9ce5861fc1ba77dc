// A flight of the view to another place: out far enough to see both ends, then in.

const FLIGHT_MS = 700;

/** {centre, scale} at each share 0 to 1 of the way from one view to another; size: the view's shorter side in CSS pixels. */
export function flightPath(from, to, size) {
  const distance = Math.hypot(to.centre[0] - from.centre[0], to.centre[1] - from.centre[1]);
  const widest = Math.min(from.scale, to.scale, distance > 0 ? (0.7 * size) / distance : Infinity);
  return (share) => {
    const eased = share * share * (3 - 2 * share);
    const straight = Math.log(from.scale) + eased * (Math.log(to.scale) - Math.log(from.scale));
    const dip = Math.max(0, Math.min(Math.log(from.scale), Math.log(to.scale)) - Math.log(widest));
    const scale = Math.exp(straight - dip * Math.sin(Math.PI * eased));
    const centre = from.centre.map((value, axis) => value + eased * (to.centre[axis] - value));
    return { centre, scale };
  };
}

/** Calls step(share) for each frame of the flight, the last with 1; gives back {done: promise of "landed" or "stopped", stop()}. */
export function fly(step) {
  if (window.matchMedia("(prefers-reduced-motion: reduce)").matches) {
    step(1);
    return { done: Promise.resolve("landed"), stop() {} };
  }
  let frame = null;
  let end;
  const done = new Promise((resolve) => (end = resolve));
  const began = performance.now();
  const next = (now) => {
    const share = Math.min(1, Math.max(0, (now - began) / FLIGHT_MS));
    step(share);
    if (share < 1) frame = requestAnimationFrame(next);
    else end("landed");
  };
  frame = requestAnimationFrame(next);
  return {
    done,
    stop() {
      cancelAnimationFrame(frame);
      end("stopped");
    },
  };
}
