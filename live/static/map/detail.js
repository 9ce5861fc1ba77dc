// A map of very many images: how dense all of them lie, a sample of points on top, and every point once few enough are in the view.

import { inkOf } from "./colours.js";
import { DrawnLayer } from "./layer.js";
import { SELECTED } from "./raster.js";

const MOST = 50_000; // points asked for in a view
const CELL = 2; // CSS pixels: the side of a cell of the raster
const LARGEST = 2048; // cells to a side
const EMPTY = 255; // in a raster of classes: nothing here

export class DetailLayer extends DrawnLayer {
  #asking = null;
  #drawn = ""; // the view that was asked for last

  constructor(scene) {
    super(scene, "map-raster", { source: null });
  }

  get impossible() {
    if (this.scene.inSpace) return "A map in space shows its sample only.";
    return this.options.source ? null : "All images of this map are here as points.";
  }

  /** Other points, others shown, other colours: what was drawn holds no more. */
  forget() {
    this.#asking?.abort();
    this.#drawn = "";
    super.forget();
  }

  rest(view) {
    this.drifting.canvas.style.opacity = this.scene.states?.includes(SELECTED) ? 0.3 : "";
    const key = [...view.centre, view.scale, view.width, view.height].join();
    if (key === this.#drawn) return;
    this.#drawn = key;
    this.#ask(view);
  }

  async #ask(view) {
    this.#asking?.abort();
    const asking = (this.#asking = new AbortController());
    const box = this.drifting.boxFor(view);
    try {
      const found = await this.options.source.points(box, MOST, asking.signal);
      if (asking.signal.aborted) return;
      const all = found.rows.length < MOST;
      this.scene.replace(all ? found : withSample(this.scene.sample, found));
      if (all) this.drifting.clear();
      else await this.#raster(view, box, asking.signal);
      this.words = all ? `All ${counted(found.rows.length)} images in and around the view` : this.#sampled();
    } catch (problem) {
      if (asking.signal.aborted) return;
      this.#drawn = ""; // the next rest asks again
      this.words = `Only a sample is shown: ${problem.message}`;
    }
    this.scene.said("detail");
  }

  #sampled() {
    const { count } = this.options.source;
    const shown = counted(this.scene.cloud.count);
    return `${shown} of ${counted(count)} images as points, over how dense all of them lie; zoom in for all`;
  }

  async #raster(view, box, signal) {
    const [width, height] = [box[2] - box[0], box[3] - box[1]].map((side) => Math.min(LARGEST, Math.ceil((side * view.scale) / CELL)));
    const { counts, classes } = await this.options.source.density(box, width, height, signal);
    if (signal.aborted) return;
    const { context } = this.drifting.begin(this.scene.view, box);
    const cells = document.createElement("canvas");
    Object.assign(cells, { width, height });
    cells.getContext("2d").putImageData(rasterImage(counts, classes, width, height, this.#inks()), 0, 0);
    const { scale } = this.scene.view;
    context.drawImage(cells, 0, 0, (box[2] - box[0]) * scale, (box[3] - box[1]) * scale);
  }

  #inks() {
    const { colours, plain } = this.scene;
    return colours?.palette ? colours.palette.map(inkOf) : [inkOf(plain)];
  }
}

/** Counts as ink: the more, the stronger; the lowest line of the raster comes first, that of a picture last. */
export function rasterImage(counts, classes, width, height, inks) {
  const image = new ImageData(width, height);
  const words = new Uint32Array(image.data.buffer);
  const most = Math.log1p(counts.reduce((high, value) => Math.max(high, value), 0)) || 1;
  for (let line = 0; line < height; line += 1) {
    for (let column = 0; column < width; column += 1) {
      const at = line * width + column;
      if (counts[at] === 0) continue;
      const alpha = Math.round(60 + (170 * Math.log1p(counts[at])) / most);
      const kind = classes && classes[at] !== EMPTY ? classes[at] : 0;
      words[(height - 1 - line) * width + column] = ((alpha << 24) | inks[kind % inks.length]) >>> 0;
    }
  }
  return image;
}

/** The sample of the whole map and the points of a view, each row once. */
export function withSample(sample, found) {
  const here = new Set(found.rows);
  const beside = Array.from(sample.rows, (_, index) => index).filter((index) => !here.has(sample.rows[index]));
  const join = (name) => {
    const column = new found[name].constructor(found[name].length + beside.length);
    beside.forEach((index, at) => (column[at] = sample[name][index]));
    column.set(found[name], beside.length);
    return column;
  };
  return { x: join("x"), y: join("y"), rows: join("rows") };
}

function counted(number) {
  return number.toLocaleString("en");
}
