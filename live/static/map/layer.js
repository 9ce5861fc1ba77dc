// What every layer of a map can do. Those that draw have a canvas that drifts with the view; those that decode ask for pictures.

import { DriftingCanvas } from "./drifting.js";
import { PlaceDecoder } from "./decoding.js";

/** A layer over `scene`; what it has nothing to do at, it leaves. */
export class Layer {
  words = ""; // what it shows

  /** options: what `showLayer` may change. */
  constructor(scene, options = {}) {
    Object.assign(this, { scene, options });
  }

  /** Its canvases, the lowest first. */
  get elements() {
    return [];
  }

  /** Why there is none here, in a sentence; null: there can be one. */
  get impossible() {
    return null;
  }

  /** Other points, another map, another model: what was drawn holds no more. */
  forget() {}

  /** The view moves. */
  follow() {}

  /** The view has come to rest. */
  rest() {}

  /** It is switched off. */
  hide() {}

  remove() {}
}

/** A layer that draws on a canvas of its own. */
export class DrawnLayer extends Layer {
  constructor(scene, name, options) {
    super(scene, options);
    this.drifting = new DriftingCanvas(name);
  }

  get elements() {
    return [this.drifting.canvas];
  }

  forget() {
    this.drifting.clear();
  }

  follow(view) {
    this.drifting.follow(view);
  }

  hide() {
    this.forget();
  }

  remove() {
    this.forget();
  }
}

/** A layer that draws what the model decodes at places of the map; `title`: what it is called in a sentence. */
export class DecodedLayer extends DrawnLayer {
  constructor(scene, name, title, options) {
    super(scene, name, options);
    Object.assign(this, { title, decoder: new PlaceDecoder(name) });
  }

  get impossible() {
    if (this.scene.inSpace) return `${this.title} needs a map with two components.`;
    return this.scene.map ? null : "The map has not said how its places are decoded.";
  }

  forget() {
    this.decoder.reset();
    super.forget();
  }

  /** What was decoded stays for the next time. */
  hide() {
    this.decoder.drop();
    this.drifting.clear();
  }

  remove() {
    this.decoder.remove();
  }
}
