// A value of each place as a colour: a grid of places is decoded, coarse at once, then fine, and a subclass makes of the pictures
// what is drawn.

import { DecodedLayer } from "./layer.js";
import { scaleInks } from "./colours.js";
import { quantiles } from "./grid.js";
import { evenRuler } from "./rulers.js";

const SIDES = [32, 16]; // CSS pixels between the places
const TAILS = [0.02, 0.98]; // of the values, between which the colours change

/**
 * Of a subclass: `valuesOf(pictures, columns, rows, step)` gives {values: Float32Array, columns, rows, inset}, the lowest row first; the first of them
 * stands so many steps of the grid right of and above its corner. `said(low, high)`: the words on values between the two.
 */
export class FieldLayer extends DecodedLayer {
  constructor(scene, name, canvas, title) {
    super(scene, canvas, title);
    this.name = name;
  }

  rest(view) {
    if (!this.drifting.fits(view)) this.#measure(view, 0);
  }

  #measure(view, pass) {
    const box = this.drifting.boxFor(view);
    const least = SIDES[pass] / view.scale / Math.SQRT2;
    const [across, up] = [evenRuler(box[0], box[2], least), evenRuler(box[1], box[3], least)];
    const [columns, rows] = [across.to - across.from + 1, up.to - up.from + 1];
    const places = Array.from({ length: columns * rows }, (_, index) => [
      across.edge(across.from + (index % columns)),
      up.edge(up.from + Math.floor(index / columns)),
    ]);
    let pictures = null;
    const drawn = ({ pixels }, first, count) => {
      const size = pixels.length / count;
      pictures ??= new Uint8Array(size * places.length);
      pictures.set(pixels, first * size);
    };
    this.words = pass === 0 ? `${this.title}: decoding…` : `${this.words}; finer ones to come`;
    this.scene.said(this.name);
    this.decoder.ask(this.scene.map, places, drawn, (problem) => {
      if (problem) this.words = problem;
      else this.#draw(this.valuesOf(pictures, columns, rows, across.edge(1) - across.edge(0)), across, up);
      this.scene.said(this.name);
      if (!problem && pass + 1 < SIDES.length) this.#measure(view, pass + 1);
    });
  }

  #draw({ values, columns, rows, inset }, across, up) {
    const corner = (ruler, index) => ruler.edge(0) + (ruler.from + index) * (ruler.edge(1) - ruler.edge(0));
    const box = [corner(across, inset - 0.5), corner(up, inset - 0.5), corner(across, inset + columns - 0.5), corner(up, inset + rows - 0.5)];
    const [low, high] = quantiles(values, TAILS);
    const cells = document.createElement("canvas");
    Object.assign(cells, { width: columns, height: rows });
    cells.getContext("2d").putImageData(fieldImage(values, columns, rows, [low, high], this.scene.scale ?? "cividis"), 0, 0);
    const { view } = this.scene;
    const { context } = this.drifting.begin(view, box);
    context.imageSmoothingEnabled = true;
    context.drawImage(cells, 0, 0, (box[2] - box[0]) * view.scale, (box[3] - box[1]) * view.scale);
    this.words = this.said(low, high);
  }
}

/** The values as an opaque image, the lowest row at the bottom, coloured between two of them. */
function fieldImage(values, columns, rows, [low, high], scale) {
  const image = new ImageData(columns, rows);
  const words = new Uint32Array(image.data.buffer);
  const inks = scaleInks(scale);
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      const share = (values[row * columns + column] - low) / (high - low || 1);
      const step = Math.round(255 * Math.min(Math.max(share, 0), 1));
      words[(rows - 1 - row) * columns + column] = (0xff000000 | inks[step]) >>> 0;
    }
  }
  return image;
}
