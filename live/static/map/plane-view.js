// Which part of a plane is seen, and how large: the same scale on both axes, y upwards.

import { quantiles } from "./grid.js";

const MARGIN = 1.12; // room around the points when all are shown
const SMALLEST = 0.35; // how far out and in one can go, as shares of "all points shown"
const LARGEST = 200;

export class PlaneView {
  width = 1;
  height = 1;
  scale = 1; // CSS pixels per unit of the plane
  centre = [0, 0];
  #fitted = 1;

  resize(width, height) {
    const before = Math.min(this.width, this.height);
    this.width = Math.max(width, 1);
    this.height = Math.max(height, 1);
    const grown = Math.min(this.width, this.height) / before;
    this.scale *= grown;
    this.#fitted *= grown;
  }

  /** Shows the points x, y (Float32Array), but for the few farthest out. */
  fit(x, y) {
    const [left, right] = inner(x);
    const [bottom, top] = inner(y);
    this.centre = [(left + right) / 2, (bottom + top) / 2];
    const wide = Math.max(right - left, 1e-3);
    const high = Math.max(top - bottom, 1e-3);
    this.scale = Math.min(this.width / wide, this.height / high) / MARGIN;
    this.#fitted = this.scale;
  }

  /** Zooms by `factor` around a place on the screen, which stays where it is. */
  zoomAt([screenX, screenY], factor) {
    const before = this.toPlane([screenX, screenY]);
    const wanted = this.scale * factor;
    this.scale = Math.min(Math.max(wanted, this.#fitted * SMALLEST), this.#fitted * LARGEST);
    const after = this.toPlane([screenX, screenY]);
    this.centre = [this.centre[0] + before[0] - after[0], this.centre[1] + before[1] - after[1]];
  }

  /** How much larger than "all points shown". */
  get zoom() {
    return this.scale / this.#fitted;
  }

  panBy(right, down) {
    this.centre = [this.centre[0] - right / this.scale, this.centre[1] + down / this.scale];
  }

  toPlane([screenX, screenY]) {
    return [
      this.centre[0] + (screenX - this.width / 2) / this.scale,
      this.centre[1] - (screenY - this.height / 2) / this.scale,
    ];
  }

  toScreen([x, y]) {
    return [
      this.width / 2 + (x - this.centre[0]) * this.scale,
      this.height / 2 - (y - this.centre[1]) * this.scale,
    ];
  }
}

function inner(values) {
  return quantiles(values, [0.002, 0.998], 20_000);
}
