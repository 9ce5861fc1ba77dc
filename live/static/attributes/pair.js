// The two pictures of an analogy, a : b :: c : ?, where c is the picture that is edited. Each is an image by its number, one at
// random, or what is on the screen.

import { imageNumber } from "../image-number.js";
import { startLatent } from "../live-fetch.js";
import { drawStrip } from "../picture.js";

/**
 * Slots in `element` ([data-slot="a"], [data-slot="b"]). `named()` gives {model, weights}, `present()` {latent, label, words},
 * `decode(latent, label, draw)` asks for its picture; `onChoose(slot, place)` hears of a new one: {row, z, words}.
 */
export function createPair(element, { named, present, images, decode, onChoose, say }) {
  const slots = {};
  for (const part of element.querySelectorAll("[data-slot]")) {
    const slot = part.dataset.slot;
    const find = (selector) => part.querySelector(selector);
    const take = async (row) => {
      try {
        const { latent, words } = await startLatent({ ...named(), from: "row", row });
        onChoose(slot, { row, z: latent, words });
      } catch (problem) {
        say(problem.message);
      }
    };
    find(".pair-number").onchange = ({ target }) => {
      const { row, said } = imageNumber(target.value, images());
      if (said) say(said);
      if (row !== null) take(row);
    };
    find(".pair-random").onclick = () => take(Math.floor(Math.random() * images()));
    find(".pair-present").onclick = () => {
      const { latent, words } = present();
      onChoose(slot, { row: null, z: Array.from(latent), words });
    };
    slots[slot] = { find, take };
  }

  return {
    take: (slot, row) => slots[slot].take(row),
    /** Shows both; null where nothing is chosen yet. */
    show({ a, b }, label) {
      for (const [slot, place] of Object.entries({ a, b })) {
        const { find } = slots[slot];
        find(".pair-number").value = place?.row ?? "";
        find("figcaption").textContent = place ? place.words : "not chosen yet";
        const canvas = find("canvas");
        if (!place) {
          canvas.width = canvas.height = 1;
          continue;
        }
        decode(Float32Array.from(place.z), label, (pixels, shape) => drawStrip(canvas, pixels, shape, 1));
      }
    },
    /** Without stored images there are no numbers to choose. */
    offer(count) {
      for (const { find } of Object.values(slots)) {
        find(".pair-number").disabled = count === 0;
        find(".pair-random").disabled = count === 0;
        find(".pair-number").max = Math.max(count - 1, 0);
      }
    },
  };
}
