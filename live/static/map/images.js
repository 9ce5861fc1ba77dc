// Images in place of dots where the view is near enough: as many as fit without touching each other, the same ones while the
// view moves. Their pictures come by the sheet, one sheet on its way at a time, so that the hand's decodes go first.

import { hexOf } from "./colours.js";
import { DrawnLayer } from "./layer.js";
import { HIDDEN, SELECTED } from "./raster.js";

const SIDE = 36; // CSS pixels of an image, its frame included
const FRAME = 2;
const MOST_IN_VIEW = 6000; // images in the view, of which some are drawn; with more, dots alone say enough
const IN_SHEET = 64;
const KEPT = 4000; // pictures remembered

export class ImagesLayer extends DrawnLayer {
  #pictures = new Map(); // row -> {bitmap, left, width, height}
  #placed = []; // {index, row, x, y, side: of the map}
  #asking = null; // AbortController of the sheet on its way
  #failed = "";
  #near = null; // images in and around the view: {x, y} each; null: too many

  constructor(scene) {
    super(scene, "map-images", { side: SIDE });
  }

  get impossible() {
    return this.scene.map ? null : "The map has not said whose images it shows.";
  }

  forget() {
    this.#asking?.abort();
    this.#asking = null;
    this.#failed = "";
    this.#pictures.clear();
    this.#placed = [];
    super.forget();
  }

  rest(view) {
    const box = this.drifting.boxFor(view);
    const near = this.scene.indicesIn(box);
    const tooMany = near.length > MOST_IN_VIEW;
    this.#placed = tooMany ? [] : this.#place(near, view);
    this.#draw(view);
    this.#near = tooMany ? null : near.map((index) => ({ x: this.scene.points.x[index], y: this.scene.points.y[index] }));
    this.#tell();
    this.#fetch();
  }

  hide() {
    this.#asking?.abort();
    this.#asking = null;
    this.#placed = [];
    this.drifting.clear();
  }

  remove() {
    this.hide();
  }

  /** The row whose picture is at a place of the map; null when none is. */
  rowAt([x, y]) {
    const half = this.options.side / 2 / this.scene.view.scale;
    const found = this.#placed.find((image) => Math.abs(image.x - x) <= half && Math.abs(image.y - y) <= half && this.#pictures.get(image.row));
    return found?.row ?? null;
  }

