// Chapter 7: β: one model at several weights of the KL, and a run whose latent space collapses as β rises.

import { createCollapse } from "./chapter-7-collapse.js";
import { createSeries } from "./chapter-7-series.js";

export const sources = {
  papers: [
    ["Higgins et al. 2017", "https://openreview.net/forum?id=Sy2fzU9gl"],
    ["Hoffman and Johnson 2016", "http://approximateinference.org/accepted/HoffmanJohnson2016.pdf"],
    ["Bowman et al. 2016", "https://arxiv.org/abs/1511.06349"],
    ["Lucas et al. 2019", "https://arxiv.org/abs/1911.02469"],
  ],
  functions: ["vae_core.objectives.WeightedElbo", "vae_core.latent.aggregated_grid", "vae_core.metrics.active_units", "vae_core.training.snapshots.read_snapshot"],
};

export function chapter(context) {
  const { say, data } = context;
  const { betas, collapse, elsewhere } = data.companions;
  const element = Object.assign(document.createElement("div"), { className: "lesson-body betas" });
  element.innerHTML = `<p class="notice" hidden></p><p class="problem" role="alert" hidden></p>`;
  const find = (selector) => element.querySelector(selector);
  const series = betas.length ? createSeries(context, betas, { own: !elsewhere.betas }) : null;
  const replay = collapse ? createCollapse(context, collapse) : null;
  element.append(...[series, replay].filter(Boolean).map((part) => part.element));
  let started = null;

  async function start() {
    try {
      await Promise.all([series?.start(), replay?.start()]);
    } catch (problem) {
      started = null;
      Object.assign(find(".problem"), { textContent: context.sentence(problem), hidden: false });
    }
  }

  function language() {
    const words = !series ? say("no-series") : elsewhere.betas ? say("elsewhere", { model: data.model, data: betas[0].data }) : "";
    Object.assign(find(".notice"), { textContent: words, hidden: !words });
    series?.words();
    replay?.words();
  }

  language();
  return {
    element,
    show: () => (started ??= start()),
    hide: () => replay?.hide(),
    image: () => !elsewhere.betas && series?.image(context.image.pixels),
    language,
    themed() {
      series?.redraw();
      replay?.redraw();
    },
    close() {
      series?.close();
      replay?.close();
    },
  };
}
