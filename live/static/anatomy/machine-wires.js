// What moves is seen on its way: a pulse along each connector, one after the other. Transforms only: nothing is laid out anew.

const WAYS = {
  image: [["encoder", 0], ["decoder", 260], ["sum", 480]],
  noise: [["noise", 0], ["decoder", 180], ["sum", 400]],
};
const PULSE_MS = 340;
const APART_MS = 1200; // a hand that goes on moving starts no more pulses than this

const across = ([wide]) => [
  { opacity: 0, transform: "translate(0, 0)" }, { opacity: 1, offset: 0.2 }, { opacity: 1, offset: 0.8 }, { opacity: 0, transform: `translate(${wide - 8}px, 0)` },
];

/** From the noise to the right, up, and on to the latents. */
const upwards = ([wide, tall]) => [
  { opacity: 0, transform: "translate(0, 0)" },
  { opacity: 1, transform: `translate(${wide / 2 - 5}px, 0)`, offset: 0.3 },
  { opacity: 1, transform: `translate(${wide / 2 - 5}px, ${-tall / 2}px)`, offset: 0.75 },
  { opacity: 0, transform: `translate(${wide - 8}px, ${-tall / 2}px)` },
];

/** The connectors of `board`, each with a data-wire; moves(): whether things may move. Gives back {run("image" | "noise")}. */
export function createWires(board, moves) {
  const last = {};
  const wires = {};
  const sizes = new WeakMap(); // of a connector, measured when nothing moves
  const watching = new ResizeObserver((seen) => seen.forEach(({ target, contentRect: { width, height } }) => sizes.set(target, [width, height])));
  for (const wire of board.querySelectorAll("[data-wire]")) {
    (wires[wire.dataset.wire] ??= []).push(wire);
    watching.observe(wire);
  }

  function pulse(name, delay) {
    const now = performance.now();
    if (now - (last[name] ?? -Infinity) < APART_MS) return;
    last[name] = now;
    for (const wire of wires[name] ?? []) {
      const dot = wire.querySelector(":scope > i");
      dot.animate((name === "noise" ? upwards : across)(sizes.get(wire) ?? [50, 100]), { duration: PULSE_MS, delay, easing: "ease-in-out" });
    }
  }

  return {
    run(way) {
      if (moves()) WAYS[way].forEach(([name, delay]) => pulse(name, delay));
    },
  };
}
