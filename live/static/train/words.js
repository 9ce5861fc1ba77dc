// How a run is doing, in words.

const STATES = {
  queued: "Waiting for its turn", starting: "Starting", running: "Training", paused: "Paused",
  finished: "Finished", stopped: "Stopped", failed: "Failed", discarded: "Discarded",
};
const DEAD = "the process ended without a word"; // vae_core/training/run_folder.py begins its message so

/** A run that ended without a word: killed, or its machine went down. */
export const foundDead = ({ state, message }) => state === "failed" && message.startsWith(DEAD);

export function stateWords(facts) {
  if (facts.stopping) return "Stopping";
  return foundDead(facts) ? "Found dead" : (STATES[facts.state] ?? facts.state);
}

/** How far it is, such as "epoch 3 of 20 · 9,800 images/s · 1 min 20 s left"; what it said last once it is over. */
export function progressWords(facts) {
  if (facts.stopping) return "It stops after this step; what it has learnt is kept.";
  if (facts.state === "queued") return facts.message || "It begins when the runs before it are over.";
  if (facts.state === "starting") return facts.message || "Reading the images.";
  if (!facts.alive) return endWords(facts);
  const parts = [`epoch ${Math.min(facts.epoch + 1, facts.epochs)} of ${facts.epochs}`];
  if (facts.steps) parts.push(`step ${facts.step.toLocaleString("en")} of ${facts.steps.toLocaleString("en")}`);
  if (facts.state === "paused") return [...parts, facts.message].filter(Boolean).join(" · ");
  if (facts.images_per_second) parts.push(`${Math.round(facts.images_per_second).toLocaleString("en")} images/s`);
  if (facts.seconds_left !== null) parts.push(`${duration(facts.seconds_left)} left`);
  if (facts.delay) parts.push(`slow motion: ${facts.delay} s after each step`);
  return parts.join(" · ");
}

function endWords(facts) {
  if (!facts.is_run) return "This model has no record of a run beside it; what its log holds is drawn.";
  if (foundDead(facts)) return `The process is gone after epoch ${facts.epoch} of ${facts.epochs}: killed, or the machine went down. What it saved is kept.`;
  return facts.message;
}

/** Seconds in words: 45 s, 3 min 20 s, 1 h 5 min. */
export function duration(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}
