// The latent fit: a job whose picture is seen while it searches, and that can be ended.

import { askJob, timeLeft } from "../ask-job.js";
import { uint8Of } from "../arrays.js";
import { address } from "../live-fetch.js";

const EVERY_MS = 100;

/** `onPicture({pixels, psnr, ssim, cost, step, steps, latent})` at each answer; `onState({words, progress, running, failed})`. */
export function createFitting({ onPicture, onState }) {
  let running = null;

  const told = (found) => ({ ...found, pixels: uint8Of(found.picture) });

  function progress({ partial, message, progress: share, seconds_left: left }) {
    if (partial) onPicture(told(partial));
    const words = [message, partial && `−log p(x, z) ${partial.cost.toFixed(1)} nats`, timeLeft(left)].filter(Boolean).join(" · ");
    onState({ words, progress: share, running: true });
  }

  const fitting = {
    get running() {
      return running !== null;
    },
    async start({ model, weights }, asked) {
      fitting.stop();
      const mine = (running = new AbortController());
      onState({ words: "Starting", progress: 0, running: true });
      try {
        const found = await askJob(address("repair", [model, weights]), asked, { onProgress: (each) => mine === running && progress(each), signal: mine.signal, every: EVERY_MS });
        if (mine !== running) return;
        running = null;
        onPicture(told(found));
        onState({ words: `Found after ${found.steps} steps · −log p(x, z) ${found.cost.toFixed(1)} nats`, running: false });
      } catch (problem) {
        if (mine !== running) return;
        running = null;
        onState({ words: problem.message, running: false, failed: true });
      }
    },
    /** Ends what is under way; `words` say why. */
    stop(words = "") {
      if (!running) return;
      const mine = running;
      running = null;
      mine.abort();
      onState({ words, running: false });
    },
  };
  return fitting;
}
