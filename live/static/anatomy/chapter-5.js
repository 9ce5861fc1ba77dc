// Chapter 5: the gradient of the ELBO by μ and σ through the draw, beside the score-function estimate, and how far they spread.

import { createChoice } from "../choice-row.js";
import { createTrack } from "../track.js";
import { createHistograms } from "./chapter-5-histograms.js";
import { createPath } from "./chapter-5-path.js";
import { figuresIn } from "./figures.js";
import { follow } from "./follow.js";
import { ESTIMATORS, createGradientDraws, grouped } from "./gradient-draws.js";
import { bodyOf } from "./one-image.js";
import { inferenceChapter } from "./unsuited.js";

export const sources = {
  papers: [
    ["Kingma and Welling 2014, Auto-Encoding Variational Bayes", "https://arxiv.org/abs/1312.6114"],
    ["Williams 1992, Simple statistical gradient-following algorithms", "https://doi.org/10.1007/BF00992696"],
    ["Mnih and Rezende 2016, Variational Inference for Monte Carlo Objectives", "https://arxiv.org/abs/1602.06725"],
  ],
  functions: ["vae_core.objectives.gradient_draws", "vae_core.objectives.noise_path", "vae_core.objectives.quadrature_gradient"],
};

const GOAL = 4096;
const BLOCK = 256;
const SETTLE_MS = 150;
const MOST_GROUP = 6; // 2^6 draws averaged to one estimate
const COLOURS = ["--c-prior", "--c-score", "--c-q"];
const MARKUP = `
  <div class="figure-grid">
    <div class="card main">
      <canvas class="plot histograms" data-figure="chapter-5.histograms" role="img"></canvas>
      <p class="legend"><span class="key-dash"></span><span class="axes-words"></span><label class="row same-line"><input type="checkbox" class="same" checked> <span data-say="same-axis"></span></label></p>
      <table class="spreads"><thead><tr><th></th><th data-say="mean-column"></th><th data-say="spread-column" data-title="spread-title"></th><th data-say="ratio-column" data-title="ratio-title"></th></tr></thead>
        <tbody>
          <tr><th><span class="dot through" data-say="reparameterised"></span><small data-say="through-words"></small></th><td class="figure" data-figure="chapter-5.mean-through"></td><td class="figure" data-figure="chapter-5.spread-through"></td><td class="figure">1 ×</td></tr>
          <tr><th><span class="dot score" data-say="score"></span><small data-say="score-words"></small></th><td class="figure" data-figure="chapter-5.mean-score"></td><td class="figure" data-figure="chapter-5.spread-score"></td><td class="figure"><b data-figure="chapter-5.ratio-score"></b></td></tr>
          <tr><th><span class="dot baseline" data-say="score-baseline"></span><small data-say="baseline-words"></small></th><td class="figure" data-figure="chapter-5.mean-baseline"></td><td class="figure" data-figure="chapter-5.spread-baseline"></td><td class="figure"><b data-figure="chapter-5.ratio-baseline"></b></td></tr>
        </tbody></table>
    </div>
    <div class="side">
      <div class="card hand">
        <div class="control"><span class="quiet" data-say="gradient-by"></span><div class="row which"><div class="by"></div><select class="field dimension"></select></div></div>
        <div class="control"><span class="quiet" data-say="averaged" data-title="averaged-title"></span><div class="track averaged"></div><b class="figure averaged-words"></b></div>
        <div class="control"><span class="quiet" data-say="spread"></span><div class="track spread"></div><b class="figure spread-words"></b></div>
        <div class="row"><button type="button" class="afresh" data-say="draw-afresh"></button><span class="small truth-line"><span class="quiet" data-say="truth" data-title="truth-title"></span> <b class="figure" data-figure="chapter-5.exact"></b></span></div>
      </div>
      <p class="verdict" role="status"></p>
      <div class="card gradient-path"></div>
    </div>
  </div>
  <p class="reading" data-say="reading"></p>`;

export const chapter = (context) => inferenceChapter(context, MARKUP, createGradients, { needs: { likelihood: false }, kind: "gradients" });

