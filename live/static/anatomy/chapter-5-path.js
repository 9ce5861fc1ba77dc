// The two ways of chapter 5 in one picture: drawn straight from q, the gradient stops at the draw; as μ + σ ε, it goes through.

import { createTrack } from "../track.js";

const FORMULA = String.raw`\begin{array}{rcl}z&=&\mu+\sigma\,\varepsilon\;=\;\slot[7]{mu}+\slot[6]{sigma}\cdot\slot[5]{eps}\;=\;\slot[7]{z}\\[3pt]\tfrac{\partial\,\mathrm{ELBO}}{\partial\mu}&\approx&1\cdot\slot[8]{slope}\;=\;\slot[8]{mean}\\[8pt]\tfrac{\partial\,\mathrm{ELBO}}{\partial\sigma}&\approx&\varepsilon\cdot\slot[8]{slope}+\tfrac1\sigma\;=\;\slot[8]{std}\end{array}`;
const DIAGRAM = `
  <svg viewBox="0 0 360 142" aria-hidden="true">
    <g class="way stopped">
      <text x="4" y="24">μ, σ</text><path d="M44 20 H112"/><rect x="114" y="6" width="76" height="28" rx="6"/><text x="152" y="24" class="centre">z ~ q</text><path d="M192 20 H262"/><text x="268" y="24">log p(x, z)</text>
      <path class="back" d="M262 40 H198"/><path class="stop" d="M184 34 l14 14 m0 -14 l-14 14"/>
    </g>
    <g class="way open" transform="translate(0 66)">
      <text x="4" y="24">μ, σ</text><path d="M44 20 H112"/><rect x="114" y="6" width="76" height="28" rx="6"/><text x="152" y="24" class="centre">μ + σ ε</text><path d="M192 20 H262"/><text x="268" y="24">log p(x, z)</text>
      <path class="back" d="M262 40 H44"/><text x="152" y="70" class="centre">ε ~ N(0, 1)</text><path d="M152 56 V38"/>
    </g>
  </svg>`;

/** {noise(), image(), choose(dimension, spread), words(), close()}: the diagram, ε of one dimension, the chain rule with numbers. */
export function createPath(element, context) {
  element.innerHTML = `${DIAGRAM}<div class="control"><span class="quiet epsilon-name"></span><div class="track epsilon"></div><b class="figure epsilon-words"></b></div><div class="its-formula chain" data-figure="chapter-5.chain"></div><p class="problem" hidden></p>`;
  const find = (selector) => element.querySelector(selector);
  const { number } = context;
  const formula = context.formula(find(".chain"), FORMULA, { display: true });
  let [dimension, spread, found] = [0, 1, null];
  let [busy, again] = [false, false];
  const track = createTrack(find(".epsilon"), {
    onMove: (value, event) => context.setNoise(context.noise.map((old, at) => (at === dimension ? value : old)), { stamp: event.timeStamp }),
    onRelease: () => {},
    onReset: () => context.setNoise(context.noise.map((old, at) => (at === dimension ? 0 : old))),
    describe: (value) => number(value),
  });
  track.configure({ low: -3, high: 3 });

  async function ask() {
    if (!context.image) return;
    if (busy) return (again = true);
    busy = true;
    do {
      again = false;
      try {
        found = await context.ask("path", { image: context.base64(context.image.pixels), ...(context.label === null ? {} : { label: context.label }), noise: Array.from(context.noise), spread });
        find(".problem").hidden = true;
      } catch (problem) {
        find(".problem").textContent = problem.message;
        find(".problem").hidden = false;
      }
      render();
    } while (again);
    busy = false;
  }

  function render() {
    const epsilon = context.noise[dimension];
    if (!track.held) track.set(epsilon);
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
