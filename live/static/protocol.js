// The live messages as bytes, and back: docs/live-protocol.md describes them field by field.

export const VERSION = 1;
export const KIND = Object.freeze({ hello: 0, decode: 1, encode: 2, judge: 3, fit: 4, place: 5, repair: 6, draw: 7, pass: 8, error: 255 });
const HEADER_BYTES = 16;
const text = { encoder: new TextEncoder(), decoder: new TextDecoder() };

/** A whole message; options are padded with spaces so that the body starts at a multiple of 4. */
export function pack(kind, request, count, options, body) {
  const words = text.encoder.encode(JSON.stringify(options));
  const optionsBytes = Math.ceil(words.length / 4) * 4;
  const message = new Uint8Array(HEADER_BYTES + optionsBytes + body.byteLength);
  const header = new DataView(message.buffer);
  header.setUint8(0, VERSION);
  header.setUint8(1, kind);
  header.setUint16(2, optionsBytes, true);
  header.setUint32(4, request, true);
  header.setUint32(8, count, true);
  header.setUint32(12, body.byteLength, true);
  message.fill(0x20, HEADER_BYTES, HEADER_BYTES + optionsBytes);
  message.set(words, HEADER_BYTES);
  message.set(new Uint8Array(body.buffer, body.byteOffset, body.byteLength), HEADER_BYTES + optionsBytes);
  return message;
}

/** The parts of a message; `body` says where the payload lies in `buffer`, nothing is copied. */
export function unpack(buffer) {
  const header = new DataView(buffer);
  const optionsBytes = header.getUint16(2, true);
  return {
    kind: header.getUint8(1),
    request: header.getUint32(4, true),
    count: header.getUint32(8, true),
    options: JSON.parse(text.decoder.decode(new Uint8Array(buffer, HEADER_BYTES, optionsBytes))),
    buffer,
    start: HEADER_BYTES + optionsBytes,
    bytes: header.getUint32(12, true),
  };
}

/** What a decode reply carries: uint8 pixels, row-major (count, H, W, C). */
export function pictures({ buffer, start, bytes, options, count }) {
  return { pixels: new Uint8Array(buffer, start, bytes), shape: options.shape, ms: options.ms, count };
}

/** What an encode reply carries: float32 means and standard deviations, each (count, latent_dim). */
export function codes({ buffer, start, options, count }) {
  const values = count * options.latent_dim;
  return {
    means: new Float32Array(buffer, start, values),
    stds: new Float32Array(buffer, start + 4 * values, values),
    ms: options.ms,
    count,
  };
}

/** What a fit reply carries: the fitted image uint8 (C, H, W) and its posterior, float32 (latent_dim) each. */
export function fitted({ buffer, start, options }) {
  const { shape, latent_dim: dims, note, blank, ms } = options;
  const values = shape.reduce((product, side) => product * side, 1);
  const codes = start + Math.ceil(values / 4) * 4;
  return {
    pixels: new Uint8Array(buffer, start, values),
    mean: new Float32Array(buffer, codes, dims),
    std: new Float32Array(buffer, codes + 4 * dims, dims),
    shape,
    note,
    blank,
    ms,
  };
}

/** What a place reply carries: pixels as a decode, float32 latents (count, latent_dim), and how well each is supported. */
export function placed({ buffer, start, options, count }) {
  const { shape, latent_dim: dims, support, ms } = options;
  const bytes = count * shape.reduce((product, side) => product * side, 1);
  const latents = new Float32Array(buffer, start + Math.ceil(bytes / 4) * 4, count * dims);
  return { pixels: new Uint8Array(buffer, start, bytes), shape, latents, support, ms, count };
}

/**
 * What a repair reply carries: pixels uint8, one picture (H, W, C) for each name in `pictures`, with their psnr and ssim;
 * the posterior of the damaged picture, float32 (latent_dim) each; visible uint8 (H, W); what was added and filtered, in words.
 */
export function repaired({ buffer, start, options }) {
  const { shape, latent_dim: dims, pictures } = options;
  const bytes = pictures.length * shape.reduce((product, side) => product * side, 1);
  const codes = start + Math.ceil(bytes / 4) * 4;
  return {
    ...options,
    pixels: new Uint8Array(buffer, start, bytes),
    mean: new Float32Array(buffer, codes, dims),
    std: new Float32Array(buffer, codes + 4 * dims, dims),
    visible: new Uint8Array(buffer, codes + 8 * dims, shape[0] * shape[1]),
  };
}

/**
 * What a pass reply carries: uint8 (H, W, C) `observed`, what the likelihood takes for x, and `pixels`, the mean of p(x|z); float32
 * (latent_dim) each `mean`, `std`, `latent`, `kl_per_dimension`; float32 (H, W) `by_pixel`, log p(x|z) of each pixel; and the sums
 * log_likelihood, log_prior, log_posterior, kl, elbo, in nats.
 */
export function passed({ buffer, start, options }) {
  const { shape, latent_dim: dims } = options;
  const values = shape.reduce((product, side) => product * side, 1);
  const numbers = start + Math.ceil((2 * values) / 4) * 4;
  const row = (index) => new Float32Array(buffer, numbers + 4 * dims * index, dims);
  return {
    ...options,
    observed: new Uint8Array(buffer, start, values),
    pixels: new Uint8Array(buffer, start + values, values),
    mean: row(0),
    std: row(1),
    latent: row(2),
    kl_per_dimension: row(3),
    by_pixel: new Float32Array(buffer, numbers + 16 * dims, shape[0] * shape[1]),
  };
}

/** What a judge reply carries, one entry per latent: all of it stands in the options. */
export function judgements({ options, count }) {
  return { ...options, count };
}
