// Search by label, file name or number, and fly from one find to the next.

import { searchRows } from "./routes.js";

/** The search of `root`; `fly(row)` goes to an image on the map and tells whether it is there. Gives back {clear()}. */
export function createFind(root, atlas, fly) {
  const find = (selector) => root.querySelector(selector);
  const input = find(".search");
  let rows = [];
  let at = 0;
  let asked = null;

  async function search() {
    const words = input.value.trim();
    asked?.abort();
    if (!words) return clear();
    asked = new AbortController();
    try {
      const answer = await searchRows(atlas.model, atlas.shown.source, words, asked.signal);
      show(answer.rows.filter((row) => atlas.isOnMap(row)), words);
    } catch (problem) {
      if (problem.name !== "AbortError") say(problem.message);
    }
  }

  function show(found, words) {
    rows = found;
    if (!rows.length) return say(`No image on the map is called "${words.slice(0, 30)}"`);
    go(0);
  }

  function go(index) {
    at = (index + rows.length) % rows.length;
    say(rows.length > 1 ? `${(at + 1).toLocaleString("en")} of ${rows.length.toLocaleString("en")}` : atlas.nameOf(rows[0]));
    fly(rows[at]);
  }

  function say(words) {
    find(".found").hidden = false;
    find(".found-words").textContent = words;
    for (const button of [".earlier", ".later"]) find(button).hidden = rows.length < 2;
  }

  function clear() {
    rows = [];
    find(".found").hidden = true;
  }

  find(".finding").onsubmit = (event) => {
    event.preventDefault();
    search();
  };
  input.onkeydown = (event) => {
    if (event.key !== "Enter") return; // a handler that gives back false would swallow the key
    event.preventDefault();
    search();
  };
  input.oninput = () => {
    if (!input.value) clear();
  };
  find(".earlier").onclick = () => go(at - 1);
  find(".later").onclick = () => go(at + 1);
  return {
    clear() {
      input.value = "";
      clear();
    },
  };
}
