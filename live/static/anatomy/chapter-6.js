// Chapter 6: training, one real step of the optimiser at a time, on a model so small that every tensor can be looked at.

import { createCards } from "./chapter-6-cards.js";
import { createCurve } from "./chapter-6-curve.js";
import { gridOf } from "./chapter-6-grids.js";
import { createHeat } from "./chapter-6-heat.js";
import { MARKUP } from "./chapter-6-markup.js";
import { PARTS, lengthOf, meanOf, numbersOf } from "./chapter-6-parts.js";
import { createPlane } from "./chapter-6-plane.js";
import { createRun } from "./chapter-6-run.js";
import { createWords } from "./chapter-6-words.js";

export const sources = {
  papers: [
    ["Kingma and Welling 2014, Auto-Encoding Variational Bayes", "https://arxiv.org/abs/1312.6114"],
    ["Kingma and Ba 2015, Adam: A Method for Stochastic Optimization", "https://arxiv.org/abs/1412.6980"],
  ],
  functions: ["vae_core.training.traced_step.traced_pass", "vae_core.training.traced_step.elbo_gradients", "vae_core.training.adam.adam_change"],
};

const MOST_SEED = 2 ** 31 - 1;
const MOST_STEPS = 600;
const BATCH = 16; // images of a step
const TEN = 10;

