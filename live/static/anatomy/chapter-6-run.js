// The small training run: which step is asked for, and its tensors once the server has come that far.

import { float32Of } from "../arrays.js";

const KEPT = 40; // answers in memory, so that a step back shows at once
const PAUSE_MS = 140; // between two steps of Play
const REST_MS = 8; // between two questions on the way to a far step

/**
 * The run of a context: {go(seed, step), play(), pause(), close(), seed, step, most, playing}. onStep(found): its tensors as
 * Float32Arrays with a `shape`; onWay(reached, step); onPlay(playing); onProblem(sentence).
 */
export function createRun(context, { onStep, onWay, onPlay, onProblem }) {
  const kept = new Map();
  let asking = null;
  let waiting = null;
  const run = {
    seed: 0,
    step: 1,
    most: 600,
    playing: false,
    async go(seed, step) {
      asking?.abort();
      const mine = (asking = new AbortController());
      Object.assign(run, { seed, step });
      try {
        const found = await reach(seed, step, mine.signal);
        if (mine !== asking) return;
        run.most = found.most;
        onStep(found);
        if (run.playing) next();
      } catch (problem) {
        if (mine !== asking || problem.name === "AbortError") return;
        run.pause();
        onProblem(context.sentence(problem));
      }
    },
    play() {
      run.playing = true;
      onPlay(true);
      next();
    },
    pause() {
      clearTimeout(waiting);
      if (run.playing) onPlay((run.playing = false));
    },
    close() {
      run.pause();
      asking?.abort();
      asking = null;
    },
  };

  function next() {
    clearTimeout(waiting);
    if (run.step >= run.most) return run.pause();
    waiting = setTimeout(() => run.go(run.seed, run.step + 1), PAUSE_MS);
  }

  async function reach(seed, step, signal) {
    const key = `${seed}/${step}`;
    for (;;) {
      const known = kept.get(key) ?? (await context.ask("training_step", { seed, step }, { signal }));
      if (!("reached" in known)) return keep(key, known.unpacked ?? unpacked(known));
      onWay(known.reached, step);
      await new Promise((go) => setTimeout(go, REST_MS));
      signal.throwIfAborted();
    }
  }

  function keep(key, found) {
    kept.set(key, { unpacked: found });
    if (kept.size > KEPT) kept.delete(kept.keys().next().value);
    return found;
  }
  return run;
}

const tensor = ({ shape, values }) => Object.assign(float32Of(values), { shape });

function unpacked(answer) {
  const tensors = Object.fromEntries(Object.entries(answer.tensors).map(([name, packed]) => [name, tensor(packed)]));
  for (const { name, before, gradient, change } of answer.weights) {
    Object.assign(tensors, { [name]: tensor(before), [`gradient ${name}`]: tensor(gradient), [`change ${name}`]: tensor(change) });
  }
  return { ...answer, tensors, batch_elbo: tensor(answer.batch_elbo), watched_elbo: tensor(answer.watched_elbo), watched: tensor(answer.watched) };
}
