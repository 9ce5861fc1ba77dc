// A map that came is put on the view: its points, how their places are decoded, and what is known of them.

import { densityOf, pointsOf } from "./routes.js";
import { viewFrom } from "./view-numbers.js";

const DECODED = { // caption of the large picture, and what it means
  all: ["Decoded here", "What the model draws at the pointer's place"],
  plane: ["Decoded on the plane", "What the model draws at the pointer's place on this plane. The images lie beside it in the other dimensions, so their own pictures differ"],
  bent: ["≈ Decoded nearby", "A bent map has no exact way back: what the model draws from the codes of the dots around the pointer"],
};

/** Of a MapPanel. */
export class MapShown {
  points = null; // {x, y, z, rows} of the map; null before the first
  #source = null;

  constructor(panel) {
    this.panel = panel;
  }

  /** Draws another map; the one before stays until it is here. A promise of whether it came. */
  async draw(wanted) {
    const { atlas, kept, data, sayInstead } = this.panel;
    const known = kept.read()?.[wanted.method];
    const alignTo = known && known.weights !== data.weights ? known.id : undefined;
    if (atlas.map === null) sayInstead("Laying out the points…");
    const came = await atlas.draw(wanted, alignTo);
    if (came && !wanted.rows) this.#remember(wanted.method);
    return came;
  }

  /** The map of this method, so that one of the same model after more training does not flip. */
  #remember(method) {
    const { atlas, kept, data } = this.panel;
    kept.write({ ...kept.read(), [method]: { id: atlas.map.id, weights: data.weights } });
  }

  /** The points of the map that the atlas now shows. */
  came(points) {
    const { atlas, opening, decoder, bring, pinned, address, sayInstead } = this.panel;
    const first = opening.taken();
    const another = first !== null || this.#source !== atlas.shown.source;
    this.#source = atlas.shown.source;
    const before = this.points;
    this.points = points;
    decoder.forget();
    sayInstead("");
    if (another && before) this.#unmark(); // what marked other rows
    this.#show(points, first, before);
    pinned.placeAgain();
    bring.again();
    if (another) opening.openSource(first);
    else address.write();
  }

  #show(points, first, before) {
    const { atlas, view, layers } = this.panel;
    this.tellView();
    view.setPoints(points);
    view.setDetail(this.#detail(points));
    view.setShown(atlas.shownMask());
    view.setSelected(atlas.selection.mask(atlas.onMap.count));
    if (first) layers.open(first.layers);
    else layers.refreshAll();
    if (first?.view) view.view = viewFrom(first.view, view.field);
    else if (first && before) view.fit();
  }

  /** What the layers need to know of the map. */
  tellView() {
    const { map, shown, label } = this.panel.atlas;
    const { model, weights, shape, spread } = this.panel.data;
    const { id, exact, origin, axes, titles } = map;
    this.#caption(exact);
    this.panel.view.setMap({ id, model, weights, source: shown.source, label: label ?? undefined, shape, spread, exact, origin, axes, titles });
  }

  /** What the large picture is, under it. */
  #caption(exact) {
    const { facts, atlas, find } = this.panel;
    const kind = !exact ? "bent" : facts.latent_dim > atlas.map.components ? "plane" : "all";
    const [textContent, title] = DECODED[kind];
    Object.assign(find(".decoded figcaption"), { textContent, title });
  }

  /** What brings the rest of a map of very many images, of which only a sample is here; null where all are. */
  #detail({ rows }) {
    const { atlas } = this.panel;
    const { map, shown, filters } = atlas;
    if (!rows || shown.rows || rows.length >= map.count) return null;
    const colouring = () => {
      const column = atlas.colour?.kind === "class" ? atlas.colour.name : undefined;
      return { column, filters: filters.record() };
    };
    return {
      count: map.count,
      points: (box, most, signal) => pointsOf(map.id, map.components, { box, most, signal }),
      density: (box, width, height, signal) => densityOf(map.id, box, width, height, { ...colouring(), signal }),
    };
  }

  #unmark() {
    const { view } = this.panel;
    view.setColours(null);
    view.setShown(null);
    view.setSelected(null);
    view.setPins([]);
  }

  /** The place in three dimensions of a point: in space the pointer means points, not places. */
  placeInSpace(row) {
    const { x, y, z, rows } = this.points;
    const index = rows ? rows.indexOf(row) : row;
    return z ? [x[index], y[index], z[index]] : [x[index], y[index]];
  }
}
