// What a chapter is given. `page` (panel.js) holds the image, the noise and the language; a chapter reads them here.

import { createPicture } from "../picture.js";
import { channelsLast } from "../repair/bits.js";
import { askFigure, base64Of } from "./asking.js";
import { setFormula } from "./formula.js";
import { number } from "./numbers.js";
import { ofChapter } from "./page-state.js";
import { createSay, translate } from "./texts.js";

const NOW = ["image", "noise", "label", "code", "passed", "language"]; // what a chapter reads as it is at that moment
const pictures = new WeakMap();
const still = window.matchMedia("(prefers-reduced-motion: reduce)");
let motion = !still.matches; // kept: asking the browser anew makes it lay the page out
still.addEventListener("change", () => (motion = !still.matches));

/** Writes pixels uint8 [H, W, C] to a canvas, with hard edges; gives back whether any pixel changed. */
export function draw(canvas, pixels, shape) {
  if (!pictures.has(canvas)) pictures.set(canvas, createPicture(canvas));
  return pictures.get(canvas).draw(pixels, shape);
}

/**
 * The context of the chapter `name` ("machine", "chapter-3"):
 *   data, model {name, weights}; image {pixels uint8 (C, H, W), name, row, blank} or null; noise float32 (D); label (null unless
 *   the model is conditional); code {mean, std} or null; passed: the last reply of a pass (protocol.js), or null;
 *   setNoise(values, {stamp}), setImage(image, {stamp}): a hand may call them at each move;
 *   showOn(picture): of live-picture.js, which shows each decoded image before the chapter is told; null ends it;
 *   say(key, values), translate(root), language: "en" or "zh"; formula(element, tex, options) as setFormula of formula.js;
 *   socket, lane(name): a lane of its own on it, asking(more): {model, weights, label, ...more} for a request;
 *   sentence(problem): what to say of a failure {reason, message}, of the socket or thrown by ask;
 *   ask(figure, body, {signal, onProgress, of}): of: another model {name, weights}; base64(bytes);
 *   link {get, set}: the chapter's own keys; draw(canvas, pixels, [H, W, C]); drawImage(canvas, pixels (C, H, W));
 *   number(value, digits); colour("--accent"): a colour of the theme, for a canvas; motion: whether things may move;
 *   open(name): another chapter; pageLink(page, more): the address of another page with this model (and image, where it is a row).
 */
export function createContext(page, name) {
  const prefix = name.replace("chapter-", "c").replace("machine", "m");
  const say = createSay(page.catalogues, name, () => page.language);
  const context = Object.create(null, Object.fromEntries(NOW.map((what) => [what, { get: () => page[what] }])));
  return Object.assign(context, {
    name,
    data: page.data,
    model: { name: page.data.model, weights: page.data.weights },
    get motion() {
      return motion;
    },
    setNoise: (values, how) => page.setNoise(values, how),
    setImage: (image, how) => page.setImage(image, how),
    showOn: (picture) => page.showOn(picture),
    say,
    translate: (root) => translate(root, say),
    formula: setFormula,
    socket: page.socket,
    lane: (lane) => page.lane(`${prefix}-${lane}`),
    asking: (more) => page.asking(more),
    sentence: (problem) => page.sentence(problem),
    ask: (figure, body, { of = context.model, ...more } = {}) => askFigure(of, figure, body, more),
    base64: base64Of,
    link: ofChapter(page.link, prefix),
    draw,
    drawImage: (canvas, pixels) => draw(canvas, channelsLast(pixels, page.data.shape), [...page.data.shape.slice(1), page.data.shape[0]]),
    number,
    colour: (variable) => colourOf(page.section, variable),
    open: (other) => page.open(other),
    pageLink: (to, more = {}) => addressOf(page, to, more),
  });
}

/** What a variable of the theme comes to, as a colour that a canvas takes. */
function colourOf(section, variable) {
  const probe = section.querySelector(".colour-probe") ?? section.appendChild(Object.assign(document.createElement("i"), { className: "colour-probe" }));
  probe.style.color = `var(${variable})`;
  return getComputedStyle(probe).color;
}

function addressOf(page, to, more) {
  const here = new URL(window.location.href);
  const found = new URL(here.pathname.replace(/[^/]*$/, to), here);
  found.searchParams.set("model", page.data.model);
  const row = page.image?.row ?? null;
  if (row !== null) found.searchParams.set("image", row);
  for (const [name, value] of Object.entries(more)) found.searchParams.set(name, value);
  return found.href;
}
