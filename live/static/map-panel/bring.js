// A picture that somebody brings: encoded as the model's images are, and placed on the map that is shown.

import { encodeFile } from "../live-fetch.js";
import { classOf } from "./pointer.js";
import { placesOf } from "./routes.js";

/**
 * The way in of `root`; `mark` stands at the place of the picture as long as it is on the map. `landed({name, mean, std,
 * fitted, note, place})` when the person asks to see it, `moved(picture)` when another map is shown. Gives back
 * {picture, again(), recall(picture), clear()}.
 */
export function createBring(root, atlas, { mark, landed, moved }) {
  const find = (selector) => root.querySelector(selector);
  let brought = null;
  let newest = null;

  async function bring(file) {
    const mine = (newest = {});
    say(`Reading ${file.name}…`);
    try {
      const found = await encodeFile({ ...atlas.model, ...classOf(atlas), file });
      if (mine !== newest) return;
      brought = { ...found, name: file.name };
      if (await place(mine)) landed(brought);
    } catch (problem) {
      if (mine === newest) say(problem.message);
    }
  }

  /** Puts the mark where the picture lies; gives back whether it is there. */
  async function place(mine) {
    say(`${brought.name}: looking for its place…`);
    mark.put(null);
    const [found] = await placesOf(atlas.map.id, [brought.mean]);
    if (mine !== newest) return false;
    brought = { ...brought, place: found };
    mark.put(found, brought.name);
    say(`${brought.name} is on the map.`);
    for (const button of [".bring-show", ".bring-away"]) find(button).hidden = false;
    return true;
  }

  async function placeAgain() {
    const mine = (newest = {});
    try {
      if (await place(mine)) moved(brought);
    } catch (problem) {
      if (mine === newest) say(problem.message);
    }
  }

  function say(words) {
    find(".bring-words").textContent = words;
    for (const button of [".bring-show", ".bring-away"]) find(button).hidden = true;
  }

  function clear() {
    brought = null;
    newest = null;
    mark.put(null);
    say("");
  }

  find(".bring-show").onclick = () => landed(brought);
  find(".bring-away").onclick = () => {
    const gone = brought;
    clear();
    moved(null, gone);
  };

  find(".file").onchange = (event) => {
    const [file] = event.target.files;
    if (file) bring(file);
    event.target.value = ""; // the same file can be chosen again
  };
  find(".drop").onkeydown = (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    find(".file").click();
  };
  for (const target of [find(".stage"), find(".drop")]) {
    target.addEventListener("dragover", (event) => event.preventDefault());
    target.addEventListener("drop", (event) => {
      event.preventDefault();
      const [file] = event.dataTransfer.files;
      if (file) bring(file);
    });
  }
  return {
    get picture() {
      return brought;
    },
    /** Another map: the picture is placed anew, and nothing else changes. */
    async again() {
      if (brought) await placeAgain();
    },
    /** A picture that was there before. */
    async recall(picture) {
      brought = picture;
      await placeAgain();
    },
    clear,
  };
}

/** A mark in `field` that stays at a place of the map while the view moves. Gives back {put(place or null, name), remove()}. */
export function createLanding(field, view, className) {
  const mark = Object.assign(document.createElement("i"), { className: `marked-place ${className}`, hidden: true });
  field.append(mark);
  let place = null;
  let frame = null;

  function follow() {
    const [x, y] = view.toScreen(place);
    const there = `translate(${x.toFixed(1)}px, ${y.toFixed(1)}px)`;
    if (mark.style.transform !== there) mark.style.transform = there;
    frame = requestAnimationFrame(follow);
  }

  return {
    put(wanted, name = "") {
      cancelAnimationFrame(frame);
      mark.dataset.name = name;
      place = wanted;
      mark.hidden = !wanted;
      if (wanted) follow();
    },
    remove() {
      cancelAnimationFrame(frame);
      mark.remove();
    },
  };
}
