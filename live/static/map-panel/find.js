// Search by label, file name or number, and fly from one find to the next.

import { searchRows } from "./routes.js";

/** The search of `root`; `go(row, first)` pins an image and goes there, `first` of a new search. Gives back {clear()}. */
export function createFind(root, atlas, open) {
  const find = (selector) => root.querySelector(selector);
  const input = find(".search");
  let rows = [];
  let matches = []; // what the words may mean: {what, words, count}
  let at = 0;
  let asked = null;

  async function search() {
    const words = input.value.trim();
    asked?.abort();
    if (!words) return clear();
    asked = new AbortController();
    try {
      const answer = await searchRows(atlas.model, atlas.shown.source, words, asked.signal);
      matches = answer.matches;
      show(answer.rows.filter((row) => atlas.isOnMap(row)), words);
    } catch (problem) {
      if (problem.name !== "AbortError") say(problem.message);
    }
  }

  function show(found, words) {
    rows = found;
    if (!rows.length) return say(`No image on the map is called "${words.slice(0, 30)}"`);
    go(0, true);
  }

  function go(index, first = false) {
    at = (index + rows.length) % rows.length;
    sayWhich();
    open(rows[at], first);
  }

  function sayWhich() {
    if (rows.length === 1) return say(atlas.nameOf(rows[0]));
    const numbered = matches.some(({ what, words }) => what === "number" && words === `image ${rows[at]}`);
    say(`${(at + 1).toLocaleString("en")} of ${rows.length.toLocaleString("en")}${numbered ? ", by its number" : ""}`);
  }

  /** "First image 3, then label 3 (1,010)". */
  function meant() {
    const named = matches.map(({ words, count }) => (count > 1 ? `${words} (${count.toLocaleString("en")})` : words));
    return named.length > 1 ? `First ${named.join(", then ")}` : "";
  }

  function say(words) {
    find(".found").hidden = false;
    find(".found-words").textContent = words;
    find(".found-words").title = meant() || words;
    for (const button of [".earlier", ".later"]) find(button).hidden = rows.length < 2;
  }

  function clear() {
    rows = [];
    matches = [];
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
  atlas.on("map", () => {
    const left = rows.filter((row) => atlas.isOnMap(row));
    if (left.length !== rows.length) clear();
  });
  atlas.on("pin", () => {
    if (rows.length && atlas.pin !== rows[at]) clear(); // its words name an image that is no longer pinned
  });
  return {
    clear() {
      input.value = "";
      clear();
    },
  };
}
