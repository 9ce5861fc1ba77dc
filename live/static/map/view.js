// The points of a map in a field of the page: to look over, to move, to select. What stands around it, and what a picture
// of a place is, belongs to the caller.
//
//   const view = new MapView(field, { onPointer, onClick, onSelect, onView, onTool });
//   view.setPoints({ x, y });
//   view.setColours({ classes, palette });
//
// Rows are rows of the source: every array with one value per image is indexed by them, also when only a sample is drawn.
// Places are [x, y] in the map's units; screens are [right, down] in CSS pixels from the field's corner.

import { drawCompass, drawFigures, drawGrid, drawTitles, sized } from "./axes.js";
import { turned } from "./camera.js";
import { pageOfMap, pngOfMap, vectorsOfMap } from "./export.js";
import { flightPath, fly } from "./flight.js";
import { listenToHand } from "./hand.js";
import { Layers } from "./layers.js";
import { Marks } from "./marks.js";
import { MovingPicture } from "./picture.js";
import { PlotlyAtRest } from "./plotly.js";
import { roomOver } from "./room.js";
import { Scene } from "./scene.js";
import { mapStyle } from "./style.js";

const REACH = 14; // CSS pixels around the pointer in which an image counts as meant
const RADIUS = 2.2; // CSS pixels of a dot among 5,000, when all are shown
const SMALLEST = 0.8;
const MOST_ENLARGED = 2;
const OVER_PLANE = 0.5; // of that where the decoded plane is to be seen between the dots
const FADED = { light: 0.22, dark: 0.4 }; // how strong the points beside a selection are: a dark ground swallows dark colours
const REST_MS = 140; // without a move of the view before it has come to rest
const ROW_ZOOM = 12; // how far in a flight to an image goes
const FULL_TURN = 2; // a drag over the view's shorter side turns points in space by so many radians
const CALLS = ["onPointer", "onClick", "onSelect", "onView", "onTool", "onLayer"];

export class MapView {
  place = null; // what the cross is on
  row = null; // the image that is meant, or null
  #scene = new Scene();
  #shown = null;
  #selected = null;
  #pins = [];
  #turning = false;
  #whole = true;
  #wanted = null; // a view that was set before the field had a size
  #tool = "pan";
  #frame = null;
  #rest = null;
  #flight = null;
  #asked = 0; // flights that were asked for
  #removed = false;
  #untold = false; // whether points came that are not on the screen yet

