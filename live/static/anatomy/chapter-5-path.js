// The two ways of chapter 5 in one picture: drawn straight from q, the gradient stops at the draw; as μ + σ ε, it goes through.

import { createTrack } from "../track.js";
import { follow } from "./follow.js";
import { bodyOf, createNewest } from "./one-image.js";

const FORMULA = String.raw`\begin{array}{rcl}z&=&\mu+\sigma\,\varepsilon\;=\;\slot[6]{mu}+\slot[5]{sigma}\cdot\slot[5]{eps}=\slot[6]{z}\\[3pt]\tfrac{\partial\,\mathrm{ELBO}}{\partial\mu}&\approx&1\cdot\slot[8]{slope}\;=\;\slot[8]{mean}\\[8pt]\tfrac{\partial\,\mathrm{ELBO}}{\partial\sigma}&\approx&\varepsilon\cdot\slot[8]{slope}+\tfrac1\sigma\;=\;\slot[8]{std}\end{array}`;
const DIAGRAM = `
  <svg viewBox="0 0 360 76" aria-hidden="true">
    <g class="way stopped">
      <text x="2" y="24">μ, σ</text><path d="M32 20 H50"/><rect x="52" y="6" width="56" height="28" rx="6"/><text x="80" y="25" class="centre">z ~ q</text><path d="M108 20 H122"/><text x="125" y="24">log p</text>
      <path class="back" d="M152 44 H98"/><path class="stop" d="M84 38 l12 12 m0 -12 l-12 12"/>
    </g>
    <g class="way open" transform="translate(196 0)">
      <text x="2" y="24">μ, σ</text><path d="M32 20 H50"/><rect x="52" y="6" width="60" height="28" rx="6"/><text x="82" y="25" class="centre">μ + σ ε</text><path d="M112 20 H126"/><text x="129" y="24">log p</text>
      <path class="back" d="M156 44 H30"/><text x="82" y="71" class="centre">ε ~ N(0, 1)</text><path d="M82 58 V36"/>
    </g>
  </svg>`;

/** {noise(), image(), choose(dimension, spread), words(), close()}: the diagram, ε of one dimension, the chain rule with numbers. */
export function createPath(element, context) {
  element.innerHTML = `${DIAGRAM}<p class="quiet small path-key" data-say="path-key"></p><div class="control"><span class="quiet epsilon-name"></span><div class="track epsilon"></div><b class="figure epsilon-words"></b></div><div class="its-formula chain" data-figure="chapter-5.chain"></div><p class="quiet small path-key" data-say="path-words"></p><p class="problem" hidden></p>`;
  const find = (selector) => element.querySelector(selector);
  const { number } = context;
  const formula = context.formula(find(".chain"), FORMULA, { display: true });
  let [dimension, spread, found] = [0, 1, null];
  const track = createTrack(find(".epsilon"), {
    onMove: (value, event) => context.setNoise(context.noise.map((old, at) => (at === dimension ? value : old)), { stamp: event.timeStamp }),
    onRelease: () => {},
    onReset: () => context.setNoise(context.noise.map((old, at) => (at === dimension ? 0 : old))),
    describe: (value) => number(value),
  });
  track.configure({ low: -3, high: 3 });

  const ask = createNewest(async () => {
    if (!context.image) return;
    try {
      found = await context.ask("path", { ...bodyOf(context), noise: Array.from(context.noise), spread });
      find(".problem").hidden = true;
    } catch (problem) {
      find(".problem").textContent = context.sentence(problem);
      find(".problem").hidden = false;
    }
    render();
  });

  function render() {
    const epsilon = context.noise[dimension];
    follow(track, epsilon);
    find(".epsilon-words").textContent = number(epsilon);
    if (!found) return;
    const slope = found.slope[dimension];
    const digits = Math.abs(slope) >= 100 ? 0 : 2;
    formula.set({ mu: number(found.mean[dimension], 3), sigma: number(found.std[dimension], 3), eps: number(epsilon), z: number(found.latents[dimension], 3), slope: number(slope, digits), mean: number(found.gradient[0][dimension], digits), std: number(found.gradient[1][dimension], digits) });
  }

  return {
    noise: () => (render(), ask()),
    image: ask,
    choose(nextDimension, nextSpread) {
      const asks = nextSpread !== spread;
      [dimension, spread] = [nextDimension, nextSpread];
      render();
      if (asks) ask();
    },
    words() {
      find(".epsilon-name").textContent = context.say("epsilon", { dimension: dimension + 1 });
      find(".epsilon").ariaLabel = context.say("epsilon", { dimension: dimension + 1 });
    },
    close: () => track.remove(),
  };
}
