// What the Anatomy page's link says of image and noise, read with suspicion:
//
//   chapter=3  lang=zh  image=12  or  x=… (pixels of one's own, deflated)  class=3  e=… (the noise, float32)

import { bytesOf, latentOf, latentTextOf, textOf } from "../repair/bits.js";

const LONGEST = 3000; // letters of an image of one's own

/** {row, pixels, noise, label, problems}; facts: the page's data. What cannot be used is left out and said. */
export async function readParts(link, facts, say) {
  const found = { row: null, pixels: null, noise: null, label: null, problems: [] };
  const { shape, images, latent_dim: dims, classes, weights, model } = facts;
  if (link.get("weights") && link.get("weights") !== weights) found.problems.push(say("link-weights", { model }));
  if (link.get("x") !== null) {
    found.pixels = await inflated(link.get("x"), shape[0] * shape[1] * shape[2]);
    if (!found.pixels) found.problems.push(say("link-x", { shape: shape.join("×") }));
  } else if (link.get("image") !== null) {
    const row = /^\d{1,9}$/.test(link.get("image")) ? Number(link.get("image")) : -1;
    if (row >= 0 && row < images) found.row = row;
    else found.problems.push(say("link-image", { given: link.get("image").slice(0, 12), last: images - 1 }));
  }
  if (link.get("e") !== null) {
    found.noise = latentOf(link.get("e"), dims);
    if (!found.noise) found.problems.push(say("link-noise", { dims }));
  }
  const label = link.get("class");
  if (classes.length && label !== null) {
    if (/^\d{1,4}$/.test(label) && Number(label) < classes.length) found.label = Number(label);
    else found.problems.push(say("link-class", { given: label.slice(0, 12), last: classes.length - 1 }));
  }
  return found;
}

export const noiseText = latentTextOf;

/** Pixels as a link carries them; null where they would be too long for it. */
export async function imageText(pixels) {
  const text = textOf(await piped(pixels, new CompressionStream("deflate-raw")));
  return text.length <= LONGEST ? text : null;
}

async function inflated(text, size) {
  const bytes = bytesOf(text);
  if (!bytes) return null;
  const pixels = await piped(bytes, new DecompressionStream("deflate-raw")).catch(() => null);
  return pixels?.length === size ? pixels : null;
}

async function piped(bytes, stream) {
  return new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(stream)).arrayBuffer());
}
