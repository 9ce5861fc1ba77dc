// Where a picture goes when it is moved along directions: start + Σ amount · step · vector. Directions are known by a key, such
// as "named:slant", "axis:0", "change:2" or "analogy".

/** The latent float32 (D,) of {start: {z}, amounts: {key: amount}}; `known(key)` gives {vector, step}, or nothing. */
export function latentOf({ start, amounts }, known) {
  const latent = Float32Array.from(start.z);
  for (const [key, amount] of Object.entries(amounts)) {
    const direction = known(key);
    if (!direction || !amount) continue;
    for (let d = 0; d < latent.length; d += 1) latent[d] += amount * direction.step * direction.vector[d];
  }
  return latent;
}

/**
 * A state whose picture is `now` (D numbers), whatever directions are known: what the unknown ones moved becomes a part of
 * the start. Gives back {state, missing: [key...]}.
 */
export function settled(state, now, known) {
  const amounts = {};
  const missing = [];
  for (const [key, amount] of Object.entries(state.amounts)) {
    if (known(key)) amounts[key] = amount;
    else missing.push(key);
  }
  if (!missing.length || !now) return { state: { ...state, amounts }, missing };
  const moved = latentOf({ start: { z: new Array(now.length).fill(0) }, amounts }, known);
  const z = Array.from(now, (value, d) => Math.fround(value - moved[d]));
  return { state: { ...state, start: { ...state.start, z, row: null, words: "a picture that came with the link" }, amounts }, missing };
}

/** The unit vector from one latent to another and how far apart they are: {vector, step}; null where they are the same. */
export function between(one, other) {
  const gap = Float32Array.from(other, (value, d) => value - one[d]);
  const step = Math.hypot(...gap);
  return step > 0 ? { vector: gap.map((value) => value / step), step } : null;
}

/** How good a direction is, in a few words and in a sentence: {short, words}. */
export function consistencyWords({ auc, cohens_d: distance, held_out: counts }) {
  if (auc === null || auc === undefined) return { short: "", words: "Not judged: it was made of two pictures." };
  const grade = auc >= 0.95 ? "almost always" : auc >= 0.85 ? "mostly" : auc >= 0.7 ? "often" : auc >= 0.6 ? "weakly" : null;
  const apart = distance === null ? "they have no spread along it" : `they stand ${Math.abs(distance).toFixed(1)} standard deviations apart (Cohen's d)`;
  const pairs = `in ${Math.round(100 * auc)} of 100 pairs of held-out images the one with the attribute lies further along it (AUC ${auc.toFixed(2)})`;
  const short = `${grade === null ? "hardly tells them apart" : `tells apart ${grade}`} · AUC ${auc.toFixed(2)}${distance === null ? "" : ` · d ${distance.toFixed(1)}`}`;
  const sentence = grade === null ? "Hardly better than chance" : `Tells the groups apart ${grade}`;
  return { short, words: `${sentence}: ${pairs}; ${apart}. Judged on ${counts[0].toLocaleString("en")} with and ${counts[1].toLocaleString("en")} without, which had no part in making it.` };
}
