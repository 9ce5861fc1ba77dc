// How unsure the decoder is of its pixels at each place: the standard deviation of p(x|z). Where the expected picture tells it, as with
// pixels that are black or white, it is read off the decoded pictures; where one σ holds everywhere there is nothing to draw.

import { FieldLayer } from "./field.js";

export class SpreadLayer extends FieldLayer {
  constructor(scene) {
    super(scene, "spread", "map-spread", "The spread of the decoder");
  }

  get impossible() {
    return super.impossible ?? whyNoSpread(this.scene.map.spread);
  }

  valuesOf(pictures, columns, rows) {
    return { values: spreads(pictures, columns * rows, this.scene.map.spread.by_grey), columns, rows, inset: 0 };
  }

  said(low, high) {
    const [least, most] = [low, high].map((value) => value.toPrecision(2));
    return `Spread of the decoder: a pixel from 0 to 1 has a standard deviation of ${least} where dark, ${most} where light (root mean square of all pixels)`;
  }
}

/**
 * Why the spread cannot be drawn; null: it can. spread: {words: what p(x|z) is, by_grey: the standard deviation of a pixel by the grey level
 * 0 to 255 of the expected picture, or null where that does not tell it}, or nothing.
 */
export function whyNoSpread(spread) {
  if (!spread?.by_grey) return `The decoded picture does not tell how unsure the decoder is of it${spread ? ` (${spread.words})` : ""}.`;
  const [least, most] = [Math.min(...spread.by_grey), Math.max(...spread.by_grey)];
  if (most > least) return null;
  return `This decoder has one spread for all pixels and places, σ = ${least.toPrecision(2)}: there is nothing to tell apart. The change of the picture says where a step matters.`;
}

/** Float32Array (count): of each of the pictures, the root mean square over pixels of the spread by grey level. */
export function spreads(pictures, count, byGrey) {
  const size = pictures.length / count;
  const variances = Float64Array.from(byGrey, (value) => value * value);
  const found = new Float32Array(count);
  for (let place = 0; place < count; place += 1) {
    let sum = 0;
    for (let pixel = place * size; pixel < (place + 1) * size; pixel += 1) sum += variances[pictures[pixel]];
    found[place] = Math.sqrt(sum / size);
  }
  return found;
}
