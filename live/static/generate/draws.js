// Draws for every temperature at once: at temperature T they are centres + T · offsets, so that the hand on the temperature
// needs nothing of the server but pictures.

import { address, ask } from "../live-fetch.js";
import { float32Of } from "../arrays.js";

/** The draws of a model: {count, words, latents(indices, temperature)}; asks the server once. */
export async function fetchDraws({ model, weights, source, count, seed, signal }) {
  const place = address("draws", [model, weights], { from: source, count, seed });
  const found = await ask(place, { signal });
  const [centres, offsets, dims] = [float32Of(found.centres), float32Of(found.offsets), found.latent_dim];
  return {
    count: found.count,
    words: found.words,
    /** float32 (indices, dims), one draw after the other. */
    latents(indices, temperature) {
      const latents = new Float32Array(indices.length * dims);
      indices.forEach((index, at) => {
        for (let d = 0; d < dims; d += 1) latents[at * dims + d] = centres[index * dims + d] + temperature * offsets[index * dims + d];
      });
      return latents;
    },
  };
}
