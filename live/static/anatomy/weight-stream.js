// Draws of z for the image at hand, a block of 256 after another, from q (its spread times a factor) or from the prior: until
// `goal` draws are there. Newer wishes end older ones.

import { bodyOf } from "./one-image.js";
import { createWeights, floatsOf } from "./weights.js";

export const BLOCK = 256;
const QUICK_MS = 40; // an answer that took longer is asked for in smaller pieces
const MOST_BLOCKS = 4;
const MOST_BEST = 8;

/** {start({from, spread, seed, goal}), extend(goal), stop(), weights, best, running}; onDraws() after each answer, onProblem(sentence). */
export function createWeightStream(context, { onDraws, onProblem }) {
  let wish = null;
  let stopping = new AbortController();
  const stream = { weights: createWeights(), best: [], running: false, start, extend, stop };

  function start(given) {
    stop();
    Object.assign(stream, { weights: createWeights(), best: [] });
    wish = { ...given };
    run();
  }

  function extend(goal) {
    if (!wish) return;
    wish.goal = Math.max(wish.goal, goal);
    if (!stream.running) run();
  }

  function stop() {
    stopping.abort();
    stream.running = false;
  }

  async function run() {
    const mine = (stopping = new AbortController());
    const { weights } = stream;
    const { from, spread, seed } = wish;
    const subject = bodyOf(context);
    let blocks = 1;
    stream.running = true;
    try {
      while (weights.count < wish.goal && !mine.signal.aborted) {
        const asked = performance.now();
        const left = Math.ceil((wish.goal - weights.count) / BLOCK);
        const body = { ...subject, from, spread, seed, start: weights.count / BLOCK, blocks: Math.min(blocks, left) };
        const found = await context.ask("weights", body, { signal: mine.signal });
        if (mine.signal.aborted) return;
        weights.append(floatsOf(found.log_weights));
        stream.best = [...stream.best, ...found.best].sort((a, b) => b.log_weight - a.log_weight).slice(0, MOST_BEST);
        blocks = performance.now() - asked < QUICK_MS ? Math.min(MOST_BLOCKS, blocks + 1) : Math.max(1, blocks - 1);
        if (weights.count >= wish.goal) stream.running = false;
        onDraws();
        await new Promise((go) => setTimeout(go, context.motion ? 16 : 0));
      }
    } catch (problem) {
      if (!mine.signal.aborted) onProblem(context.sentence(problem));
    } finally {
      if (mine === stopping) stream.running = false;
    }
  }

  return stream;
}
