// Where to start from: an image of the data set, a drawing, a file, the prior, the mean of a class, a fitted mixture,
// or what another model knows. Each way ends in `startFrom({latent, label, std, source})`.

import { rowsOf, startLatent } from "../live-fetch.js";
import { createImageStart } from "./start-image.js";
import { createPictureStart } from "./start-picture.js";

/**
 * The panel in `element`. `edit`: latent-edit.js. `fit({pixels, size}, onReply, onError)` asks the live socket to fit and
 * encode a drawing; `picture(row, kind)` gives an image's address.
 * Gives back {openRow, drawPrior, open(data), remove}; `data` is the page's: {live, model, weights, shape, images,
 * originals, note, models, ...}.
 */
export function createStartPanel(element, edit, { fit, picture }) {
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

  function begin({ latent, std = null, label = null }, source) {
    const own = edit.label === null ? null : (label ?? edit.label);
    edit.startFrom({ latent, label: own, source: { ...source, std } }, null);
  }

  /** Start from what the server makes of a question; the newest question wins. */
  async function startFrom(query, { remark = "" } = {}) {
    const isNewest = newQuestion();
    panel.remark = remark;
    element.ariaBusy = "true";
    try {
      const answer = await startLatent(asking(query));
      if (!isNewest()) return;
      const row = query.from === "row" ? Number(query.row) : null;
      begin(answer, { kind: query.from, row, words: answer.words });
      say("");
    } catch (error) {
      if (isNewest()) say(error.message, true);
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
      selects[0].replaceChildren(option("", "any label"), ...names.map(([name, count]) => option(name, `${name} (${count.toLocaleString("en")})`)));
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
  }

  // What the ways share; `remark` stands beside the next image's name.
  const panel = { data: null, remark: "", edit, find, on, signal, asking, say, begin, startFrom, newQuestion };
  const images = createImageStart(panel, picture);
  const pictures = createPictureStart(panel, fit);
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
    open(data) {
      Object.assign(panel, { data, remark: "" });
      newQuestion();
      const has = { image: data.images > 0, draw: true, file: true, prior: true, class: data.images > 0, mixture: data.density, model: data.models.length > 0 };
      element.querySelectorAll("[data-way]").forEach((button) => (button.hidden = !has[button.dataset.way]));
      find(".other-model").replaceChildren(...data.models.map((name) => option(name, name)));
      images.open();
      pictures.open();
      show(has.image ? "image" : "prior");
      if (has.image) listLabels();
    },
    remove() {
      images.remove();
      leaving.abort();
    },
  };
}

function option(value, text) {
  return Object.assign(document.createElement("option"), { value, textContent: text });
}
