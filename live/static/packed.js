// Latents as text: base64 of float32, little-endian; in a link with the letters that an address may hold.

import { float32Of } from "./arrays.js";

/** The text of latents, one after the other, as the routes take them. */
export function packedLatents(values) {
  const bytes = new Uint8Array(Float32Array.from(values).buffer);
  let text = "";
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
}

/** The same for a link. */
export const linkedLatent = (latent) => packedLatents(latent).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

/** The numbers of such a text, or of a link's. */
export const unpackedLatents = (text) => float32Of(text.replaceAll("-", "+").replaceAll("_", "/"));
