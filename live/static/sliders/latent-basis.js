// What a slider moves: one latent dimension, or the coordinate along one principal axis of the encodings.
// Both say for a handle `index`: its name, how far it reaches, its value at a latent, and the latent where it has others;
// `size` is the number of dimensions, `order` the handles that carry most first.

import { float32Of } from "../arrays.js";

/** The dimensions themselves. `names`: a Map of what people call them; `ends`: [[low, high]...]. */
export function dimensionBasis({ latentDim, ends, nats, weights, names }) {
  return {
    kind: "dimensions",
    count: latentDim,
    size: latentDim,
    ends,
    order: strongestFirst(weights, latentDim),
    name: (index) => names.get(index) ?? `z${index + 1}`,
    spoken: (index) => (names.has(index) ? `${names.get(index)}, latent dimension ${index + 1}` : `Latent dimension ${index + 1}`),
    carried: (index) => (nats ? `${short(nats[index])} nats` : ""),
    value: (latent, index) => latent[index],
    place: (latent, values) => withValues(latent, values),
    move: (edit, values, stamp, by) => edit.move(values, stamp, by),
  };
}

/**
 * The principal axes: z moves to z + (new − old) · axis. An axis crosses all dimensions, so locks of single dimensions
 * do not hold. `axes`: the component's data (ui/latent_sliders/reach.py); `ends`: [[low, high]...].
 */
export function axesBasis({ axes, ends }) {
  const mean = float32Of(axes.mean);
  const all = float32Of(axes.axes);
  const count = axes.explained.length;
  const axis = (index) => all.subarray(index * mean.length, (index + 1) * mean.length);
  const value = (latent, index) => axis(index).reduce((sum, part, at) => sum + part * (latent[at] - mean[at]), 0);

  function place(latent, values) {
    const next = Float64Array.from(latent);
    for (const [index, wanted] of Object.entries(values)) {
      const [direction, step] = [axis(Number(index)), wanted - value(latent, Number(index))];
      for (let at = 0; at < next.length; at += 1) next[at] += step * direction[at];
    }
    return Float32Array.from(next);
  }

  return {
    kind: "axes",
    count,
    size: mean.length,
    ends,
    order: Array.from({ length: count }, (_, index) => index),
    name: (index) => `PC${index + 1}`,
    spoken: (index) => `Principal axis ${index + 1}`,
    carried: (index) => `${(100 * axes.explained[index]).toFixed(1)} %`,
    value,
    place,
    move: (edit, values, stamp, by) => edit.move({ ...place(edit.latent, values) }, stamp, by, { locks: false }),
  };
}

/** What of [low, high]... the hand may reach: never empty, so that a dimension that never varies has a slider, too. */
export function usableEnds(ranges) {
  return ranges.map(([low, high]) => (high - low > 1e-3 ? [low, high] : [low - 0.5, high + 0.5]));
}

function strongestFirst(weights, count) {
  const order = Array.from({ length: count }, (_, index) => index);
  return weights ? order.sort((one, other) => weights[other] - weights[one] || one - other) : order;
}

function withValues(latent, values) {
  const next = Float32Array.from(latent);
  for (const [index, value] of Object.entries(values)) next[index] = value;
  return next;
}

function short(nats) {
  return nats.toFixed(nats < 9.995 ? 2 : nats < 99.95 ? 1 : 0);
}
