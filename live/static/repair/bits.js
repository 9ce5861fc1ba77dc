// Bytes as a link and the browser's storage carry them: base64 in the alphabet of addresses; a hole takes a bit a pixel.

export function textOf(bytes) {
  let raw = "";
  for (let at = 0; at < bytes.length; at += 0x8000) raw += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(raw).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** The bytes of a text; null when it is none. */
export function bytesOf(text) {
  try {
    return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
  } catch {
    return null;
  }
}

/** A hole uint8 (H, W), 0 or 1, as text; null when nothing is painted. */
export function holeText(hole) {
  if (!hole.some(Boolean)) return null;
  const bits = new Uint8Array(Math.ceil(hole.length / 8));
  hole.forEach((value, at) => (bits[at >> 3] |= value << (at & 7)));
  return textOf(bits);
}

/** A hole of `size` pixels from its text; null when it has another size. */
export function holeOf(text, size) {
  if (!text) return new Uint8Array(size);
  const bits = bytesOf(text);
  if (bits?.length !== Math.ceil(size / 8)) return null;
  return Uint8Array.from({ length: size }, (_, at) => (bits[at >> 3] >> (at & 7)) & 1);
}

/** float32 numbers as text, bit for bit, and back; null when there are not `size` of them, all finite. */
export const latentTextOf = (latent) => textOf(new Uint8Array(Float32Array.from(latent).buffer));
export function latentOf(text, size) {
  const bytes = bytesOf(text);
  if (bytes?.length !== 4 * size) return null;
  const latent = new Float32Array(bytes.buffer);
  return latent.every((value) => Number.isFinite(value) && Math.abs(value) <= 1e4) ? latent : null;
}

/** The pixels (H, W, C) of a picture (C, H, W), and back. */
export function channelsLast(pixels, [channels, height, width]) {
  const found = new Uint8Array(pixels.length);
  const plane = height * width;
  for (let at = 0; at < plane; at++) for (let c = 0; c < channels; c++) found[at * channels + c] = pixels[c * plane + at];
  return found;
}

export function channelsFirst(pixels, [channels, height, width], stride = channels) {
  const plane = height * width;
  const found = new Uint8Array(plane * channels);
  for (let at = 0; at < plane; at++) for (let c = 0; c < channels; c++) found[c * plane + at] = pixels[at * stride + c];
  return found;
}
