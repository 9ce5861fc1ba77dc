// Chapter 2: an image from nothing, in three steps: z from the prior, p(x|z) from the decoder, x drawn from it.

import { float32Of } from "../arrays.js";
import { address, ask as askRoute, startLatent } from "../live-fetch.js";
import { MARKUP } from "./chapter-2-markup.js";
import { createPicker, mostUncertain, placeOf } from "./chapter-2-picker.js";
import { drawPixel } from "./chapter-2-pixel.js";
import { createPlane } from "./latent-plane.js";
import { newestOnly } from "./newest.js";
import { drawSheet, sheetSize } from "./picture-sheet.js";

export const sources = {
  papers: [
    ["Kingma and Welling 2014", "https://arxiv.org/abs/1312.6114"],
    ["Rezende, Mohamed and Wierstra 2014", "https://arxiv.org/abs/1401.4082"],
  ],
  functions: ["vae_core.vae.VAE", "vae_core.likelihoods.pixel_values"],
};

const CLOUD = 256; // draws from the prior behind the plane
const MORE = 5; // further draws of x from the same p(x|z)
const PAUSE_MS = 700; // between the steps when all three are taken
const REACH = 3.2;

export function chapter(context) {
  const element = Object.assign(document.createElement("div"), { className: "lesson-body generation", innerHTML: MARKUP });
  const find = (selector) => element.querySelector(selector);
  const { say, link, data } = context;
  const [channels, height, width] = data.shape;
  const isCost = data.measure === "none";

  let latent = null; // float32 (D)
  let seed = whole(link.get("x"), 1); // of the draw of x
  let zSeed = whole(link.get("z"), 1); // of the draw of z
  let pair = firstPair();
  const picker = createPicker(find(".mean-place .frame"), [height, width], {
    place: placeOf(link.get("p"), [height, width]), // null: until the first picture says where there is most to see
    words: ([row, column]) => say("pixel-place", { row, column }),
    onChoose: (byHand) => {
      if (byHand) link.set("p", picker.place.join(","));
      showPixel();
      if (latent) askPixel();
    },
  });
  let distribution = null;
  let drawn = null; // pixels of x
  let cloud = null;
  let logs = null;
  let started = null;
  let turn = 0;

  const plane = createPlane(find(".prior-plane"), { colours: data.colours, colour: context.colour, onMove: (place) => handOn(place), onLetGo: () => keep() });
  plane.show({ reach: REACH, prior: data.prior === "normal" });
  element.style.setProperty("--ratio", width / height);
  element.style.setProperty("--columns", width);
  Object.assign(find(".more canvas"), sheetSize([height, width], MORE, MORE));
  find(".more").hidden = isCost;
  element.style.setProperty("--rows", height);
  const laws = [String.raw`z\sim p(z)`, String.raw`p(x\mid z)=\prod_i p(x_i\mid z)`, String.raw`x\sim p(x\mid z)`];
  element.querySelectorAll(".law").forEach((place, at) => context.formula(place, at === 0 && data.prior === "normal" ? String.raw`z\sim p(z)=\mathcal N(0,I)` : laws[at]));

  // --- the two dimensions of the plane

  function firstPair() {
    const asked = (link.get("dims") ?? "").split(",").map(Number);
    const fits = asked.length === 2 && asked[0] !== asked[1] && asked.every((at) => Number.isInteger(at) && at >= 0 && at < data.latent_dim);
    if (fits) return asked;
    const weights = data.nats ?? Array.from({ length: data.latent_dim }, () => 0);
    return [...weights.keys()].sort((a, b) => weights[b] - weights[a]).slice(0, 2).sort((a, b) => a - b);
  }

  const selects = [find(".across"), find(".up")];
  find(".dims").hidden = data.latent_dim < 3;
  selects.forEach((select, way) => {
    select.append(...Array.from({ length: data.latent_dim }, (_, at) => new Option(String(at + 1), at)));
    select.onchange = () => {
      const before = pair;
      pair = selects.map((each) => Number(each.value));
      if (pair[0] === pair[1]) pair[1 - way] = before[way];
      link.set("dims", pair.join(","));
      showCloud();
      showPlace();
    };
  });

  const inPlane = (values) => [values[pair[0]], pair.length > 1 ? values[pair[1]] : 0];

  // --- the steps

  function handOn(place) {
    latent[pair[0]] = place[0];
    if (pair.length > 1) latent[pair[1]] = place[1];
    changed();
  }

  function keep() {
    link.set("at", Array.from(latent, (value) => value.toFixed(2)).join(","));
  }

  async function drawZ() {
    zSeed = 1 + Math.floor(Math.random() * 1e6);
    link.set("z", zSeed);
    link.set("at", null);
    await fromPrior();
    mark(1);
  }

  async function fromPrior() {
    const mine = (turn += 1);
    const { model: name } = { model: context.model.name };
    const found = await startLatent({ model: name, weights: context.model.weights, from: "prior", temperature: 1, seed: zSeed });
    if (mine !== turn) return;
    latent = Float32Array.from(found.latent);
    changed();
  }

  function drawX() {
    seed += 1;
    link.set("x", seed);
    draw();
    askLogs();
    mark(3);
  }

  async function allThree() {
    const wait = () => new Promise((go) => setTimeout(go, context.motion ? PAUSE_MS : 0));
    element.classList.add("stepping");
    await drawZ();
    await wait();
    mark(2);
    await wait();
    drawX();
    element.classList.remove("stepping");
  }

  /** The step that was just taken. */
  function mark(step) {
    element.querySelectorAll(".step").forEach((card) => card.classList.toggle("taken", card.dataset.step === String(step)));
  }

  function changed() {
    showPlace();
    decode();
    draw();
    askPixel();
    askLogs();
  }

  const decode = () => context.socket.decode(context.asking({ lane: context.lane("mean"), latents: latent }), ({ pixels, shape }) => {
    context.draw(find(".mean-place canvas"), pixels, shape);
    if (!picker.place) picker.choose(mostUncertain(pixels, shape), false);
  }, fail);

  function draw() {
    if (isCost) return;
    const many = Float32Array.from({ length: MORE * latent.length }, (_, at) => latent[at % latent.length]);
    context.socket.draw(context.asking({ lane: context.lane("more"), latents: many, count: MORE, seed: seed + 1000 }), ({ pixels, shape }) => drawSheet(find(".more canvas"), pixels, shape, MORE, MORE), fail);
    context.socket.draw(context.asking({ lane: context.lane("drawn"), latents: latent, seed }), ({ pixels, shape }) => {
      drawn = pixels;
      context.draw(find(".drawn-place canvas"), pixels, shape);
      showPixel();
    }, fail);
  }

  const withLabel = (body) => (context.label === null ? body : { ...body, label: context.label });
  const askLogs = newestOnly(async () => {
    logs = await context.ask("log_densities", withLabel({ latent: Array.from(latent), seed }));
    showLogs();
  }, fail);
  const askPixel = newestOnly(async () => {
    if (!picker.place) return;
    distribution = await context.ask("pixel", withLabel({ latent: Array.from(latent), place: [0, ...picker.place] }));
    showPixel();
  }, fail);

  // --- what is shown

  function showPlace() {
    if (!latent) return;
    const words = Array.from(inPlane(latent), (value) => context.number(value)).join(", ");
    plane.show({ place: inPlane(latent), words });
    selects.forEach((select, way) => (select.value = String(pair[way] ?? 0)));
    find(".z-text").textContent = data.latent_dim > 2 ? `z${sub(pair[0])}, z${sub(pair[1])} = ${words}` : `z = (${words})`;
  }

  function showCloud() {
    if (!cloud) return;
    const points = Float32Array.from({ length: 2 * CLOUD }, (_, at) => cloud[(at >> 1) * data.latent_dim + (pair[at % 2] ?? -1)] ?? 0);
    const reach = Math.max(REACH, 1.1 * points.reduce((most, value) => Math.max(most, Math.abs(value)), 0));
    plane.show({ points, labels: null, reach: data.prior === "normal" ? REACH : reach });
  }

  function showLogs() {
    if (!logs) return;
    find(".log-prior").textContent = say("log-prior", { value: context.number(logs.log_prior) });
    find(".log-likelihood").textContent = logs.log_likelihood === null ? say("no-likelihood") : say("log-likelihood", { value: context.number(logs.log_likelihood) });
  }

  function showPixel() {
    picker.show();
    if (!distribution) return;
    const [row, column] = picker.place;
    const value = drawn ? drawn[(row * width + column) * channels] / 255 : null;
    drawPixel(find(".pixel canvas"), distribution, value, context.colour);
    const words = { row, column, mean: context.number(distribution.mean), value: context.number(value) };
    find(".pixel-text").textContent = isCost ? say("pixel-cost", words) : say(channels > 1 ? "pixel-red" : "pixel", words);
  }

  function fail(problem) {
    find(".problem").textContent = context.sentence(problem);
    find(".problem").hidden = false;
  }

  find(".draw-z").onclick = () => drawZ().catch(fail);
  find(".draw-x").onclick = drawX;
  find(".all-steps").onclick = () => allThree().catch(fail);
  find(".draw-x").disabled = isCost;
  find(".no-draw").hidden = !isCost;

  async function start() {
    try {
      const { model, weights } = { model: context.model.name, weights: context.model.weights };
      const at = (link.get("at") ?? "").split(",").map(Number);
      if (at.length === data.latent_dim && at.every((value) => Number.isFinite(value) && Math.abs(value) < 100)) {
        latent = Float32Array.from(at);
        changed();
      } else await fromPrior();
      const found = await askRoute(address("draws", [model, weights], { from: "prior", count: CLOUD, seed: 0 }), {});
      const [centres, offsets] = [float32Of(found.centres), float32Of(found.offsets)];
      cloud = centres.map((value, index) => value + offsets[index]);
      showCloud();
    } catch (problem) {
      started = null;
      fail(problem);
    }
  }

  function words() {
    context.translate(element);
    const point = data.posterior === "point";
    find(".notice").hidden = !point;
    find(".notice").textContent = point ? say("point", { model: context.model.name }) : "";
    find(".kind-note").textContent = isCost ? "" : say(data.measure === "density" ? "density-note" : "probability-note");
    plane.show({ label: say("plane") });
    showPlace();
    showLogs();
    showPixel();
  }

  words();
  return {
    element,
    show: () => (started ??= start()),
    image: () => latent && context.label !== null && changed(), // another class
    language: words,
    themed() {
      plane.redraw();
      showPixel();
    },
    close() {
      picker.close();
      plane.close();
    },
  };
}

const SUBSCRIPTS = "₀₁₂₃₄₅₆₇₈₉";
const sub = (index) => String((index ?? 0) + 1).replace(/\d/g, (digit) => SUBSCRIPTS[digit]);

function whole(text, standard) {
  const number = Number(text);
  return text !== null && Number.isInteger(number) && number >= 0 && number < 2 ** 31 ? number : standard;
}