  /**
   * `field`: an element with a size, positioned; its own buttons are left alone.
   * onPointer({place, screen, row, stamp}); onClick({row, place, event, how: "click", "tap" or "key"});
   * onSelect({kind: "box" or "lasso", polygon, mode: "replace", "add" or "subtract", rows}); onView(view, atRest) at each change; onTool(tool);
   * onLayer(name) when what a layer says of itself has changed: `layerState(name)`. plotly: the address of Plotly's script, which draws the axes
   * at rest, and the points where the machine has a graphics card for it ("always", "never" in plotlyPoints).
   */
  constructor(field, calls = {}) {
    this.field = field;
    for (const name of CALLS) this[name] = calls[name] ?? (() => {});
    field.classList.add("map-view");
    field.setAttribute("role", field.getAttribute("role") ?? "application");
    field.tabIndex = 0;
    const calling = { said: (name) => this.onLayer(name), redraw: () => this.#changed(), replace: (points) => this.#replace(points) };
    this.layers = new Layers(Object.assign(this.#scene, calling));
    [this.axes, this.canvas, this.lines] = ["map-fills map-axes", "map-points", "map-fills map-lines"].map(layer);
    this.paper = document.createElement("div");
    Object.assign(this.paper, { className: "map-layer map-plotly", hidden: true });
    const points = [this.axes, this.canvas, this.paper, ...this.layers.elements(true), this.lines];
    this.elements = [mapStyle(), ...this.layers.elements(false), ...points];
    field.prepend(...this.elements);
    this.picture = new MovingPicture(this.canvas, { onDrawn: () => this.#tellDrawn() });
    this.picture.set({ ...this.#scene.cloud, states: null });
    this.plotly = new PlotlyAtRest(this.paper, {
      address: calls.plotly ?? new URL("../../plotly.min.js", import.meta.url).href,
      points: calls.plotlyPoints,
      onDrawn: () => this.#plotlyDrawn(),
    });
    this.marks = new Marks(field);
    this.listening = new AbortController();
    this.keyed = listenToHand(this, this.listening.signal);
    this.sizes = new ResizeObserver(() => this.#resized());
    this.sizes.observe(field);
  }

  remove() {
    this.#removed = true;
    this.#flight?.stop();
    this.listening.abort();
    this.sizes.disconnect();
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#rest);
    this.picture.remove();
    this.marks.remove();
    this.layers.remove();
    this.plotly.remove();
    for (const element of this.elements) element.remove();
    this.field.classList.remove("map-view", "over-point", "in-space");
  }

  // --- the points

  /**
   * Whose points they are and how places are decoded, for the layers: {id, model, weights, source, label, shape: [C, H, W], spread, exact, origin, axes}; an
   * exact map decodes a place (x, y) as origin + x · axes[0] + y · axes[1], any other by the socket's kind `place`. Before setPoints.
   */
  setMap(map) {
    this.#scene.setMap(map);
    this.layers.forget();
    this.#changed();
  }

  /** x, y, z for points in space: Float32Array; rows: Uint32Array when only a sample is here. keep: the view stays where it is. */
  setPoints(points, { keep = false } = {}) {
    const before = keep ? (this.#wanted ?? this.view) : null;
    this.#scene.setPoints(points);
    this.#untold = true;
    this.row = null;
    this.field.classList.toggle("in-space", this.inSpace);
    const { x, y, z } = this.#scene.cloud;
    this.picture.set({ x, y, z });
    this.#paint();
    this.#mask();
    this.fit();
    if (before) this.view = before;
    this.setPins(this.#pins);
    if (this.place === null || !keep) this.lookAt(this.#whole ? this.#plane.middle : this.#plane.centre);
  }

  /**
   * Where setPoints was given a sample of very many: the rest of them. source: {count: of all, points(box, most, signal): promise of {rows, x, y} in
   * the box, all when fewer than `most`; density(box, width, height, signal): promise of {counts: Float32Array, classes: Uint8Array or
   * none}, the lowest line first}; null: all points are here. Its words: layerState("detail").
   */
  setDetail(source) {
    this.layers.forget(["detail"]);
    this.showLayer("detail", source !== null, { source });
  }

  /** One colour per row: see map-colours.js; null: the accent. Gives back {low, high} for values. */
  setColours(colours) {
    this.#scene.colours = colours;
    this.layers.forget(["detail"]);
    return this.#paint();
  }

  /** Uint8Array per row, 0 where an image is not drawn; null: all are. */
  setShown(mask) {
    this.#shown = mask;
    this.layers.forget(["detail"]);
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
    this.#markPins();
    if (this.#pins.every((row) => this.pointAt(row))) return;
    this.#scene.seek(this.#pins).then((found) => found && this.#markPins());
  }

  #markPins() {
    this.marks.setPins(this.#pins.map((row) => this.pointAt(row)).filter(Boolean));
    this.#changed();
  }

  /** The colours of the theme again, after it has changed. */
  themed() {
    this.#paint();
  }

  get inSpace() {
    return this.#scene.inSpace;
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
    return this.#scene.pointAt(row);
  }

  /** The row of the image at a place on the screen: whose picture is there, else of the nearest shown point within reach; or null. */
  nearest(screen, reach = REACH) {
    return this.layers.rowAt(this.#plane.toPlane(screen)) ?? this.#scene.nearest(screen, reach);
  }

  /** The rows of the shown points within a polygon of places, Uint32Array. */
  rowsIn(polygon) {
    return this.#scene.rowsIn(polygon);
  }

  get #plane() {
    return this.#scene.view;
  }

  // --- the layers

  /** Switches "plane", "density", "prior", "uncertainty", "spread" or "images"; options: see layerState. */
  showLayer(name, on, options = {}) {
    this.layers.show(name, on, options);
    this.#changed();
  }

  /** {on, possible, words, ...options} of a layer: what it shows in words, or why it cannot be shown. */
  layerState(name) {
    return this.layers.state(name);
  }

  // --- the view

  /** {centre: [x, y], scale: CSS pixels per unit, turn: nine numbers in space, else null}. */
  get view() {
    return { centre: [...this.#plane.centre], scale: this.#plane.scale, turn: this.inSpace ? [...this.#scene.turn] : null };
  }

  set view(view) {
    const sizeless = this.field.clientWidth === 0;
    this.#wanted = sizeless ? { ...this.view, ...view } : null;
    if (sizeless) return;
    this.#resize();
    if (view.centre) this.#plane.centre = [...view.centre];
    if (view.scale) this.#plane.scale = view.scale;
    if (view.turn && this.inSpace) this.#scene.turnTo(view.turn);
    this.#whole = false;
    this.#changed();
  }

  /** Whether all points are shown, as `fit` does and as it is until a hand or a flight moves the view. */
  get whole() {
    return this.#whole;
  }

  /** All points, but for the few farthest out. */
  fit() {
    this.#flight?.stop();
    this.#fit();
    this.#changed();
  }

  #fit() {
    this.#resize(); // before the first look at its size, too
    const { x, y } = this.inSpace ? this.#scene.points : (this.#scene.sample ?? this.#scene.cloud);
    this.#plane.fit(x, y, roomOver(this.field, this.inSpace));
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
    this.#scene.turnTo(turned(this.#scene.turn, right * share, down * share));
    this.#turning = true;
    this.#moved();
  }

  /**
   * Flies to a row's point, a box [x0, y0, x1, y1], or {place, scale}; a promise of "landed", or "stopped" by another move. A row that a sample
   * left out is asked for; "not here" when it is not on the map.
   */
  async flyTo(target) {
    this.#flight?.stop();
    const asked = (this.#asked += 1);
    if (typeof target === "number" && !(await this.#scene.seek([target]))) return "not here";
    if (asked !== this.#asked || this.#removed) return "stopped";
    const to = this.#viewOf(target);
    if (to === null) return "not here";
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

  // --- files

  /** The view as a PNG Blob; facts: {title, legend: [{name, colour}], words}, as wanted. */
  exportPng(facts = {}) {
    return pngOfMap(this.#page(), facts);
  }

  /** The view as an SVG Blob. */
  async exportSvg(facts = {}) {
    return vectorsOfMap(this.#page(), facts);
  }

  /** The map as an HTML Blob that needs no server; facts: also nameOf(row). Throws an Error with a sentence when Plotly's script is not to be had. */
  async exportHtml(facts = {}) {
    const response = await fetch(this.plotly.address).catch(() => null);
    if (!response?.ok) throw new Error("Plotly's script did not come from the server. Check the connection, then try again.");
    return pageOfMap(this.#page(), { ...facts, plotly: await response.text() });
  }

  #page() {
    const [below, above] = [false, true].map((over) => this.layers.elements(over));
    return { scene: this.#scene, look: this.#look(), radius: this.#radius(), layers: this.layers, below, above };
  }

  // --- the pointer

  /** The pointer is at a place of the map; `stamp`: of the pointer's event, null when no hand moved it. */
  lookAt(place, stamp = null) {
    this.place = place;
    const screen = this.#plane.toScreen(place);
    this.row = this.nearest(screen);
    this.field.classList.toggle("over-point", this.row !== null);
    this.plotly.disturb(false);
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

  /** The first picture of new points, told on `document` for what listens to the page's pace. */
  #tellDrawn() {
    if (!this.#untold) return;
    this.#untold = false;
    const detail = { points: this.#scene.cloud.count, drawn: performance.now() };
    document.dispatchEvent(new CustomEvent("map-drawn", { detail }));
  }

  /** Whether the picture shows the view as it is, and nothing is on its way. */
  get atRest() {
    return this.#frame === null && !this.#turning && this.picture.settled(this.#plane);
  }

  #paint() {
    const style = getComputedStyle(this.field);
    const plain = hexColour(style.getPropertyValue("--st-primary-color"), "#4c78a8");
    const range = this.#scene.paint(plain);
    this.picture.set({ inks: this.#scene.inks });
    this.#changed();
    return range;
  }

  #mask() {
    this.#scene.mask(this.#shown, this.#selected);
    this.picture.set({ states: this.#scene.states });
    this.layers.forget(["density"]);
    this.#changed();
  }

  /** Nearer points of the same map in place of those that are drawn. */
  #replace(points) {
    this.#scene.put(points);
    const { x, y, z } = this.#scene.cloud;
    this.picture.set({ x, y, z });
    this.#paint();
    this.#scene.mask(this.#shown, this.#selected);
    this.picture.set({ states: this.#scene.states });
    this.#lookAgain();
  }

  #moved() {
    this.#whole = false;
    this.#changed();
  }

  /** The picture of the next frame, and what follows once the view rests. */
  #changed() {
    this.plotly.disturb(true);
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = null;
      this.#draw();
    });
    clearTimeout(this.#rest);
    this.#rest = setTimeout(() => this.#rested(), REST_MS);
  }

  #draw() {
    const scene = this.#scene;
    const turn = this.inSpace ? scene.turn : null;
    const look = this.#look();
    this.picture.follow(this.#plane, { radius: this.#radius(), turn, middle: scene.middle, faded: scene.faded, coarse: this.#turning });
    this.layers.follow(this.#plane);
    this.#drawLines(look);
    if (!this.#turning) this.#mark();
    this.onView(this.view, false);
  }

  /** The grid below the points; its figures and the layers' lines over them. */
  #drawLines(look) {
    this.axes.hidden = this.inSpace;
    const under = fresh(this.axes, this.#plane);
    if (!this.inSpace) drawGrid(under, this.#plane, look);
    const over = fresh(this.lines, this.#plane);
    this.layers.stroke(over, this.#plane, look);
    const titles = this.#scene.map?.titles;
    if (this.inSpace) return drawCompass(over, this.#plane, this.#scene.turn, look, titles);
    if (!this.plotly.drawn) drawFigures(over, this.#plane, look);
    drawTitles(over, this.#plane, look, titles);
  }

  #rested() {
    if (this.#turning) {
      this.#turning = false;
      this.#lookAgain();
      this.#changed();
      return;
    }
    this.layers.rest(this.#plane);
    this.plotly.follow(this.#scene, this.#look(), this.#radius());
    this.onView(this.view, true);
  }

  /** What Plotly draws needs no stand-in. */
  #plotlyDrawn() {
    const { drawn } = this.plotly;
    this.canvas.style.visibility = drawn === "points" ? "hidden" : "";
    this.axes.style.visibility = drawn ? "hidden" : "";
    this.#drawLines(this.#look());
  }

  #radius() {
    const few = Math.sqrt(Math.sqrt(5000 / Math.max(1, this.#scene.cloud.count)));
    const near = 1 + Math.log2(Math.max(1, this.#plane.zoom)) / 4;
    const { on, possible } = this.layers.state("plane");
    const over = on && possible ? OVER_PLANE : 1;
    return Math.max(SMALLEST, over * RADIUS * Math.min(MOST_ENLARGED, few * near));
  }

  #look() {
    const style = getComputedStyle(this.field);
    const [text, halo] = ["text", "background"].map((name) => style.getPropertyValue(`--st-${name}-color`).trim());
    const font = style.getPropertyValue("--st-code-font") || "monospace";
    const light = bright(hexColour(halo, "#ffffff"));
    this.field.classList.toggle("on-light", light);
    this.#scene.faded = light ? FADED.light : FADED.dark;
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

/** A clean context of the view's size whose unit is the CSS pixel. */
function fresh(canvas, view) {
  const ratio = window.devicePixelRatio || 1;
  sized(canvas, view, ratio);
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, view.width, view.height);
  return context;
}

function bright(hex) {
  return [1, 3, 5].reduce((sum, at) => sum + parseInt(hex.slice(at, at + 2), 16), 0) > 3 * 128;
}

function hexColour(text, otherwise) {
  return /^#[0-9a-f]{6}/i.test(text.trim()) ? text.trim() : otherwise;
}
