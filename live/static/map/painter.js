// Who draws the points: a worker where the browser has module workers, else the page itself.

import { backToFront, projected } from "./camera.js";
import { rasterise } from "./raster.js";

/** Holds the points and makes pictures of them. */
export class PointPainter {
  #points = {};
  #turn = null;
  #words = new Uint32Array(0);

  /** Any of x, y, z, inks, states; what is not named stays. */
  set(parts) {
    Object.assign(this.#points, parts);
    if (parts.x) this.#turn = null;
  }

  /** A bitmap of the frame: what `rasterise` takes, and `turn` and `middle` for points in space. */
  draw(frame) {
    const size = frame.width * frame.height;
    if (this.#words.length !== size) this.#words = new Uint32Array(size);
    rasterise(this.#words, this.#seen(frame), frame);
    return createImageBitmap(new ImageData(new Uint8ClampedArray(this.#words.buffer), frame.width, frame.height));
  }

  #seen({ turn, middle }) {
    const points = this.#points;
    if (!turn) return points;
    if (this.#turn?.key !== String(turn)) {
      const { u, v, depth } = projected(points, turn, middle);
      this.#turn = { key: String(turn), x: u, y: v, order: backToFront(depth) };
    }
    return { ...points, ...this.#turn };
  }
}

/** The same by a worker; `draw` gives a promise of a bitmap. One frame at a time: the caller waits for it. */
export class WorkerPainter {
  #worker = null;
  #local = null; // stands in when there is no worker
  #known = {};
  #asked = null; // {frame, resolve, reject}

  constructor() {
    try {
      this.#worker = new Worker(new URL("../../linked.js?modules=map/raster-worker", import.meta.url), { type: "module" });
      this.#worker.onmessage = ({ data }) => this.#answer().resolve(data.bitmap);
      this.#worker.onerror = () => this.#without();
    } catch {
      this.#without();
    }
  }

  set(parts) {
    Object.assign(this.#known, parts);
    if (this.#local) this.#local.set(parts);
    else this.#worker.postMessage({ set: parts });
  }

  draw(frame) {
    if (this.#local) return this.#local.draw(frame);
    return new Promise((resolve, reject) => {
      this.#asked = { frame, resolve, reject };
      this.#worker.postMessage({ draw: frame });
    });
  }

  remove() {
    this.#worker?.terminate();
  }

  #answer() {
    const asked = this.#asked;
    this.#asked = null;
    return asked;
  }

  #without() {
    this.#worker?.terminate();
    this.#worker = null;
    this.#local = new PointPainter();
    this.#local.set(this.#known);
    const asked = this.#answer();
    if (asked) this.#local.draw(asked.frame).then(asked.resolve, asked.reject);
  }
}
