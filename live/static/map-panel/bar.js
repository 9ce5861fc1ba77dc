// What the map is made of: the images, the method and its parameters; and while it is computed how far that is, how long it
// will take, and a way to end it. The map before stays meanwhile.

import { createChoice } from "../choice-row.js";
import { PARAMETERS, defaultParameters } from "./link.js";
import { createStatusWords } from "./status-words.js";

const METHODS = [
  ["pca", "PCA", "The flat cut along which the codes spread most: straight, every place is an exact code"],
  ["dimensions", "Two dimensions", "Two of the model's own latent dimensions"],
  ["umap", "UMAP", "Bends the space so that near neighbours stay near; far distances mean little"],
  ["tsne", "t-SNE", "Bends the space so that near neighbours stay near; far distances mean little"],
];
const WORDS = {
  neighbours: ["Neighbours", "Few: fine detail. Many: the large shape."],
  min_dist: ["Least distance", "Small: tight clumps. Large: spread evenly."],
  perplexity: ["Perplexity", "About how many neighbours each point has."],
  seed: ["Seed", "The same seed gives the same map."],
};
const SHOW_AFTER_MS = 300; // what is there sooner needs no progress bar

/** The bar in `root` (bar and status line) for `atlas`; `draw(wanted)` draws another map, until `signal`. Gives back {open(facts), show()}. */
export function createBar(root, atlas, draw, signal) {
  const find = (selector) => root.querySelector(selector);
  const [source, method, across, up] = [".source", ".method", ".across", ".up"].map(find);
  const depth = createChoice(find(".depth"), { label: "Flat or in space", onChoose: (components) => change({ components }) });
  const words = createStatusWords(root, signal);
  let facts = null;
  let late = null; // the timer that shows the progress; one for the whole wait, however often it is told

  const wanted = () => ({ ...atlas.shown, rows: atlas.shown?.rows ?? null });

  async function ask(next) {
    if (!(await draw(next)) && atlas.shown) bar.show();
  }

  const change = (parameters) => ask({ ...wanted(), parameters: { ...atlas.shown.parameters, ...parameters } });

  function chooseMethod() {
    const parameters = defaultParameters(method.value, facts);
    ask({ ...wanted(), method: method.value, parameters });
  }

  function chooseDimensions(changed) {
    let [x, y] = [Number(across.value), Number(up.value)];
    if (x === y) [x, y] = changed === across ? [x, atlas.shown.parameters.x] : [atlas.shown.parameters.y, y]; // the two change places
    change({ x, y });
  }

  function showParameters() {
    const { method: chosen, parameters } = atlas.shown;
    const fields = PARAMETERS[chosen].filter(([, name]) => name in WORDS);
    find(".settings").hidden = !fields.length;
    find(".settings").open = false;
    find(".parameters").replaceChildren(...fields.map((field) => parameterField(field, parameters)));
  }

  function readParameters() {
    const inputs = [...root.querySelectorAll(".parameters input")];
    return Object.fromEntries(inputs.map((input) => [input.name, Number(input.value)]));
  }

  function showComputing(found) {
    if (found === null) {
      clearTimeout(late);
      late = null;
      return visible(false);
    }
    find(".computing progress").value = found.progress ?? 0;
    find(".computing-words").textContent = found.message || (found.state ? "Getting ready to compute the map…" : "Computing the map…");
    find(".left").textContent = found.seconds_left > 0 ? `${timeWords(found.seconds_left)} left` : "";
    late ??= setTimeout(() => visible(true), SHOW_AFTER_MS);
  }

  function visible(on) {
    find(".computing").hidden = !on;
    find(".words").hidden = on && atlas.map !== null;
    words.fit();
  }

  function showWords() {
    const { map, shown } = atlas;
    const alone = shown.rows ? `${shown.rows.length.toLocaleString("en")} selected images alone. ` : "";
    words.show([`${alone}${map.quality?.words ?? ""}`, map.words, facts.note].filter(Boolean).join(" "), Boolean(map.quality));
  }

  source.onchange = () => ask({ ...wanted(), source: source.value, rows: null });
  method.onchange = chooseMethod;
  across.onchange = () => chooseDimensions(across);
  up.onchange = () => chooseDimensions(up);
  find(".cancel").onclick = () => atlas.cancel();
  find(".usual").onclick = () => {
    find(".settings").open = false;
    change(defaultParameters(atlas.shown.method, facts));
  };
  find(".popped").onsubmit = (event) => {
    event.preventDefault();
    find(".settings").open = false;
    change(readParameters());
  };
  find(".settings").onkeydown = (event) => {
    if (event.key !== "Escape") return;
    find(".settings").open = false;
    find(".settings summary").focus();
  };
  atlas.on("computing", showComputing);
  atlas.on("map", () => bar.show());
  atlas.on("quality", showWords);

  const bar = {
    /** Another model; `its`: {latent_dim, widest, note}. */
    open(its) {
      facts = its;
      const names = Array.from({ length: its.latent_dim }, (_, index) => `z${index + 1}`);
      for (const select of [across, up]) select.replaceChildren(...names.map((name, index) => new Option(name, index)));
      method.replaceChildren(...METHODS.map(([value, text, title]) => Object.assign(new Option(text, value), { title })));
    },
    /** The sources that can be chosen, and why others cannot. */
    offer() {
      const option = ({ id, words, count, why_not: reason }) =>
        Object.assign(new Option(count && !words.includes(count.toLocaleString("en")) ? `${words} (${count.toLocaleString("en")})` : words, id), { disabled: Boolean(reason), title: reason ?? "" });
      source.replaceChildren(...atlas.sources.map(option));
      find(".source-line").hidden = atlas.sources.length < 2;
    },
    show() {
      const { shown, map } = atlas;
      source.value = shown.source;
      method.value = shown.method;
      method.title = METHODS.find(([value]) => value === shown.method)?.[2] ?? "";
      find(".dimensions").hidden = shown.method !== "dimensions" || facts.latent_dim === 2;
      [across.value, up.value] = [shown.parameters.x ?? 0, shown.parameters.y ?? 1];
      const flatOnly = shown.method === "dimensions" || shown.method === "tsne" || facts.latent_dim < 3;
      depth.offer(flatOnly ? [] : [{ value: 2, text: "2-D" }, { value: 3, text: "3-D" }]);
      depth.show(map.components);
      showParameters();
      showWords();
    },
  };
  return bar;
}

function parameterField([, name, least, most, standard, whole], parameters) {
  const [title, words] = WORDS[name];
  const label = document.createElement("label");
  const input = document.createElement("input");
  const step = whole ? 1 : "any";
  Object.assign(input, { type: "number", className: "field figure", name, min: least, max: most, step, required: true, value: parameters[name] ?? standard });
  const small = Object.assign(document.createElement("small"), { textContent: words });
  label.append(title, input, small);
  return label;
}

/** "40 s", "3 min". */
export function timeWords(seconds) {
  return seconds < 90 ? `${Math.max(1, Math.round(seconds))} s` : `${Math.round(seconds / 60)} min`;
}
