// What a repair leaves behind: a picture, made here of the pixels on the screen, or the latent behind it.

import { giveBlob } from "../download.js";
import { address, answerOf } from "../live-fetch.js";
import { drawStrip } from "../picture.js";
import { createSavePopup, sizeWords } from "../save-popup.js";

const FILES = [["repaired", "Repaired (PNG)"], ["damaged", "Damaged (PNG)"], ["latent", "Latent (JSON)"]];
const DRAWN = 448; // pixels of the longer side that a picture has at first

/**
 * The menu in `element`. `state()` tells what is on the screen: {model, weights, shape, label, show, pictures: {repaired, damaged}
 * (uint8 (H, W, C), null where there is none), latent (null where none is behind the repair), without: why, in a sentence}.
 */
export function createSaveMenu(element, state) {
  return createSavePopup(element, {
    label: "Save the repair",
    make: "Download",
    rows: [
      { name: "what", text: "File", type: "choice", options: FILES },
      { name: "scale", text: "Scale", type: "number", low: 1, high: 32 },
      { name: "smooth", text: "Smooth pixels", type: "switch" },
    ],
    onOpen({ scale }) {
      scale.value ||= Math.max(1, Math.min(32, Math.floor(DRAWN / Math.max(...state().shape.slice(1)))));
    },
    onChange: ({ what }) => ["what", ...(what.value === "latent" ? [] : ["scale", "smooth"])],
    async onMake({ what, scale, smooth }, signal) {
      const { model, show } = state();
      const one = what.value === "latent" ? await latentFile(signal) : await pictureFile(what.value, Number(scale.value), smooth.checked);
      const name = what.value === "damaged" ? `${model}-damaged.png` : `${model}-${show}.${what.value === "latent" ? "json" : "png"}`;
      giveBlob(one, name);
      return `${name}, ${sizeWords(one.size)}`;
    },
  });

  function pictureFile(which, scale, smooth) {
    const { pictures, shape: [channels, height, width] } = state();
    if (!pictures[which]) throw new Error("There is no picture yet. Wait for it, or choose another repair.");
    const small = document.createElement("canvas");
    drawStrip(small, pictures[which], [height, width, channels], 1);
    const large = Object.assign(document.createElement("canvas"), { width: scale * width, height: scale * height });
    const context = large.getContext("2d");
    Object.assign(context, { imageSmoothingEnabled: smooth, imageSmoothingQuality: "high" });
    context.drawImage(small, 0, 0, large.width, large.height);
    return new Promise((done) => large.toBlob(done, "image/png"));
  }

  async function latentFile(signal) {
    const { model, weights, latent, label, without } = state();
    if (!latent) throw new Error(without);
    const body = JSON.stringify({ what: "json", latent: Array.from(latent), label });
    return (await answerOf(address("export", [model, weights]), { method: "POST", body, signal, headers: { "Content-Type": "application/json" } })).blob();
  }
}
