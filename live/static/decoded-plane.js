// The decoded plane behind the points of a map: pictures of a grid of places, in one request.

import { drawStrip } from "./picture.js";

const TILE = 56; // CSS pixels: about the side of one picture
const GAP = 3; // CSS pixels between the pictures
const SETTLED_MS = 140; // without a move of the view before the pictures are asked for

export class DecodedPlane {
  #shown = false;
  #settling;

  /** `ask(latents, count, onReply)` decodes; `latentAt([x, y])` is the latent of a place; `most()` pictures at once. */
  constructor(canvas, { ask, latentAt, most }) {
    Object.assign(this, { canvas, ask, latentAt, most });
  }

  /** Draws the plane of the view when it is wanted and the view has come to rest. */
  follow(view, shown = this.#shown) {
    this.#shown = shown;
    clearTimeout(this.#settling);
    this.canvas.getContext("2d").clearRect(0, 0, 1e5, 1e5);
    if (shown) this.#settling = setTimeout(() => this.#decode(view), SETTLED_MS);
  }

  remove() {
    clearTimeout(this.#settling);
  }

  #decode(view) {
    const { width, height } = view;
    const side = Math.max(TILE, Math.sqrt((width * height) / this.most()) * 1.05);
    const columns = Math.max(1, Math.floor(width / side));
    const rows = Math.max(1, Math.floor(height / side));
    const latents = Array.from({ length: columns * rows }, (_, index) => {
      const across = ((index % columns) + 0.5) * (width / columns);
      const down = (Math.floor(index / columns) + 0.5) * (height / rows);
      return this.latentAt(view.toPlane([across, down]));
    });
    this.ask(latents.flat(), latents.length, ({ pixels, shape, count }) => {
      if (this.#shown) this.#draw(pixels, shape, { count, columns, width, height });
    });
  }

  #draw(pixels, shape, { count, columns, width, height }) {
    const sheet = document.createElement("canvas");
    drawStrip(sheet, pixels, shape, count, columns);
    const ratio = window.devicePixelRatio || 1;
    Object.assign(this.canvas, { width: width * ratio, height: height * ratio });
    const context = this.canvas.getContext("2d");
    context.imageSmoothingEnabled = false;
    const [high, wide] = shape;
    const [across, down] = [this.canvas.width / columns, (this.canvas.height * columns) / count];
    for (let tile = 0; tile < count; tile += 1) {
      const [column, row] = [tile % columns, Math.floor(tile / columns)];
      const [left, top] = [Math.round(column * across), Math.round(row * down)];
      const [right, bottom] = [Math.round((column + 1) * across), Math.round((row + 1) * down)].map((end) => end - GAP * ratio);
      context.drawImage(sheet, column * wide, row * high, wide, high, left, top, right - left, bottom - top);
    }
  }
}
