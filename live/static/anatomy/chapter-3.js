// Chapter 3: why log p(x) is out of reach, and how weighed draws of z close in on it from below.

import { createChoice } from "../choice-row.js";
import { holdPointer } from "../held-pointer.js";
import { createTrack } from "../track.js";
import { createEvidenceChart } from "./chapter-3-chart.js";
import { createHeaviest } from "./chapter-3-heaviest.js";
import { figuresIn } from "./figures.js";
import { follow } from "./follow.js";
import { gridPosterior } from "./grid-posterior.js";
import { inferenceChapter, pixelNote } from "./unsuited.js";
import { createWeightStream } from "./weight-stream.js";

export const sources = {
  papers: [["Burda, Grosse and Salakhutdinov 2015, Importance Weighted Autoencoders", "https://arxiv.org/abs/1509.00519"]],
  functions: ["vae_core.metrics.weighed_from_posterior", "vae_core.metrics.evidence_estimate", "vae_core.metrics.bounds_by_count", "vae_core.metrics.grid_posterior"],
};

const FIRST_GOAL = 4096;
const LAST_GOAL = 65536;
const SETTLE_MS = 150; // an image that still changes under a hand is waited for
const SURPRISE = 3; // standard errors that a truth may lie above the estimate before it is said
const FEW = 10; // effective draws below which a standard error says little
const FORMULAS = {
  posterior: String.raw`\log p(x)=\log\!\int\! p(x|z)\,p(z)\,dz\;\approx\;\log\frac1K\sum_{k=1}^{K}\frac{p(x|z_k)\,p(z_k)}{q(z_k|x)}=\slot[8]{value}\;\pm\slot[6]{error}`,
  prior: String.raw`\log p(x)=\log\!\int\! p(x|z)\,p(z)\,dz\;\approx\;\log\frac1K\sum_{k=1}^{K}p(x|z_k)=\slot[8]{value}\;\pm\slot[6]{error}`,
};
const MARKUP = `
  <div class="figure-grid">
    <div class="card main">
      <div class="its-formula"></div>
      <p class="quiet small weight-words"></p>
      <canvas class="plot evidence-curve" data-figure="chapter-3.curve" tabindex="0" role="slider" aria-valuemin="1"></canvas>
      <p class="legend"><span class="key key-run" data-say="key-run"></span><span class="key key-mean" data-say="key-mean" data-title="key-mean-title"></span><span class="key key-true" data-say="key-true"></span></p>
    </div>
    <div class="side">
      <div class="card hand">
        <div class="control"><span class="quiet" data-say="draw-from"></span><div class="from"></div></div>
        <div class="control"><span class="quiet" data-say="draws"></span><div class="track draws"></div><b class="figure draws-words"></b></div>
        <div class="control spread-line"><span class="quiet" data-say="spread" data-title="spread-title"></span><div class="track spread"></div><b class="figure spread-words"></b></div>
        <div class="row"><button type="button" class="more" data-say="draw-more"></button><button type="button" class="afresh" data-say="draw-afresh" data-title="draw-afresh-title"></button><button type="button" class="pause" data-say="pause"></button></div>
      </div>
      <dl class="card facts">
        <div><dt data-say="estimate"></dt><dd class="figure"><b data-figure="chapter-3.estimate"></b> <span>± <span data-figure="chapter-3.standard-error"></span></span></dd></div>
        <div><dt data-say="bound" data-title="key-mean-title"></dt><dd class="figure" data-figure="chapter-3.bound"></dd></div>
        <div class="exact-line"><dt data-say="exact"></dt><dd class="figure"><b data-figure="chapter-3.exact"></b> <span>± <span data-figure="chapter-3.grid-error"></span></span></dd></div>
        <div class="exact-line"><dt data-say="missing"></dt><dd class="figure" data-figure="chapter-3.missing"></dd></div>
        <div><dt data-say="effective" data-title="effective-title"></dt><dd class="figure" data-figure="chapter-3.effective"></dd></div>
      </dl>
      <p class="verdict" role="status"></p>
      <div class="card"><p class="quiet small" data-say="heaviest"></p><div class="heaviest" data-figure="chapter-3.heaviest"></div></div>
    </div>
  </div>
  <p class="why quiet"></p>
  <p class="reading" data-say="reading"></p>`;

export const chapter = (context) => inferenceChapter(context, MARKUP, createEvidence);

