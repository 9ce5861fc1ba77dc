// A map's picture: layers, points, lines and axes over each other, drawn anew at the next frame after each change, and what
// follows once the view has come to rest.

import { drawCompass, drawFigures, drawGrid, drawTitles, sized } from "./axes.js";
import { Layers } from "./layers.js";
import { dotRadius, lookOf, plainColour } from "./look.js";
import { MovingPicture } from "./picture.js";
import { PlotlyAtRest } from "./plotly.js";
import { mapStyle } from "./style.js";

const REST_MS = 140; // without a move of the view before it has come to rest

export class Drawing {
  #turning = false;
  #frame = null;
  #rest = null;
  #untold = false; // whether points came that are not on the screen yet

  /** drawn(): after each picture; rested(): the view stands still; turned(): points in space do. plotly: {address, points}. */
  constructor(scene, field, { drawn, rested, turned, plotly }) {
    Object.assign(this, { scene, field, drawn, rested, turned });
    this.layers = new Layers(scene);
    [this.axes, this.canvas, this.lines] = ["map-fills map-axes", "map-points", "map-fills map-lines"].map(layer);
    this.paper = document.createElement("div");
    Object.assign(this.paper, { className: "map-layer map-plotly", hidden: true });
    const points = [this.axes, this.canvas, this.paper, ...this.layers.elements(true), this.lines];
    this.elements = [mapStyle(), ...this.layers.elements(false), ...points];
    field.prepend(...this.elements);
    this.picture = new MovingPicture(this.canvas, { onDrawn: () => this.#tellDrawn() });
    this.picture.set({ ...scene.cloud, states: null });
    this.plotly = new PlotlyAtRest(this.paper, { ...plotly, onDrawn: () => this.#plotlyDrawn() });
  }

  /** Whether points in space are on the move. */
  get turning() {
    return this.#turning;
  }

  turn() {
    this.#turning = true;
  }

  /** Whether the picture shows the view as it is, and nothing is on its way. */
  get atRest() {
    return this.#frame === null && !this.#turning && this.picture.settled(this.scene.view);
  }

  /** The picture of the next frame, and what follows once the view rests. */
  changed() {
    this.plotly.disturb(true);
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = null;
      this.#draw();
    });
    clearTimeout(this.#rest);
    this.#rest = setTimeout(() => this.#rested(), REST_MS);
  }

  /** The points of the scene; fresh: those of another map, whose first picture is told. */
  placePoints(fresh = false) {
    this.#untold ||= fresh;
    const { x, y, z } = this.scene.cloud;
    this.picture.set({ x, y, z });
    return this.paint();
  }

  /** The scene's colours; gives back {low, high} for values. */
  paint() {
    const range = this.scene.paint(plainColour(this.field));
    this.picture.set({ inks: this.scene.inks });
    this.changed();
    return range;
  }

  /** Which points are hidden or selected: masks per row, or null. */
  mask(shown, selected) {
    this.scene.mask(shown, selected);
    this.picture.set({ states: this.scene.states });
  }

  /** What an exported file is made of. */
  get page() {
    const [below, above] = [false, true].map((over) => this.layers.elements(over));
    return { scene: this.scene, look: this.#look(), radius: this.#radius(), layers: this.layers, below, above };
  }

  remove() {
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#rest);
    this.picture.remove();
    this.layers.remove();
    this.plotly.remove();
    for (const element of this.elements) element.remove();
  }

  /** The first picture of new points, told on `document` for what listens to the page's pace. */
  #tellDrawn() {
    if (!this.#untold) return;
    this.#untold = false;
    const detail = { points: this.scene.cloud.count, drawn: performance.now() };
    document.dispatchEvent(new CustomEvent("map-drawn", { detail }));
  }

  #draw() {
    const { scene } = this;
    const turn = scene.inSpace ? scene.turn : null;
    const look = this.#look();
    this.picture.follow(scene.view, { radius: this.#radius(), turn, middle: scene.middle, faded: scene.faded, coarse: this.#turning });
    this.layers.follow(scene.view);
    this.#drawLines(look);
    this.drawn();
  }

  /** The grid below the points; its figures and the layers' lines over them. */
  #drawLines(look) {
    const { scene } = this;
    const { inSpace, view } = scene;
    this.axes.hidden = inSpace;
    const under = clean(this.axes, view);
    if (!inSpace) drawGrid(under, view, look);
    const over = clean(this.lines, view);
    this.layers.stroke(over, view, look);
    const titles = scene.map?.titles;
    if (inSpace) return drawCompass(over, view, scene.turn, look, titles);
    if (!this.plotly.drawn) drawFigures(over, view, look);
    drawTitles(over, view, look, titles);
  }

  #rested() {
    if (this.#turning) {
      this.#turning = false;
      this.turned();
      this.changed();
      return;
    }
    this.layers.rest(this.scene.view);
    this.plotly.follow(this.scene, this.#look(), this.#radius());
    this.rested();
  }

  /** What Plotly draws needs no stand-in. */
  #plotlyDrawn() {
    const { drawn } = this.plotly;
    this.canvas.style.visibility = drawn === "points" ? "hidden" : "";
    this.axes.style.visibility = drawn ? "hidden" : "";
    this.#drawLines(this.#look());
  }

  #radius() {
    const { on, possible } = this.layers.state("plane");
    return dotRadius(this.scene.cloud.count, this.scene.view.zoom, on && possible);
  }

  #look() {
    const look = lookOf(this.field);
    this.field.classList.toggle("on-light", look.light);
    this.scene.faded = look.faded;
    return look;
  }
}

function layer(name) {
  const canvas = document.createElement("canvas");
  canvas.className = `map-layer ${name}`;
  return canvas;
}

/** A clean context of the view's size whose unit is the CSS pixel. */
function clean(canvas, view) {
  const ratio = window.devicePixelRatio || 1;
  sized(canvas, view, ratio);
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, view.width, view.height);
  return context;
}
