// What the map page knows: the map that is shown, what is known of its images, which of them are shown and selected.
// The parts of the page listen to it and never to each other.
//
//   "computing"  {message, progress, seconds_left, id} while a map is computed, null when that is over
//   "map"        another map is here: {map, points}
//   "quality"    it is known how well the map keeps neighbourhoods
//   "columns"    the list of columns is here, or a column has come
//   "shown"      filters have changed
//   "colour"     another column gives the colours
//   "selection"  other images are selected
//   "pin"        another image is pinned, or none
//   "class"      the decoder draws under another class
//   "problem"    a sentence to show; empty takes it away

import { classNames, scaleOf, titleOf } from "./columns.js";
import { createFilters } from "./filters.js";
import { cancelMap, columnOf, columnsOf, pointsOf, readyMap, sourcesOf } from "./routes.js";
import { createSelection } from "./selection.js";

const KINDS = ["computing", "map", "quality", "columns", "shown", "colour", "selection", "pin", "class", "problem"];
const QUALITY_MS = 1500; // a plane is here before it is measured: when to ask again how well it keeps neighbourhoods
const QUALITY_TRIES = 40;
const TEXT = "text"; // columns to search in, not to colour by

export class Atlas {
  #listeners = Object.fromEntries(KINDS.map((kind) => [kind, new Set()]));
  #drawing = null; // AbortController of the map that is on its way
  #asked = null; // its answer so far
  #leaving = new AbortController();
  #columns = new Map(); // name -> promise of the column
  #members = null; // rows on the map, where it has only some
  model = null; // {model, weights}
  sources = [];
  shown = null; // {source, method, parameters, rows} of the map that is drawn
  map = null;
  onMap = { count: 0, rows: null };
  columns = []; // what there is: {name, kind, title, unit, names}
  columnProblems = []; // sentences on tables that could not be used
  loaded = new Map(); // name -> {…, values, scale or names}
  colour = null;
  pin = null;
  label = null; // class of a conditional model
  filters = createFilters(() => this.tell("shown"));
  selection = createSelection(() => this.tell("selection"));

  on(kind, listener) {
    this.#listeners[kind].add(listener);
  }

  tell(kind, detail) {
    this.#listeners[kind].forEach((listener) => listener(detail));
  }

  say(sentence) {
    this.tell("problem", sentence);
  }

  /** Another model: nothing of the one before stays. */
  open(model, label) {
    this.leave();
    this.#leaving = new AbortController();
    Object.assign(this, { model, label, sources: [], shown: null, map: null, onMap: { count: 0, rows: null }, pin: null });
    this.#forgetSource();
  }

  leave() {
    this.#drawing?.abort();
    this.#leaving.abort();
  }

