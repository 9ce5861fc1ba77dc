// Chapter 4: the ELBO of this image under any normal q, and what it lacks to log p(x): KL(q(z|x) ‖ p(z|x)).

import { createTrack } from "../track.js";
import { createGapBar } from "./chapter-4-bar.js";
import { createPlane } from "./chapter-4-plane.js";
import { figuresIn } from "./figures.js";
import { gridPosterior } from "./grid-posterior.js";
import { createUnsuited, pixelNote, whyUnsuited } from "./unsuited.js";
import { createWeightStream } from "./weight-stream.js";

export const sources = {
  papers: [
    ["Kingma and Welling 2014, Auto-Encoding Variational Bayes", "https://arxiv.org/abs/1312.6114"],
    ["Cremer, Li and Duvenaud 2018, Inference Suboptimality in Variational Autoencoders", "https://arxiv.org/abs/1801.03558"],
  ],
  functions: ["vae_core.objectives.gaussian_elbo", "vae_core.objectives.raised_gaussian", "vae_core.metrics.grid_posterior", "vae_core.metrics.kl_around"],
};

const raised = (power) => [...String(power)].map((digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[digit]).join("");
const DRAWS = 4096; // of the estimate of log p(x), where no grid can tell it
const STEPS = 2; // up the ELBO in one request
const MOST_CLIMBS = 150;
const SETTLE_MS = 150;
const FITS = 0.05; // nats below which q is the true posterior for the eye
const LEAST_SPAN = 4; // nats from the ceiling to the bar's foot
const FORMULA = String.raw`\begin{array}{ccccc}\log p(x)&=&\overbrace{\mathbb{E}_q[\log p(x|z)]-\mathrm{KL}(q(z|x)\,\|\,p(z))}^{\mathrm{ELBO}}&+&\mathrm{KL}(q(z|x)\,\|\,p(z|x))\\[4pt]\slot[9]{evidence}&=&\slot[9]{likelihood}\;-\;\slot[7]{kl}&+&\slot[8]{gap}\end{array}`;
const MARKUP = `
  <div class="figure-grid">
    <div class="card main plane-card">
      <div class="its-formula"></div>
      <div class="plane-and-bar">
        <canvas class="plot posterior-plane" data-figure="chapter-4.posterior" tabindex="0" role="application"></canvas>
        <div class="gap-bar" data-figure="chapter-4.bar" aria-hidden="true"></div>
      </div>
      <p class="legend"><span class="key key-true" data-say="key-posterior" data-title="key-posterior-title"></span><span class="key key-run" data-say="key-q"></span><span class="key key-encoder" data-say="key-encoder"></span></p>
    </div>
    <div class="side">
      <div class="card hand">
        <div class="control shift-line"><label class="quiet"><span data-say="shift"></span> <select class="field dimension"></select></label><div class="track shift"></div><b class="figure shift-words"></b></div>
        <div class="control"><span class="quiet" data-say="spread"></span><div class="track spread"></div><b class="figure spread-words"></b></div>
        <div class="row"><button type="button" class="climb" data-title="climb-title"></button><button type="button" class="reset" data-say="reset"></button></div>
      </div>
      <dl class="card facts">
        <div><dt class="evidence-name"></dt><dd class="figure"><b data-figure="chapter-4.evidence"></b> <span>± <span data-figure="chapter-4.evidence-error"></span></span></dd></div>
        <div><dt data-say="elbo" data-title="elbo-title"></dt><dd class="figure"><b data-figure="chapter-4.elbo"></b><span class="elbo-error"></span></dd></div>
        <div><dt data-say="difference"></dt><dd class="figure" data-figure="chapter-4.difference"></dd></div>
        <div class="plane-line"><dt data-say="divergence" data-title="divergence-title"></dt><dd class="figure" data-figure="chapter-4.divergence"></dd></div>
        <div class="plane-line"><dt data-say="moments" data-title="moments-title"></dt><dd class="figure" data-figure="chapter-4.moments"></dd></div>
        <div><dt data-say="its-q"></dt><dd class="figure" data-figure="chapter-4.q"></dd></div>
      </dl>
      <p class="verdict" role="status"></p>
      <p class="why quiet"></p>
    </div>
  </div>
  <p class="reading" data-say="reading"></p>`;

export function chapter(context) {
  const element = Object.assign(document.createElement("div"), { className: "inference" });
  const reason = whyUnsuited(context.data);
  if (reason) {
    const { element: said, words } = createUnsuited(context, reason);
    element.append(said);
    return { element, language: words };
  }
  element.innerHTML = MARKUP;
  return createGap(context, element);
}

function createGap(context, element) {
  const find = (selector) => element.querySelector(selector);
  const figure = figuresIn(element);
  const { say, number, link } = context;
  const dims = context.data.latent_dim;
  const isPlane = dims === 2;
  let q = null; // {mean: [D], std: [D]}, what the hand has made of it
  let encoder = null;
  let grid = null;
  let told = null; // the server's last answer for a q: {elbo, kl, reconstruction, divergence, standard_error}
  let lowest = null; // the foot of the bar, for this image
  let said = "";
  let failed = "";
  let climbing = null;
  let waiting = null;
  let dimension = 0;
  const leaving = new AbortController();

  const formula = context.formula(find(".its-formula"), FORMULA, { display: true });
  const bar = createGapBar(find(".gap-bar"));
  const plane = isPlane ? createPlane(find(".posterior-plane"), context, { onMove: (next) => moved(next), onEnd: () => settle(), signal: leaving.signal }) : null;
  const stream = createWeightStream(context, { onDraws: () => render(), onProblem: (sentence) => ((failed = sentence), render()) });
  const shift = createTrack(find(".shift"), { onMove: (value) => moved({ mean: q.mean.map((old, at) => (at === dimension ? encoder.mean[at] + value * encoder.std[at] : old)), std: q.std }), onRelease: () => settle(), onReset: () => moved({ mean: [...encoder.mean], std: q.std }), describe: () => `${number(shiftOf())} σ` });
  const spread = createTrack(find(".spread"), { onMove: (value) => moved({ mean: q.mean, std: scaled(2 ** value) }), onRelease: () => settle(), onReset: () => moved({ mean: q.mean, std: [...encoder.std] }), describe: () => `× ${number(spreadOf())}` });
  shift.configure({ low: -8, high: 8 });
  spread.configure({ low: -3, high: 3 });
  find(".dimension").append(...Array.from({ length: dims }, (_, at) => new Option(`z${at + 1}`, at)));
  find(".dimension").onchange = (event) => ((dimension = Number(event.target.value)), render());
  find(".climb").onclick = () => (climbing ? stopClimbing() : climb());
  find(".reset").onclick = () => (stopClimbing(), (said = ""), moved({ mean: [...encoder.mean], std: [...encoder.std] }), settle());
  find(".shift-line").hidden = isPlane;
  element.querySelectorAll(".plane-line, .posterior-plane, .plane-card .legend").forEach((part) => (part.hidden = !isPlane));
  element.classList.toggle("no-plane", !isPlane);

  // geometric means, so that the track is where the hand left it
  function spreadOf() {
    return q ? Math.exp(q.std.reduce((sum, value, at) => sum + Math.log(value / encoder.std[at]), 0) / dims) : 1;
  }

  function shiftOf() {
    return q ? (q.mean[dimension] - encoder.mean[dimension]) / encoder.std[dimension] : 0;
  }

  const scaled = (factor) => q.std.map((value) => (value * factor) / spreadOf());

  function moved(next) {
    stopClimbing();
    said = "";
    q = { mean: [...next.mean], std: [...next.std] };
    render();
    ask();
  }

  function settle() {
    const changed = q.mean.some((value, at) => value !== encoder.mean[at]) || q.std.some((value, at) => value !== encoder.std[at]);
    link.set("q", changed && dims <= 8 ? [...q.mean, ...q.std].map((value) => value.toPrecision(6)).join(",") : null);
  }

  const evidence = () => {
    if (isPlane) return grid && { value: grid.log_evidence, error: grid.error };
    return stream.weights.count >= DRAWS ? stream.weights.at(stream.weights.count) : null;
  };

  // --- the server: one request at a time, the newest q next

  let busy = false;
  let again = false;
  async function ask() {
    if (busy) return (again = true);
    busy = true;
    do {
      again = false;
      const [asked, image] = [q, context.image];
      try {
        const known = isPlane && grid ? { evidence: grid.log_evidence } : {};
        const found = await context.ask("gap", { ...subject(), mean: asked.mean, std: asked.std, ...known });
        if (image === context.image && asked) told = { ...found, q: asked };
        failed = "";
      } catch (problem) {
        failed = problem.message;
      }
      render();
    } while (again && !leaving.signal.aborted);
    busy = false;
  }

  const subject = () => ({ image: context.base64(context.image.pixels), ...(context.label === null ? {} : { label: context.label }) });

  async function climb() {
    const mine = (climbing = {});
    said = "";
    render();
    try {
      for (let round = 0; round < MOST_CLIMBS && mine === climbing; round += 1) {
        const found = await context.ask("raised", { ...subject(), mean: q.mean, std: q.std, steps: isPlane ? STEPS : 1 });
        if (mine !== climbing) return;
        const gained = told ? found.elbo - told.elbo : Infinity;
        q = { mean: found.mean, std: found.std };
        ask();
        render();
        if (found.settled || (round > 4 && gained < 1e-4 && gained >= 0)) break;
        await new Promise((go) => setTimeout(go, context.motion ? 30 : 0));
      }
      if (mine === climbing) said = "climbed";
    } catch (problem) {
      failed = problem.message;
    }
    if (mine === climbing) climbing = null;
    settle();
    render();
  }

  function stopClimbing() {
    climbing = null;
  }

  // --- an image

  function begin() {
    if (!context.image || !context.code) return;
    stopClimbing();
    said = "";
    encoder = { mean: Array.from(context.code.mean), std: Array.from(context.code.std) };
    q = fromLink() ?? { mean: [...encoder.mean], std: [...encoder.std] };
    [grid, told, lowest] = [null, null, null];
    ask();
    if (isPlane) integrate();
    else stream.start({ from: "posterior", spread: 1, seed: 1, goal: DRAWS });
    render();
  }

  function fromLink() {
    const values = (link.get("q") ?? "").split(",").map(Number);
    if (begun || values.length !== 2 * dims || !values.every(Number.isFinite) || !values.slice(dims).every((value) => value > 0)) return null;
    return { mean: values.slice(0, dims), std: values.slice(dims) };
  }
  let begun = false;

  async function integrate() {
    const { image, label } = context;
    try {
      const found = await gridPosterior(context);
      if (image !== context.image || label !== context.label) return;
      grid = found;
      ask();
    } catch (problem) {
      failed = problem.message;
    }
    render();
  }

  // --- what is seen

  /** Where q lies, before the grid has come: nothing in it yet. */
  function emptyField() {
    const half = 6 * Math.max(...encoder.std);
    return { low: encoder.mean.map((value) => value - half), high: encoder.mean.map((value) => value + half), side: 0, values: [] };
  }

  function render() {
    if (!q) return;
    const ceiling = evidence();
    plane?.show({ field: grid?.window ?? emptyField(), q, encoder });
    spread.set(Math.log2(spreadOf()));
    shift.set(shiftOf());
    find(".spread-words").textContent = `× ${number(spreadOf())}`;
    find(".shift-words").textContent = `${number(shiftOf(), 1)} σ`;
    find(".climb").textContent = say(climbing ? "stop" : "climb");
    figure("q").textContent = isPlane ? placeWords(q.mean, q.std) : "";
    figure("q").parentElement.hidden = !isPlane;
    if (told) numbers(ceiling);
    find(".verdict").textContent = failed || verdict(ceiling);
    find(".verdict").classList.toggle("problem", Boolean(failed));
  }

  function numbers(ceiling) {
    const gap = ceiling ? ceiling.value - told.elbo : null;
    if (gap !== null && lowest === null) lowest = ceiling.value - Math.max(LEAST_SPAN, 2.2 * gap);
    const texts = { evidence: ceiling ? number(ceiling.value) : "…", elbo: number(told.elbo), gap: gap === null ? "…" : number(gap) };
    figure("evidence").textContent = texts.evidence;
    figure("evidence-error").textContent = ceiling ? (ceiling.error < 1e-3 ? "< 0.001" : number(ceiling.error, 3)) : "…";
    figure("elbo").textContent = texts.elbo;
    find(".elbo-error").textContent = told.standard_error ? ` ± ${number(told.standard_error)}` : "";
    figure("difference").textContent = texts.gap;
    figure("divergence").textContent = told.divergence === null ? "…" : number(told.divergence);
    figure("moments").textContent = grid ? placeWords(grid.mean, grid.std) : "…";
    formula.set({ ...texts, likelihood: number(-told.reconstruction), kl: number(told.kl) });
    bar.show({ evidence: ceiling?.value ?? null, elbo: told.elbo, lowest: lowest ?? 0, words: { evidence: `log p(x) ${texts.evidence}`, elbo: `ELBO ${texts.elbo}`, gap: `KL ${texts.gap}` } });
    find(".posterior-plane").ariaLabel = say("plane-label", { mean: q.mean.map((value) => number(value)).join(", "), gap: texts.gap });
  }

  const placeWords = (mean, std) => mean.map((value, at) => `${number(value, 3)} ± ${number(std[at], 3)}`).join("  ");

  function verdict(ceiling) {
    if (!ceiling || !told) return say(isPlane ? "integrating" : "estimating");
    const gap = ceiling.value - told.elbo;
    if (!isPlane && gap < 0) return say("verdict-estimate-low");
    if (said === "climbed") return say(gap < FITS ? "verdict-fitted" : "verdict-climbed", { gap: number(gap) });
    if (!isPlane) return say("verdict-estimated");
    return say(gap < 0.5 ? "verdict-close" : "verdict-gap", { gap: number(gap), factor: factorOf(gap) });
  }

  const factorOf = (gap) => (gap < 12 ? number(Math.exp(gap), gap < 3 ? 1 : 0) : `10${raised(Math.round(gap / Math.LN10))}`);

  function words() {
    context.translate(element);
    find(".evidence-name").textContent = say(isPlane ? "evidence-grid" : "evidence-estimate");
    find(".spread").ariaLabel = say("spread");
    find(".shift").ariaLabel = say("shift");
    find(".dimension").ariaLabel = say("dimension");
    find(".why").textContent = pixelNote(context);
    render();
  }

  words();
  return {
    element,
    show() {
      plane?.paint();
      if (!isPlane && stream.weights.count && stream.weights.count < DRAWS) stream.extend(DRAWS);
    },
    hide() {
      clearTimeout(waiting);
      stopClimbing();
      stream.stop();
    },
    image() {
      clearTimeout(waiting);
      waiting = setTimeout(() => (begin(), (begun = true), settle()), q ? SETTLE_MS : 0);
    },
    language: words,
    themed: () => plane?.paint(),
    close() {
      leaving.abort();
      clearTimeout(waiting);
      stopClimbing();
      stream.stop();
      [shift, spread].forEach((track) => track.remove());
      plane?.close();
    },
  };
}
