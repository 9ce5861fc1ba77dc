// How fast the decoded picture changes from place to place: where it changes much, a small step of the latent matters, and
// the decoder is sure of little there. It is the change of the picture, not the spread of the decoder's distribution.

import { DriftingCanvas } from "./drifting.js";
import { PlaceDecoder } from "./decoding.js";
import { scaleInks } from "./colours.js";
import { quantiles } from "./grid.js";
import { evenRuler } from "./rulers.js";

const SIDES = [32, 16]; // CSS pixels between the places that are compared: coarse at once, then fine

export class ChangeLayer {
  words = "";

  constructor(scene) {
    this.scene = scene;
    this.options = {};
    this.drifting = new DriftingCanvas("map-change");
    this.decoder = new PlaceDecoder("map-change");
  }

  get elements() {
    return [this.drifting.canvas];
  }

  get impossible() {
    if (this.scene.inSpace) return "The change of the picture needs a map with two components.";
    return this.scene.map ? null : "The map has not said how its places are decoded.";
  }

  forget() {
    this.decoder.reset();
    this.drifting.clear();
  }

  follow(view) {
    this.drifting.follow(view);
  }

  rest(view) {
    if (!this.drifting.fits(view)) this.#measure(view, 0);
  }

  hide() {
    this.decoder.drop();
    this.drifting.clear();
  }

  remove() {
    this.decoder.remove();
  }

  /** Decodes a grid of places and compares each with the next to the right and the next above. */
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
    this.words = pass === 0 ? "Change of the picture: decoding…" : `${this.words}; finer ones to come`;
    this.scene.said("uncertainty");
    this.decoder.ask(this.scene.map, places, drawn, (problem) => {
      if (problem) this.words = problem;
      else this.#draw(this.scene.view, changes(pictures, columns, rows, across.edge(1) - across.edge(0)), { across, up, columns, rows });
      this.scene.said("uncertainty");
      if (!problem && pass + 1 < SIDES.length) this.#measure(view, pass + 1);
    });
  }

  #draw(view, found, { across, up, columns, rows }) {
    const box = [across.edge(across.from), up.edge(up.from), across.edge(across.from + columns - 1), up.edge(up.from + rows - 1)];
    const [least, most] = quantiles(found, [0.02, 0.98]);
    const cells = document.createElement("canvas");
    Object.assign(cells, { width: columns - 1, height: rows - 1 });
    const image = new ImageData(columns - 1, rows - 1);
    const words = new Uint32Array(image.data.buffer);
    const inks = scaleInks(this.scene.scale ?? "cividis");
    for (let row = 0; row < rows - 1; row += 1) {
      for (let column = 0; column < columns - 1; column += 1) {
        const share = (found[row * (columns - 1) + column] - least) / (most - least || 1);
        const step = Math.round(255 * Math.min(Math.max(share, 0), 1));
        words[(rows - 2 - row) * (columns - 1) + column] = (0xff000000 | inks[step]) >>> 0;
      }
    }
    cells.getContext("2d").putImageData(image, 0, 0);
    const { context } = this.drifting.begin(view, box);
    context.imageSmoothingEnabled = true;
    const { scale } = view;
    context.drawImage(cells, 0, 0, (box[2] - box[0]) * scale, (box[3] - box[1]) * scale);
    const [low, high] = [least, most].map((value) => value.toPrecision(2));
    this.words = `Change of the picture per unit of the map: ${low} where dark, ${high} where light (root mean square of pixels from 0 to 1)`;
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
