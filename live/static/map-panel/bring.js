// A picture that somebody brings: encoded as the model's images are, and placed on the map that is shown.

import { encodeFile } from "../live-fetch.js";
import { classOf } from "./pointer.js";
import { placesOf } from "./routes.js";

/** The way in of `root`; `landed({name, mean, std, fitted, note, place})` when the place is known. Gives back {again(), clear()}. */
export function createBring(root, atlas, landed) {
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
      await place(mine);
    } catch (problem) {
      if (mine === newest) say(problem.message);
    }
  }

  async function place(mine) {
    say(`${brought.name}: looking for its place…`);
    const [found] = await placesOf(atlas.map.id, [brought.mean]);
    if (mine !== newest) return;
    say(`${brought.name} is on the map.`);
    landed({ ...brought, place: found });
  }

  const say = (words) => (find(".bring-words").textContent = words);

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
    /** Another map: the picture is placed anew. */
    async again() {
      if (!brought) return;
      const mine = (newest = {});
      await place(mine).catch((problem) => mine === newest && say(problem.message));
    },
    clear() {
      brought = null;
      newest = null;
      say("");
    },
  };
}

/** A mark in `field` that stays at a place of the map while the view moves. Gives back {put(place or null), remove()}. */
export function createLanding(field, view) {
  const mark = Object.assign(document.createElement("i"), { className: "landed", hidden: true });
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
    put(wanted) {
      cancelAnimationFrame(frame);
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
