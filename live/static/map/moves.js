// What of the map a view shows: all of it, a part of it that a hand chose, or one that it flies to.

import { turned } from "./camera.js";
import { flightPath, fly } from "./flight.js";
import { roomOver } from "./room.js";

const ROW_ZOOM = 12; // how far in a flight to an image goes
const MOST_ZOOM = 100; // of a flight to a box
const FULL_TURN = 2; // a drag over the view's shorter side turns points in space by so many radians

export class Moves {
  whole = true; // whether all points are shown, as `fit` does and as it is until a hand or a flight moves the view
  #wanted = null; // a view that was set before the field had a size
  #flight = null;
  #asked = 0; // flights that were asked for
  #removed = false;

  /** changed() after each move, turning() before one in space, landed(place) at the end of a flight. */
  constructor(scene, field, { changed, turning, landed }) {
    Object.assign(this, { scene, field, changed, turning, landed });
  }

  get plane() {
    return this.scene.view;
  }

  /** {centre: [x, y], scale: CSS pixels per unit, turn: nine numbers in space, else null}. */
  get view() {
    const { centre, scale } = this.plane;
    return { centre: [...centre], scale, turn: this.scene.inSpace ? [...this.scene.turn] : null };
  }

  set view(view) {
    const sizeless = this.field.clientWidth === 0;
    this.#wanted = sizeless ? { ...this.view, ...view } : null;
    if (sizeless) return;
    this.#resize();
    if (view.centre) this.plane.centre = [...view.centre];
    if (view.scale) this.plane.scale = view.scale;
    if (view.turn && this.scene.inSpace) this.scene.turnTo(view.turn);
    this.#moved();
  }

  /** The view, or the one that is set as soon as the field has a size. */
  get meant() {
    return this.#wanted ?? this.view;
  }

  fit() {
    this.#flight?.stop();
    this.#fit();
    this.changed();
  }

  #fit() {
    const { scene, field, plane } = this;
    this.#resize(); // before the first look at its size, too
    const { x, y } = scene.inSpace ? scene.points : (scene.sample ?? scene.cloud);
    plane.fit(x, y, roomOver(field, scene.inSpace));
    this.whole = true;
  }

  zoomBy(factor) {
    this.zoomAt([this.plane.width / 2, this.plane.height / 2], factor);
  }

  zoomAt(screen, factor) {
    this.#flight?.stop();
    this.plane.zoomAt(screen, factor);
    this.#moved();
  }

  panBy(right, down) {
    this.#flight?.stop();
    this.plane.panBy(right, down);
    this.#moved();
  }

  turnBy(right, down) {
    const share = FULL_TURN / Math.min(this.plane.width, this.plane.height);
    this.scene.turnTo(turned(this.scene.turn, right * share, down * share));
    this.turning();
    this.#moved();
  }

  async flyTo(target) {
    this.#flight?.stop();
    const asked = (this.#asked += 1);
    if (typeof target === "number" && !(await this.scene.seek([target]))) return "not here";
    if (asked !== this.#asked || this.#removed) return "stopped";
    const to = this.#viewOf(target);
    if (to === null) return "not here";
    this.whole = false;
    const path = flightPath(this.view, to, Math.min(this.plane.width, this.plane.height));
    this.#flight = fly((share) => {
      Object.assign(this.plane, path(share));
      this.changed();
      if (share === 1) this.landed(to.look);
    });
    return this.#flight.done;
  }

  #viewOf(target) {
    if (Array.isArray(target)) return this.#viewOfBox(target);
    const place = typeof target === "number" ? this.scene.pointAt(target) : target.place;
    if (place === null) return null;
    const near = (this.plane.scale / this.plane.zoom) * ROW_ZOOM;
    return { centre: place, scale: target.scale ?? Math.max(this.plane.scale, near), look: place };
  }

  #viewOfBox([x0, y0, x1, y1]) {
    const { width, height } = this.plane;
    const centre = [(x0 + x1) / 2, (y0 + y1) / 2];
    const whole = this.plane.scale / this.plane.zoom;
    const scale = Math.min(width / Math.max(x1 - x0, 1e-9), height / Math.max(y1 - y0, 1e-9)) / 1.2;
    return { centre, scale: Math.min(scale, MOST_ZOOM * whole), look: centre };
  }

  #moved() {
    this.whole = false;
    this.changed();
  }

  #resize() {
    this.plane.resize(this.field.clientWidth, this.field.clientHeight);
  }

  /** The field has another size. */
  resized() {
    if (this.field.clientWidth === 0) return;
    if (this.#wanted) this.view = this.#wanted;
    else if (this.whole) this.#fit();
    else this.#resize();
    this.changed();
  }

  remove() {
    this.#removed = true;
    this.#flight?.stop();
  }
}
