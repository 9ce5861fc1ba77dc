// How fast the decoded picture changes from place to place: where it changes much, a small step of the latent matters. It is
// the change of the picture, not the spread of the decoder's distribution, which spread.js draws.

import { FieldLayer } from "./field.js";

export class ChangeLayer extends FieldLayer {
  constructor(scene) {
    super(scene, "uncertainty", "map-change", "The change of the picture");
  }

  /** Each place is compared with the next to the right and the next above; the value stands between them. */
  valuesOf(pictures, columns, rows, step) {
    return { values: changes(pictures, columns, rows, step), columns: columns - 1, rows: rows - 1, inset: 0.5 };
  }

  said(low, high) {
    const [least, most] = [low, high].map((value) => value.toPrecision(2));
    return `Change of the picture per unit of the map: ${least} where dark, ${most} where light (root mean square of pixels from 0 to 1)`;
  }
}

/** Float32Array (rows - 1) × (columns - 1): the root mean square over pixels of the picture's gradient, per unit of the map. */
export function changes(pictures, columns, rows, step) {
  const size = pictures.length / (columns * rows);
  const squares = (a, b) => {
    let sum = 0;
    for (let pixel = 0; pixel < size; pixel += 1) sum += (pictures[a + pixel] - pictures[b + pixel]) ** 2;
    return sum;
  };
  const found = new Float32Array((columns - 1) * (rows - 1));
  for (let row = 0; row < rows - 1; row += 1) {
    for (let column = 0; column < columns - 1; column += 1) {
      const here = (row * columns + column) * size;
      const sum = squares(here, here + size) + squares(here, here + columns * size);
      found[row * (columns - 1) + column] = Math.sqrt(sum / size) / (255 * step);
    }
  }
  return found;
}
