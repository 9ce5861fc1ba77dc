// A picture that was kept on the shelf of Sliders.

import { revived } from "../sliders/latent-edit.js";
import { drawStrip } from "../picture.js";

/** The shelf of `panel` (chooser.js); `shelf()` gives its places, `decode(places, draw)` their pictures. Gives back {list()}. */
export function createFromShelf(panel, { shelf, decode }) {
  const { find } = panel;

  function button(place, index) {
    const words = place.source?.words || "a picture made by hand";
    const made = document.createElement("button");
    Object.assign(made, { type: "button", className: "kept-picture", title: `From ${words}`, ariaLabel: `Kept picture ${index + 1}, from ${words}` });
    made.append(document.createElement("canvas"));
    made.onclick = () => panel.choose(place, { kind: "shelf", row: null, words: `picture ${index + 1} of the shelf` });
    return made;
  }

  return {
    list() {
      const places = (shelf?.() ?? []).map(revived);
      const buttons = places.map(button);
      find(".shelf-empty").hidden = places.length > 0;
      find(".from-shelf").replaceChildren(...buttons);
      if (!places.length) return;
      decode(places, (index, pixels, shape) => drawStrip(buttons[index].firstChild, pixels, shape, 1));
    },
  };
}
