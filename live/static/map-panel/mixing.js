// Which classes lie among each other in the latent space, in words under the legend; a pair is shown alone when it is clicked.

import { mixingOf, pause } from "./routes.js";

const PATIENCE_MS = 1200; // the first draw of a page has the processor
const MOST_PAIRS = 4;

/** The words in `root` for the column that colours `atlas`. Gives back {show(), hide()}: they are asked for while they are seen. */
export function createMixing(root, atlas) {
  const line = root.querySelector(".mixing");
  let asked = null; // AbortController of the question
  let about = null; // the column that the words are about

  function show() {
    const { colour } = atlas;
    if (colour === about) return;
    hide();
    about = colour;
    const some = colour?.kind === "class" && colour.names.length > 1;
    line.replaceChildren(some ? "Comparing the neighbours of the classes…" : ""); // in the place of the words: nothing jumps when they come
    line.hidden = !some;
    if (some) ask(colour);
  }

  function hide() {
    if (!asked) return;
    asked.abort();
    asked = about = null;
  }

  async function ask(column) {
    const mine = (asked = new AbortController());
    const { model, shown } = atlas;
    try {
      await pause(PATIENCE_MS, mine.signal);
      const found = await mixingOf(model, shown.source, column.name, { signal: mine.signal });
      if (about === column) say(column, found);
    } catch {
      if (about !== column) return;
      line.hidden = true;
      about = null; // the map stands without these words; the next look at the panel asks again
    } finally {
      if (asked === mine) asked = null;
    }
  }

  function say(column, found) {
    line.replaceChildren(...wordsOf(found, (pair) => pairButton(column, pair)));
    line.title = `Of each of ${found.judged_on.toLocaleString("en")} images the ${found.neighbours} nearest codes are looked at, in the latent space, not on the map. ${percent(found.own)} of them are of the image's own class.`;
  }

  function pairButton(column, { one, other }) {
    const textContent = `${column.names[one]} and ${column.names[other]}`;
    const title = "Click: these two alone, or all again";
    const button = Object.assign(document.createElement("button"), { type: "button", className: "as-link", textContent, title });
    button.onclick = () => atlas.filters.only(column.name, [one, other], column.names.length);
    return button;
  }

  return { show, hide };
}

/** What is said of `found`, as texts and what button(pair) gives: "4 and 9 mix most: 7 % …". */
export function wordsOf({ pairs, neighbours }, button) {
  if (!pairs.length) return [`No two classes mix: the ${neighbours} nearest neighbours of every image are of its own.`];
  const [first, ...others] = pairs.slice(0, MOST_PAIRS);
  const rest = others.flatMap((pair, at) => [at ? ", " : " Then ", button(pair), ` (${percent(pair.share)})`]);
  return [button(first), ` mix most: ${percent(first.share)} of their nearest neighbours are of the other.`, ...rest, rest.length ? "." : ""];
}

/** "7 %", "0.4 %", "less than 0.1 %". */
export function percent(share) {
  const hundredths = 100 * share;
  if (hundredths > 0 && hundredths < 0.1) return "less than 0.1 %";
  return `${hundredths < 10 && hundredths % 1 ? Number(hundredths.toFixed(1)) : Math.round(hundredths)} %`;
}
