// The points of a map in a field of the page: to look over, to move, to select. What stands around it, and what a picture
// of a place is, belongs to the caller.
//
//   const view = new MapView(field, { onPointer, onClick, onSelect, onView, onTool });
//   view.setPoints({ x, y });
//   view.setColours({ classes, palette });
//
// Rows are rows of the source: every array with one value per image is indexed by them, also when only a sample is drawn.
// Places are [x, y] in the map's units; screens are [right, down] in CSS pixels from the field's corner.

import { Drawing } from "./drawing.js";
import { pageOfMap, pngOfMap, vectorsOfMap } from "./export.js";
import { listenToHand } from "./hand.js";
import { Marks } from "./marks.js";
import { Moves } from "./moves.js";
import { Scene } from "./scene.js";

const REACH = 14; // CSS pixels around the pointer in which an image counts as meant
const CALLS = ["onPointer", "onClick", "onSelect", "onView", "onTool", "onLayer"];

export class MapView {
  place = null; // what the cross is on
  row = null; // the image that is meant, or null
  #scene = new Scene();
  #shown = null;
  #selected = null;
  #pins = [];
  #tool = "pan";

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
    const changed = () => this.#changed();
    Object.assign(this.#scene, { said: (name) => this.onLayer(name), redraw: changed, replace: (points) => this.#replace(points) });
    this.drawing = new Drawing(this.#scene, field, {
      drawn: () => this.#drawn(),
      rested: () => this.onView(this.view, true),
      turned: () => this.#lookAgain(),
      plotly: { address: calls.plotly ?? new URL("../../plotly.min.js", import.meta.url).href, points: calls.plotlyPoints },
    });
    const { layers, picture, plotly } = this.drawing;
    Object.assign(this, { layers, picture, plotly });
    this.moves = new Moves(this.#scene, field, { changed, turning: () => this.drawing.turn(), landed: (place) => this.lookAt(place) });
    this.marks = new Marks(field);
    this.listening = new AbortController();
    this.keyed = listenToHand(this, this.listening.signal);
    this.sizes = new ResizeObserver(() => this.moves.resized());
    this.sizes.observe(field);
  }

  remove() {
    this.moves.remove();
    this.listening.abort();
    this.sizes.disconnect();
    this.drawing.remove();
    this.marks.remove();
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
    const before = keep ? this.moves.meant : null;
    this.#scene.setPoints(points);
    this.row = null;
    this.field.classList.toggle("in-space", this.inSpace);
    this.drawing.placePoints(true);
    this.#mask();
    this.fit();
    if (before) this.view = before;
    this.setPins(this.#pins);
    if (this.place === null || !keep) this.lookAt(this.whole ? this.#plane.middle : this.#plane.centre);
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
    return this.drawing.paint();
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
    this.drawing.paint();
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
    return this.moves.view;
  }

  set view(view) {
    this.moves.view = view;
  }

  /** Whether all points are shown, as `fit` does and as it is until a hand or a flight moves the view. */
  get whole() {
    return this.moves.whole;
  }

  /** All points, but for the few farthest out. */
  fit() {
    this.moves.fit();
  }

  zoomBy(factor) {
    this.moves.zoomBy(factor);
  }

  zoomAt(screen, factor) {
    this.moves.zoomAt(screen, factor);
  }

  panBy(right, down) {
    this.moves.panBy(right, down);
  }

  /** Points in space turn as a hand pulls them, CSS pixels to the right and down. */
  turnBy(right, down) {
    this.moves.turnBy(right, down);
  }

  /**
   * Flies to a row's point, a box [x0, y0, x1, y1], or {place, scale}; a promise of "landed", or "stopped" by another move. A row that a sample
   * left out is asked for; "not here" when it is not on the map.
   */
  flyTo(target) {
    return this.moves.flyTo(target);
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
    return pngOfMap(this.drawing.page, facts);
  }

  /** The view as an SVG Blob. */
  async exportSvg(facts = {}) {
    return vectorsOfMap(this.drawing.page, facts);
  }

  /** The map as an HTML Blob that needs no server; facts: also nameOf(row). Throws an Error with a sentence when Plotly's script is not to be had. */
  async exportHtml(facts = {}) {
    const response = await fetch(this.plotly.address).catch(() => null);
    if (!response?.ok) throw new Error("Plotly's script did not come from the server. Check the connection, then try again.");
    return pageOfMap(this.drawing.page, { ...facts, plotly: await response.text() });
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

  /** Whether the picture shows the view as it is, and nothing is on its way. */
  get atRest() {
    return this.drawing.atRest;
  }

  #changed() {
    this.drawing.changed();
  }

  #drawn() {
    if (!this.drawing.turning) this.#mark();
    this.onView(this.view, false);
  }

  #mask() {
    this.drawing.mask(this.#shown, this.#selected);
    this.layers.forget(["density"]);
    this.#changed();
  }

  /** Nearer points of the same map in place of those that are drawn. */
  #replace(points) {
    this.#scene.put(points);
    this.drawing.placePoints();
    this.drawing.mask(this.#shown, this.#selected);
    this.#lookAgain();
  }
}
