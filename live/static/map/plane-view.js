// Which part of a plane is seen, and how large: the same scale on both axes, y upwards.

import { quantiles } from "./grid.js";

const FARTHEST = 1.8; // times as wide as where 99.6 % of the points lie may all of them lie, for all to be shown
const SMALLEST = 0.35; // how far out and in one can go, as shares of "all points shown"
const LARGEST = 200;

export class PlaneView {
  width = 1;
  height = 1;
  scale = 1; // CSS pixels per unit of the plane
  centre = [0, 0];
  middle = [0, 0]; // of the points that were fitted: beside the centre where the room at the edges differs
  #fitted = 1;

  resize(width, height) {
    const before = Math.min(this.width, this.height);
    this.width = Math.max(width, 1);
    this.height = Math.max(height, 1);
    const grown = Math.min(this.width, this.height) / before;
    this.scale *= grown;
    this.#fitted *= grown;
  }

  /** Shows the points x, y (Float32Array), but for any very far out; room: CSS pixels that stay free at each edge, {top, right, bottom, left}. */
  fit(x, y, room) {
    const [left, right] = extent(x);
    const [bottom, top] = extent(y);
    const [wide, high] = [right - left, top - bottom].map((side) => Math.max(side, 1e-3));
    const free = [this.width - room.left - room.right, this.height - room.top - room.bottom].map((side) => Math.max(side, 1));
    this.scale = Math.min(free[0] / wide, free[1] / high);
    this.#fitted = this.scale;
    this.middle = [(left + right) / 2, (bottom + top) / 2];
    const aside = [(room.right - room.left) / 2, (room.top - room.bottom) / 2].map((pixels) => pixels / this.scale);
    this.centre = this.middle.map((value, axis) => value + aside[axis]);
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

/** From where to where the values go; where a few lie very far out, to where the others end. */
function extent(values) {
  const [low, high] = quantiles(values, [0.002, 0.998], 20_000);
  const spare = ((FARTHEST - 1) / 2) * (high - low);
  let [least, most] = [low, high];
  for (const value of values) {
    if (value < least && value >= low - spare) least = value;
    if (value > most && value <= high + spare) most = value;
  }
  return [least, most];
}
