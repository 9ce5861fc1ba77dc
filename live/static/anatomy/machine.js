// Chapter 0: the whole machine. One image goes through the model, and each number stands where it arises.

import { createLivePicture } from "../live-picture.js";
import { createCalm } from "./calm.js";
import { KINDS, formulasOf } from "./machine-formulas.js";
import { MARKUP } from "./machine-markup.js";
import { createPad } from "./machine-pad.js";
import { createPaint } from "./machine-paint.js";
import { createPixelMap } from "./machine-pixels.js";
import { createRows } from "./machine-rows.js";
import { createWires } from "./machine-wires.js";
import { createNextFrame } from "./next-frame.js";
import { normalNoise } from "./numbers.js";

export const sources = {
  papers: [["Kingma and Welling 2014", "https://arxiv.org/abs/1312.6114"], ["Rezende, Mohamed and Wierstra 2014", "https://arxiv.org/abs/1401.4082"]],
  functions: ["vae_core.passage.pass_through", "vae_core.objectives.observed_image"],
};

const DRAW_EVERY_MS = 600;
const STROKES_APART_MS = 30; // each changes all rows and the map of the pixels: every second frame is enough for these

export function chapter(context) {
  const { data, say } = context;
  const leaving = new AbortController();
  const { signal } = leaving;
  const element = Object.assign(document.createElement("div"), { className: "machine-board", innerHTML: MARKUP });
  const find = (selector) => element.querySelector(selector);
  const kind = KINDS(data);
  const wires = createWires(element, () => context.motion);
  const pixelMap = createPixelMap(find(".m-pixels"), { context, kind });
  let playing = null;
  let erasing = false;
  let before = null; // the image as it was before anything was painted over it

  const change = (index, value, stamp) => {
    const noise = Float32Array.from(context.noise);
    if (noise[index] === Math.fround(value)) return; // an early pointer event and the later one are of one place
    noise[index] = value;
    context.setNoise(noise, { stamp });
  };
  const rows = createRows(find(".m-rows"), { context, kind, change, onChoose: (index) => choose(index), signal });
  const pad = createPad(find(".m-noise"), {
    context,
    change(pair, stamp) {
      const noise = Float32Array.from(context.noise);
      if (pair.every(([index, value]) => noise[index] === Math.fround(value))) return;
      for (const [index, value] of pair) noise[index] = value;
      context.setNoise(noise, { stamp });
    },
    signal,
  });
  const paint = createPaint(find(".m-x canvas"), {
    shape: data.shape,
    pixels: () => context.image?.pixels,
    brush: () => ({ erase: erasing, ink: find(".m-ink").value }),
    onPaint(pixels, stamp) {
      before ??= context.image;
      context.setImage({ pixels, name: say("own-drawing"), row: null, blank: pixels.every((value) => value === 0) }, { stamp });
      showTools();
    },
    signal,
  });
  const formulas = formulasOf(element, context, kind);
  const watching = new ResizeObserver(() => {
    rows.resized();
    pad.resized();
  }); // canvases are as large as their places on the page
  watching.observe(element);

  element.classList.toggle("is-point", kind.point);
  element.classList.toggle("is-flat", data.latent_dim < 2);
  element.querySelectorAll("[data-tex]").forEach((place) => context.formula(place, place.dataset.tex));
  const begin = Object.assign(document.createElement("button"), { type: "button", className: "m-begin" });
  begin.addEventListener("click", () => context.open("chapter-1"), { signal });
  find(".m-elbo-words").hidden = kind.point;
  find(".m-ink").hidden = data.shape[0] === 1;

  // --- the hand

  const click = (selector, act) => find(selector).addEventListener("click", act, { signal });
  const redraw = () => context.setNoise(normalNoise(data.latent_dim, Math.floor(Math.random() * 2 ** 32)));
  click(".m-redraw", redraw);
  click(".m-zero", () => {
    play(false);
    context.setNoise(new Float32Array(data.latent_dim));
  });
  click(".m-play", () => play(playing === null));
  click(".m-erase", () => {
    erasing = !erasing;
    showTools();
  });
  click(".m-clear", () => {
    before ??= context.image;
    paint.clear();
  });
  click(".m-restore", () => {
    if (before) context.setImage(before);
    before = null;
    showTools();
  });

  function play(on) {
    clearInterval(playing);
    playing = on ? setInterval(redraw, DRAW_EVERY_MS) : null;
    find(".m-play").ariaPressed = String(on);
    find(".m-play").textContent = say(on ? "freeze" : "keep-drawing");
  }

  function showTools() {
    find(".m-erase").ariaPressed = String(erasing);
    find(".m-restore").disabled = before === null;
  }

  function choose(index) {
    rows.choose(index);
    formulas.show(context.passed, rows.chosen);
    context.link.set("d", String(index));
  }

  // --- what came out

  const numbers = createCalm((found) => {
    rows.tell(found);
    pixelMap.tell();
    pad.tell();
    formulas.show(found, rows.chosen);
  });

  let lanesOf = null; // the image whose lanes and map are drawn
  const behind = createNextFrame((found) => {
    lanesOf = found.tag.image;
    rows.show(found);
    pad.show();
    pixelMap.show(found);
    numbers.tell(found);
  }, ({ tag: { image, stamp } }) => (stamp !== null && image !== lanesOf ? STROKES_APART_MS : 0));
  const picture = createLivePicture(find(".m-picture canvas"), context.socket); // what the hand waits for
  context.showOn(picture);
  const seen = find(".m-x canvas");

  function passed(found) {
    if (!picture.screen) picture.shown(found); // else it is there already
    context.draw(seen, found.observed, found.shape);
    behind.tell(found);
  }

  function notes() {
    const said = [kind.note && say(kind.note), data.conditional && say("note-conditional"), context.image?.blank && say("note-blank")].filter(Boolean).join(" ");
    if (find(".m-note").textContent !== said) find(".m-note").textContent = said;
  }

  function words() {
    context.translate(element);
    play(playing !== null);
    find(".m-picture canvas").ariaLabel = say("picture-label");
    begin.textContent = say("begin");
    find(".m-elbo-words").textContent = say(kind.measure === "none" ? "objective-words" : "elbo-words");
    if (!kind.closed) find("[data-say='term-prior']").textContent = say("term-learned-prior");
    rows.words();
    pixelMap.words();
    formulas.words();
    notes();
  }

  words();
  showTools();
  const asked = Number(context.link.get("d") ?? NaN);
  if (Number.isInteger(asked) && asked >= 0 && asked < data.latent_dim) rows.choose(asked);

  return {
    element,
    leadEnd: begin,
    passed,
    image() {
      if (before && context.image.row !== null) before = null;
      paint.painted();
      showTools();
      notes();
      wires.run("image");
    },
    noise: () => wires.run("noise"),
    hide: () => play(false),
    themed() {
      rows.themed();
      pad.themed();
      pixelMap.themed();
      if (context.passed) passed(context.passed);
    },
    language: words,
    close() {
      play(false);
      watching.disconnect();
      behind.stop();
      context.showOn(null);
      picture.remove();
      numbers.stop();
      leaving.abort();
    },
  };
}
