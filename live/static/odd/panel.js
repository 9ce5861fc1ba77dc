// The page of the odd ones: a source is scored by a job, ranked by one score or several joined, and cut at a threshold.

import { askJob, timeLeft } from "../ask-job.js";
import { browserStore } from "../browser-store.js";
import { createChoice } from "../choice-row.js";
import { createHistory, listenToUndoKeys, showSteps } from "../history.js";
import { LiveError, address, answerOf } from "../live-fetch.js";
import { columnOf, columnsOf, readGroups, sourcesOf, writeGroups } from "../map-panel/routes.js";
import { copyLink, replaceLink } from "../page-link.js";
import { createCards } from "./cards.js";
import { drawCurve } from "./curve.js";
import { createDetail } from "./detail.js";
import { createDistribution } from "./distribution.js";
import { linkOf, readLink } from "./link.js";
import { countsAt, medianOf, oddestFirst, quantileFromTop, rocOf } from "./roc.js";
import { simpleWords } from "./simple-words.js";

const FIRST_SHARE = 0.01; // of the images lie above the threshold at first
const MOST_IN_LINK = 40; // rows that the Map's link carries

export class OddPanel {
  constructor(root) {
    this.find = (selector) => root.querySelector(selector);
    this.section = this.find(".odd");
    this.leaving = new AbortController();
    const { signal } = this.leaving;
    this.state = { source: "reference", parts: [], threshold: null, anomaly: null };
    this.distribution = createDistribution(this.find(".distribution"), { onMove: (threshold) => this.cut(threshold), onEnd: () => this.settle(), signal });
    this.cards = createCards(this.find(".cards"), { model: () => this.data, shape: () => this.data.shape, onOpen: (row) => this.openImage(row), onProblem: (words) => this.say(words) });
    this.detail = createDetail(this.find(".detail"), { canvases: (row) => this.cards.canvases(row), onMap: (row) => this.toMap([row]) });
    this.history = createHistory({ apply: (state) => this.restore(state), onChange: () => this.showHistory() });
    this.classes = createChoice(this.find(".anomalies"), { label: "The class that counts as the anomaly", onChoose: (anomaly) => this.choose({ anomaly: anomaly || null }) });
    const click = (selector, act) => this.find(selector).addEventListener("click", act, { signal });
    click(".undo", () => this.history.undo());
    click(".redo", () => this.history.redo());
    click(".cancel", () => this.asking?.abort());
    click(".again", () => this.score());
    click(".more", () => this.showMore());
    click(".csv", () => this.saveTable());
    click(".on-map", () => this.toMap(this.above()));
    click(".share", () => copyLink(this.find(".share")));
    this.find(".sources-field").addEventListener("change", (event) => this.choose({ source: event.target.value, threshold: null, anomaly: null }), { signal });
    this.find(".threshold-field").addEventListener("change", (event) => this.typed(event.target), { signal });
    listenToUndoKeys(this.history, signal);
  }

  update({ data, setTriggerValue }) {
    const before = this.data;
    this.data = data;
    this.openPage = (target) => setTriggerValue("open", { ...target, weights: data.weights });
    if (before?.weights !== data.weights || before?.model !== data.model) this.begin();
  }

  remove() {
    this.leaving.abort();
    this.asking?.abort();
  }

  // --- the source and its scores

  async begin() {
    const { data } = this;
    const [, height, width] = data.shape;
    this.section.style.setProperty("--aspect", `${width} / ${height}`);
    const link = readLink(window.location.search);
    this.say(link.weights && link.weights !== data.weights ? `The link was made with other weights of ${data.model}: the model was trained again since, so the figures differ.` : "");
    this.state = { source: link.source, parts: link.parts, threshold: link.threshold, anomaly: link.anomaly };
    this.begun = false;
    this.ranked = undefined;
    this.scored = null;
    this.steps = browserStore(`${data.weights}/odd-steps`, window.sessionStorage);
    try {
      const sources = await sourcesOf(data, this.leaving.signal);
      const field = this.find(".sources-field");
      field.replaceChildren(...sources.map(({ id, words, why_not: why }) => Object.assign(new Option(why ? `${words} – cannot be scored` : words, id), { disabled: Boolean(why), title: why ?? "" })));
      const found = sources.find(({ id }) => id === this.state.source);
      if (!found || found.why_not) {
        this.say(found?.why_not ?? `The link's source is "${this.state.source.slice(0, 40)}"; this model has none such. The stored images are ranked.`);
        this.state.source = "reference";
      }
      field.value = this.state.source;
    } catch (problem) {
      return void this.say(problem.message);
    }
    this.score();
  }

