// What lies under and over the dots: switches for the layers of the view, with what each shows in words; and the map as a
// file to take away.

import { copyLink } from "../page-link.js";
import { saveBlob } from "./save.js";

const LAYERS = [
  ["plane", "Decoded plane", "What the model draws at a grid of places, behind the dots"],
  ["images", "Images instead of dots", "Where they fit without overlap: zoom in"],
  ["density", "Density contours", "Where the encoded images lie close together"],
  ["prior", "Prior circles", "Where the prior expects codes: 1, 2 and 3 σ"],
  ["uncertainty", "Change of the picture", "Where a small step changes what the decoder draws a lot"],
  ["spread", "Spread of the decoder", "Where the model itself is unsure of its pixels: the standard deviation of p(x|z)"],
];
const SPACINGS = ["even", "quantiles"];

/**
 * The layers panel in `root` over `view`; `onChange()` when a switch was turned, `file()` gives the map's title for an export,
 * `link()` {address, missing: what it leaves out in words, unnamed: whether that could be named}.
 * Gives back {open(record), refresh(name), record()}: the record is a list of texts for the link.
 */
export function createLayers(root, view, { onChange, file, say, link, nameSelection }) {
  const find = (selector) => root.querySelector(selector);
  const lines = new Map(LAYERS.map(([name, title, words]) => [name, switchLine(name, title, words)]));
  const sideInput = rangeLine("Size of a picture", 20, 96, 4);
  const spacing = selectLine("Places", [["even", "evenly spaced"], ["quantiles", "by quantiles of the prior"]]);
  find(".switches").replaceChildren(...[...lines].flatMap(([name, { element }]) => (name === "plane" ? [element, sideInput.element, spacing.element] : [element])));

  function turn(name, on) {
    view.showLayer(name, on, name === "plane" ? planeOptions() : {});
    refresh(name);
    onChange();
  }

  const planeOptions = () => ({ side: Number(sideInput.input.value), spacing: spacing.select.value });

  function refresh(name) {
    if (!lines.has(name)) return; // the detail of very many points has no switch
    const { box, words, element } = lines.get(name);
    const state = view.layerState(name);
    box.checked = state.on;
    box.disabled = !state.possible && !state.on;
    words.textContent = state.on || !state.possible ? state.words : element.dataset.words;
    if (name !== "plane") return;
    for (const part of [sideInput, spacing]) part.element.hidden = !state.on;
  }

  for (const [name, { box }] of lines) box.onchange = () => turn(name, box.checked);
  sideInput.input.oninput = () => turn("plane", true);
  spacing.select.onchange = () => turn("plane", true);
  for (const button of root.querySelectorAll("[data-export]")) button.onclick = () => exported(button);
  find(".copy-link").onclick = (event) => share(event.target);

  async function exported(button) {
    button.disabled = true;
    try {
      const kind = button.dataset.export;
      const { name, ...facts } = file();
      const blob = await { png: () => view.exportPng(facts), svg: () => view.exportSvg(facts), html: () => view.exportHtml(facts) }[kind]();
      saveBlob(blob, `${name}.${kind}`);
    } catch (problem) {
      say(`The map could not be written: ${problem.message}`);
    } finally {
      button.disabled = false;
    }
  }

  async function share(button) {
    const { address, missing, unnamed } = link();
    await copyLink(button, { address });
    find(".not-in-link").hidden = !missing.length;
    find(".not-in-link-words").textContent = `Not in the link: ${missing.join("; ")}.${unnamed ? " A selection with a name is." : ""}`;
    find(".name-selection").hidden = !unnamed;
  }

  find(".name-selection").onclick = () => {
    find(".not-in-link").hidden = true;
    nameSelection();
  };

  return {
    refresh,
    /** What the link asks for; unknown names are left aside. */
    open(record) {
      const asked = new Map(record.map((text) => [text.split(":")[0], text.split(":").slice(1)]));
      const [side, spaced] = asked.get("plane") ?? [];
      if (side >= 20 && side <= 96) sideInput.input.value = side;
      if (SPACINGS.includes(spaced)) spacing.select.value = spaced;
      for (const name of lines.keys()) {
        const on = asked.has(name) && view.layerState(name).possible;
        if (on || view.layerState(name).on) view.showLayer(name, on, name === "plane" ? planeOptions() : {});
        refresh(name);
      }
    },
    refreshAll: () => [...lines.keys()].forEach(refresh),
    record() {
      const on = [...lines.keys()].filter((name) => view.layerState(name).on);
      const { side, spacing: spaced } = planeOptions();
      return on.map((name) => (name === "plane" && (side !== 40 || spaced !== "even") ? `plane:${side}:${spaced}` : name));
    },
  };
}

function switchLine(name, title, words) {
  const element = document.createElement("div");
  const label = document.createElement("label");
  const box = Object.assign(document.createElement("input"), { type: "checkbox", name });
  const small = Object.assign(document.createElement("small"), { className: "quiet", textContent: words });
  element.dataset.words = words;
  label.append(box, title);
  element.append(label, small);
  return { element, box, words: small };
}

function rangeLine(title, min, max, step) {
  const element = Object.assign(document.createElement("label"), { className: "more", hidden: true });
  const input = Object.assign(document.createElement("input"), { type: "range", min, max, step, value: 40 });
  element.append(title, input);
  return { element, input };
}

function selectLine(title, options) {
  const element = Object.assign(document.createElement("label"), { className: "more", hidden: true });
  const select = Object.assign(document.createElement("select"), { className: "field" });
  select.append(...options.map(([value, text]) => new Option(text, value)));
  element.append(title, select);
  return { element, select };
}