  async listSources() {
    this.sources = await sourcesOf(this.model, this.#leaving.signal);
  }

  /** Draws the map of {source, method, parameters, rows}; the one before stays until it is here. Gives back whether it came. */
  async draw(wanted, alignTo) {
    this.#drawing?.abort();
    const mine = (this.#drawing = new AbortController());
    this.#asked = null;
    this.tell("computing", { message: "", progress: 0 });
    try {
      const asked = { source: wanted.source, method: wanted.method, parameters: wanted.parameters };
      if (wanted.rows) asked.rows = Array.from(wanted.rows);
      if (alignTo) asked.align_to = alignTo;
      const map = await readyMap(this.model, asked, { signal: mine.signal, onProgress: (found) => this.#progressed(found) });
      const points = await pointsOf(map.id, map.components, { signal: mine.signal });
      if (mine.signal.aborted) return false;
      await this.#take(map, points, wanted, mine.signal);
      if (!map.quality) this.#askQuality(asked);
      return !mine.signal.aborted;
    } catch (problem) {
      if (problem.name !== "AbortError" && problem.reason !== "cancelled") this.say(problem.message);
      return false;
    } finally {
      if (this.#drawing === mine) {
        this.#drawing = null;
        this.tell("computing", null);
      }
    }
  }

  /** A map may be here before it is measured: its quality is asked for until it is known. */
  async #askQuality(asked) {
    const { id } = this.map;
    for (let turn = 0; turn < QUALITY_TRIES; turn += 1) {
      await new Promise((go) => setTimeout(go, QUALITY_MS));
      if (this.map?.id !== id || this.#leaving.signal.aborted) return;
      const found = await readyMap(this.model, asked, { signal: this.#leaving.signal }).catch(() => null);
      if (!found?.quality || this.map?.id !== id) continue;
      this.map.quality = found.quality;
      return this.tell("quality");
    }
  }

  #progressed(found) {
    this.#asked = found;
    this.tell("computing", found);
  }

  async cancel() {
    const { id } = this.#asked ?? {};
    this.#drawing?.abort();
    if (id) await cancelMap(id).catch((problem) => this.say(problem.message));
  }

  async #take(map, points, wanted, signal) {
    const another = this.shown?.source !== wanted.source;
    if (another) {
      const { columns, problems = [] } = await columnsOf(this.model, wanted.source, signal);
      if (this.shown) this.#forgetSource();
      this.columnProblems = problems;
      this.columns = columns.filter(({ kind }) => kind !== TEXT).map((column) => ({ ...column, title: titleOf(column) }));
    }
    const isolated = wanted.rows ? Uint32Array.from(points.rows ?? wanted.rows) : null;
    const all = this.sources.find(({ id }) => id === wanted.source)?.count ?? map.count;
    this.shown = { ...wanted, parameters: map.parameters ?? wanted.parameters };
    this.map = map;
    this.onMap = { count: Math.max(all, map.count), rows: isolated };
    this.#members = null;
    this.say("");
    this.tell("map", { map, points });
    if (another) this.tell("columns");
  }

  /** What belongs to rows of a source. */
  #forgetSource() {
    this.columns = [];
    this.#columns.clear();
    this.loaded.clear();
    this.colour = null;
    this.pin = null;
    this.filters.recall({});
    this.selection.forget();
    this.tell("pin");
  }

  /** The column of that name with its values; loaded once. `onProgress` hears of one that is computed. Null when there is none. */
  column(name, onProgress) {
    const known = this.columns.find((column) => column.name === name);
    if (!known) return Promise.resolve(null);
    if (!this.#columns.has(name)) {
      const coming = this.#loadColumn(known, onProgress);
      this.#columns.set(name, coming);
      coming.catch(() => this.#columns.delete(name)); // another try asks again
    }
    return this.#columns.get(name);
  }

  async #loadColumn(known, onProgress) {
    const source = this.shown.source;
    const values = await columnOf(this.model, source, known, { signal: this.#leaving.signal, onProgress });
    const column = { ...known, values };
    if (known.kind === "class") column.names = classNames(known, values);
    else column.scale = scaleOf(values);
    if (this.shown.source !== source) return column;
    this.loaded.set(known.name, column);
    this.tell("columns");
    return column;
  }

  colourBy(column) {
    this.colour = column;
    this.tell("colour");
  }

  pinRow(row) {
    if (row === this.pin) return;
    this.pin = row;
    this.tell("pin");
  }

  decodeAs(label) {
    this.label = label;
    this.tell("class");
  }

  /** 1 for each row that the filters leave; null when all are shown. */
  shownMask(except = null) {
    return this.filters.mask(this.onMap.count, [...this.loaded.values()], except);
  }

  /** Whether a row of the source is among the images of the map. */
  isOnMap(row) {
    if (!this.onMap.rows) return row < this.onMap.count;
    this.#members ??= new Set(this.onMap.rows);
    return this.#members.has(row);
  }

  /** "Image 12 · label 7" of a row. */
  nameOf(row) {
    const label = this.loaded.get("label");
    const name = label?.names[label.values[row]];
    const words = name === undefined ? "" : /^\d+$/.test(name) ? `label ${name}` : name;
    return [`Image ${row.toLocaleString("en")}`, words].filter(Boolean).join(" · ");
  }

  /** What a loaded number column says of a row, with its unit; null where it is not loaded. */
  figureOf(name, row) {
    const column = this.loaded.get(name);
    return column && Number.isFinite(column.values[row]) ? column.values[row] : null;
  }
}