  /** The scores of the source, made when need be; then the ranking. */
  async score() {
    this.asking?.abort();
    const mine = (this.asking = new AbortController());
    this.busy(true, "Looking for the scores");
    try {
      const found = await askJob(address("odd", [this.data.model, this.data.weights]), this.wanted(), { signal: mine.signal, onProgress: (each) => this.progress(each) });
      if (mine !== this.asking) return;
      await this.scoredNow(found, mine.signal);
      this.busy(false);
    } catch (problem) {
      if (mine !== this.asking) return;
      const ended = problem.name === "AbortError" || mine.signal.aborted;
      this.busy(false, ended ? "Scoring was cancelled." : problem.message, true);
    }
  }

  wanted() {
    const { source, parts } = this.state;
    return { source, ...(parts.length ? { parts } : {}) };
  }

  async scoredNow(found, signal) {
    const { data } = this;
    const { source } = this.state;
    const unknown = this.state.parts.filter((part) => !found.scores.some(({ name }) => name === part));
    if (unknown.length && this.state.parts.length) this.say(`There is no score "${unknown[0].slice(0, 40)}" here; ${found.parts.length ? "another is taken" : "none is left"}.`);
    const values = await this.valuesOf(found.parts.join("+"), signal);
    const ink = found.ink ? await this.valuesOf("ink", signal) : null;
    if (this.labelled !== `${data.weights} ${source}`) await this.readLabels(signal);
    this.scored = { ...found, values, ink };
    this.state.parts = found.parts;
    this.order = oddestFirst(values);
    this.showScores();
    this.showClasses();
    const [low, high] = [this.order.at(-1), this.order[0]].map((row) => values[row]);
    if (this.state.threshold === null || this.ranked !== found.parts.join("+")) {
      const kept = this.ranked === undefined || this.restoring ? this.state.threshold : null;
      this.state.threshold = kept === null || kept < low || kept > high ? quantileFromTop(values, FIRST_SHARE) : kept;
    }
    this.ranked = found.parts.join("+");
    this.draw();
    this.settle(!this.begun);
    this.begun = true;
  }

  async valuesOf(parts, signal) {
    const place = address("odd", [this.data.model, this.data.weights, this.state.source, parts]);
    return new Float32Array(await (await answerOf(place, { signal })).arrayBuffer());
  }

  async readLabels(signal) {
    const { columns } = await columnsOf(this.data, this.state.source, signal);
    const label = columns.find(({ name }) => name === "label");
    this.label = label ? { names: label.names, values: await columnOf(this.data, this.state.source, label, { signal }) } : null;
    this.labelled = `${this.data.weights} ${this.state.source}`;
  }

  progress({ message, progress, seconds_left: left }) {
    this.busy(true, [message, timeLeft(left)].filter(Boolean).join(" · "), false, progress);
  }

  busy(on, words = "", failed = false, share = 0) {
    this.find(".computing").hidden = !on && !words;
    this.find(".computing-words").textContent = words;
    this.find(".computing-words").classList.toggle("problem", failed);
    this.find(".computing progress").hidden = this.find(".cancel").hidden = !on;
    this.find(".computing progress").value = share;
    this.find(".again").hidden = !failed;
    this.section.ariaBusy = String(on);
  }

  // --- the hand

  choose(change) {
    Object.assign(this.state, change);
    if ("parts" in change || "source" in change) return void this.score();
    this.draw();
    this.settle();
  }

  /** One score, or with Shift or Ctrl (and by its tick) one more of them. */
  pick(name, joined) {
    const has = this.state.parts.includes(name);
    const parts = !joined ? [name] : has ? this.state.parts.filter((part) => part !== name) : [...this.state.parts, name];
    if (parts.length) this.choose({ parts, threshold: null });
  }

  cut(threshold) {
    this.state.threshold = threshold;
    this.showCounts();
  }

  typed(field) {
    const value = Number(field.value.replace("−", "-").replace(",", "."));
    if (!field.value.trim() || !Number.isFinite(value)) return this.showCounts();
    this.state.threshold = value;
    this.distribution.set(value);
    this.showCounts();
    this.settle();
  }

