// metrics.jsonl, the lines of each kind apart (docs/metrics.md): epochs, steps, and what was changed by hand.

import { columnsOf } from "./columns.js";

export const STEP_COLUMNS = ["step", "epoch", "loss", "reconstruction", "kl", "learning_rate", "beta", "gradient_norm", "images_per_second"];

/** {epochs, changes: objects, steps: columns} of whole lines; a line that is no object is counted in `broken`. */
export function readLines(text) {
  const rows = parsed(text);
  const [epochs, changes, steps] = [[], [], []];
  let broken = 0;
  for (const row of rows) {
    if (row === null || typeof row !== "object") broken += 1;
    else if (row.kind === "step") steps.push(row);
    else if (row.kind === "change") changes.push(row);
    else if (Number.isInteger(row.epoch)) epochs.push(row);
  }
  return { epochs, changes, steps: columnsOf(steps, STEP_COLUMNS), broken };
}

// All at once, since a parser that starts anew for each of 100,000 lines takes three times as long.
function parsed(text) {
  const whole = text.trimEnd();
  if (!whole) return [];
  try {
    return JSON.parse(`[${whole.replaceAll("\n", ",")}]`);
  } catch {
    return whole.split("\n").map((line) => {
      try {
        return JSON.parse(line);
      } catch {
        return null;
      }
    });
  }
}