function createEvidence(context, element) {
  const find = (selector) => element.querySelector(selector);
  const figure = figuresIn(element);
  const { say, number, link } = context;
  const state = { from: link.get("from") === "prior" ? "prior" : "posterior", spread: within(link.get("spread"), 0.25, 4, 1), seed: Math.round(within(link.get("seed"), 0, 2 ** 30, 1)), k: within(link.get("k"), 1, LAST_GOAL, null) };
  let exact = null; // the grid's answer for the image at hand
  let problem = "";
  let waiting = null;
  let shown = false;
  let formula = null;
  const leaving = new AbortController();

  const chart = createEvidenceChart(find(".evidence-curve"), context);
  const heaviest = createHeaviest(find(".heaviest"), context);
  const stream = createWeightStream(context, { onDraws: () => drawn(), onProblem: (sentence) => ((problem = sentence), render()) });
  const from = createChoice(find(".from"), { label: "", onChoose: (value) => choose({ from: value }) });
  const draws = createTrack(find(".draws"), { grain: 0.001, onMove: (value) => setK(2 ** value), onRelease: () => {}, describe: () => k().toLocaleString("en") });
  const spread = createTrack(find(".spread"), { grain: 0.05, onMove: (value) => setSpread(2 ** value), onRelease: () => choose({ spread: state.spread }), onReset: () => choose({ spread: 1 }), describe: () => `× ${number(state.spread)}` });
  spread.configure({ low: -2, high: 2 });
  find(".more").onclick = () => more();
  find(".pause").onclick = () => (stream.stop(), render());
  find(".afresh").onclick = () => choose({ seed: Math.floor(Math.random() * 2 ** 30) });
  holdPointer(find(".evidence-curve"), { onGrab: (event) => setK(chart.kAt(event)), onMove: (event) => setK(chart.kAt(event)), onLetGo: () => {}, focus: find(".evidence-curve"), signal: leaving.signal });
  find(".evidence-curve").addEventListener("keydown", (event) => {
    const way = { ArrowRight: 1.25, ArrowUp: 1.25, ArrowLeft: 0.8, ArrowDown: 0.8 }[event.key];
    if (!way) return;
    event.preventDefault();
    setK(way > 1 ? Math.max(k() + 1, k() * way) : Math.min(k() - 1, k() * way));
  });

  const k = () => Math.max(1, Math.min(stream.weights.count || 1, Math.round(state.k ?? Infinity)));

  function setK(value) {
    state.k = value >= stream.weights.count ? null : Math.max(1, value);
    link.set("k", state.k === null ? null : String(k()));
    render();
  }

  function setSpread(value) {
    state.spread = value;
    find(".spread-words").textContent = `× ${number(value)}`;
  }

  function choose(change) {
    Object.assign(state, change);
    link.set("from", state.from === "prior" ? "prior" : null);
    link.set("spread", state.spread === 1 ? null : number(state.spread, 3));
    link.set("seed", state.seed === 1 ? null : String(state.seed));
    settings();
    begin();
  }

  function settings() {
    from.show(state.from);
    spread.set(Math.log2(state.spread));
    setSpread(state.spread);
    element.classList.toggle("from-prior", state.from === "prior");
    find(".spread-line").classList.toggle("off", state.from === "prior");
    spread.lock(state.from === "prior");
    formula = context.formula(find(".its-formula"), FORMULAS[state.from], { display: true });
  }

  function begin() {
    if (!context.image || !shown) return;
    problem = "";
    stream.start({ from: state.from, spread: state.from === "prior" ? 1 : state.spread, seed: state.seed, goal: FIRST_GOAL });
  }

  function more() {
    const { count } = stream.weights;
    stream.extend(count < FIRST_GOAL ? FIRST_GOAL : Math.min(LAST_GOAL, 4 * count));
    setK(Infinity);
  }

  function drawn() {
    heaviest.show(stream.best, stream.weights);
    render();
  }

  async function integrate() {
    if (context.data.latent_dim !== 2) return;
    const { image, label } = context;
    exact = null;
    try {
      const found = await gridPosterior(context);
      if (image === context.image && label === context.label) exact = found;
    } catch (failed) {
      problem = context.sentence(failed);
    }
    render();
  }

  function render() {
    const { weights } = stream;
    draws.configure({ low: 0, high: Math.log2(Math.max(weights.count, FIRST_GOAL)) });
    follow(draws, Math.log2(k()));
    find(".draws-words").textContent = k().toLocaleString("en");
    find(".more").textContent = say(!stream.running && weights.count && weights.count < FIRST_GOAL ? "go-on" : "draw-more");
    find(".more").disabled = stream.running || weights.count >= LAST_GOAL;
    find(".pause").disabled = !stream.running;
    find(".weight-words").textContent = say(state.from === "prior" ? "weight-prior" : "weight-q");
    const truth = exact?.log_evidence ?? null;
    chart.show({ weights, exact: truth, k: k(), colour: state.from === "prior" ? "--c-prior" : "--c-q", words: { draws: say("axis-draws"), exact: say("key-true"), nats: say("axis-nats"), below: (value) => say("axis-below", { value: number(value, 0) }) } });
    if (weights.count) numbers(weights, truth);
    find(".verdict").textContent = problem || (weights.count ? verdict(weights) : "");
    find(".verdict").classList.toggle("problem", Boolean(problem));
    find(".why").textContent = `${why()} ${pixelNote(context)}`;
  }

  function numbers(weights, truth) {
    const { value, error, effective } = weights.at(k());
    const bound = weights.bounds().findLast(({ count }) => count <= k());
    const told = Number.isFinite(error) ? number(error, error < 0.1 ? 3 : 2) : "∞";
    figure("estimate").textContent = number(value);
    figure("standard-error").textContent = told;
    figure("bound").textContent = bound ? `${number(bound.mean)} (K = ${bound.count})` : "–";
    figure("effective").textContent = say("count-of", { effective: number(effective, effective < 10 ? 1 : 0), count: k().toLocaleString("en") });
    figure("exact").textContent = truth === null ? "…" : number(truth);
    figure("grid-error").textContent = exact ? (exact.error < 1e-4 ? "< 0.0001" : number(exact.error, 4)) : "…";
    figure("missing").textContent = truth === null ? "…" : say(truth < value ? "above" : "below", { apart: number(Math.abs(truth - value)) });
    formula.set({ value: number(value), error: told });
    Object.assign(find(".evidence-curve"), { ariaValueMax: String(weights.count), ariaValueNow: String(k()), ariaValueText: `K = ${k()}: ${number(value)} ± ${told}` });
    find(".evidence-curve").ariaLabel = say("curve-label", { k: k(), value: number(value), error: told, exact: truth === null ? "–" : number(truth) });
  }

  function verdict(weights) {
    const { value, error, effective } = weights.at(k());
    if (k() < 64) return say("verdict-few");
    const lacking = (exact?.log_evidence ?? value) - value;
    if (lacking > SURPRISE * error + 0.01) return say(state.from === "prior" ? "verdict-missed-prior" : "verdict-missed-q", { lacking: number(lacking), error: number(error, 2) });
    if (effective < FEW) return say("verdict-heavy", { share: `${Math.round(100 * heaviestShare(weights))} %` });
    const [one] = weights.bounds();
    return say(state.from === "prior" ? "verdict-prior" : "verdict-good", { draws: Math.round(effective).toLocaleString("en"), count: k().toLocaleString("en"), one: one ? number(one.mean) : "–" });
  }

  const heaviestShare = (weights) => (stream.best.length ? weights.share(stream.best[0].log_weight) : 0);

  function why() {
    const dims = context.data.latent_dim;
    const power = raised(Math.round(dims * Math.log10(64)));
    if (dims !== 2) return say("why-many", { dims, power });
    if (exact) return say("why-plane", { points: exact.points.toLocaleString("en") });
    return say("integrating");
  }

  function words() {
    context.translate(element);
    from.offer([{ value: "posterior", text: say("from-q"), title: say("from-q-title") }, { value: "prior", text: say("from-prior"), title: say("from-prior-title") }]);
    find(".from").ariaLabel = say("draw-from");
    from.show(state.from);
    find(".draws").ariaLabel = say("draws");
    find(".spread").ariaLabel = say("spread");
    heaviest.words();
    render();
  }

  element.querySelectorAll(".exact-line, .key-true").forEach((line) => (line.hidden = context.data.latent_dim !== 2));
  settings();
  words();
  return {
    element,
    show() {
      shown = true;
      if (context.image && stream.weights.count && !stream.running && stream.weights.count < FIRST_GOAL) stream.extend(FIRST_GOAL);
      chart.paint();
    },
    hide() {
      shown = false;
      stream.stop();
      clearTimeout(waiting);
    },
    image() {
      clearTimeout(waiting);
      waiting = setTimeout(() => (begin(), integrate()), stream.weights.count ? SETTLE_MS : 0);
    },
    language: words,
    themed: () => chart.paint(),
    close() {
      leaving.abort();
      stream.stop();
      clearTimeout(waiting);
      [draws, spread, chart].forEach((part) => (part.remove ?? part.close)());
      heaviest.close();
    },
  };
}

const raised = (power) => [...String(power)].map((digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[digit]).join("");

function within(text, low, high, otherwise) {
  const value = text === null ? NaN : Number(text);
  return value >= low && value <= high ? value : otherwise;
}
