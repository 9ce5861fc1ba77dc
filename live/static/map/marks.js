// What stands over the points: the cross at the pointer, the ring around the image it means, rings of pinned images, the
// outline of a selection while it is drawn.

const SVG = "http://www.w3.org/2000/svg";

export class Marks {
  #pins = []; // {place, element}

  constructor(field) {
    this.field = field;
    this.cross = mark("map-cross");
    this.ring = mark("map-ring");
    this.ring.hidden = true;
    this.outline = document.createElementNS(SVG, "svg");
    this.outline.setAttribute("class", "map-layer map-outline");
    this.outline.append(document.createElementNS(SVG, "path"));
    field.append(this.outline, this.ring, this.cross);
  }

  /** places: [x, y] of each pinned image. */
  setPins(places) {
    for (const { element } of this.#pins) element.remove();
    this.#pins = places.map((place) => ({ place, element: mark("map-pin") }));
    this.field.append(...this.#pins.map(({ element }) => element));
  }

  /** The marks where they belong in the view; `place` and `ringed`: [x, y] or null. */
  follow(view, place, ringed) {
    move(this.cross, view, place);
    move(this.ring, view, ringed);
    for (const pin of this.#pins) move(pin.element, view, pin.place);
  }

  /** The outline of a selection, [[x, y], ...] on the screen; empty: none. */
  draw(polygon, mode) {
    const corners = polygon.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`);
    this.outline.firstChild.setAttribute("d", corners.length > 1 ? `M${corners.join("L")}Z` : "");
    this.outline.dataset.mode = mode;
  }

  remove() {
    this.setPins([]);
    for (const element of [this.outline, this.ring, this.cross]) element.remove();
  }
}

function mark(name) {
  const element = document.createElement("i");
  element.className = `map-mark ${name}`;
  return element;
}

function move(element, view, place) {
  element.hidden = place === null;
  if (place === null) return;
  const [x, y] = view.toScreen(place);
  element.style.transform = `translate(${x.toFixed(1)}px, ${y.toFixed(1)}px)`;
}
