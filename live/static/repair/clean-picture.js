// The clean picture that is damaged: pixels uint8 (C, H, W), from an address of a PNG.

import { channelsFirst } from "./bits.js";

/** The pixels of a picture of `shape` [C, H, W] at an address. Throws an Error with a sentence. */
export async function pixelsAt(address, shape, signal) {
  const [, height, width] = shape;
  const response = await fetch(address, { signal });
  if (!response.ok) {
    const { message } = await response.json().catch(() => ({}));
    throw new Error(message ?? "The picture could not be read. Choose another.");
  }
  const bitmap = await createImageBitmap(await response.blob(), { colorSpaceConversion: "none", premultiplyAlpha: "none" });
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(bitmap, 0, 0);
  return channelsFirst(context.getImageData(0, 0, width, height).data, shape, 4);
}
