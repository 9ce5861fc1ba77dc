// A layer's picture, somewhat larger than the view: drawn once, then moved and stretched with the view until it is drawn again.

const MARGIN = 0.25; // of the view, on each side

export class DriftingCanvas {
  drawn = null; // {x0, y0, x1, y1, scale}: what of the plane is on it

  constructor(name) {
    this.canvas = document.createElement("canvas");
    this.canvas.className = `map-layer map-drifting ${name}`;
    this.canvas.style.transformOrigin = "0 0";
    this.canvas.hidden = true;
  }

  /** The box of the plane [x0, y0, x1, y1] that a picture for this view holds. */
  boxFor(view) {
    const [x0, y1] = view.toPlane([-MARGIN * view.width, -MARGIN * view.height]);
    const [x1, y0] = view.toPlane([(1 + MARGIN) * view.width, (1 + MARGIN) * view.height]);
    return [x0, y0, x1, y1];
  }

  /** A clean context whose unit is the CSS pixel, for the view; place(x, y) of the plane gives its pixels. */
  begin(view, box = this.boxFor(view)) {
    const [x0, y0, x1, y1] = box;
    const { canvas } = this;
    const ratio = window.devicePixelRatio || 1;
    const [width, height] = [Math.round((x1 - x0) * view.scale), Math.round((y1 - y0) * view.scale)];
    Object.assign(canvas, { width: width * ratio, height: height * ratio, hidden: false });
    Object.assign(canvas.style, { width: `${width}px`, height: `${height}px` });
    this.drawn = { x0, y0, x1, y1, scale: view.scale };
    this.follow(view);
    const context = canvas.getContext("2d");
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    return { context, place: (x, y) => [(x - x0) * view.scale, (y1 - y) * view.scale] };
  }

  follow(view) {
    if (this.drawn === null) return;
    const [left, top] = view.toScreen([this.drawn.x0, this.drawn.y1]);
    this.canvas.style.transform = `translate(${left}px, ${top}px) scale(${view.scale / this.drawn.scale})`;
  }

  /** Whether the picture is sharp and reaches over the whole view. */
  fits(view) {
    if (this.drawn === null || this.drawn.scale !== view.scale) return false;
    const [left, top] = view.toPlane([0, 0]);
    const [right, bottom] = view.toPlane([view.width, view.height]);
    const { x0, y0, x1, y1 } = this.drawn;
    return left >= x0 && right <= x1 && bottom >= y0 && top <= y1;
  }

  clear() {
    this.drawn = null;
    this.canvas.hidden = true;
    this.canvas.width = 0;
  }
}