  #tell() {
    this.words = this.#failed || this.#say();
    this.scene.said("images");
  }

  #say() {
    if (this.#near === null) return "Images instead of dots: zoom in until fewer are in view";
    const [near, placed] = [this.#near, this.#placed].map((images) => images.filter((image) => this.#inFrame(image)));
    if (near.length === 0) return "No image is in view";
    const missing = placed.filter(({ row }) => !this.#pictures.has(row)).length;
    if (missing) return `${missing} of ${placed.length} images are on their way`;
    if (placed.length === near.length) return near.length === 1 ? "The one image in view is drawn" : `All ${near.length} images in view are drawn`;
    return `${placed.length} of ${near.length} images in view are drawn; the others have no room`;
  }

  /** Whether the middle of an image lies in the frame of the view: what is drawn around it only waits for the hand. */
  #inFrame({ x, y }) {
    const { view } = this.scene;
    const [left, top] = view.toScreen([x, y]);
    return left >= 0 && top >= 0 && left <= view.width && top <= view.height;
  }

  #missing() {
    return this.#placed.map(({ row }) => row).filter((row) => !this.#pictures.has(row));
  }

  /** Selected images first, then those that a fixed shuffle of all puts first: what a move of the view leaves in it stays. */
  #place(near, view) {
    const { points, states, rowAt } = this.scene;
    const side = this.options.side / view.scale;
    const first = (index) => (states?.[index] === SELECTED ? 0 : 2 ** 32) + shuffled(rowAt(index));
    const order = near.filter((index) => states?.[index] !== HIDDEN).sort((a, b) => first(a) - first(b));
    const taken = new Map(); // cell of `side` -> images whose middle lies there
    const free = (x, y) => {
      const [column, row] = [Math.floor(x / side), Math.floor(y / side)];
      for (let across = column - 1; across <= column + 1; across += 1) {
        for (let up = row - 1; up <= row + 1; up += 1) {
          const other = taken.get(`${across} ${up}`);
          if (other?.some((image) => Math.abs(image.x - x) < side && Math.abs(image.y - y) < side)) return false;
        }
      }
      return true;
    };
    const placed = [];
    for (const index of order) {
      const [x, y] = [points.x[index], points.y[index]];
      if (!free(x, y)) continue;
      const key = `${Math.floor(x / side)} ${Math.floor(y / side)}`;
      const image = { index, row: rowAt(index), x, y };
      taken.set(key, [...(taken.get(key) ?? []), image]);
      placed.push(image);
    }
    return placed;
  }

  #draw(view) {
    const { context, place } = this.drifting.begin(view);
    context.imageSmoothingEnabled = false;
    const { side } = this.options;
    const selecting = this.scene.states?.includes(SELECTED) ?? false;
    for (const image of this.#placed) {
      const picture = this.#pictures.get(image.row);
      if (!picture) continue;
      const [x, y] = place(image.x, image.y).map((middle) => Math.round(middle - side / 2));
      const grown = (side - 2 * FRAME) / Math.max(picture.width, picture.height);
      const [wide, high] = [Math.round(picture.width * grown), Math.round(picture.height * grown)];
      const [left, top] = [x + Math.floor((side - wide) / 2), y + Math.floor((side - high) / 2)];
      context.globalAlpha = selecting && this.scene.states[image.index] !== SELECTED ? 0.4 : 1;
      context.fillStyle = hexOf(this.scene.inks[image.index]);
      context.fillRect(left - FRAME, top - FRAME, wide + 2 * FRAME, high + 2 * FRAME);
      context.drawImage(picture.bitmap, picture.left, 0, picture.width, picture.height, left, top, wide, high);
    }
  }

  /** The next sheet, if pictures are missing and none is on its way. */
  async #fetch() {
    if (this.#asking || this.#failed) return;
    const rows = this.#missing().slice(0, IN_SHEET);
    if (rows.length === 0) return;
    const asking = (this.#asking = new AbortController());
    try {
      this.#keep(rows, await sheet(this.scene.map, rows, asking.signal));
    } catch (problem) {
      if (asking.signal.aborted) return;
      this.#failed = `The images cannot be shown: ${problem.message}`;
    }
    if (asking.signal.aborted) return;
    this.#asking = null;
    this.#draw(this.scene.view);
    this.#tell();
    this.#fetch();
  }

  #keep(rows, bitmap) {
    const width = bitmap.width / rows.length;
    rows.forEach((row, at) => this.#pictures.set(row, { bitmap, left: at * width, width, height: bitmap.height }));
    for (const row of this.#pictures.keys()) {
      if (this.#pictures.size <= KEPT) break;
      this.#pictures.delete(row);
    }
  }
}

async function sheet({ model, weights, source }, rows, signal) {
  const address = new URL(`../../sheet/${encodeURIComponent(model)}/${weights}.png`, import.meta.url);
  address.searchParams.set("rows", rows.join());
  if (source && source !== "reference") address.searchParams.set("source", source);
  const response = await fetch(address, { signal });
  if (!response.ok) throw new Error((await response.json().catch(() => null))?.message ?? `the server answered ${response.status}`);
  return createImageBitmap(await response.blob());
}

/** A number in 0 .. 2³² − 1 that looks drawn by chance and is the same for a row each time. */
function shuffled(row) {
  let mixed = Math.imul(row ^ (row >>> 16), 0x45d9f3b);
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x45d9f3b);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