  settle(begun = false) {
    if (!this.scored) return;
    const state = { ...this.state };
    if (begun) this.history.begin(state);
    if (begun) this.history.recall(this.steps.read());
    else this.history.push(state);
    this.steps.write(this.history.record());
    replaceLink("odd", linkOf(this.state, this.data.weights));
    this.cards.mark();
  }

  async restore(state) {
    const again = state.source !== this.state.source || state.parts.join() !== this.state.parts.join();
    this.state = state;
    this.find(".sources-field").value = state.source;
    this.restoring = true;
    if (again) await this.score();
    else this.draw();
    this.restoring = false;
    this.steps.write(this.history.record());
    replaceLink("odd", linkOf(this.state, this.data.weights));
  }

  // --- what is shown

  showScores() {
    const { scores } = this.scored;
    this.find(".scores").replaceChildren(...scores.map(({ name, text, words }) => {
      const on = this.state.parts.includes(name);
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: text, title: `${words}. Shift or Ctrl joins it to the others.`, ariaPressed: String(on) });
      button.dataset.score = name;
      button.onclick = (event) => this.pick(name, this.find(".join").checked || event.shiftKey || event.ctrlKey || event.metaKey);
      return button;
    }));
    const chosen = scores.filter(({ name }) => this.state.parts.includes(name));
    const joined = chosen.length > 1;
    this.unit = joined ? "σ" : chosen[0].unit;
    this.find(".score-words").textContent = joined
      ? `The sum of ${chosen.length} scores, each in standard deviations from its mean over all these images.`
      : `${chosen[0].words}${chosen[0].unit ? ` (${chosen[0].unit})` : ""}.`;
    const basis = this.scored.basis === "stored" ? "Only the stored latents and costs are ranked here: the images are not on this machine, or the model has classes or no ELBO. " : "";
    this.find(".basis").textContent = basis;
  }

  showClasses() {
    const names = this.label ? [...new Set(Array.from(this.label.values).filter((value) => value >= 0))].sort((a, b) => a - b) : [];
    const offered = names.length ? [{ value: "", text: "none", title: "No class counts as the anomaly" }, ...names.map((value) => ({ value: this.label.names[value] ?? String(value), text: this.label.names[value] ?? String(value) }))] : [];
    this.find(".class-group").hidden = names.length === 0;
    this.find(".one-label").hidden = names.length !== 1;
    this.classes.offer(names.length > 1 ? offered : []);
    if (this.state.anomaly && !offered.some(({ value }) => value === this.state.anomaly)) {
      this.say(`The link's anomaly is "${this.state.anomaly.slice(0, 40)}"; these images have ${names.length ? offered.slice(1).map(({ text }) => text).join(", ") : "no labels"}. It is left aside.`);
      this.state.anomaly = null;
    }
    this.classes.show(this.state.anomaly ?? "");
  }

  get anomalous() {
    if (!this.state.anomaly || !this.label) return null;
    const number = this.label.names.indexOf(this.state.anomaly);
    return (row) => this.label.values[row] === number;
  }

  draw() {
    const { values } = this.scored;
    const { anomalous } = this;
    this.distribution.open(values, anomalous);
    this.distribution.set(this.state.threshold);
    this.roc = anomalous && rocOf(values, anomalous);
    this.classes.show(this.state.anomaly ?? "");
    this.find(".roc").hidden = !this.roc;
    this.find(".auroc").textContent = this.roc ? this.roc.auroc.toFixed(4) : "";
    this.find(".auroc").dataset.value = this.roc ? String(this.roc.auroc) : "";
    this.find(".roc-note").textContent = this.roc ? this.rocWords() : "";
    const said = simpleWords(this.scored.simple, this.state.parts, this.scored.scores);
    this.find(".simple").hidden = !said;
    this.find(".simple-words").textContent = said;
    this.showCounts();
    const originals = this.data.originals || this.state.source !== "reference";
    this.find(".legend").hidden = !originals;
    this.find(".without-originals").hidden = originals;
    this.cards.show(this.order, { source: this.state.source, originals, words: (row) => this.wordsOf(row) }).then(() => {
      document.dispatchEvent(new CustomEvent("odd-drawn", { detail: { shown: this.cards.shown } }));
    });
    this.showMoreButton();
    this.detail.show(null);
  }

  rocWords() {
    const trained = "The model was trained on images of this class too: the figure says how strange they are to it, not how it would find a class it never saw.";
    if (this.roc.auroc >= 0.5 || !this.scored.ink) return trained;
    const inside = medianOf(this.scored.ink, this.anomalous);
    const outside = medianOf(this.scored.ink, (row) => !this.anomalous(row));
    if (!(inside < 0.85 * outside)) return trained;
    return `Below 0.5: these images count as less strange than the rest. They are simple (median ink ${inside.toFixed(0)} against ${outside.toFixed(0)} pixels), and simple images cost a model little even if it never saw any. ${trained}`;
  }

  showCounts() {
    const { values } = this.scored;
    const { count, hits, positives, rates } = countsAt(values, this.state.threshold, this.anomalous);
    this.find(".count").textContent = count.toLocaleString("en");
    this.find(".of-all").textContent = `of ${values.length.toLocaleString("en")} images (${((100 * count) / values.length).toFixed(1)} %) at or above`;
    const field = this.find(".threshold-field");
    if (field.getRootNode().activeElement !== field) field.value = short(this.state.threshold);
    this.find(".threshold-unit").textContent = this.unit;
    this.find(".found").textContent = rates ? `${hits.toLocaleString("en")} of ${positives.toLocaleString("en")} found (${(100 * rates[1]).toFixed(1)} %), ${(100 * rates[0]).toFixed(1)} % false alarms` : "";
    if (this.roc) drawCurve(this.find(".curve"), this.roc, rates);
    this.find(".csv").disabled = this.find(".on-map").disabled = count === 0;
  }

  wordsOf(row) {
    const name = this.label && this.label.values[row] >= 0 ? this.label.names[this.label.values[row]] : null;
    const title = name === null ? `image ${row}` : /^\d+$/.test(name) ? `${row} · label ${name}` : `${row} · ${name}`;
    const value = this.scored.values[row];
    return { title, figure: short(value), above: value >= this.state.threshold };
  }

  showMore() {
    this.cards.more();
    this.showMoreButton();
  }

  showMoreButton() {
    this.find(".more").hidden = this.cards.shown >= this.order.length;
  }

  async openImage(row) {
    const { scores } = this.scored;
    const all = await Promise.all(scores.map(({ name }) => this.valuesOf(name)));
    const figures = scores.map(({ text, unit }, index) => ({ text, unit, value: short(all[index][row]), percentile: percentileOf(all[index], row) }));
    this.detail.show(row, { ...this.wordsOf(row), figures });
  }

  showHistory() {
    showSteps(this.find, this.history);
  }

  say(sentence) {
    this.find(".problem").textContent = sentence;
    this.find(".problem").hidden = !sentence;
  }

  // --- taking away

  /** The rows at the threshold or above, the oddest first. */
  above() {
    const { values } = this.scored;
    const count = this.order.findIndex((row) => values[row] < this.state.threshold);
    return Array.from(this.order.slice(0, count < 0 ? this.order.length : count));
  }

  async saveTable() {
    const { source, parts, threshold } = this.state;
    try {
      const place = address("odd", [this.data.model, this.data.weights, source, parts.join("+"), "table.csv"], { threshold });
      const blob = await (await answerOf(place)).blob();
      const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: `${this.data.model}-odd-${parts.join("+")}.csv` });
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    } catch (problem) {
      this.say(problem.message);
    }
  }

  /** A few are named in the Map's link; more become a group that it opens. */
  async toMap(rows) {
    const { source } = this.state;
    if (rows.length <= MOST_IN_LINK) return this.openPage({ source, selected: rows });
    const name = `odd: ${this.scored.scores.filter(({ name: each }) => this.state.parts.includes(each)).map(({ text }) => text).join(" + ")}`.slice(0, 40);
    try {
      const { revision, groups } = await readGroups(this.data, source);
      const others = groups.filter((group) => group.name !== name).map((group) => ({ name: group.name }));
      await writeGroups(this.data, { revision, source, groups: [...others, { name, rows }] });
      this.openPage({ source, group: name });
    } catch (problem) {
      if (!(problem instanceof LiveError)) throw problem;
      this.say(`${problem.message} With ${MOST_IN_LINK} images or fewer above the threshold no group is needed.`);
    }
  }
}

const short = (value) => String(Number(value.toPrecision(Math.abs(value) >= 100 ? 4 : 3))).replace("-", "−");

function percentileOf(values, row) {
  let below = 0;
  for (const value of values) below += value < values[row] ? 1 : 0;
  return (100 * below) / values.length;
}
