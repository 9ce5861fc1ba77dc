// Chapter 1: a plain autoencoder and a VAE of the same make, side by side: both give an image back; one can make a new one.

import { imageAddress } from "../live-fetch.js";
import { pixelsAt } from "../repair/clean-picture.js";
import { DRAWS, createSide } from "./chapter-1-side.js";
import { showLegend } from "./class-legend.js";
import { normalNoise } from "./numbers.js";

export const sources = {
  papers: [
    ["Hinton and Salakhutdinov 2006", "https://doi.org/10.1126/science.1127647"],
    ["Kingma and Welling 2014", "https://arxiv.org/abs/1312.6114"],
  ],
  functions: ["vae_core.objectives.Autoencoder", "vae_core.objectives.elbo", "vae_core.metrics.prior_coverage", "vae_core.metrics.variety"],
};

const NEAR = 3.3; // half the plane's side when it shows the prior alone
const FIRST_PLACE = [0.6, -0.4];
const MARKUP = `
  <p class="notice" hidden></p>
  <div class="row bar">
    <button type="button" class="draw primary" data-say="draw" data-title="draw-title"></button>
    <button type="button" class="zoom" data-title="zoom-title"></button>
    <button type="button" class="another" data-say="another" hidden></button>
    <span class="figure place"></span>
  </div>
  <div class="pair"></div>
  <p class="quiet hint" data-say="hint"></p>
  <p class="class-legend quiet"></p>
  <p class="quiet compared"></p>
  <p class="problem" role="alert" hidden></p>`;

export function chapter(context) {
  const element = Object.assign(document.createElement("div"), { className: "lesson-body two-models", innerHTML: MARKUP });
  const find = (selector) => element.querySelector(selector);
  const { autoencoder, vae, elsewhere, alike } = context.data.companions;
  if (!autoencoder) return nothingToCompare(context);

  const { say, link } = context;
  const options = { onMove: (place) => moveTo(place), onLetGo: () => keep() };
  const sides = [
    createSide(context, autoencoder, { ...options, title: () => say("autoencoder"), gist: () => say("gist-autoencoder"), why: () => say("why-autoencoder"), tex: String.raw`\mathrm{cost}=-\log p(x\mid z),\quad z=f(x)` }),
    createSide(context, vae, { ...options, title: () => say("vae"), gist: () => say("gist-vae"), why: () => say("why-vae"), tex: String.raw`\mathrm{cost}=-\log p(x\mid z)+\mathrm{KL}\big(q(z\mid x)\,\|\,\mathcal N(0,I)\big)` }),
  ];
  find(".pair").append(...sides.map((side) => side.element));

  let place = placeOf(link.get("z")) ?? FIRST_PLACE;
  let seed = Number(link.get("seed")) || null;
  let near = link.get("zoom") !== "0";
  let far = 10; // the side that holds the codes of both
  let row = 0;
  let started = null;

  function words() {
    context.translate(element);
    sides.forEach((side) => side.words());
    const notice = elsewhere.pair ? say("elsewhere", { model: context.data.model, data: autoencoder.data }) : alike ? "" : say("not-alike", { autoencoder: autoencoder.name, vae: vae.name });
    Object.assign(find(".notice"), { textContent: notice, hidden: !notice });
    find(".compared").textContent = alike ? say("compared", { autoencoder: autoencoder.name, vae: vae.name }) : "";
    find(".zoom").textContent = say(near ? "unzoom" : "zoom");
    find(".another").hidden = !elsewhere.pair;
    showPlace();
  }

  function showPlace() {
    find(".place").textContent = `z = (${place.map((value) => context.number(value)).join(", ")})`;
  }

  function moveTo(next) {
    place = next;
    sides.forEach((side) => side.place(place));
    showPlace();
  }

  function keep() {
    link.set("z", place.map((value) => value.toFixed(2)).join(","));
  }

  function draw() {
    seed = 1 + Math.floor(Math.random() * 1e6);
    link.set("seed", seed);
    showDraws();
  }

  function showDraws() {
    if (seed) sides.forEach((side, at) => side.draws(normalNoise(DRAWS * [autoencoder, vae][at].latent_dim, seed)));
  }

  function zoom() {
    find(".zoom").textContent = say(near ? "unzoom" : "zoom");
    sides.forEach((side) => side.reach(near ? NEAR : far));
  }

  /** The codes of both, once; then what the link says of z and the draws. */
  async function start() {
    try {
      const points = await Promise.all(sides.map((side) => side.open()));
      far = Math.max(NEAR, ...points.map(reachOf));
      showLegend(find(".class-legend"), sides[1].labels, elsewhere.pair ? [] : context.data.labels, context.data.colours);
      zoom();
      moveTo(place);
      showDraws();
      if (elsewhere.pair) await openRow();
    } catch (problem) {
      started = null; // tried again when the chapter is opened the next time
      fail(problem);
    }
  }

  async function openRow() {
    const pixels = await pixelsAt(imageAddress({ model: vae.name, weights: vae.weights }, row, "auto"), vae.shape);
    sides.forEach((side) => side.image(pixels));
  }

  function fail(problem) {
    find(".problem").textContent = context.sentence(problem);
    find(".problem").hidden = false;
  }

  find(".draw").onclick = draw;
  find(".zoom").onclick = () => {
    near = !near;
    link.set("zoom", near ? null : "0");
    zoom();
  };
  find(".another").onclick = () => {
    row += 1;
    openRow().catch(fail);
  };
  words();
  return {
    element,
    show: () => (started ??= start()),
    image: () => !elsewhere.pair && sides.forEach((side) => side.image(context.image.pixels)),
    language: words,
    themed: () => sides.forEach((side) => side.redraw()),
    close: () => sides.forEach((side) => side.close()),
  };
}

function nothingToCompare(context) {
  const element = Object.assign(document.createElement("div"), { className: "lesson-body two-models" });
  element.innerHTML = `<p class="notice"></p>`;
  const language = () => (element.querySelector(".notice").textContent = context.say("no-autoencoder"));
  language();
  return { element, language };
}

/** Half the side of the square about 0 that holds nearly all of the points, float32 (n, 2). */
function reachOf(points) {
  const sizes = points.map(Math.abs).sort();
  return 1.1 * sizes[Math.floor(0.995 * (sizes.length - 1))];
}

function placeOf(text) {
  const numbers = (text ?? "").split(",").map(Number);
  return numbers.length === 2 && numbers.every(Number.isFinite) ? numbers : null;
}
