// The figures and the sentence of chapter 4, from what is known: log p(x), the ELBO of a q, the gap between them.

import { createGapBar } from "./chapter-4-bar.js";
import { figuresIn } from "./figures.js";

const FORMULA = String.raw`\begin{array}{ccccc}\log p(x)&=&\overbrace{\mathbb{E}_q[\log p(x|z)]-\mathrm{KL}(q(z|x)\,\|\,p(z))}^{\mathrm{ELBO}}&+&\mathrm{KL}(q(z|x)\,\|\,p(z|x))\\[4pt]\slot[9]{evidence}&=&\slot[9]{likelihood}\;-\;\slot[7]{kl}&+&\slot[8]{gap}\end{array}`;
const LEAST_SPAN = 4; // nats from the ceiling to the bar's foot
const SPAN_OF_GAP = 2.2;
const FITS = 0.05; // nats below which q is the true posterior for the eye
const CLOSE = 0.5;
const BROKEN = "⋮"; // the bar goes on below its foot
const raised = (power) => [...String(power)].map((digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[digit]).join("");

/**
 * {begin(), show({ceiling, told, grid, q}), verdict({ceiling, told, climbed, spread})}. spread: σ of q over the encoder's. ceiling: {value, error} of log p(x) or null; told: the
 * server's answer for a q (docs/live-protocol.md, "gap"); grid: that of the image or null.
 */
export function createReadings(context, element) {
  const find = (selector) => element.querySelector(selector);
  const figure = figuresIn(element);
  const formula = context.formula(find(".its-formula"), FORMULA, { display: true });
  const bar = createGapBar(find(".gap-bar"));
  const isPlane = context.data.latent_dim === 2;
  const { say, number } = context;
  let lowest = null; // the foot of the bar, for this image

  const placeWords = ({ mean, std }) => mean.map((value, at) => `${number(value, 3)} ± ${number(std[at], 3)}`).join(";  ");
  const factorOf = (gap) => (gap < 12 ? number(Math.exp(gap), gap < 3 ? 1 : 0) : `10${raised(Math.round(gap / Math.LN10))}`);

  return {
    /** Another image: the bar takes its measure anew. */
    begin() {
      lowest = null;
    },
    show({ ceiling, told, grid, q }) {
      figure("q").textContent = isPlane ? placeWords(q) : "";
      if (!told) return;
      const gap = ceiling ? ceiling.value - told.elbo : null;
      if (gap !== null) lowest ??= ceiling.value - Math.max(LEAST_SPAN, SPAN_OF_GAP * gap);
      const texts = { evidence: ceiling ? number(ceiling.value) : "…", elbo: number(told.elbo), gap: gap === null ? "…" : number(gap) };
      figure("evidence").textContent = texts.evidence;
      figure("evidence-error").textContent = ceiling ? (ceiling.error < 1e-3 ? "< 0.001" : number(ceiling.error, 3)) : "…";
      figure("elbo").textContent = texts.elbo;
      find(".elbo-error").textContent = told.standard_error ? ` ± ${number(told.standard_error)}` : "";
      figure("difference").textContent = texts.gap;
      figure("divergence").textContent = told.divergence === null ? "…" : number(told.divergence);
      figure("moments").textContent = grid ? placeWords(grid) : "…";
      formula.set({ ...texts, likelihood: number(-told.reconstruction), kl: number(told.kl) });
      bar.show({ evidence: ceiling?.value ?? null, elbo: told.elbo, lowest: lowest ?? 0, words: { evidence: `log p(x) ${texts.evidence}`, elbo: `ELBO ${texts.elbo}`, gap: `KL ${texts.gap}`, foot: `${number(lowest ?? 0, 1)} ${BROKEN}` } });
      find(".posterior-plane").ariaLabel = say("plane-label", { mean: q.mean.map((value) => number(value)).join(", "), gap: texts.gap });
    },
    verdict({ ceiling, told, climbed, spread }) {
      if (!ceiling || !told) return say(isPlane ? "integrating" : "estimating");
      const gap = ceiling.value - told.elbo;
      if (!isPlane && gap < 0) return say("verdict-estimate-low");
      if (climbed) return say(gap < FITS ? "verdict-fitted" : "verdict-climbed", { gap: number(gap), spread: number(spread) });
      if (!isPlane) return say("verdict-estimated");
      return say(gap < CLOSE ? "verdict-close" : "verdict-gap", { gap: number(gap), factor: factorOf(gap) });
    },
  };
}
