// What there is to see on a map: its points, their colours and states, how they are turned, which of them lie where.

import { PointsBeyond } from "./beyond.js";
import { FACING, projected } from "./camera.js";
import { Cloud } from "./cloud.js";
import { inksOf } from "./colours.js";
import { GridIndex } from "./grid.js";
import { priorOn } from "./prior.js";
import { HIDDEN, SELECTED, SHOWN } from "./raster.js";
import { PlaneView } from "./plane-view.js";

const NONE = "#8c8c8c"; // of what has no class and no value

export class Scene {
  view = new PlaneView();
  cloud = new Cloud({ x: new Float32Array(0), y: new Float32Array(0) });
  map = null; // what MapView.setMap was told
  prior = null;
  states = null; // Uint8Array per point, or null: all shown
  inks = new Uint32Array(0);
  colours = null; // what MapView.setColours was told
  plain = "#000000"; // the colour of points that have no other
  faded = 1; // how strong the points beside a selection are, as the theme has it
  sample = null; // the points as they were given, where the view may put nearer ones in their place
  beyond = new PointsBeyond();
  turn = FACING;
  middle = [0, 0, 0];
  #index = null;

  get inSpace() {
    return this.cloud.z !== null;
  }

  /** [C, H, W] of the model's images. */
  get shape() {
    return this.map?.shape ?? [1, 1, 1];
  }

  setMap(map) {
    this.map = map;
    this.prior = priorOn(map);
    this.beyond.of(map);
  }

  setPoints(points) {
    this.sample = points;
    this.put(points);
  }

  /** Other points of the same map. */
  put(points) {
    this.cloud = new Cloud(points);
    const { x, y, z } = this.cloud;
    this.middle = z ? [x, y, z].map(middleOf) : [0, 0, 0];
    this.#index = null;
  }

  turnTo(turn) {
    this.turn = [...turn];
    this.#index = null;
  }

  /** Inks of the points; gives back {low, high} for values. */
  paint(plain) {
    this.plain = plain;
    const { inks, ...range } = inksOf(this.cloud, this.colours, { plain, none: NONE });
    this.inks = inks;
    return range;
  }

  /** States of the points by masks per row of the source, or null. */
  mask(shown, selected) {
    this.states = shown || selected ? new Uint8Array(this.cloud.count).fill(SHOWN) : null;
    if (selected) this.#set(selected, 1, SELECTED);
    if (shown) this.#set(shown, 0, HIDDEN);
  }

  #set(mask, wanted, state) {
    const here = this.cloud.pick(mask);
    for (let index = 0; index < here.length; index += 1) if (here[index] === wanted) this.states[index] = state;
  }

  /** {x, y} of the points on the plane of the screen. */
  get points() {
    return this.#grid();
  }

  rowAt = (index) => this.cloud.rowAt(index);

  pointAt(row) {
    const index = this.cloud.indexOf(row);
    if (index === null) return this.#pointBeyond(row);
    const { x, y } = this.points;
    return Number.isFinite(x[index] + y[index]) ? [x[index], y[index]] : null;
  }

  #pointBeyond(row) {
    const place = this.beyond.at(row);
    if (place === null || !this.inSpace) return place;
    const [x, y, z] = place.map((value) => [value]);
    const { u, v } = projected({ x, y, z }, this.turn, this.middle);
    return [u[0], v[0]];
  }

  /** Asks the server for those of the rows whose points are not here; a promise of whether all can be found by `pointAt`. */
  async seek(rows) {
    const away = rows.filter((row) => this.cloud.indexOf(row) === null);
    return away.length === 0 || this.beyond.seek(away);
  }

  /** The row of the shown point nearest to a place on the screen, within so many CSS pixels; or null. */
  nearest(screen, reach) {
    const index = this.#grid().nearest(this.view.toPlane(screen), reach / this.view.scale, this.states);
    return index === null ? null : this.rowAt(index);
  }

  /** The indices of the shown points in a box of the map. */
  indicesIn(box) {
    return this.#grid().inBox(box).filter((index) => this.states?.[index] !== HIDDEN);
  }

  /** The rows of the shown points within a polygon of places, Uint32Array. */
  rowsIn(polygon) {
    const within = this.#grid().inPolygon(polygon);
    const seen = this.states ? within.filter((index) => this.states[index] !== HIDDEN) : within;
    return seen.map(this.rowAt);
  }

  #grid() {
    if (this.#index) return this.#index;
    const { x, y } = this.cloud;
    if (!this.inSpace) return (this.#index = new GridIndex(x, y));
    const { u, v } = projected(this.cloud, this.turn, this.middle);
    return (this.#index = new GridIndex(u, v));
  }
}

function middleOf(values) {
  let [sum, count] = [0, 0];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    sum += value;
    count += 1;
  }
  return count ? sum / count : 0;
}
