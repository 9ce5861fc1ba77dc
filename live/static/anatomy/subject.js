// Which image goes through the machine: the strip above the chapters, and the panel to choose another.

import { createChooser } from "../chooser/chooser.js";
import { chooserSpeech, chooserWords } from "./chooser-words.js";
import { imageAddress, startLatent } from "../live-fetch.js";
import { channelsFirst } from "../repair/bits.js";
import { pixelsAt } from "../repair/clean-picture.js";
import { draw } from "./context.js";

/**
 * The strip of `page` (panel.js). Gives back {begin(link), show(), words(), close(), remove()}; each image that is chosen goes
 * to page.setImage({pixels uint8 (C, H, W), name, row, blank}, {label, stamp}).
 */
export function createSubject(page) {
  const { find, signal } = page;
  const panel = find(".source");
  let opening = null;
  let source = { row: null, words: "" };

  const chooser = createChooser(panel, {
    title: "Image",
    fit: (options, ...callbacks) => page.socket.fit(page.asking({ lane: page.lane("draw"), ...options }), ...callbacks),
    picture: (row, kind) => imageAddress(page.data, row, kind),
    label: () => page.label,
    present: () => source,
    anyLabel: () => page.say("chooser-any-label"),
    speech: chooserSpeech(page),
    onChoose: (chosen) => take(chosen),
    onFollow: (_latent, stamp, { pixels, blank }) => {
      source = { kind: "drawing", row: null, words: page.say("own-drawing") };
      page.setImage({ pixels: Uint8Array.from(pixels), name: page.say("own-drawing"), row: null, blank }, { stamp });
    },
  });

  const itsWords = chooserWords(panel);
  let listed = null; // the source that the open panel shows

  /** The open panel shows the image that goes through the model, whoever chose it. */
  function list(anew = false) {
    const shown = `${source.kind} ${source.row} ${source.words} ${page.language}`;
    if (panel.hidden || (shown === listed && !anew)) return;
    listed = shown;
    chooser.show();
    if (page.language !== "en") find(".source .facts").textContent = titleOf(page);
  }

  async function take({ latent, label, source: chosen }) {
    const mine = (opening = {});
    try {
      const pixels = await pixelsOf(chosen, latent, label);
      if (mine !== opening) return;
      source = chosen;
      page.setImage({ pixels, name: chosen.words, kind: chosen.kind, row: chosen.row ?? null, blank: isBlank(pixels) }, { label });
      page.tell("");
    } catch (problem) {
      if (mine === opening) page.tell(page.sentence(problem));
    }
  }

  function pixelsOf({ row, fitted }, latent, label) {
    const { shape } = page.data;
    if (row !== null && row !== undefined) return pixelsAt(imageAddress(page.data, row, "auto"), shape);
    if (fitted) return pixelsAt(fitted, shape);
    const asked = page.asking({ lane: page.lane("decode"), latents: latent, ...(label === null || label === undefined ? {} : { label }) });
    return new Promise((go, stop) => page.socket.decode(asked, ({ pixels }) => go(channelsFirst(pixels, shape)), stop));
  }

  /** `first`: the page opens with it, and what the page has said of its link stays. */
  async function openRow(row, first = false) {
    const mine = (opening = {});
    const { model, weights, images } = page.data;
    const wanted = ((row % images) + images) % images;
    try {
      const [found, pixels] = await Promise.all([startLatent({ model, weights, from: "row", row: wanted }), pixelsAt(imageAddress(page.data, wanted, "auto"), page.data.shape)]);
      if (mine !== opening) return;
      source = { kind: "row", row: wanted, words: found.words };
      page.setImage({ pixels, name: found.words, row: wanted, blank: isBlank(pixels) }, { label: page.wantedLabel ?? found.label });
      if (!first) page.tell("");
    } catch (problem) {
      if (mine === opening) page.tell(page.sentence(problem));
    }
  }

  function toggle(open = panel.hidden) {
    panel.hidden = !open;
    for (const selector of [".choose-image", ".subject-picture"]) find(selector).ariaExpanded = String(open);
    if (open) list(true);
  }

  const on = (selector, act) => find(selector).addEventListener("click", act, { signal });
  on(".choose-image", () => toggle());
  on(".subject-picture", () => toggle());
  on(".step-back", () => openRow((source.row ?? 0) - 1));
  on(".step-on", () => openRow((source.row ?? -1) + 1));
  on(".shuffle-image", () => openRow(Math.floor(Math.random() * page.data.images)));
  panel.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    toggle(false);
    find(".choose-image").focus();
  }, { signal });
  page.section.addEventListener("pointerdown", (event) => {
    if (!panel.hidden && !event.target.closest(".source, .choose-image, .subject-picture")) toggle(false);
  }, { signal });

  return {
    /** The image of the link, or the first. */
    async begin({ row, pixels }) {
      source = { row: null, words: "" };
      chooser.open(page.data);
      toggle(false);
      find(".steps").hidden = page.data.images === 0;
      if (pixels) {
        const name = page.say("own-drawing");
        source = { kind: "link", row: null, words: name };
        page.setImage({ pixels, name, row: null, blank: isBlank(pixels) }, { label: page.wantedLabel });
      } else if (page.data.images) await openRow(row ?? 0, true);
      else chooser.drawPrior();
    },
    show() {
      if (!page.image) return;
      const [channels, height, width] = page.data.shape;
      const pixels = new Uint8Array(page.image.pixels.length);
      const plane = height * width;
      for (let at = 0; at < plane; at++) for (let c = 0; c < channels; c++) pixels[at * channels + c] = page.image.pixels[c * plane + at];
      draw(find(".subject-picture canvas"), pixels, [height, width, channels]);
      const words = titleOf(page);
      find(".subject-words").title = page.image.row === null ? "" : page.data.note;
      if (find(".subject-words").textContent !== words) find(".subject-words").textContent = words;
      if (page.image.row !== null && source.row !== page.image.row) source = { kind: "row", row: page.image.row, words: page.image.name };
      if (page.image.row === null && source.row !== null) source = { kind: "drawing", row: null, words: page.image.name };
      list();
    },
    words() {
      panel.ariaLabel = page.say("choose-image");
      itsWords(page.say);
    },
    close: () => toggle(false),
    remove: () => chooser.remove(),
  };
}

// where an image that is none of the data set comes from -> its words; any other is one's own drawing
const KINDS = { prior: "from-prior", class: "from-class", mixture: "from-mixture", model: "from-model", file: "from-file" };

/** What the bar calls the image. */
function titleOf({ image, data, say, language }) {
  if (image.row === null && !(image.kind in KINDS)) return say("own-drawing");
  if (image.row === null) return language === "en" ? capital(image.name) : say(KINDS[image.kind]); // the server's words are English
  return say(data.originals ? "image-row" : "image-row-reconstructed", { row: image.row, last: data.images - 1 });
}

const capital = (words) => words.charAt(0).toUpperCase() + words.slice(1);
export const isBlank = (pixels) => pixels.every((value) => value === 0);
