// The layers of a map that can be switched, in the order in which they lie over each other.

import { ChangeLayer } from "./change.js";
import { DensityLayer } from "./density.js";
import { DetailLayer } from "./detail.js";
import { ImagesLayer } from "./images.js";
import { PriorLayer } from "./prior.js";
import { SpreadLayer } from "./spread.js";
import { TilesLayer } from "./tiles.js";

const KINDS = { uncertainty: ChangeLayer, spread: SpreadLayer, plane: TilesLayer, detail: DetailLayer, density: DensityLayer, prior: PriorLayer, images: ImagesLayer };
const OVER_POINTS = ["images"];

export class Layers {
  #layers = new Map(); // name -> layer
  #on = new Set();

  /** scene: what the layers see of the map: map, shape, prior, points, states, inks, inSpace, view, rowAt, indicesIn, said, redraw. */
  constructor(scene) {
    for (const [name, Kind] of Object.entries(KINDS)) this.#layers.set(name, new Kind(scene));
  }

  /** Canvases of the layers that lie below the points, or over them. */
  elements(over) {
    return [...this.#layers].filter(([name]) => OVER_POINTS.includes(name) === over).flatMap(([, layer]) => layer.elements);
  }

  show(name, on, options = {}) {
    const layer = this.#named(name);
    Object.assign(layer.options, options);
    if (on) this.#on.add(name);
    else {
      this.#on.delete(name);
      layer.hide();
    }
  }

  /** {on, possible, words, ...options}: what the layer shows, or why it cannot be. */
  state(name) {
    const layer = this.#named(name);
    const on = this.#on.has(name);
    return { ...layer.options, on, possible: layer.impossible === null, words: layer.impossible ?? (on ? layer.words : "") };
  }

  get names() {
    return [...this.#layers.keys()];
  }

  /** What was drawn for other points, another map, another model holds no more. */
  forget(names = this.names) {
    for (const name of names) this.#named(name).forget();
  }

  follow(view) {
    for (const layer of this.#shown()) layer.follow(view);
  }

  rest(view) {
    for (const layer of this.#shown()) layer.rest(view);
  }

  /** Lines over the points. */
  stroke(context, view, look) {
    for (const layer of this.#shown()) layer.stroke?.(context, view, look);
  }

  /** The same lines for a drawing: {path, dashed} and {words, x, y}, in CSS pixels. */
  shapes(view) {
    return this.#shown().flatMap((layer) => layer.shapes?.(view) ?? []);
  }

  /** The same lines as shapes of a Plotly figure, in places of the map. */
  figureShapes(look) {
    return this.#shown().flatMap((layer) => layer.figureShapes?.(look) ?? []);
  }

  /** The row whose picture stands at a place; null. */
  rowAt(place) {
    return this.#on.has("images") ? this.#named("images").rowAt(place) : null;
  }

  remove() {
    for (const layer of this.#layers.values()) layer.remove();
  }

  #shown() {
    return [...this.#on].map((name) => this.#layers.get(name)).filter((layer) => layer.impossible === null);
  }

  #named(name) {
    const found = this.#layers.get(name);
    if (!found) throw new RangeError(`The layer is ${name}; there are ${this.names.join(", ")}. Choose one of them.`);
    return found;
  }
}
