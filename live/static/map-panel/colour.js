// What the colours mean and what is shown: the column that colours, its legend, and histograms to filter by.

import { classColours, figure, scaleGradient } from "./columns.js";
import { classCounts, shownCounts } from "./filters.js";
import { createHistogram } from "./histogram.js";
import { createMixing } from "./mixing.js";

const FIRST_HISTOGRAMS = ["reconstruction", "kl"];
const MANY = 40; // chips of a legend; of more classes the others are folded away

/** The panel in `root`; `palette`: colours of classes. Gives back {open(wanted column), shown columns}. */
export function createColour(root, atlas, palette) {
  const find = (selector) => root.querySelector(selector);
  const mixing = createMixing(root, atlas);
  let histograms = [];
  let all = false;
  let made = { column: null, chips: new Map() }; // the legend's buttons by class, of that column
  let turn = 0; // of the source: what was begun for another one is dropped

  function offer() {
    const options = atlas.columns.map(({ name, title }) => new Option(title, name));
    find(".colour").replaceChildren(new Option("Nothing", ""), ...options);
    find(".colour").value = atlas.colour?.name ?? "";
    find(".column-problems").textContent = atlas.columnProblems.join(" ");
    find(".column-problems").hidden = !atlas.columnProblems.length;
    offerFilters();
  }

  function offerFilters() {
    const there = new Set(histograms.map(({ name }) => name));
    const free = atlas.columns.filter(({ name }) => !there.has(name) && name !== atlas.colour?.name);
    find(".add-filter").replaceChildren(new Option("add a column…", ""), ...free.map(({ name, title }) => new Option(title, name)));
    find(".add-line").hidden = !free.length;
  }

  async function colourBy(name) {
    const mine = turn;
    const column = name ? await fetched(name) : null;
    if (mine !== turn) return;
    if (name && !column) return void (find(".colour").value = atlas.colour?.name ?? "");
    all = false;
    atlas.colourBy(column);
  }

  /** The column, with words while it is computed; null when it did not come. */
  async function fetched(name) {
    const waiting = (found) => {
      find(".waiting").hidden = false;
      find(".waiting progress").value = found.progress ?? 0;
      find(".waiting-words").textContent = found.message || "Computing…";
    };
    try {
      return await atlas.column(name, waiting);
    } catch (problem) {
      if (problem.name !== "AbortError") atlas.say(problem.message);
      return null;
    } finally {
      find(".waiting").hidden = true;
    }
  }

  // --- the legend

  function showLegend() {
    const { colour } = atlas;
    find(".legend").hidden = !colour;
    find(".legend-hint").hidden = colour?.kind !== "class";
    if (!colour) return;
    if (colour.kind === "class") fill(chips(colour));
    else fill([scaleBar(colour)]);
  }

  /** Elements that stand there already stay: one that went away between two clicks would lose the second. */
  function fill(elements) {
    const legend = find(".legend");
    if (elements.length !== legend.children.length || elements.some((element, index) => legend.children[index] !== element)) legend.replaceChildren(...elements);
  }

  function chips(column) {
    const counts = classCounts(column.values, atlas.onMap, atlas.shownMask(column.name), column.names.length);
    const colours = classColours(column.names.length, palette());
    const kinds = column.names.map((_, kind) => kind).filter((kind) => counts[kind] || column.names.length <= MANY);
    const seen = all ? kinds : kinds.slice(0, MANY);
    if (made.column !== column) made = { column, chips: new Map() };
    const shown = seen.map((kind) => chip(column, kind, colours[kind], counts[kind]));
    if (seen.length < kinds.length) shown.push(moreButton(kinds.length - seen.length));
    return shown;
  }

  function chip(column, kind, colour, count) {
    if (!made.chips.has(kind)) made.chips.set(kind, newChip(column, kind));
    const button = made.chips.get(kind);
    button.querySelector("i").style.setProperty("--dot", colour);
    button.querySelector("span").textContent = count.toLocaleString("en");
    button.ariaPressed = String(!atlas.filters.hiddenIn(column.name).has(kind));
    return button;
  }

  function newChip(column, kind) {
    const button = document.createElement("button");
    const [dot, name, number] = ["i", "b", "span"].map((tag) => document.createElement(tag));
    name.textContent = column.names[kind];
    number.className = "figure";
    button.append(dot, name, number);
    Object.assign(button, { type: "button", title: "Click: hide or show. Double click: this one alone, or all again" });
    button.dataset.kind = kind;
    button.onclick = (event) => (event.detail === 2 ? only(column, kind) : atlas.filters.toggle(column.name, kind));
    return button;
  }

  function only(column, kind) {
    atlas.filters.toggle(column.name, kind); // takes the first click of the two back
    atlas.filters.only(column.name, [kind], column.names.length);
  }

  function moreButton(count) {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: `${count} more…` });
    button.onclick = () => {
      all = true;
      showLegend();
    };
    return button;
  }

  function scaleBar(column) {
    const bar = document.createElement("div");
    bar.className = "scale figure";
    bar.style.setProperty("--gradient", scaleGradient);
    const [low, high] = column.scale;
    const unit = column.unit ? ` ${column.unit}` : "";
    const ends = [`≤ ${figure(low, high - low)}${unit}`, `≥ ${figure(high, high - low)}${unit}`];
    bar.append(...ends.map((textContent) => Object.assign(document.createElement("span"), { textContent })));
    return bar;
  }

  // --- filters

  async function addHistogram(name) {
    const mine = turn;
    const column = await fetched(name);
    if (!column || mine !== turn || histograms.some((histogram) => histogram.name === name)) return;
    if (column.kind === "class") return void colourBy(name);
    const made = createHistogram(atlas, column, () => removeHistogram(made));
    histograms.push(made);
    find(".histograms").append(made.element);
    made.draw();
    offerFilters();
  }

  function removeHistogram(gone) {
    histograms = histograms.filter((histogram) => histogram !== gone);
    gone.element.remove();
    atlas.filters.brush(gone.name, null);
    offerFilters();
  }

  function showFilters() {
    const mask = atlas.shownMask();
    const [shown, total] = shownCounts(atlas.onMap, mask);
    find(".shown-words").textContent = `${shown.toLocaleString("en")} of ${total.toLocaleString("en")} shown`;
    find(".show-all").hidden = !mask;
  }

  // The parts follow a brush once per frame: a hand that moves fast asks for no more.
  let frame = null;
  const follow = () => {
    frame ??= requestAnimationFrame(() => {
      frame = null;
      if (!atlas.map) return;
      showFilters();
      keepFocus(find(".legend"), showLegend);
      if (panel.visible) histograms.forEach((histogram) => histogram.draw());
    });
  };

  find(".colour").onchange = (event) => colourBy(event.target.value);
  find(".add-filter").onchange = (event) => {
    if (event.target.value) addHistogram(event.target.value);
    event.target.value = "";
  };
  find(".show-all").onclick = () => atlas.filters.clear();
  atlas.on("shown", follow);
  atlas.on("map", follow);
  atlas.on("colour", () => {
    find(".colour").value = atlas.colour?.name ?? "";
    showLegend();
    offerFilters();
    if (panel.visible) mixing.show();
  });

  const panel = {
    visible: true,
    /** Another source: colours by `wanted`, if there is such a column, else by the label, else by the error. */
    async open(wanted, filters) {
      const mine = (turn += 1);
      histograms.forEach(({ element }) => element.remove());
      histograms = [];
      offer();
      const names = atlas.columns.map(({ name }) => name);
      panel.usual = names.includes("label") ? "label" : (names.find((name) => name === "reconstruction") ?? names[0] ?? "");
      const first = names.includes(wanted) || wanted === "" ? wanted : panel.usual;
      await colourBy(first);
      const filtering = [...Object.keys(filters.hidden), ...Object.keys(filters.ranges)].filter((name) => names.includes(name));
      const numbers = new Set([...FIRST_HISTOGRAMS.filter((name) => names.includes(name)), ...Object.keys(filters.ranges).filter((name) => names.includes(name))]);
      await Promise.all(filtering.map(fetched));
      for (const name of numbers) if (mine === turn) await addHistogram(name);
      if (mine !== turn) return;
      if (filtering.length) atlas.filters.recall(filters);
    },
    show() {
      histograms.forEach((histogram) => histogram.draw());
      mixing.show();
    },
    remove: mixing.hide,
  };
  return panel;
}

/** Rebuilds the chips of a legend and leaves the keyboard where it was. */
function keepFocus(legend, rebuild) {
  const held = legend.getRootNode().activeElement;
  const kind = legend.contains(held) ? held.dataset.kind : undefined;
  rebuild();
  if (kind !== undefined) legend.querySelector(`[data-kind="${kind}"]`)?.focus();
}