export function chapter(context) {
  const element = Object.assign(document.createElement("div"), { className: "training" });
  element.innerHTML = MARKUP;
  const find = (selector) => element.querySelector(selector);
  const { say, colour } = context;
  let begun = false;
  let found = null; // the step that is shown
  let image = 0; // of its batch
  let part = 0;
  let look = 0;
  let thumbs = [];
  let unused = ""; // what of the link could not be used, in a sentence

  const cards = createCards(find(".parts"), context, (index) => choosePart(index));
  const heat = createHeat(find(".heat"), find(".readout"), { onRow: chooseImage, describe: (cell, grid) => words.cell(cell, grid), colour });
  const curve = createCurve(find(".curve"), { colour });
  const plane = createPlane(find(".plane"), { colours: context.data.colours, colour });
  const words = createWords(context, element, () => ({ found, image, look: PARTS[part].looks[look] }));
  const run = createRun(context, {
    onStep(next) {
      found = next;
      problem(unused);
      unused = "";
      drawThumbs();
      showAll();
      if (!run.playing) cards.pulse(); // else all eight glow and the chosen one is lost among them
    },
    onWay: (reached, step) => (find(".step-number").textContent = say("on-the-way", { reached, step })),
    onPlay: showControls,
    onProblem: problem,
  });

  // --- what a person does

  const click = (selector, act) => find(selector).addEventListener("click", act);
  click(".take-step", () => goTo(run.step + 1));
  click(".step-before", () => goTo(run.step - 1));
  click(".ten-steps", () => goTo(run.step + TEN));
  click(".from-start", () => goTo(1));
  click(".play", () => (run.playing ? run.pause() : run.play()));
  click(".next-part", walk);
  click(".other-seed", () => start(Math.floor(Math.random() * 1e6)));
  find(".seed").addEventListener("change", (event) => {
    const seed = seedOf(event.target.value);
    if (seed === null) problem(say("bad-seed", { given: event.target.value.slice(0, 20), most: MOST_SEED.toLocaleString("en") }));
    else start(seed);
  });

  function goTo(step) {
    run.pause();
    run.go(run.seed, Math.min(Math.max(step, 1), run.most));
    showControls();
  }

  function start(seed) {
    run.pause();
    run.go(seed, 1);
    showControls();
  }

  /** The parts of a step one after another; after the last one the next step is taken. */
  function walk() {
    if (part < PARTS.length - 1) return choosePart(part + 1);
    choosePart(0);
    if (run.step < run.most) goTo(run.step + 1);
  }

  function choosePart(index) {
    [part, look] = [index, 0];
    context.link.set("part", index ? PARTS[index].key : null);
    showPart();
  }

  function chooseLook(index) {
    look = index;
    showPart();
  }

  function chooseImage(index) {
    image = index;
    context.link.set("image", index ? String(index) : null);
    showImage();
  }

  // --- what is shown

  function showAll() {
    context.link.set("seed", run.seed ? String(run.seed) : null);
    context.link.set("step", run.step > 1 ? String(run.step) : null);
    const { batch_elbo: batch, watched_elbo: watched, tensors } = found;
    curve.show({ batch, watched }, words.curve());
    find(".batch-elbo").textContent = context.number(meanOf(tensors.elbo), 1);
    find(".after-elbo").textContent = context.number(meanOf(tensors.elbo_after), 1);
    find(".watched-elbo").textContent = context.number(watched[watched.length - 1], 1);
    find(".watched-change").textContent = `(${signed(watched[watched.length - 1] - watched[watched.length - 2])})`;
    find(".gradient-length").textContent = context.number(lengthOf(tensors, "gradient"), 1);
    showControls();
    showImage();
  }

  const signed = (value) => `${value > 0 ? "+" : ""}${context.number(value, 2)}`;

  function showControls() {
    // the step whose figures stand here, not the one that was asked for
    find(".step-number").textContent = say("step-of", { step: found?.step ?? run.step, most: run.most });
    if (find(".seed") !== element.getRootNode().activeElement) find(".seed").value = run.seed;
    find(".play").textContent = say(run.playing ? "pause" : "play");
    find(".play").ariaPressed = String(run.playing);
    find(".step-before").disabled = find(".from-start").disabled = run.step <= 1;
    for (const selector of [".take-step", ".ten-steps"]) find(selector).disabled = run.step >= run.most;
    find(".play").disabled = run.step >= run.most && !run.playing;
  }

  function drawThumbs() {
    const side = found.tensors.images.shape[2];
    thumbs = Array.from({ length: found.tensors.images.shape[0] }, (_, at) => {
      const canvas = document.createElement("canvas");
      context.draw(canvas, greys(found.tensors.images, at, side * side), [side, side, 1]);
      return canvas;
    });
    [...find(".batch").children].forEach((button, at) => {
      context.draw(button.firstChild, greys(found.tensors.images, at, side * side), [side, side, 1]);
      button.title = button.ariaLabel = words.imageName(at);
    });
  }

  function buildBatch() {
    const buttons = Array.from({ length: BATCH }, (_, at) => {
      const button = Object.assign(document.createElement("button"), { type: "button", role: "radio", onclick: () => chooseImage(at) });
      button.append(document.createElement("canvas"));
      button.onkeydown = (event) => {
        const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
        if (!step) return;
        event.preventDefault();
        chooseImage((at + step + BATCH) % BATCH);
        find(".batch").children[image].focus();
      };
      return button;
    });
    find(".batch").replaceChildren(...buttons);
  }

  function showImage() {
    if (!found) return;
    [...find(".batch").children].forEach((button, at) => {
      button.ariaChecked = String(at === image);
      button.tabIndex = at === image ? 0 : -1;
    });
    const numbers = numbersOf(found, image);
    cards.show(found, image, numbers);
    words.numbers(numbers);
    plane.show({ points: found.watched, labels: found.watched_labels, ...numbers }, words.plane());
    showPart();
  }

  function showPart() {
    cards.choose(part);
    find(".next-part").textContent = say(part < PARTS.length - 1 ? "next-part" : "next-step");
    words.part(part, look, chooseLook);
    if (!found) return;
    const grid = gridOf(PARTS[part].looks[look], { tensors: found.tensors, thumbs, image, say });
    heat.show({ ...grid, ...words.grid(grid) }, image);
    words.numbers(numbersOf(found, image));
  }

  function problem(sentence) {
    find(".chapter-problem").textContent = sentence.trim();
    find(".chapter-problem").hidden = !sentence;
    if (sentence) showControls();
  }

  // --- the frame's calls

  function begin() {
    begun = true;
    image = wholeOf(context.link.get("image"), BATCH - 1) ?? 0;
    part = Math.max(0, PARTS.findIndex(({ key }) => key === context.link.get("part")));
    const [givenSeed, givenStep] = ["seed", "step"].map((key) => context.link.get(key));
    const [seed, step] = [givenSeed === null ? 0 : seedOf(givenSeed), givenStep === null ? 1 : wholeOf(givenStep, MOST_STEPS) || null];
    if (seed === null) unused = say("bad-seed", { given: givenSeed.slice(0, 20), most: MOST_SEED.toLocaleString("en") });
    if (step === null) unused += ` ${say("bad-step", { given: givenStep.slice(0, 20), most: MOST_STEPS })}`;
    run.go(seed ?? 0, step ?? 1);
    showControls();
    showPart();
  }

  function language() {
    context.translate(element);
    words.formulas();
    cards.words();
    showControls();
    showPart();
    if (found) showAll();
  }

  buildBatch();
  language();
  return {
    element,
    language,
    show() {
      if (!begun) begin();
      else if (found) showAll();
    },
    hide: () => run.pause(),
    themed: () => [heat, curve, plane].forEach((each) => each.draw()),
    close() {
      run.close();
      [heat, curve, plane].forEach((each) => each.close());
    },
  };
}

/** Grey values uint8 of one image of a batch of float32 in [0, 1]. */
const greys = (values, at, size) => Uint8Array.from(values.subarray(at * size, (at + 1) * size), (value) => Math.round(255 * value));

/** A whole number from 0 to `most` out of a text; null for anything else. */
export function wholeOf(text, most) {
  const value = /^\d{1,10}$/.test(text ?? "") ? Number(text) : -1;
  return value >= 0 && value <= most ? value : null;
}

const seedOf = (text) => wholeOf(String(text ?? "").trim(), MOST_SEED);
