// What was held last on other pages, offered with its picture: who found a face there goes on with it here.

import { PAGE_NAMES, lastPlaces } from "../last-places.js";
import { drawStrip } from "../picture.js";

/**
 * In `element`, hidden where there is nothing. `panel`: chooser.js; `page`: the page that it stands on; `decode(places, draw)` asks for pictures
 * of latents, `picture(row)` gives the address of an image. Gives back {open()}.
 */
export function createFromPages(element, panel, { page, decode, picture }) {
  function offer(place) {
    const name = PAGE_NAMES[place.page];
    const made = Object.assign(document.createElement("button"), { type: "button", className: "page-picture", title: `Go on here with the picture from ${name}` });
    const image = Object.assign(document.createElement(place.row === undefined ? "canvas" : "img"), { ariaHidden: "true" });
    made.append(image, `From ${name}`);
    if (place.row !== undefined) Object.assign(image, { src: picture(place.row, "auto"), alt: "" });
    made.onclick = () => take(place, name);
    return made;
  }

  function take({ row, latent, label }, name) {
    if (row !== undefined) return panel.openRow(row);
    panel.newQuestion();
    panel.choose({ latent, label }, { kind: "page", row: null, words: `the picture from ${name}` });
  }

  return {
    open() {
      const places = lastPlaces(panel.data.weights, page);
      const buttons = places.map(offer);
      element.hidden = !places.length;
      element.replaceChildren(...buttons);
      const free = [...places.keys()].filter((index) => places[index].row === undefined);
      if (!free.length) return;
      decode(free.map((index) => places[index]), (at, pixels, shape) => drawStrip(buttons[free[at]].firstChild, pixels, shape, 1));
    },
  };
}
