// The oddest images: each with what it is, what the model makes of it, and where the two differ.

import { sheetAddress } from "../map-panel/routes.js";
import { errorPixels } from "./error-map.js";

const AT_ONCE = 24;
const MOST_IN_SHEET = 64;

/**
 * Fills `element`. `model`: () => {model, weights}; onOpen(row) when one is chosen. Gives back {show(rows, {source, words, originals}), more(), blank()};
 * `words(row)` is what stands under a picture: {title, figure}.
 */
export function createCards(element, { model, shape, onOpen, onProblem }) {
  let [rows, shown, how, drawing] = [[], 0, null, null];

  function card(row, rank) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "odd-card" });
    const { title, figure, above } = how.words(row);
    button.dataset.row = row;
    button.classList.toggle("above", above);
    button.innerHTML = `<span class="trio"><canvas class="original"></canvas><canvas class="reconstruction"></canvas><canvas class="error"></canvas></span><span class="odd-words"><span class="figure quiet">${rank}</span><span class="odd-title"></span><span class="figure odd-score"></span></span>`;
    button.querySelector(".odd-title").textContent = title;
    button.querySelector(".odd-score").textContent = figure;
    button.ariaLabel = `Number ${rank}: ${title}, ${figure}. Image, reconstruction and where they differ`;
    button.onclick = () => onOpen(row);
    return button;
  }

  async function add() {
    const mine = drawing;
    const next = Array.from(rows.slice(shown, shown + AT_ONCE));
    const cards = next.map((row, index) => card(row, shown + index + 1));
    shown += next.length;
    element.append(...cards);
    try {
      await pictures(next, cards, mine);
    } catch (problem) {
      if (mine === drawing) onProblem(problem.message);
    }
  }

  async function pictures(next, cards, mine) {
    for (let at = 0; at < next.length; at += MOST_IN_SHEET) {
      const some = next.slice(at, at + MOST_IN_SHEET);
      const kinds = how.originals ? ["original", "reconstruction"] : ["reconstruction"];
      const sheets = await Promise.all(kinds.map((kind) => sheet(some, kind)));
      if (mine !== drawing) return;
      some.forEach((_, index) => draw(cards[at + index], sheets, index));
    }
  }

  async function sheet(some, kind) {
    const response = await fetch(sheetAddress(model(), how.source, some, kind));
    if (!response.ok) throw new Error((await response.json().catch(() => ({}))).message ?? "A picture could not be read.");
    const bitmap = await createImageBitmap(await response.blob());
    const canvas = Object.assign(document.createElement("canvas"), { width: bitmap.width, height: bitmap.height });
    const context = canvas.getContext("2d", { willReadFrequently: true });
    context.drawImage(bitmap, 0, 0);
    const [, height, width] = shape();
    return (index) => context.getImageData(index * width, 0, width, height);
  }

  function draw(button, sheets, index) {
    const parts = sheets.map((part) => part(index));
    const [original, reconstruction] = how.originals ? parts : [null, parts[0]];
    put(button.querySelector(".reconstruction"), reconstruction);
    button.querySelector(".original").hidden = button.querySelector(".error").hidden = !original;
    if (!original) return;
    put(button.querySelector(".original"), original);
    put(button.querySelector(".error"), new ImageData(errorPixels(original.data, reconstruction.data), original.width));
  }

  return {
    get shown() {
      return shown;
    },
    show(next, about) {
      [rows, how, shown, drawing] = [next, about, 0, {}];
      element.replaceChildren();
      return add();
    },
    more: add,
    /** Room for images that are not ranked yet. */
    blank() {
      [rows, shown, drawing] = [[], 0, {}];
      element.replaceChildren(...Array.from({ length: AT_ONCE / 2 }, () => Object.assign(document.createElement("div"), { className: "odd-card blank" })));
    },
    /** Which of those that stand there are at the threshold or above. */
    mark() {
      for (const button of element.children) button.classList.toggle("above", how.words(Number(button.dataset.row)).above);
    },
    canvases: (row) => [...(element.querySelector(`[data-row="${row}"]`)?.querySelectorAll("canvas") ?? [])],
  };
}

function put(canvas, image) {
  Object.assign(canvas, { width: image.width, height: image.height });
  canvas.getContext("2d").putImageData(image, 0, 0);
}
