// Chapter 4: the ELBO of this image under any normal q, and what it lacks to log p(x): KL(q(z|x) ‖ p(z|x)).

import { createTrack } from "../track.js";
import { createClimb } from "./chapter-4-climb.js";
import { createPlane } from "./chapter-4-plane.js";
import { createReadings } from "./chapter-4-readings.js";
import { follow } from "./follow.js";
import { gridPosterior } from "./grid-posterior.js";
import { bodyOf, createNewest } from "./one-image.js";
import { inferenceChapter, pixelNote } from "./unsuited.js";
import { createWeightStream } from "./weight-stream.js";

export const sources = {
  papers: [
    ["Kingma and Welling 2014, Auto-Encoding Variational Bayes", "https://arxiv.org/abs/1312.6114"],
    ["Cremer, Li and Duvenaud 2018, Inference Suboptimality in Variational Autoencoders", "https://arxiv.org/abs/1801.03558"],
  ],
  functions: ["vae_core.objectives.gaussian_elbo", "vae_core.objectives.raised_gaussian", "vae_core.metrics.grid_posterior", "vae_core.metrics.kl_around"],
};

const DRAWS = 4096; // of the estimate of log p(x), where no grid can tell it
const SETTLE_MS = 150;
const MARKUP = `
  <div class="figure-grid">
    <div class="card main plane-card">
      <div class="its-formula"></div>
      <div class="plane-and-bar">
        <canvas class="plot posterior-plane" data-figure="chapter-4.posterior" tabindex="0" role="application"></canvas>
        <div class="gap-bar" data-figure="chapter-4.bar" aria-hidden="true"></div>
      </div>
      <p class="legend"><span class="key key-true" data-say="key-posterior"></span><span class="key key-run" data-say="key-q"></span><span class="key key-encoder" data-say="key-encoder"></span></p>
    </div>
    <div class="side">
      <div class="card hand">
        <div class="control shift-line"><label class="quiet"><span data-say="shift"></span> <select class="field dimension"></select></label><div class="track shift"></div><b class="figure shift-words"></b></div>
        <div class="control"><span class="quiet" data-say="spread" data-title="spread-title"></span><div class="track spread"></div><b class="figure spread-words"></b></div>
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

export const chapter = (context) => inferenceChapter(context, MARKUP, createGap);

function createGap(context, element) {
  const find = (selector) => element.querySelector(selector);
  const { say, number, link } = context;
  const dims = context.data.latent_dim;
  const isPlane = dims === 2;
  let q = null; // {mean: [D], std: [D]}, what the hand has made of it
  let encoder = null;
  let grid = null;
  let told = null; // the server's last answer for a q: {elbo, kl, reconstruction, divergence, standard_error}
  let climbed = false;
  let failed = "";
  let waiting = null;
  let dimension = 0;
  const leaving = new AbortController();

  const readings = createReadings(context, element);
  const climb = createClimb(context, {
    onStep: (next) => ((q = next), render(), ask()),
    onEnd: (done, problem) => (([climbed, failed] = [done, problem]), settle(), render()),
  });
  const plane = isPlane ? createPlane(find(".posterior-plane"), context, { onMove: (next) => moved(next), onEnd: () => settle(), signal: leaving.signal }) : null;
  const stream = createWeightStream(context, { onDraws: () => render(), onProblem: (sentence) => ((failed = sentence), render()) });
  const shift = createTrack(find(".shift"), { onMove: (value) => moved({ mean: q.mean.map((old, at) => (at === dimension ? encoder.mean[at] + value * encoder.std[at] : old)), std: q.std }), onRelease: () => settle(), onReset: () => moved({ mean: [...encoder.mean], std: q.std }), describe: () => `${number(shiftOf())} σ` });
  const spread = createTrack(find(".spread"), { onMove: (value) => moved({ mean: q.mean, std: scaled(2 ** value) }), onRelease: () => settle(), onReset: () => moved({ mean: q.mean, std: [...encoder.std] }), describe: () => `× ${number(spreadOf())}` });
  [shift, spread].forEach((track) => track.lock(true)); // until there is an image
  shift.configure({ low: -8, high: 8 });
  spread.configure({ low: -3, high: 3 });
  find(".dimension").append(...Array.from({ length: dims }, (_, at) => new Option(`z${at + 1}`, at)));
  find(".dimension").onchange = (event) => ((dimension = Number(event.target.value)), render());
  find(".climb").onclick = () => q && (climb.running ? climb.stop() : ((climbed = false), climb.run(q)), render());
  find(".reset").onclick = () => q && (moved({ mean: [...encoder.mean], std: [...encoder.std] }), settle());
  find(".shift-line").hidden = isPlane;
  find("[data-figure='chapter-4.q']").parentElement.hidden = !isPlane;
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
    climb.stop();
    climbed = false;
    q = { mean: [...next.mean], std: [...next.std] };
    render();
    ask();
  }

  const changed = () => q.mean.some((value, at) => value !== encoder.mean[at]) || q.std.some((value, at) => value !== encoder.std[at]);

  function settle() {
    link.set("q", changed() && dims <= 8 ? [...q.mean, ...q.std].map((value) => value.toPrecision(6)).join(",") : null);
  }

  const evidence = () => {
    if (isPlane) return grid && { value: grid.log_evidence, error: grid.error };
    return stream.weights.count >= DRAWS ? stream.weights.at(stream.weights.count) : null;
  };

  const ask = createNewest(async () => {
    const [asked, image] = [q, context.image];
    try {
      const known = isPlane && grid ? { evidence: grid.log_evidence } : {};
      const found = await context.ask("gap", { ...bodyOf(context), mean: asked.mean, std: asked.std, ...known });
      if (image === context.image) told = found;
      failed = "";
    } catch (problem) {
      failed = context.sentence(problem);
    }
    if (!leaving.signal.aborted) render();
  });

  // --- an image

  function begin() {
    if (!context.image || !context.code) return;
    climb.stop();
    climbed = false;
    readings.begin();
    encoder = { mean: Array.from(context.code.mean), std: Array.from(context.code.std) };
    q = fromLink() ?? { mean: [...encoder.mean], std: [...encoder.std] };
    [grid, told] = [null, null];
    [shift, spread].forEach((track) => track.lock(false));
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
      failed = context.sentence(problem);
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
    follow(spread, Math.log2(spreadOf()));
    follow(shift, shiftOf());
    find(".spread-words").textContent = `× ${number(spreadOf())}`;
    find(".shift-words").textContent = `${number(shiftOf(), 1)} σ`;
    find(".climb").textContent = say(climb.running ? "stop" : "climb");
    find(".key-encoder").classList.toggle("away", !changed());
    readings.show({ ceiling, told, grid, q });
    find(".verdict").textContent = failed || readings.verdict({ ceiling, told, climbed, spread: spreadOf() });
    find(".verdict").classList.toggle("problem", Boolean(failed));
  }

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
      climb.stop();
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
      climb.stop();
      stream.stop();
      [shift, spread].forEach((track) => track.remove());
      plane?.close();
    },
  };
}
