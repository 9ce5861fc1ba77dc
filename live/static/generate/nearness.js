// The training image nearest to each sample: in the corner of each, and beside the chosen one with the words on whether it is a copy.

import { drawStrip } from "../picture.js";
import { createCopies } from "./copies.js";

/**
 * `present()` gives {data, settings, visible, latentsOf(draws), labelsOf(draws), percentiles}; sheet.js and chosen.js show what is found;
 * `onFound()` hears first when there is more, `onProgress(words)` how far it is, nothing in them when it is over. Gives back {ask(), distance(draw), forget()}.
 */
export function createNearness({ sheet, chosen, present, onFound, onProgress }) {
  const copies = createCopies({
    onFound: () => (onProgress(""), onFound(), show()),
    onProgress: (words) => tell(words),
    onRefused: (problem) => (onProgress(""), problem.reason === "unfit-source" ? showStored() : chosen.remark(problem.message)),
  });

  function tell(words) {
    onProgress(words);
    if (present().settings.chosen !== null) chosen.remark(`${words}…`);
  }

  function ask() {
    const page = present();
    const { data, settings, visible } = page;
    const { model, weights } = data;
    const indices = [...visible].sort((one, other) => one - other); // whatever the order on the sheet, it is one question
    const key = JSON.stringify([weights, settings.source, settings.seed, settings.temperature, settings.label, indices]);
    if (!indices.length) return;
    if (copies.found?.key === key) return void show();
    if (data.data_here === false) return void showStored();
    tell("Comparing with the training images");
    copies.ask({ key, model, weights, indices, latents: page.latentsOf(indices), labels: page.labelsOf(indices) });
  }

  function show() {
    const { settings, visible } = present();
    const { found } = copies;
    if (!found) return;
    const { pixels, shape, places, rows, words } = found;
    const size = shape[0] * shape[1] * shape[2];
    sheet.insets(!settings.near ? null : (canvas, at) => {
      const place = places.get(visible[at]);
      if (place === undefined) return false;
      drawStrip(canvas, pixels.subarray(place * size, (place + 1) * size), shape, 1);
      return true;
    });
    const place = places.get(settings.chosen);
    if (place !== undefined) chosen.near({ pixels, shape, index: place, row: rows[place], words: words[place] });
  }

  /** Without the training images: the nearest stored image, of which the model has seen nothing. */
  function showStored() {
    const { settings, percentiles } = present();
    const near = percentiles.nearest[settings.chosen];
    if (settings.chosen === null) return;
    if (!near) return void chosen.remark("The training images are not on this machine, so that a copy cannot be told.");
    const typical = percentiles.typical.toFixed(1);
    chosen.stored(near.row, `The training images are not on this machine, so a copy cannot be told. The nearest stored image, which the model has not seen, is ${near.distance.toFixed(1)} σ away in the latent space; half of the held-out images have another within ${typical} σ.`);
  }

  /** In the pixels, from a draw to the training image that is nearest; undefined where it is not known. */
  const distance = (draw) => copies.found?.distances[copies.found.places.get(draw)];

  return { ask, distance, forget: () => copies.forget() };
}
