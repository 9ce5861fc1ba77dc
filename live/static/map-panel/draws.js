// Draws around a mean: the same ones each time, so that a picture does not change unless what it shows has.

/** `count` draws of N(mean, spread²), each dimension by itself: float32 (count, latent_dim), row by row. */
export function normalDraws(mean, spread, count, seed = 1) {
  const uniform = mulberry(seed);
  const draws = new Float32Array(count * mean.length);
  for (let at = 0; at < draws.length; at += 1) {
    const dimension = at % mean.length;
    draws[at] = mean[dimension] + spread[dimension] * normal(uniform);
  }
  return draws;
}

/** Box and Muller 1958. */
function normal(uniform) {
  return Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}

/** Uniform in [0, 1), 32 bits of state: Ettinger's mulberry32. */
function mulberry(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
