// The curves of a run: charts with one axis across. The pointer reads all of them at one place, a drag zooms into all of them,
// a double click (or 0) shows the whole again. Whatever comes, they are drawn once a frame.

import { onPointerMoves } from "../pointer.js";
import { createChart } from "./chart.js";
import { epochCurve, stepCurve } from "./records.js";
import { createSmoother } from "./smooth.js";

const NATS = "nats per image";
const CHARTS = {
  elbo: { title: "−ELBO", unit: NATS, words: "What training lowers when β is 1: reconstruction + KL. Lower is better" },
  reconstruction: { title: "Reconstruction", unit: NATS, words: "How badly the decoder explains the pixels: −log p(x|z)" },
  kl: { title: "KL", unit: NATS, words: "How much the code says about an image: KL of q(z|x) from the prior" },
  rate: { title: "Learning rate", unit: "", words: "How far a step changes the weights" },
  beta: { title: "β", unit: "", words: "The weight of the KL (or of the total correlation) in the loss" },
  gradient: { title: "Gradient norm", unit: "", words: "How steep the loss is before clipping; jumps and growth announce divergence" },
  speed: { title: "Images per second", unit: "", words: "Of the training steps alone" },
};
export const MAIN = ["elbo", "reconstruction", "kl"];
export const SIDE = ["rate", "beta", "gradient", "speed"];
const FINEST = 0.02; // epochs: no zoom goes further
const NONE = "Not logged: the run is older than this figure.";

/**
 * The charts in `places` ({name: element}). onPick(epoch) when a place is clicked; onView(view, steps drawn). Gives back {show(records, reach), set({log,
 * smoothing}), cursor(epoch), redraw(), view, reset()}.
 */
