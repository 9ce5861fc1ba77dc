// A shelf of kept places with their pictures. It belongs to a person: it stays in their browser, by the model's weights.

import { MOST } from "./kept-places.js";
import { plain, revived } from "./latent-edit.js";
import { drawStrip } from "../picture.js";

/**
 * A shelf in `element` for what `edit` (latent-edit.js) holds. `decode(places, draw)` asks for the pictures of kept places
 * and calls draw(index, pixels, shape) for each; `compare(place)` lays one of them over the present picture.
 * Gives back {open(store), keep, places}; `store` is a browser store (browser-store.js).
 */
export function createShelf(element, edit, { decode, compare }) {
  const list = element.querySelector(".kept");
  const note = element.querySelector(".shelf-note");
  let store = null;
  let kept = [];

  function write() {
    const lasting = store.write(kept.map(plain));
    note.textContent = kept.length === 0 ? "Nothing yet. Keep puts what you see here; it stays in this browser."
      : lasting ? "" : "This browser keeps nothing for later; the shelf lasts until you leave.";
  }

  function show() {
    element.classList.toggle("empty", kept.length === 0);
    list.replaceChildren(...kept.map(item));
    const canvases = [...list.querySelectorAll("canvas")];
    if (kept.length) decode(kept, (index, pixels, shape) => drawStrip(canvases[index], pixels, shape, 1));
  }

  function item(place, index) {
    const figure = document.createElement("li");
    const go = button("kept-picture", `Go to kept picture ${index + 1}${place.source?.words ? `: from ${place.source.words}` : ""}`);
    go.append(document.createElement("canvas"));
    go.onclick = (event) => edit.restore(place, event.timeStamp);
    const wipe = button("small", `Compare kept picture ${index + 1} with the present one`, "Compare");
    wipe.onclick = () => compare(place);
    const drop = button("small", `Take kept picture ${index + 1} off the shelf`, "×");
    drop.onclick = () => {
      const gone = kept.splice(index, 1)[0];
      write();
      show();
      offerBack(gone, index);
    };
    figure.append(go, wipe, drop);
    return figure;
  }

  function offerBack(place, index) {
    const back = button("small", "Put the picture back on the shelf", "Put it back");
    back.onclick = () => {
      kept.splice(index, 0, place);
      write();
      show();
    };
    note.replaceChildren("Taken off the shelf. ", back);
  }

  return {
    open(its) {
      store = its;
      kept = (store.read() ?? []).map(revived);
      write();
      show();
    },
    keep() {
      if (kept.length === MOST) {
        note.textContent = `The shelf holds ${MOST} pictures; take one off first.`;
        return;
      }
      kept.push(edit.place);
      write();
      show();
      list.lastElementChild?.scrollIntoView({ block: "nearest", inline: "nearest" });
    },
    get places() {
      return kept;
    },
  };
}

function button(kind, label, text = "") {
  const made = document.createElement("button");
  Object.assign(made, { type: "button", className: kind, ariaLabel: label, title: label, textContent: text });
  return made;
}
