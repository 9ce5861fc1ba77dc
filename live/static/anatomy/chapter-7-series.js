// The series of chapter 7: one model at several β. The track goes from model to model; everything shown is of the one chosen.

import { float32Of, uint8Of } from "../arrays.js";
import { imageAddress } from "../live-fetch.js";
import { pixelsAt } from "../repair/clean-picture.js";
import { createTrack } from "../track.js";
import { drawTradeOff } from "./chapter-7-charts.js";
import { showLegend } from "./class-legend.js";
import { createPlane } from "./latent-plane.js";
import { newestOnly } from "./newest.js";
import { normalNoise } from "./numbers.js";
import { drawSheet, sheetSize } from "./picture-sheet.js";

const [DRAWS, COLUMNS, SEED] = [15, 5, 11];
const MARKUP = `
  <header class="step-head"><h3 data-say="series"></h3><div class="law"></div><span class="figure chosen-beta"></span></header>
  <div class="beta-track"><div class="track" data-label="beta-track"></div><div class="beta-marks figure"></div></div>
  <p class="why finding"></p>
  <div class="beta-body">
    <div class="beta-left">
      <div class="aggregate" data-figure="chapter-7.aggregate"></div>
      <p class="figure its-posterior" data-figure="chapter-7.posterior"></p>
      <p class="caption quiet" data-say="plane-caption"></p>
      <p class="class-legend quiet"></p>
    </div>
    <div class="beta-middle">
      <figure data-figure="chapter-7.trade-off"><canvas class="trade-off" role="img" data-label="trade-off"></canvas></figure>
      <dl class="numbers">
        <div><dt data-say="reconstruction" data-title="reconstruction-title"></dt><dd class="figure" data-figure="chapter-7.reconstruction"></dd></div>
        <div><dt data-say="kl" data-title="kl-title"></dt><dd class="figure" data-figure="chapter-7.kl"></dd></div>
        <div class="of-kl"><dt data-say="information" data-title="information-title"></dt><dd class="figure" data-figure="chapter-7.information"></dd></div>
        <div class="of-kl"><dt data-say="marginal" data-title="marginal-title"></dt><dd class="figure" data-figure="chapter-7.marginal-kl"></dd></div>
        <div><dt data-say="active" data-title="active-title"></dt><dd class="figure" data-figure="chapter-7.active"></dd></div>
      </dl>
      <p class="quiet caption" data-say="nats-note"></p>
    </div>
    <div class="beta-right">
      <div class="two-pictures">
        <figure><span class="frame"><canvas class="original" role="img" data-label="image"></canvas></span><figcaption data-say="image"></figcaption></figure>
        <figure data-figure="chapter-7.given-back"><span class="frame"><canvas class="given-back" role="img" data-label="given-back"></canvas></span><figcaption data-say="given-back"></figcaption></figure>
      </div>
      <figure class="samples" data-figure="chapter-7.samples"><span class="frame"><canvas role="img" data-label="samples"></canvas></span><figcaption data-say="samples"></figcaption></figure>
      <button type="button" class="draw" data-say="other-draws"></button>
    </div>
  </div>`;

