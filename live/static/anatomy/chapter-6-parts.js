// The eight parts of one training step, and the tensors that each can be looked at by.
//
// A look: {symbol, title: a key of the texts, layout, ...}. Layouts: "image" (one image of the batch, 8×8), "table" (columns of
// numbers, a row for each image of the batch), "matrix" (a tensor as it is), "fields" (each hidden unit's weights to the 8×8 pixels).

const column = (symbol, name, at = 0) => ({ symbol, name, at });

export const PARTS = [
  { key: "draw", name: "part-draw", what: "what-draw", symbols: "symbols-draw", looks: [{ symbol: "x", title: "look-image", layout: "image", name: "images", grey: true }] },
  {
    key: "encode",
    name: "part-encode",
    what: "what-encode",
    symbols: "symbols-encode",
    looks: [
      { symbol: "μ, σ", title: "look-posterior", layout: "table", columns: [column("μ₁", "mean", 0), column("μ₂", "mean", 1), column("σ₁", "std", 0), column("σ₂", "std", 1)] },
      { symbol: "h", title: "look-encoder-hidden", layout: "matrix", name: "encoder_hidden", batch: true },
      { symbol: "W₁", title: "look-first-weights", layout: "fields", name: "encoder.1.weight" },
      { symbol: "W₂", title: "look-second-weights", layout: "matrix", name: "encoder.3.weight" },
    ],
  },
  {
    key: "sample",
    name: "part-sample",
    what: "what-sample",
    symbols: "symbols-sample",
    looks: [{ symbol: "ε, z", title: "look-latents", layout: "table", columns: [column("ε₁", "noise", 0), column("ε₂", "noise", 1), column("z₁", "latents", 0), column("z₂", "latents", 1)] }],
  },
  {
    key: "decode",
    name: "part-decode",
    what: "what-decode",
    symbols: "symbols-decode",
    looks: [
      { symbol: "x̂", title: "look-picture", layout: "image", name: "picture", grey: true },
      { symbol: "h′", title: "look-decoder-hidden", layout: "matrix", name: "decoder_hidden", batch: true },
      { symbol: "W₄", title: "look-last-weights", layout: "fields", name: "decoder.2.weight", across: true },
      { symbol: "W₃", title: "look-third-weights", layout: "matrix", name: "decoder.0.weight", across: true },
    ],
  },
  { key: "error", name: "part-error", what: "what-error", symbols: "symbols-error", looks: [{ symbol: "−log p(xᵢ|z)", title: "look-cost", layout: "image", name: "cost_per_pixel" }] },
  {
    key: "kl",
    name: "part-kl",
    what: "what-kl",
    symbols: "symbols-kl",
    looks: [{ symbol: "KL", title: "look-kl", layout: "table", columns: [column("KL₁", "kl_per_dimension", 0), column("KL₂", "kl_per_dimension", 1), column("KL", "kl")] }],
  },
  {
    key: "gradient",
    name: "part-gradient",
    what: "what-gradient",
    symbols: "symbols-gradient",
    looks: [
      { symbol: "∂/∂μ, ∂/∂σ", title: "look-gradients", layout: "table", columns: [column("ELBO", "elbo"), column("∂μ₁", "gradient_mean", 0), column("∂μ₂", "gradient_mean", 1), column("∂σ₁", "gradient_std", 0), column("∂σ₂", "gradient_std", 1)] },
      { symbol: "∂/∂a", title: "look-output-gradient", layout: "image", name: "gradient_output" },
      { symbol: "∂/∂W₁", title: "look-first-gradient", layout: "fields", name: "gradient encoder.1.weight" },
      { symbol: "∂/∂W₄", title: "look-last-gradient", layout: "fields", name: "gradient decoder.2.weight", across: true },
    ],
  },
  {
    key: "update",
    name: "part-update",
    what: "what-update",
    symbols: "symbols-update",
    looks: [
      { symbol: "ELBO", title: "look-gain", layout: "table", columns: [column("head-before", "elbo"), column("head-after", "elbo_after"), column("head-gain", "gain")] },
      { symbol: "ΔW₁", title: "look-first-change", layout: "fields", name: "change encoder.1.weight" },
      { symbol: "ΔW₂", title: "look-second-change", layout: "matrix", name: "change encoder.3.weight" },
      { symbol: "ΔW₃", title: "look-third-change", layout: "matrix", name: "change decoder.0.weight", across: true },
      { symbol: "ΔW₄", title: "look-last-change", layout: "fields", name: "change decoder.2.weight", across: true },
    ],
  },
];

/** The numbers of one image of the batch that formulas and cards show. */
export function numbersOf({ tensors, sigma }, image) {
  const pair = (name) => [tensors[name][2 * image], tensors[name][2 * image + 1]];
  const pixels = tensors.images.length / tensors.images.shape[0];
  const constant = pixels * (Math.log(sigma) + Math.log(2 * Math.PI) / 2);
  const one = (name) => tensors[name][image];
  return {
    mean: pair("mean"),
    std: pair("std"),
    noise: pair("noise"),
    latent: pair("latents"),
    kls: pair("kl_per_dimension"),
    gradientMean: pair("gradient_mean"),
    gradientStd: pair("gradient_std"),
    kl: one("kl"),
    reconstruction: one("reconstruction"),
    squared: one("reconstruction") - constant,
    constant,
    elbo: one("elbo"),
    after: one("elbo_after"),
  };
}

/** The mean of a tensor, and the Euclidean length of the gradient of all weights. */
export const meanOf = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
export function lengthOf(tensors, kind) {
  const parts = Object.entries(tensors).filter(([name]) => name.startsWith(`${kind} `));
  return Math.sqrt(parts.reduce((sum, [, values]) => values.reduce((all, value) => all + value * value, sum), 0));
}
