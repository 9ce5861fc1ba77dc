// The points of a map in a field of the page: to look over, to move, to select. What stands around it, and what a picture
// of a place is, belongs to the caller.
//
//   const view = new MapView(field, { onPointer, onClick, onSelect, onView, onTool });
//   view.setPoints({ x, y });
//   view.setColours({ classes, palette });
//
// Rows are rows of the source: every array with one value per image is indexed by them, also when only a sample is drawn.
// Places are [x, y] in the map's units; screens are [right, down] in CSS pixels from the field's corner.

import { drawAxes } from "./map-axes.js";
import { FACING, projected, turned } from "./map-camera.js";
import { Cloud } from "./map-cloud.js";
import { inksOf } from "./map-colours.js";
import { flightPath, fly } from "./map-flight.js";
import { GridIndex } from "./map-grid.js";
import { listenToHand } from "./map-hand.js";
import { Marks } from "./map-marks.js";
import { MovingPicture } from "./map-picture.js";
import { HIDDEN, SELECTED, SHOWN } from "./map-raster.js";
import { mapStyle } from "./map-style.js";
import { PlaneView } from "./plane-view.js";

const REACH = 14; // CSS pixels around the pointer in which an image counts as meant
const RADIUS = 2.2; // CSS pixels of a dot among 5,000, when all are shown
const SMALLEST = 0.8;
const MOST_ENLARGED = 2;
const REST_MS = 140; // without a move of the view before it has come to rest
const ROW_ZOOM = 12; // how far in a flight to an image goes
const FULL_TURN = 2; // a drag over the view's shorter side turns points in space by so many radians
const CALLS = ["onPointer", "onClick", "onSelect", "onView", "onTool"];

export class MapView {
  place = null; // what the cross is on
  row = null; // the image that is meant, or null
  #cloud = new Cloud({ x: new Float32Array(0), y: new Float32Array(0) });
  #plane = new PlaneView();
  #colours = null;
  #shown = null;
  #selected = null;
  #pins = [];
  #states = null;
  #index = null;
  #turn = FACING;
  #middle = [0, 0, 0];
  #turning = false;
  #whole = true;
  #wanted = null; // a view that was set before the field had a size
  #tool = "pan";
  #frame = null;
  #rest = null;
  #flight = null;