/** The card of `models` [{name, weights, beta, shape, latent_dim}] by rising β. Gives back {element, start, image, words, redraw, close}. */
export function createSeries(context, models, { own }) {
  const element = Object.assign(document.createElement("section"), { className: "card beta-series", innerHTML: MARKUP });
  const find = (selector) => element.querySelector(selector);
  const figures = Object.fromEntries([...element.querySelectorAll("[data-figure]")].map((each) => [each.dataset.figure.replace("chapter-7.", ""), each]));
  const { say, link } = context;
  const [channels, height, width] = models[0].shape;
  const plane = createPlane(find(".aggregate"), { colours: context.data.colours, colour: context.colour });
  let facts = null; // of each model
  let chosen = startAt();
  let seed = Number(link.get("seed")) || SEED;
  let posterior = null; // {mean, std} of that image at the chosen β
  let pixels = null; // of the image, uint8 (C, H, W)

  function startAt() {
    const asked = models.findIndex(({ beta }) => String(beta) === link.get("beta"));
    const plain = models.findIndex(({ beta }) => beta === 1);
    return asked >= 0 ? asked : Math.max(plain, 0);
  }

  context.formula(find(".law"), String.raw`\mathrm{cost}=-\log p(x\mid z)+\beta\cdot\mathrm{KL}\big(q(z\mid x)\,\|\,p(z)\big)`);
  element.style.setProperty("--ratio", width / height);
  Object.assign(find(".samples canvas"), sheetSize([height, width], DRAWS, COLUMNS));
  find(".beta-marks").replaceChildren(...models.map(({ beta }, at) => {
    const mark = Object.assign(document.createElement("button"), { type: "button", textContent: String(beta), tabIndex: -1 });
    mark.onclick = () => choose(at);
    return mark;
  }));
  const track = createTrack(find(".beta-track .track"), { grain: 1, onMove: (value) => choose(Math.round(value)), onRelease: () => keep(), describe: (value) => `β = ${models[Math.round(value)]?.beta}` });
  track.configure({ low: 0, high: models.length - 1 });
  track.set(chosen);

  function choose(at) {
    if (at === chosen) return;
    chosen = at;
    if (!track.held) track.set(at);
    show();
    ask();
    keep();
  }

  const keep = () => link.set("beta", String(models[chosen].beta));

  function show() {
    find(".chosen-beta").textContent = `β = ${models[chosen].beta}`;
    [...find(".beta-marks").children].forEach((mark, at) => mark.classList.toggle("chosen", at === chosen));
    if (!facts) return;
    const found = facts[chosen];
    plane.show({ points: found.points, labels: found.labels, density: found.density, reach: found.reach });
    figures.reconstruction.textContent = nats(found.reconstruction);
    figures.kl.textContent = nats(found.kl);
    figures.information.textContent = nats(found.mutual_information);
    figures["marginal-kl"].textContent = nats(found.marginal_kl);
    figures.active.textContent = say("of", { active: found.active, dims: models[chosen].latent_dim });
    find(".finding").textContent = say(finding(found));
    showPosterior();
    chart();
  }

  function showPosterior() {
    if (!posterior || !facts) return;
    const { dims } = facts[chosen];
    const [mean, std] = [posterior.mean, posterior.std].map((values) => dims.map((at) => values[at]));
    plane.show({ posterior: { mean, std } });
    const pair = (values) => values.map((value) => context.number(value)).join(", ");
    figures.posterior.textContent = say("posterior", { mean: pair(mean), std: pair(std) });
  }

  const nats = (value) => (value === null ? "–" : say("nats", { value: context.number(value) }));

  function finding({ active, marginal_kl: marginal }) {
    if (!active) return "finding-collapsed";
    if (marginal > 1) return "finding-holes";
    return models[chosen].beta > 1 ? "finding-strong" : "finding-plain";
  }

  function chart() {
    const points = facts.map(({ kl, reconstruction }, at) => ({ beta: models[at].beta, kl, reconstruction }));
    drawTradeOff(find(".trade-off"), points, chosen, { across: say("kl-axis"), up: say("reconstruction-axis") }, context.colour);
  }

  const giveBack = newestOnly(async (model) => {
    const found = await context.ask("reconstructed", { image: context.base64(pixels) }, { of: model });
    context.draw(find(".given-back"), uint8Of(found.pixels), found.shape);
    posterior = found;
    showPosterior();
  });

  /** What the chosen model makes of the image and of the draws. */
  function ask() {
    const model = models[chosen];
    if (pixels) giveBack(model);
    const latents = normalNoise(DRAWS * model.latent_dim, seed);
    context.socket.decode({ model: model.name, weights: model.weights, lane: context.lane("samples"), latents, count: DRAWS }, (reply) =>
      drawSheet(find(".samples canvas"), reply.pixels, reply.shape, DRAWS, COLUMNS),
    );
  }

  function image(next) {
    pixels = next;
    const last = new Uint8Array(next.length);
    for (let at = 0; at < height * width; at += 1) for (let c = 0; c < channels; c += 1) last[at * channels + c] = next[c * height * width + at];
    context.draw(find(".original"), last, [height, width, channels]);
    giveBack(models[chosen]);
  }

  find(".draw").onclick = () => {
    seed = 1 + Math.floor(Math.random() * 1e6);
    link.set("seed", seed);
    ask();
  };

  function words() {
    context.translate(element);
    plane.show({ label: say("plane") });
    show();
  }

  words();
  return {
    element,
    async start() {
      const found = await Promise.all(models.map((model) => context.ask("aggregate", {}, { of: model })));
      facts = found.map((each) => ({ ...each, points: float32Of(each.points), density: each.density && { values: uint8Of(each.density), reach: each.reach } }));
      showLegend(find(".class-legend"), facts[0].labels, own ? context.data.labels : [], context.data.colours);
      show();
      ask();
      if (!own) image(await pixelsAt(imageAddress({ model: models[0].name, weights: models[0].weights }, 0, "auto"), models[0].shape));
    },
    image,
    words,
    redraw() {
      plane.redraw();
      if (facts) chart();
    },
    close() {
      track.remove();
      plane.close();
    },
  };
}
