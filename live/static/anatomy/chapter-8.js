// Chapter 8: what a trained VAE is good for, four live miniatures.

import { createDenoise } from "./chapter-8-denoise.js";
import { createGenerate } from "./chapter-8-generate.js";
import { createInterpolate } from "./chapter-8-interpolate.js";
import { MARKUP } from "./chapter-8-markup.js";
import { createOddOne } from "./chapter-8-odd.js";

export const sources = {
  papers: [
    ["Kingma and Welling 2014, Auto-Encoding Variational Bayes", "https://arxiv.org/abs/1312.6114"],
    ["Bengio, Yao, Alain and Vincent 2013, Generalized Denoising Auto-Encoders as Generative Models", "https://arxiv.org/abs/1305.6663"],
    ["White 2016, Sampling Generative Networks", "https://arxiv.org/abs/1609.04468"],
    ["Nalisnick et al. 2019, Do Deep Generative Models Know What They Don’t Know?", "https://arxiv.org/abs/1810.09136"],
  ],
  functions: ["vae_core.repair.reconstruction", "vae_core.latent.linear_path", "vae_core.metrics.odd_one.row_costs"],
};

export function chapter(context) {
  const element = Object.assign(document.createElement("div"), { className: "uses" });
  element.innerHTML = MARKUP;
  const within = (name) => element.querySelector(`.use.${name}`);
  const uses = [createGenerate(within("generate"), context), createDenoise(within("denoise"), context), createInterpolate(within("interpolate"), context), createOddOne(within("odd-one"), context)];
  const tell = (name) => uses.forEach((use) => use[name]?.());
  let begun = false;

  function language() {
    context.translate(element);
    tell("words");
  }

  language();
  return {
    element,
    language,
    show() {
      if (!begun) tell("begin");
      begun = true;
    },
    image: () => tell("image"),
    themed: () => tell("themed"),
    close: () => tell("close"),
  };
}
