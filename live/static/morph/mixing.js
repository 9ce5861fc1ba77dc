// The corner palette: how much of each key a place holds. Four keys stand at the corners of a square, three at those of a
// triangle; places run from 0 to 1, y downwards.

export const CORNERS = {
  3: [[0.5, 0], [0, 1], [1, 1]],
  4: [[0, 0], [1, 0], [0, 1], [1, 1]],
};

/** Weights of the keys, which add up to 1: bilinear in a square, barycentric in a triangle (outside it the nearest place on its edge). */
export function weightsAt([x, y], corners) {
  if (corners === 4) return [(1 - x) * (1 - y), x * (1 - y), (1 - x) * y, x * y];
  const [inX] = insideTriangle([x, y]);
  const top = 1 - y;
  const right = inX - 0.5 * top;
  return [top, Math.max(0, 1 - top - right), Math.max(0, right)];
}

/** The place, brought into the triangle from the side at its height. */
export function insideTriangle([x, y]) {
  const half = y / 2;
  return [Math.min(Math.max(x, 0.5 - half), 0.5 + half), y];
}

/**
 * Places of a grid of `side` pictures to a side, row by row, the corners among them: a square of side² for four corners, for
 * three a triangle of side·(side + 1)/2, one more in each row.
 */
export function gridPlaces(side, corners) {
  const last = side - 1;
  return Array.from({ length: side }, (_, row) => {
    const y = row / last;
    if (corners === 4) return Array.from({ length: side }, (_, column) => [column / last, y]);
    return Array.from({ length: row + 1 }, (_, column) => [0.5 - y / 2 + column / last, y]);
  }).flat();
}

/** The mean of latents (arrays of D) by weights, Float32Array (D). A weight of 1 gives that latent bit for bit. */
export function mixed(latents, weights) {
  const alone = weights.findIndex((weight) => weight === 1);
  if (alone >= 0) return Float32Array.from(latents[alone]);
  return Float32Array.from(latents[0], (_, index) => latents.reduce((sum, latent, key) => sum + weights[key] * latent[index], 0));
}