export function createCurves(places, { signal, onPick, onView = () => {} }) {
  const charts = Object.fromEntries(Object.entries(places).map(([name, element]) => [name, createChart(element, CHARTS[name])]));
  const all = Object.values(charts);
  const looks = { log: false, smoothing: 0.2 };
  const smoothers = {}; // one for each curve of steps
  let [records, reach, zoom, cursor, hovered, beat] = [null, 1, null, null, null, null];
  signal.addEventListener("abort", () => cancelAnimationFrame(beat));
  const view = () => ({ from: zoom?.[0] ?? 0, to: zoom?.[1] ?? Math.max(reach, 1) });

  function linesOf(name) {
    const { epochs, steps } = records;
    const logged = steps.length > 0;
    const step = (column) => (logged ? stepCurve(steps, column) : null);
    const epoch = (value) => epochCurve(epochs, value);
    switch (name) {
      case "elbo":
        return both("elbo", step("elbo"), epoch((each) => each.reconstruction + each.kl), epoch((each) => each.validation_reconstruction + each.validation_kl), epoch((each) => each.train_loss), epoch((each) => each.validation_loss));
      case "reconstruction":
        return both("reconstruction", step("reconstruction"), epoch((each) => each.reconstruction), epoch((each) => each.validation_reconstruction));
      case "kl":
        return both("kl", step("kl"), epoch((each) => each.kl), epoch((each) => each.validation_kl));
      case "rate":
        return [{ name: "", colour: "--accent", ...(step("learning_rate") ?? epoch((each) => each.learning_rate)) }];
      case "beta":
        return logged ? [{ name: "", colour: "--accent", ...stepCurve(steps, "beta") }] : [];
      case "gradient":
        return logged ? oneOfSteps("gradient_norm") : [];
      default:
        return logged ? oneOfSteps("images_per_second") : [{ name: "", colour: "--accent", ...epoch((each) => each.images_per_second) }];
    }
  }

  function both(key, steps, train, validation, otherTrain, otherValidation) {
    const one = train.x.length ? train : (otherTrain ?? train);
    const other = validation.x.length ? validation : (otherValidation ?? validation);
    const training = steps ? smoothPair(key, "training", "--train", steps) : [{ name: "training", colour: "--train", ...one }];
    return [...training, { name: "validation", colour: "--validation", dots: other.x.length < 25, ...other }];
  }

  function smoothPair(key, name, colour, curve) {
    if (!looks.smoothing) return [{ name, colour, wide: 1, ...curve }];
    smoothers[key] ??= createSmoother();
    return [{ name, colour, faint: true, wide: 1, ...curve }, { name, colour, x: curve.x, y: smoothers[key].of(curve, looks.smoothing) }];
  }

  const oneOfSteps = (column) => smoothPair(column, "", "--accent", stepCurve(records.steps, column));

  function draw() {
    beat ??= requestAnimationFrame(drawNow);
  }

  function drawNow() {
    beat = null;
    if (!records) return;
    for (const [name, chart] of Object.entries(charts)) {
      const lines = linesOf(name).filter(({ x, y }) => x.length && y.some((value) => !Number.isNaN(value)));
      chart.show(lines, { ...view(), log: looks.log && (MAIN.includes(name) || name === "rate" || name === "gradient") }, records.last || records.steps.length ? NONE : "The curves begin with the first steps.");
    }
    onView(view(), records.steps.length);
    marks();
  }

  function marks() {
    const at = hovered ?? cursor ?? Infinity;
    for (const chart of all) {
      chart.place(cursor);
      chart.hover(hovered);
      chart.readAt(at, hovered === null ? "" : `epoch ${hovered.toFixed(hovered < 10 ? 1 : 0)}`);
    }
  }

  all.forEach((chart) => listen(chart));

  function listen(chart) {
    const { plot } = chart;
    const on = (name, handler) => plot.addEventListener(name, handler, { signal });
    let from = null;
    onPointerMoves(plot, (event) => {
      const x = chart.pick(event.clientX);
      if (from !== null) chart.zoomFrom(from, x);
      if (x === hovered) return;
      hovered = x;
      marks();
    }, signal);
    on("pointerleave", () => (hovered = null, marks()));
    on("pointerdown", (event) => {
      if (event.button !== 0 || event.pointerType === "touch") return;
      from = chart.pick(event.clientX);
      plot.setPointerCapture(event.pointerId);
    });
    on("pointerup", (event) => {
      if (from === null) return;
      const ends = [from, chart.pick(event.clientX)].sort((one, other) => one - other);
      from = null;
      chart.zoomFrom(null);
      const { from: left, to: right } = view();
      if (ends[1] - ends[0] < 0.02 * (right - left)) return onPick(ends[0]);
      zoomTo(ends);
    });
    on("pointercancel", () => ((from = null), chart.zoomFrom(null)));
    on("dblclick", () => zoomTo(null));
    on("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const next = keyed(event.key);
      if (next === undefined) return;
      event.preventDefault();
      zoomTo(next);
    });
  }

  function keyed(key) {
    const { from, to } = view();
    const wide = to - from;
    const middle = cursor !== null && cursor > from && cursor < to ? cursor : (from + to) / 2;
    if (key === "+" || key === "=") return [middle - wide / 4, middle + wide / 4];
    if (key === "-") return [middle - wide, middle + wide];
    if (key === "0") return null;
    if (zoom && key === "ArrowLeft") return [from - wide / 8, to - wide / 8];
    if (zoom && key === "ArrowRight") return [from + wide / 8, to + wide / 8];
    return undefined;
  }

  function zoomTo(ends) {
    if (ends && ends[1] - ends[0] < FINEST) return;
    const whole = Math.max(reach, 1);
    if (ends) ends = [Math.max(0, ends[0]), Math.min(whole, ends[1])];
    zoom = ends && ends[1] - ends[0] < 0.98 * whole ? ends : null;
    draw();
  }

  return {
    show(given, to) {
      [records, reach] = [given, to];
      draw();
    },
    set(changes) {
      Object.assign(looks, changes);
      draw();
    },
    cursor(epoch) {
      cursor = epoch;
      marks();
    },
    redraw: draw,
    reset: () => zoomTo(null),
    get zoomed() {
      return zoom !== null;
    },
  };
}