  /**
   * `field`: an element with a size, positioned; its own buttons are left alone.
   * onPointer({place, screen, row, stamp}); onClick({row, place, event, how: "click", "tap" or "key"});
   * onSelect({kind: "box" or "lasso", polygon, mode: "replace", "add" or "subtract", rows}); onView(view) at rest; onTool(tool).
   */
  constructor(field, calls = {}) {
    this.field = field;
    for (const name of CALLS) this[name] = calls[name] ?? (() => {});
    field.classList.add("map-view");
    field.setAttribute("role", field.getAttribute("role") ?? "application");
    field.tabIndex = 0;
    [this.axes, this.canvas] = ["map-fills map-axes", "map-points"].map(layer);
    this.style = mapStyle();
    field.prepend(this.style, this.axes, this.canvas);
    this.picture = new MovingPicture(this.canvas);
    this.picture.set({ x: this.#cloud.x, y: this.#cloud.y, inks: new Uint32Array(0), states: null }); // until there are points
    this.marks = new Marks(field);
    this.listening = new AbortController();
    this.keyed = listenToHand(this, this.listening.signal);
    this.sizes = new ResizeObserver(() => this.#resized());
    this.sizes.observe(field);
  }

  remove() {
    this.#flight?.stop();
    this.listening.abort();
    this.sizes.disconnect();
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#rest);
    this.picture.remove();
    this.marks.remove();
    for (const element of [this.style, this.axes, this.canvas]) element.remove();
    this.field.classList.remove("map-view", "over-point", "in-space");
  }

  // --- the points

  /** x, y, z for points in space: Float32Array; rows: Uint32Array when only a sample is here. keep: the view stays where it is. */
  setPoints(points, { keep = false } = {}) {
    this.#cloud = new Cloud(points);
    const { x, y, z } = this.#cloud;
    this.#index = null;
    this.row = null;
    this.#middle = z ? [x, y, z].map(middleOf) : [0, 0, 0];
    this.field.classList.toggle("in-space", this.inSpace);
    this.picture.set({ x, y, z });
    this.#paint();
    this.#mask();
    const before = keep ? (this.#wanted ?? this.view) : null;
    this.fit();
    if (before) this.view = before;
    this.setPins(this.#pins);
    if (this.place === null || !keep) this.lookAt(this.#plane.centre);
  }

  /** One colour per row: see map-colours.js; null: the accent. Gives back {low, high} for values. */
  setColours(colours) {
    this.#colours = colours;
    return this.#paint();
  }

  /** Uint8Array per row, 0 where an image is not drawn; null: all are. */
  setShown(mask) {
    this.#shown = mask;
    this.#mask();
    this.#lookAgain();
  }

  /** Uint8Array per row, 1 where an image is selected: the others fade; null: no selection. */
  setSelected(mask) {
    this.#selected = mask;
    this.#mask();
  }

  /** Rows with a ring around them. */
  setPins(rows) {
    this.#pins = [...rows];
    this.marks.setPins(this.#pins.map((row) => this.pointAt(row)).filter(Boolean));
    this.#changed();
  }

  /** The colours of the theme again, after it has changed. */
  themed() {
    this.#paint();
  }

  /** Whether all points are fitted into the view, and nobody has moved it since. */
  get whole() {
    return this.#whole;
  }

  get inSpace() {
    return this.#cloud.z !== null;
  }

  get tool() {
    return this.#tool;
  }

  /** "pan", "box" or "lasso": what a drag does. */
  set tool(tool) {
    if (tool === this.#tool) return;
    this.#tool = tool;
    this.keyed.cancel();
    this.field.dataset.tool = tool;
    this.onTool(tool);
  }

  // --- where is what

  /** The place of a row's point on the map (in space: on the screen's plane); null when it is not here. */
  pointAt(row) {
    const index = this.#cloud.indexOf(row);
    if (index === null) return null;
    const { x, y } = this.#grid();
    return Number.isFinite(x[index] + y[index]) ? [x[index], y[index]] : null;
  }

  /** The row of the shown point nearest to a place on the screen, within reach; or null. */
  nearest(screen, reach = REACH) {
    const index = this.#grid().nearest(this.#plane.toPlane(screen), reach / this.#plane.scale, this.#states);
    return index === null ? null : this.#cloud.rowAt(index);
  }

  /** The rows of the shown points within a polygon of places, Uint32Array. */
  rowsIn(polygon) {
    const within = this.#grid().inPolygon(polygon);
    const seen = this.#states ? within.filter((index) => this.#states[index] !== HIDDEN) : within;
    return seen.map((index) => this.#cloud.rowAt(index));
  }

  #grid() {
    if (this.#index) return this.#index;
    const { x, y } = this.#cloud;
    if (!this.inSpace) return (this.#index = new GridIndex(x, y));
    const { u, v } = projected(this.#cloud, this.#turn, this.#middle);
    return (this.#index = new GridIndex(u, v));
  }

  // --- the view

  /** {centre: [x, y], scale: CSS pixels per unit, turn: nine numbers in space, else null}. */
  get view() {
    return { centre: [...this.#plane.centre], scale: this.#plane.scale, turn: this.inSpace ? [...this.#turn] : null };
  }

  set view(view) {
    const sizeless = this.field.clientWidth === 0;
    this.#wanted = sizeless ? { ...this.view, ...view } : null;
    if (sizeless) return;
    this.#resize();
    if (view.centre) this.#plane.centre = [...view.centre];
    if (view.scale) this.#plane.scale = view.scale;
    if (view.turn && this.inSpace) this.#turnTo(view.turn);
    this.#whole = false;
    this.#changed();
  }

  /** All points, but for the few farthest out. */
  fit() {
    this.#flight?.stop();
    this.#fit();
    this.#changed();
  }

  #fit() {
    this.#resize(); // before the first look at its size, too
    const { x, y } = this.#grid();
    this.#plane.fit(x, y);
    this.#whole = true;
  }

  zoomBy(factor) {
    this.zoomAt([this.#plane.width / 2, this.#plane.height / 2], factor);
  }

  zoomAt(screen, factor) {
    this.#flight?.stop();
    this.#plane.zoomAt(screen, factor);
    this.#moved();
  }

  panBy(right, down) {
    this.#flight?.stop();
    this.#plane.panBy(right, down);
    this.#moved();
  }

  /** Points in space turn as a hand pulls them, CSS pixels to the right and down. */
  turnBy(right, down) {
    const share = FULL_TURN / Math.min(this.#plane.width, this.#plane.height);
    this.#turnTo(turned(this.#turn, right * share, down * share));
    this.#turning = true;
    this.#moved();
  }

  #turnTo(turn) {
    this.#turn = [...turn];
    this.#index = null;
  }

  /** Flies to a row's point, a box [x0, y0, x1, y1], or {place, scale}; a promise of "landed", or "stopped" by another move. */
  flyTo(target) {
    const to = this.#viewOf(target);
    if (to === null) return Promise.resolve("not here");
    this.#flight?.stop();
    this.#whole = false;
    const path = flightPath(this.view, to, Math.min(this.#plane.width, this.#plane.height));
    this.#flight = fly((share) => {
      Object.assign(this.#plane, path(share));
      this.#changed();
      if (share === 1) this.lookAt(to.look);
    });
    return this.#flight.done;
  }

  #viewOf(target) {
    if (Array.isArray(target)) return this.#viewOfBox(target);
    const place = typeof target === "number" ? this.pointAt(target) : target.place;
    if (place === null) return null;
    const near = (this.#plane.scale / this.#plane.zoom) * ROW_ZOOM;
    return { centre: place, scale: target.scale ?? Math.max(this.#plane.scale, near), look: place };
  }

  #viewOfBox([x0, y0, x1, y1]) {
    const { width, height } = this.#plane;
    const centre = [(x0 + x1) / 2, (y0 + y1) / 2];
    const whole = this.#plane.scale / this.#plane.zoom;
    const scale = Math.min(width / Math.max(x1 - x0, 1e-9), height / Math.max(y1 - y0, 1e-9)) / 1.2;
    return { centre, scale: Math.min(scale, 100 * whole), look: centre };
  }

  toScreen(place) {
    return this.#plane.toScreen(place);
  }

  toPlace(screen) {
    return this.#plane.toPlane(screen);
  }

  // --- the pointer

  /** The pointer is at a place of the map; `stamp`: of the pointer's event, null when no hand moved it. */
  lookAt(place, stamp = null) {
    this.place = place;
    const screen = this.#plane.toScreen(place);
    this.row = this.nearest(screen);
    this.field.classList.toggle("over-point", this.row !== null);
    this.#mark();
    this.keyed.show(place);
    this.onPointer({ place: this.inSpace ? null : place, screen, row: this.row, stamp });
  }

  #lookAgain() {
    if (this.place) this.lookAt(this.place);
  }

  #mark() {
    this.marks.follow(this.#plane, this.inSpace ? null : this.place, this.row === null ? null : this.pointAt(this.row));
  }

  // --- drawing

  /** Whether the picture shows the view as it is, and nothing is on its way. */
  get atRest() {
    return this.#frame === null && !this.#turning && this.picture.settled(this.#plane);
  }

  #paint() {
    const style = getComputedStyle(this.field);
    const plain = hexColour(style.getPropertyValue("--st-primary-color"), "#4c78a8");
    const { inks, ...range } = inksOf(this.#cloud, this.#colours, { plain, none: "#8c8c8c" });
    this.picture.set({ inks });
    this.#changed();
    return range;
  }

  #mask() {
    const { count } = this.#cloud;
    this.#states = this.#shown || this.#selected ? new Uint8Array(count).fill(SHOWN) : null;
    for (const [mask, state, wanted] of [[this.#selected, SELECTED, 1], [this.#shown, HIDDEN, 0]]) {
      if (!mask) continue;
      const here = this.#cloud.pick(mask);
      for (let index = 0; index < count; index += 1) if (here[index] === wanted) this.#states[index] = state;
    }
    this.picture.set({ states: this.#states });
    this.#changed();
  }

  #moved() {
    this.#whole = false;
    this.#changed();
  }

  /** The picture of the next frame, and what follows once the view rests. */
  #changed() {
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = null;
      this.#draw();
    });
    clearTimeout(this.#rest);
    this.#rest = setTimeout(() => this.#rested(), REST_MS);
  }

  #draw() {
    const turn = this.inSpace ? this.#turn : null;
    this.picture.follow(this.#plane, { radius: this.#radius(), turn, middle: this.#middle, coarse: this.#turning });
    this.axes.hidden = this.inSpace;
    if (!this.inSpace) drawAxes(this.axes, this.#plane, this.#look());
    if (!this.#turning) this.#mark();
  }

  #rested() {
    if (this.#turning) {
      this.#turning = false;
      this.#lookAgain();
      this.#changed();
      return;
    }
    this.onView(this.view);
  }

  #radius() {
    const few = Math.sqrt(Math.sqrt(5000 / Math.max(1, this.#cloud.count)));
    const near = 1 + Math.log2(Math.max(1, this.#plane.zoom)) / 4;
    return Math.max(SMALLEST, RADIUS * Math.min(MOST_ENLARGED, few * near));
  }

  #look() {
    const style = getComputedStyle(this.field);
    const [text, halo] = ["text", "background"].map((name) => style.getPropertyValue(`--st-${name}-color`).trim());
    const font = style.getPropertyValue("--st-code-font") || "monospace";
    return { line: "rgba(128, 128, 128, 0.22)", text, halo, font };
  }

  // --- sizes

  #resize() {
    this.#plane.resize(this.field.clientWidth, this.field.clientHeight);
  }

  #resized() {
    if (this.field.clientWidth === 0) return;
    if (this.#wanted) this.view = this.#wanted;
    else if (this.#whole) this.#fit();
    else this.#resize();
    this.#changed();
  }
}

function layer(name) {
  const canvas = document.createElement("canvas");
  canvas.className = `map-layer ${name}`;
  return canvas;
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

function hexColour(text, otherwise) {
  return /^#[0-9a-f]{6}/i.test(text.trim()) ? text.trim() : otherwise;
}
