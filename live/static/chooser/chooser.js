// Choose a place of the latent space: an image of the data set, a drawing, a file, the shelf, the prior, the mean of a
// class, a fitted mixture, or what another model knows. Each way ends in `onChoose`.

import { rowsOf, startLatent } from "../live-fetch.js";
import { chooserMarkup } from "./markup.js";
import { createDataImage } from "./data-image.js";
import { createOwnPicture } from "./own-picture.js";
import { createFromPages } from "./from-pages.js";
import { createFromShelf } from "./from-shelf.js";

const NOTHING = { row: null, words: "" };
const ENGLISH = { failure: ({ message }) => message, note: ({ note = "" }) => note, reading: (name) => `Reading ${name}…` };

/**
 * Fills `element`, which may be empty, with the panel. Its host says and is told:
 *   title: what stands over it.
 *   fit({pixels, size}, onReply, onError): asks the live socket to fit and encode a drawing.
 *   picture(row, kind): the address of an image.
 *   label(): the class under which a conditional model encodes now; null for any other model.
 *   present(): {row, words, fitted} of what is chosen; Previous and Next go on from its row.
 *   anyLabel(): the words for "whatever label".
 *   speech: {failure({reason, message}), note({note, blank}) of a fitted picture, reading(name of a file)}: the sentences, in English unless given.
 *   onChoose({latent, std, label, source: {kind, row, words, fitted}}): std null where there is no posterior.
 *   onFollow(latent, stamp, {pixels, blank}): the code of a drawing that still grows, and its fitted pixels uint8 (C, H, W). Without it a drawing is chosen by a button, when it is done.
 *   shelf(): its places (sliders/kept-places.js), read when the tab is opened. Without it no tab.
 *   page: whose panel it is; what was held on others is offered (last-places.js), in `offers` where that element is given.
 *   decode(places, draw): the pictures of those places (decode-places.js).
 * Gives back {open(data), show(), openRow(row), drawPrior(), remove()}; `data` is the page's: {model, weights, shape,
 * images, ...} with what ui/chooser.py adds. `show()`: another place is chosen now.
 */
export function createChooser(element, { title, fit, picture, label, present = () => NOTHING, anyLabel = () => "any label", speech = ENGLISH, onChoose, onFollow = null, shelf = null, decode = null, page = null, offers = null }) {
  element.classList.add("chooser");
  element.innerHTML = chooserMarkup(title);
  const leaving = new AbortController();
  const { signal } = leaving;
  const find = (selector) => element.querySelector(selector);
  const on = (selector, name, handler) => find(selector).addEventListener(name, handler, { signal });
  const asking = (more) => ({ model: panel.data.model, weights: panel.data.weights, ...more });
  let newest = null;

  /** Takes the place of what was asked before, whichever way; gives back whether it still is the newest. */
  function newQuestion() {
    const mine = (newest = {});
    element.ariaBusy = "false";
    return () => newest === mine;
  }

  function say(text, failed = false) {
    const words = find(".start-words");
    words.textContent = text;
    words.classList.toggle("problem", failed);
  }

  /** Ends every way. `its`: the class that goes with the place; without one the present class stays. */
  function choose({ latent, std = null, label: its = null }, source) {
    const own = label() === null ? null : (its ?? label());
    onChoose({ latent: Float32Array.from(latent), std, label: own, source: { ...source, std } });
  }

  /** Choose what the server makes of a question; the newest question wins. */
  async function startFrom(query, { remark = "" } = {}) {
    const isNewest = newQuestion();
    panel.remark = remark;
    element.ariaBusy = "true";
    try {
      const answer = await startLatent(asking(query));
      if (!isNewest()) return;
      const row = query.from === "row" ? Number(query.row) : null;
      choose(answer, { kind: query.from, row, words: answer.words });
      say("");
    } catch (error) {
      if (isNewest()) say(speech.failure(error), true);
    } finally {
      if (isNewest()) element.ariaBusy = "false";
    }
  }

  async function listLabels() {
    const mine = panel.data.weights;
    const selects = [find(".of-label"), find(".class-label")];
    element.classList.remove("labelled");
    try {
      const { labels = {} } = await rowsOf(asking({}));
      if (panel.data.weights !== mine) return;
      const names = Object.entries(labels);
      element.classList.toggle("labelled", names.length > 0);
      selects[0].replaceChildren(option("", anyLabel()), ...names.map(([name, count]) => option(name, `${name} (${count.toLocaleString("en")})`)));
      selects[1].replaceChildren(...names.map(([name]) => option(name, name)));
    } catch {
      // no encoded images: the ways that need labels stay hidden
    }
  }

  function show(way) {
    element.querySelectorAll("[data-way]").forEach((button) => {
      const chosen = button.dataset.way === way;
      button.ariaSelected = String(chosen);
      button.tabIndex = chosen ? 0 : -1;
    });
    element.querySelectorAll("[data-body]").forEach((body) => (body.hidden = body.dataset.body !== way));
    say("");
    if (way === "draw") pictures.showCanvas();
    if (way === "shelf") kept.list();
  }

  // What the ways share; `remark` stands beside the next image's name.
  const panel = { data: null, remark: "", speech, label, present, follow: onFollow, find, on, signal, asking, say, choose, startFrom, newQuestion };
  const images = createDataImage(panel, picture);
  const pictures = createOwnPicture(panel, fit);
  const kept = createFromShelf(panel, { shelf, decode });
  panel.openRow = images.openRow;
  const others = page === null ? null : createFromPages(offers ?? find(".from-pages"), panel, { page, decode, picture });
  const seed = () => Math.floor(Math.random() * 2 ** 31);

  element.querySelectorAll("[data-way]").forEach((button) => {
    button.addEventListener("click", () => show(button.dataset.way), { signal });
    button.addEventListener("keydown", (event) => {
      const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!by) return;
      const ways = [...element.querySelectorAll("[data-way]")].filter((other) => !other.hidden);
      const next = ways.at((ways.indexOf(button) + by) % ways.length);
      next.focus();
      show(next.dataset.way);
    }, { signal });
  });
  on(".temperature", "input", () => (find(".temperature-figure").textContent = Number(find(".temperature").value).toFixed(2)));
  on(".draw-prior", "click", () => startFrom({ from: "prior", temperature: find(".temperature").value, seed: seed() }));
  on(".class-go", "click", () => startFrom({ from: "class", label: find(".class-label").value }));
  on(".mixture-go", "click", () => startFrom({ from: "mixture", seed: seed() }));
  on(".other-go", "click", () => startFrom({ from: "model", other: find(".other-model").value, row: find(".other-row").value || 0 }));

  return {
    openRow: images.openRow,
    drawPrior: () => startFrom({ from: "prior", temperature: 1, seed: seed() }),
    show: () => panel.data && images.show(),
    open(data) {
      Object.assign(panel, { data, remark: "" });
      newQuestion();
      const encoded = data.images > 0;
      const has = { image: encoded, draw: true, file: data.uploads !== false, shelf: shelf !== null, prior: true, class: encoded, mixture: data.density, model: data.models.length > 0 };
      element.querySelectorAll("[data-way]").forEach((button) => (button.hidden = !has[button.dataset.way]));
      find(".other-model").replaceChildren(...data.models.map((name) => option(name, name)));
      images.open();
      pictures.open();
      others?.open();
      show(has.image ? "image" : "prior");
      if (has.image) listLabels();
    },
    remove: () => leaving.abort(),
  };
}

function option(value, text) {
  return Object.assign(document.createElement("option"), { value, textContent: text });
}
