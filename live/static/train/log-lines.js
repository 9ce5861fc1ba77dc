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

/** The answer of GET /live/run/{name}/log: `count` steps as columns of float32, one after the other, then all other lines. */
export function readLog(buffer, count) {
  const columns = STEP_COLUMNS.map((name, index) => [name, Float64Array.from(new Float32Array(buffer, 4 * index * count, count))]);
  const { steps, ...found } = readLines(new TextDecoder().decode(new Uint8Array(buffer, 4 * STEP_COLUMNS.length * count)));
  if (!steps.step.length) return { ...found, steps: Object.fromEntries(columns) };
  // steps in a part of the log that the server could not take as columns
  const joined = columns.map(([name, values]) => [name, Float64Array.from([...values, ...steps[name]])]);
  return { ...found, steps: Object.fromEntries(joined) };
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
