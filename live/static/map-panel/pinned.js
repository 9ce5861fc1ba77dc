// What the Image tab shows, and its mark on the map: a row that is pinned, a place between the images, a picture that was brought.

import { leavePlace } from "../last-places.js";
import { placesOf } from "./routes.js";

/** Of a MapPanel. landing: the mark of a place (createLanding). */
export class Pinned {
  #free = null; // what the tab shows that is no row: a picture that was brought, a place

  constructor(panel, landing) {
    this.panel = panel;
    this.landing = landing;
  }

  /** Pins an image and shows all about it; null unpins. `near`: also go there on the map. */
  pin(row, near = false, tab = "image") {
    const { atlas, image, tabs } = this.panel;
    this.#forget();
    atlas.pinRow(row);
    if (row !== null && atlas.shown?.source === "reference") leavePlace("map", atlas.model.weights, { row });
    if (row === null) image.clear();
    else tabs.show(tab);
    if (row !== null && near) this.fly(row);
  }

  /** A place between the images is looked at like one of them. */
  pinPlace(place) {
    const { atlas, decoder } = this.panel;
    if (place === null || !atlas.map) return;
    const { map } = atlas;
    decoder.keep(place, (kept) => {
      if (atlas.map !== map) return;
      const note = place.map((value, axis) => `${map.titles[axis]} ${value.toFixed(2).replace("-", "−")}`).join("  ");
      this.show({ ...kept, name: "A place between the images", std: null, note: [note, kept.support].filter(Boolean).join("\n"), place });
    });
  }

  /** What is no image of the set: a picture that somebody brought, a place. */
  show(free) {
    const { atlas, bring, image, tabs, address } = this.panel;
    if (atlas.pin !== null) atlas.pinRow(null);
    this.#free = free;
    this.landing.put(free === bring.picture ? null : free.place); // the picture has a mark of its own
    image.showPicture(free);
    tabs.show("image");
    address.write();
  }

  /** Goes to a row or a place; null: stays. */
  fly(target) {
    const { card, view } = this.panel;
    if (target === null) return;
    if (typeof target === "number") card.show(target);
    return view.flyTo(typeof target === "number" ? target : { place: target });
  }

  /** A pinned place lies elsewhere on another map: its code is placed there. */
  async placeAgain() {
    this.landing.put(null);
    const free = this.#free;
    const { atlas, bring } = this.panel;
    if (!free || free === bring.picture) return; // the picture finds its place itself
    const { map } = atlas;
    const [place] = await placesOf(map.id, [free.mean]).catch(() => [null]);
    if (place && this.#free === free && atlas.map === map) this.#placed(place);
  }

  pictureLanded(brought) {
    this.show(brought);
    this.panel.view.flyTo({ place: brought.place });
  }

  /** The picture that was brought has another place, or is taken away (null). */
  pictureMoved(brought, gone) {
    if (brought && this.#free?.mean === brought.mean) this.#free = brought;
    if (brought && this.#free === brought) this.panel.image.placed(brought.place);
    if (!brought && this.#free?.mean === gone.mean) this.pin(null);
    this.panel.address.write();
  }

  /** The atlas has another row pinned, or none. */
  changed() {
    const { atlas, view, image, address, points } = this.panel;
    const { pin } = atlas;
    this.#forget();
    if (points) view.setPins(pin === null ? [] : [pin]);
    if (pin === null) image.clear();
    else image.showRow(pin);
    address.write();
  }

  #forget() {
    this.#free = null;
    this.landing.put(null);
  }

  #placed(place) {
    this.landing.put(place);
    this.panel.image.placed(place);
  }
}
