// What is known of a run's course: its epochs, its steps as columns, and what was changed by hand. Curves are taken from it.

import { createColumns } from "./columns.js";
import { STEP_COLUMNS } from "./log-lines.js";

export function createRecords() {
  let epochs = [];
  let changes = [];
  const steps = createColumns([...STEP_COLUMNS, "elbo", "at"]);

  /** Where a step stands among the epochs: step 30 of 20 a epoch is at 1.5. */
  const placed = (found, perEpoch) => found.step.map((step) => step / perEpoch);

  /** −ELBO = reconstruction + KL. */
  const summed = ({ reconstruction, kl }) => reconstruction.map((value, index) => value + kl[index]);

  return {
    get epochs() {
      return epochs;
    },
    get changes() {
      return changes;
    },
    get steps() {
      return steps;
    },
    clear() {
      [epochs, changes] = [[], []];
      steps.clear();
    },
    /** What log-worker.js found; `perEpoch`: steps in an epoch. */
    add(found, perEpoch) {
      if (found.restarted) this.clear();
      epochs = [...epochs, ...found.epochs].sort((one, other) => one.epoch - other.epoch);
      changes = [...changes, ...found.changes];
      if (found.steps.step.length) steps.append({ ...found.steps, elbo: summed(found.steps), at: placed(found.steps, perEpoch) });
    },
    /** The epoch record of that number, or the last before it; null without one. */
    at(epoch) {
      let found = null;
      for (const record of epochs) if (record.epoch <= epoch) found = record;
      return found;
    },
    get last() {
      return epochs.at(-1) ?? null;
    },
  };
}

/** {x, y: Float64Array} of a figure of the epochs; `value(record)` may be undefined. */
export function epochCurve(epochs, value) {
  const known = epochs.filter((record) => Number.isFinite(value(record)));
  return { x: Float64Array.from(known, ({ epoch }) => epoch), y: Float64Array.from(known, value) };
}

/** The same of the steps, of a column by its name. */
export function stepCurve(steps, name) {
  return { x: steps.column("at"), y: steps.column(name) };
}
