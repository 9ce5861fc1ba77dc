// The points as a picture somewhat larger than the view. While the hand moves, the picture moves and grows with it; a
// sharp one of the new place follows as soon as it is drawn.

import { WorkerPainter } from "./painter.js";

const MARGIN = 0.3; // of the view, on each side
const LEFT_OVER = 0.08; // of the view: a new picture is asked for when less of the margin is left
const WHILE_TURNING = 60_000; // points drawn while points in space turn

export class MovingPicture {
  #painter = new WorkerPainter();
  #drawn = null; // the frame on the canvas
  #busy = false;
  #stale = false; // points or colours changed since the frame that is drawn or on its way
  #gone = false;

  /** `onDrawn()` is called after each new picture of the present points. */
  constructor(canvas, { onDrawn = () => {} } = {}) {
    Object.assign(this, { canvas, onDrawn });
    this.context = canvas.getContext("bitmaprenderer");
    canvas.style.transformOrigin = "0 0";
  }

  /** x, y, z: Float32Array; inks: Uint32Array; states: Uint8Array or null; any of them. */
  set(parts) {
    this.#painter.set(parts);
    this.#stale = true;
  }

  /** Whether the picture shows the view as it is now, with nothing on its way. */
  settled(view) {
    return !this.#busy && !this.#stale && this.#drawn !== null && this.#drawn.scale === view.scale && this.#covers(view, 0) && !this.#drawn.coarse;
  }

  /** The picture where it belongs in the view; look: {radius, turn, middle, faded, coarse}. */
  follow(view, look) {
    this.view = view;
    this.look = look;
    this.#place();
    if (this.#needed()) this.#draw();
  }

  remove() {
    this.#gone = true;
    this.#painter.remove();
  }

  #needed() {
    const { view, look } = this;
    const drawn = this.#drawn;
    if (this.#stale || drawn === null || drawn.scale !== view.scale || drawn.radius !== look.radius || drawn.faded !== look.faded) return true;
    return String(drawn.turn) !== String(look.turn) || (drawn.coarse && !look.coarse) || !this.#covers(view, LEFT_OVER);
  }

  #covers(view, share) {
    const { x0, y0, x1, y1 } = this.#drawn;
    const [left, top] = view.toPlane([-share * view.width, -share * view.height]);
    const [right, bottom] = view.toPlane([(1 + share) * view.width, (1 + share) * view.height]);
    return left >= x0 && right <= x1 && bottom >= y0 && top <= y1;
  }

  async #draw() {
    if (this.#busy) return;
    this.#busy = true;
    this.#stale = false;
    const frame = this.#frame();
    try {
      const bitmap = await this.#painter.draw(frame);
      if (this.#gone) return;
      this.#show(bitmap, frame);
    } finally {
      this.#busy = false;
    }
    if (!this.#stale) this.onDrawn();
    if (this.#needed()) this.#draw();
  }

  #frame() {
    const { view, look } = this;
    const ratio = window.devicePixelRatio || 1;
    const width = Math.ceil(view.width * (1 + 2 * MARGIN) * ratio);
    const height = Math.ceil(view.height * (1 + 2 * MARGIN) * ratio);
    const half = [width / ratio / 2 / view.scale, height / ratio / 2 / view.scale];
    const [x0, x1] = [view.centre[0] - half[0], view.centre[0] + half[0]];
    const [y0, y1] = [view.centre[1] - half[1], view.centre[1] + half[1]];
    const corner = { left: x0, top: y1, width, height };
    const most = look.coarse ? WHILE_TURNING : undefined;
    return { ...corner, ratio, x0, y0, x1, y1, ...look, most, scale: view.scale * ratio, radius: look.radius * ratio };
  }

  #show(bitmap, frame) {
    const { canvas } = this;
    if (canvas.width !== frame.width) canvas.width = frame.width;
    if (canvas.height !== frame.height) canvas.height = frame.height;
    this.context.transferFromImageBitmap(bitmap);
    this.#drawn = { ...frame, scale: frame.scale / frame.ratio, radius: frame.radius / frame.ratio };
    canvas.style.width = `${frame.width / frame.ratio}px`;
    canvas.style.height = `${frame.height / frame.ratio}px`;
    this.#place();
  }

  #place() {
    if (this.#drawn === null) return;
    const { view } = this;
    const [left, top] = view.toScreen([this.#drawn.x0, this.#drawn.y1]);
    this.canvas.style.transform = `translate(${left}px, ${top}px) scale(${view.scale / this.#drawn.scale})`;
  }
}
