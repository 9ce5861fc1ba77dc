// One of the two models that chapter 1 compares: an image through it, its encodings beside the prior, and what it makes of a z.

import { float32Of, uint8Of } from "../arrays.js";
import { createPlane } from "./latent-plane.js";
import { newestOnly } from "./newest.js";
import { drawSheet, sheetSize } from "./picture-sheet.js";

export const DRAWS = 16;
const COLUMNS = 8;

const MARKUP = `
  <header class="side-head"><h3></h3><a class="quiet model-name"></a></header>
  <div class="cost"></div>
  <p class="gist"></p>
  <div class="side-body">
    <div class="codes" data-figure="chapter-1.codes"></div>
    <div class="side-results">
    <div class="side-pictures">
      <figure><span class="frame"><canvas class="original" role="img" data-label="image"></canvas></span><figcaption data-say="image"></figcaption></figure>
      <figure data-figure="chapter-1.reconstruction"><span class="frame"><canvas class="reconstruction" role="img" data-label="given-back"></canvas></span><figcaption><span data-say="given-back"></span> <span class="figure psnr" data-figure="chapter-1.psnr"></span></figcaption></figure>
      <figure data-figure="chapter-1.at-hand"><span class="frame"><canvas class="at-hand" role="img" data-label="decoded-hand"></canvas></span><figcaption data-say="decoded-hand"></figcaption></figure>
    </div>
    <figure class="samples" data-figure="chapter-1.samples"><span class="frame"><canvas role="img" data-label="samples"></canvas><span class="veil" data-say="not-drawn"></span></span><figcaption data-say="samples"></figcaption></figure>
    </div>
  </div>
  <dl class="findings">
    <div><dt class="figure" data-figure="chapter-1.coverage">–</dt><dd data-say="coverage" data-title="coverage-title"></dd></div>
    <div><dt class="figure" data-figure="chapter-1.variety">–</dt><dd data-say="variety" data-title="variety-title"></dd></div>
  </dl>
  <p class="why"></p>`;

/**
 * The card of `model` {name, weights, shape, latent_dim}. options: {title, tex, gist, why}: `title`, `gist` and `why` give the words now;
 * onMove(place, event) and onLetGo(): of the hand on its plane. Gives back {element, open() -> its codes, reach(value),
 * image(pixels), place([x, y]), draws(latents), words(), redraw(), close()}.
 */
export function createSide(context, model, { title, tex, gist, why, onMove, onLetGo }) {
  const element = Object.assign(document.createElement("section"), { className: "card side", innerHTML: MARKUP });
  const find = (selector) => element.querySelector(selector);
  const { colours } = context.data;
  const plane = createPlane(find(".codes"), { colours, colour: context.colour, onMove, onLetGo });
  const [channels, height, width] = model.shape;
  const lane = (name) => context.lane(`${model.name}-${name}`.slice(0, 20));
  let codes = null;
  let tellOpened = null;
  const opened = new Promise((go) => (tellOpened = go));

  context.formula(find(".cost"), tex);
  element.style.setProperty("--ratio", width / height);
  Object.assign(find(".samples canvas"), sheetSize([height, width], DRAWS, COLUMNS)); // its place is kept from the start

  const decode = (name, latents, count, use) => {
    const { weights } = model;
    context.socket.decode({ model: model.name, weights, lane: lane(name), latents, count }, ({ pixels, shape }) => use(pixels, shape));
  };
  const reconstruct = newestOnly(async (pixels) => {
    const found = await context.ask("reconstructed", { image: context.base64(pixels) }, { of: model });
    context.draw(find(".reconstruction"), uint8Of(found.pixels), found.shape);
    find(".psnr").textContent = `${context.number(found.psnr, 1)} dB`;
    await opened; // then it is known which two dimensions the plane has
    plane.show({ posterior: { mean: codes.dims.map((at) => found.mean[at]), std: codes.dims.map((at) => found.std[at]) } });
  }, (problem) => (find(".psnr").textContent = context.sentence(problem)));

  /** A place in the plane as a latent: what is not in the plane is 0. */
  function latentOf([x, y]) {
    const latent = new Float32Array(model.latent_dim);
    const [first, second] = codes?.dims ?? [0, 1];
    latent[first] = x;
    if (second !== undefined && second < latent.length) latent[second] = y;
    return latent;
  }

  function words() {
    context.translate(element);
    find("h3").textContent = title();
    Object.assign(find(".model-name"), { textContent: model.name, href: context.pageLink("map", { model: model.name }), title: context.say("open-map") });
    find(".gist").textContent = gist();
    find(".why").textContent = why();
    plane.show({ label: context.say("plane", { model: model.name }) });
  }

  words();
  return {
    element,
    /** Where its test images lie, asked for once. */
    async open() {
      codes ??= await context.ask("codes", {}, { of: model });
      plane.show({ points: float32Of(codes.points), labels: codes.labels });
      tellOpened();
      find('[data-figure="chapter-1.coverage"]').textContent = `${context.number(100 * codes.coverage, 0)} %`;
      find('[data-figure="chapter-1.variety"]').textContent = `${context.number(100 * codes.variety, 0)} %`;
      return float32Of(codes.points);
    },
    get labels() {
      return codes?.labels ?? null;
    },
    reach: (reach) => plane.show({ reach }),
    image(pixels) {
      const last = new Uint8Array(pixels.length);
      for (let at = 0; at < height * width; at += 1) for (let c = 0; c < channels; c += 1) last[at * channels + c] = pixels[c * height * width + at];
      context.draw(find(".original"), last, [height, width, channels]);
      reconstruct(pixels);
    },
    place(place) {
      plane.show({ place, words: `z = (${place.map((value) => context.number(value)).join(", ")})` });
      decode("hand", latentOf(place), 1, (pixels, shape) => context.draw(find(".at-hand"), pixels, shape));
    },
    draws(latents) {
      const dims = codes?.dims ?? [0, 1];
      const places = Float32Array.from({ length: 2 * DRAWS }, (_, at) => latents[(at >> 1) * model.latent_dim + dims[at % 2]] ?? 0);
      plane.show({ draws: places });
      decode("draws", latents, DRAWS, (pixels, shape) => {
        find(".samples .veil").hidden = true;
        drawSheet(find(".samples canvas"), pixels, shape, DRAWS, COLUMNS);
      });
    },
    words,
    redraw: () => plane.redraw(),
    close: () => plane.close(),
  };
}
