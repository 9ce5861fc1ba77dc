// KL per dimension over the epochs, as figures and words: which dimensions carry something, which woke, which fell asleep.

export const AWAKE = 0.1; // nats per image; vae_core/training/warnings.py has the same

/** {epochs: [numbers], nats: [per epoch][D], order: dimensions, the strongest at the end of the run first}; null without such figures. */
export function klTable(records) {
  const known = records.filter(({ kl_per_dimension: nats }) => Array.isArray(nats) && nats.length);
  if (!known.length) return null;
  const nats = known.map(({ kl_per_dimension }) => kl_per_dimension);
  const last = nats.at(-1);
  const order = last.map((_, dimension) => dimension).sort((one, other) => last[other] - last[one] || one - other);
  return { epochs: known.map(({ epoch }) => epoch), nats, order };
}

/** {awake: how many at the epoch, of: all, woke: [[dimension, epoch]...], slept: the same, the latest first} up to an epoch. */
export function klStory({ epochs, nats }, until = Infinity) {
  const seen = epochs.filter((epoch) => epoch <= until).length;
  if (!seen) return { awake: 0, of: nats[0].length, woke: [], slept: [] };
  const [woke, slept] = [[], []];
  const now = nats[seen - 1];
  now.forEach((_, dimension) => {
    for (let index = seen - 1; index > 0; index -= 1) {
      const [before, after] = [nats[index - 1][dimension] >= AWAKE, nats[index][dimension] >= AWAKE];
      if (before === after) continue;
      (after ? woke : slept).push([dimension, epochs[index]]);
      return;
    }
  });
  const latest = (list) => list.sort((one, other) => other[1] - one[1]);
  return { awake: now.filter((value) => value >= AWAKE).length, of: now.length, woke: latest(woke), slept: latest(slept) };
}

/** The story in a sentence or two. */
export function klWords({ awake, of, woke, slept }) {
  const named = (list) => list.slice(0, 3).map(([dimension, epoch]) => `z${dimension + 1} (epoch ${epoch})`).join(", ") + (list.length > 3 ? ` and ${list.length - 3} more` : "");
  const parts = [`${awake} of ${of} ${of === 1 ? "dimension is" : "dimensions are"} awake (${AWAKE} nats or more).`];
  if (woke.length) parts.push(`Woke last: ${named(woke)}.`);
  if (slept.length) parts.push(`Fell asleep: ${named(slept)}.`);
  return parts.join(" ");
}
