// "Improve q" of chapter 4: a few natural-gradient steps up the ELBO at a time, until it rises no further or the hand stops it.

import { bodyOf } from "./one-image.js";

const STEPS = { plane: 2, other: 1 }; // in one request, so that none takes long
const MOST_ROUNDS = 150;
const LEAST_GAIN = 1e-4; // nats in a round
const FIRST_ROUNDS = 5; // that go on whatever they gain
const PAUSE_MS = 30;

/** {run(q), stop(), running}: onStep({mean, std}) after each round, onEnd(whether it came to its end, a problem's sentence or ""). */
export function createClimb(context, { onStep, onEnd }) {
  const steps = context.data.latent_dim === 2 ? STEPS.plane : STEPS.other;
  let going = null;
  return {
    get running() {
      return going !== null;
    },
    stop() {
      going = null;
    },
    async run(q) {
      const mine = (going = {});
      let [here, last, problem] = [q, -Infinity, ""];
      try {
        for (let round = 0; round < MOST_ROUNDS; round += 1) {
          const found = await context.ask("raised", { ...bodyOf(context), mean: here.mean, std: here.std, steps });
          if (mine !== going) return;
          here = { mean: found.mean, std: found.std };
          onStep(here);
          if (found.settled || (round >= FIRST_ROUNDS && found.elbo - last < LEAST_GAIN)) break;
          last = found.elbo;
          await new Promise((go) => setTimeout(go, context.motion ? PAUSE_MS : 0));
          if (mine !== going) return;
        }
      } catch (failed) {
        if (mine !== going) return;
        problem = context.sentence(failed);
      }
      going = null;
      onEnd(!problem, problem);
    },
  };
}
