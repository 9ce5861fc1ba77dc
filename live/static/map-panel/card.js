// The image under the pointer: itself, its reconstruction, its name and what it cost to encode. The places never move.

import { figure } from "./columns.js";
import { pictureAddress, posteriorOf } from "./routes.js";

const FACTS = [["kl", "KL", "What the code of this image tells beyond the prior. 1 nat is 1.44 bits"],
  ["reconstruction", "Error", "Reconstruction error: the loss of decoding this image from its code, in nats"]];
const KINDS = ["original", "reconstruction"];

/** The card in `root` for `atlas`; `isHere(row)` says whether the original is on the machine. Gives back {show(row), clear()}. */
export function createCard(root, atlas, isHere) {
  const find = (selector) => root.querySelector(selector);
  const loaders = Object.fromEntries(KINDS.map((kind) => [kind, newestPicture(find(`.near-${kind} img`))]));
  const card = {
    row: null,
    show(row) {
      if (row === card.row || row === null) return;
      card.row = row;
      find(".near-name").textContent = atlas.nameOf(row);
      find(".near-name").title = find(".near-name").textContent;
      showFacts(row);
      for (const kind of KINDS) showPicture(kind, row);
    },
    clear(words = "No image under the pointer") {
      card.row = null;
      find(".near-name").textContent = words;
      find(".near-facts").replaceChildren();
      for (const kind of KINDS) loaders[kind].clear();
    },
  };

  function showPicture(kind, row) {
    if (kind === "original" && !isHere(row)) return loaders.original.clear("Not on this machine");
    loaders[kind].load(pictureAddress(atlas.model, atlas.shown.source, row, kind), `${atlas.nameOf(row)}: ${kind}`);
  }

  function showFacts(row) {
    const figures = Object.fromEntries(FACTS.map(([name]) => [name, atlas.figureOf(name, row)]));
    writeFacts(figures);
    if (Object.values(figures).some((value) => value === null)) askFacts(row);
  }

  async function askFacts(row) {
    const found = await posteriorOf(atlas.model, atlas.shown.source, row).catch(() => null);
    if (found && row === card.row) writeFacts(found);
  }

  function writeFacts(figures) {
    const column = atlas.colour;
    const lines = FACTS.map(([name, title, words]) => [title, nats(figures[name]), words]);
    if (column && !["label", "kl", "reconstruction"].includes(column.name)) lines.push([column.title, valueOf(column, card.row), column.title]);
    find(".near-facts").replaceChildren(...lines.flatMap(([title, value, words]) => [
      Object.assign(document.createElement("dt"), { textContent: title, title: words }),
      Object.assign(document.createElement("dd"), { textContent: value, title: words }),
    ]));
  }

  atlas.on("colour", () => card.row !== null && showFacts(card.row));
  atlas.on("columns", () => {
    if (card.row === null) return;
    find(".near-name").textContent = atlas.nameOf(card.row);
    showFacts(card.row);
  });
  return card;
}

/** What a column says of a row, in words. */
export function valueOf(column, row) {
  const value = column.values[row];
  if (column.kind === "class") return (column.names[value] ?? "none").replace(/^cluster (?=\d+$)/, ""); // the title says that it is one
  const [low, high] = column.scale;
  return [figure(value, high - low), column.unit].filter(Boolean).join(" ");
}

const nats = (value) => (Number.isFinite(value) ? `${value.toFixed(1).replace("-", "−")} nats` : "–");

/** Pictures into one <img>: the newest wins; while one loads, only the last that was asked for waits. */
export function newestPicture(image) {
  let wanted = null;
  let loading = false;
  let turn = 0; // grows when the place is emptied: what still loads then is not shown

  async function next() {
    loading = true;
    while (wanted) {
      const { address, words } = wanted;
      wanted = null;
      const mine = turn;
      const coming = new Image();
      coming.src = address;
      const came = await coming.decode().then(() => true, () => false);
      if (mine !== turn) continue;
      Object.assign(image, { src: address, alt: words, hidden: !came });
      image.parentElement.dataset.words = "";
    }
    loading = false;
  }

  return {
    load(address, words) {
      wanted = { address, words };
      if (!loading) next();
    },
    clear(words = "") {
      wanted = null;
      turn += 1;
      Object.assign(image, { hidden: true, alt: words });
      image.parentElement.dataset.words = words; // seen in the empty frame
    },
  };
}
