// Box and lasso: drawn by mouse or finger as one stroke, by keys as corners.

const APART = 3; // CSS pixels between two corners of a lasso
const CLOSED = 6; // CSS pixels from the first corner in which a lasso by keys is closed

/** "add" with Shift, "subtract" with Alt, else "replace". */
export function modeOf(event) {
  if (event.altKey) return "subtract";
  return event.shiftKey ? "add" : "replace";
}

/** The corners of a box between two places on the screen. */
export function boxBetween([x0, y0], [x1, y1]) {
  return [[x0, y0], [x1, y0], [x1, y1], [x0, y1]];
}

/**
 * A stroke from `from`, as gestures.js holds it: {move, end, cancel}. kind: "box" or "lasso"; draw(polygon, mode) while it
 * grows, an empty polygon when it is over; done(polygon, mode) at its end. Places on the screen.
 */
export function selectingStroke(kind, from, mode, { draw, done }) {
  let track = [from];
  const corners = (at) => {
    if (kind === "box") return boxBetween(from, at);
    const [x, y] = track.at(-1);
    if (Math.hypot(at[0] - x, at[1] - y) >= APART) track.push(at);
    return track;
  };
  return {
    move: (at) => draw(corners(at), mode),
    end(at) {
      const polygon = corners(at);
      draw([], mode);
      if (polygon.length > 2) done(polygon, mode);
    },
    cancel: () => draw([], mode),
  };
}

/** The same by keys: corners at the cross, which the arrow keys move; kept as places of the plane, as the view may move. */
export class KeyedSelection {
  #corners = []; // places of the plane

  constructor({ toScreen, draw, done }) {
    Object.assign(this, { toScreen, draw, done });
  }

  get begun() {
    return this.#corners.length > 0;
  }

  /** Enter at a place of the plane: sets a corner, or ends the outline. */
  enter(kind, place, mode) {
    const last = kind === "box" ? this.#corners.length === 1 : this.#closes(place);
    if (!last) {
      this.#corners.push(place);
      return this.show(kind, place, mode);
    }
    const polygon = this.#polygon(kind, place);
    this.cancel();
    if (polygon.length > 2) this.done(polygon, mode);
  }

  /** The outline as it would be with the cross at the place. */
  show(kind, place, mode) {
    if (this.begun) this.draw(this.#polygon(kind, place), mode);
  }

  cancel() {
    this.#corners = [];
    this.draw([], "replace");
  }

  #closes(place) {
    if (this.#corners.length < 3) return false;
    const [x, y] = this.toScreen(place);
    return [this.#corners[0], this.#corners.at(-1)].some((corner) => {
      const [cornerX, cornerY] = this.toScreen(corner);
      return Math.hypot(cornerX - x, cornerY - y) <= CLOSED;
    });
  }

  #polygon(kind, place) {
    const corners = this.#corners.map(this.toScreen);
    const at = this.toScreen(place);
    return kind === "box" ? boxBetween(corners[0], at) : [...corners, at];
  }
}