function createGradients(context, element) {
  const find = (selector) => element.querySelector(selector);
  const figure = figuresIn(element);
  const { say, link } = context;
  const dims = context.data.latent_dim;
  const state = { by: link.get("by") === "std" ? 1 : 0, dimension: whole(link.get("d"), dims - 1, 0), averaged: 2 ** whole(link.get("n"), MOST_GROUP, 0), spread: 1, seed: whole(link.get("seed"), 2 ** 30, 1), same: link.get("axis") !== "own" };
  let draws = createGradientDraws(dims);
  let stopping = new AbortController();
  let waiting = null;
  let problem = "";
  let begun = false;

  const histograms = createHistograms(find(".histograms"), context);
  const path = createPath(find(".gradient-path"), context);
  const by = createChoice(find(".by"), { label: "", onChoose: (value) => choose({ by: value }) });
  const averaged = createTrack(find(".averaged"), { grain: 1, onMove: (value) => choose({ averaged: 2 ** Math.round(value) }), onRelease: () => {}, onReset: () => choose({ averaged: 1 }), describe: (value) => `${2 ** Math.round(value)}` });
  const spread = createTrack(find(".spread"), { grain: 0.05, onMove: (value) => ((state.spread = 2 ** value), render()), onRelease: () => begin(), onReset: () => ((state.spread = 1), begin()), describe: (value) => `× ${context.number(2 ** value)}` });
  averaged.configure({ low: 0, high: MOST_GROUP });
  spread.configure({ low: -3, high: 3 });
  find(".dimension").append(...Array.from({ length: dims }, (_, at) => new Option(`z${at + 1}`, at)));
  find(".dimension").onchange = (event) => (choose({ dimension: Number(event.target.value) }), begin());
  find(".same").onchange = (event) => choose({ same: event.target.checked });
  find(".afresh").onclick = () => (choose({ seed: Math.floor(Math.random() * 2 ** 30) }), begin());

  function choose(change) {
    Object.assign(state, change);
    link.set("by", state.by ? "std" : null);
    link.set("d", state.dimension ? String(state.dimension) : null);
    link.set("n", state.averaged > 1 ? String(Math.log2(state.averaged)) : null);
    link.set("seed", state.seed === 1 ? null : String(state.seed));
    link.set("axis", state.same ? null : "own");
    render();
  }

  async function begin() {
    if (!context.image) return;
    stopping.abort();
    const mine = (stopping = new AbortController());
    const fresh = createGradientDraws(dims);
    path.choose(state.dimension, state.spread);
    try {
      for (let block = 0; block * BLOCK < GOAL; block += 1) {
        const body = { ...bodyOf(context), seed: state.seed, block, dimension: state.dimension, spread: state.spread };
        const found = await context.ask("gradients", body, { signal: mine.signal });
        if (mine.signal.aborted) return;
        fresh.append(found);
        draws = fresh;
        problem = "";
        render();
        await new Promise((go) => setTimeout(go, context.motion ? 20 : 0));
      }
    } catch (failed) {
      if (mine.signal.aborted) return;
      problem = context.sentence(failed);
      render();
    }
  }

  // --- what is seen

  function render() {
    by.show(state.by);
    find(".dimension").value = String(state.dimension);
    find(".same").checked = state.same;
    follow(averaged, Math.log2(state.averaged));
    follow(spread, Math.log2(state.spread));
    find(".axes-words").textContent = say("axes", { by: state.by ? "σ" : "μ", count: draws.count.toLocaleString("en") });
    find(".averaged-words").textContent = String(state.averaged);
    find(".spread-words").textContent = `× ${context.number(state.spread)}`;
    path.choose(state.dimension, state.spread);
    path.words();
    if (draws.count) numbers();
    find(".verdict").textContent = problem || (draws.count ? verdict() : "");
    find(".verdict").classList.toggle("problem", Boolean(problem));
  }

  function numbers() {
    const root = Math.sqrt(state.averaged);
    const found = ESTIMATORS.map((_, estimator) => draws.of(estimator, state.by, state.dimension));
    const truth = draws.exact ? draws.exact[state.by][state.dimension] : null;
    const names = ["through", "score", "baseline"];
    found.forEach(({ mean, spread: one, error }, at) => {
      figure(`mean-${names[at]}`).textContent = `${rounded(mean)} ± ${rounded(error)}`;
      figure(`spread-${names[at]}`).textContent = rounded(one / root);
      if (at) figure(`ratio-${names[at]}`).textContent = ratioWords((one / found[0].spread) ** 2);
    });
    figure("exact").textContent = truth === null ? "" : rounded(truth);
    find(".truth-line").hidden = dims > 2;
    const captions = [say("reparameterised"), say("score"), say("score-baseline")];
    const rows = ESTIMATORS.map((_, at) => ({ values: grouped(draws.values(at, state.by), state.averaged), colour: COLOURS[at], caption: captions[at], mean: found[at].mean, spread: found[at].spread / root }));
    histograms.show({ rows, truth, same: state.same });
    find(".histograms").ariaLabel = say("histograms-label", { through: rounded(found[0].spread / root), score: rounded(found[1].spread / root), baseline: rounded(found[2].spread / root) });
  }

  function verdict() {
    const [through, score, baseline] = ESTIMATORS.map((_, at) => draws.of(at, state.by, state.dimension).spread ** 2);
    return say(context.data.measure === "none" ? "verdict-cost" : "verdict", { score: times(score / through), baseline: times(baseline / through) });
  }

  const times = (ratio) => (context.language === "zh" ? ratioWords(ratio).replace("×", "倍") : ratioWords(ratio));

  function words() {
    context.translate(element);
    by.offer([{ value: 0, text: "μ" }, { value: 1, text: "σ" }]);
    find(".by").ariaLabel = say("gradient-by");
    find(".key-dash").textContent = say(dims > 2 ? "key-mean" : "key-truth");
    find(".dimension").ariaLabel = say("dimension");
    find(".averaged").ariaLabel = say("averaged");
    find(".spread").ariaLabel = say("spread");
    render();
  }

  words();
  return {
    element,
    show() {
      histograms.paint();
      if (begun && draws.count < GOAL) begin();
    },
    hide() {
      stopping.abort();
      clearTimeout(waiting);
    },
    image() {
      clearTimeout(waiting);
      waiting = setTimeout(() => (begin(), path.image()), begun ? SETTLE_MS : 0);
      begun = true;
    },
    noise: () => path.noise(),
    language: words,
    themed: () => histograms.paint(),
    close() {
      stopping.abort();
      clearTimeout(waiting);
      [averaged, spread].forEach((track) => track.remove());
      path.close();
      histograms.close();
    },
  };

  function rounded(value) {
    const size = Math.abs(value);
    return size >= 1000 ? Math.round(value).toLocaleString("en").replace("-", "−") : context.number(value, size >= 100 ? 0 : size >= 10 ? 1 : 2);
  }
}

/** A ratio with three digits, such as 1,240 × or 0.52 ×. */
export function ratioWords(ratio) {
  if (!Number.isFinite(ratio)) return "–";
  return `${ratio >= 100 ? Number(ratio.toPrecision(3)).toLocaleString("en") : ratio.toFixed(ratio >= 10 ? 1 : 2)} ×`;
}

function whole(text, most, otherwise) {
  const value = text === null ? NaN : Number(text);
  return Number.isInteger(value) && value >= 0 && value <= most ? value : otherwise;
}
