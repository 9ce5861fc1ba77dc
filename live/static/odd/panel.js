// The page of the odd ones: a source is scored by a job, ranked by one score or several joined, and cut at a threshold.

import { askJob, timeLeft } from "../ask-job.js";
import { browserStore } from "../browser-store.js";
import { createHistory, listenToUndoKeys, showSteps } from "../history.js";
import { leavePlace } from "../last-places.js";
import { LiveError, address, answerOf } from "../live-fetch.js";
import { readGroups, sourcesOf, writeGroups } from "../map-panel/routes.js";
import { copyLink, keepAddress, replaceLink } from "../page-link.js";
import { createAnomaly } from "./anomaly.js";
import { createCards } from "./cards.js";
import { drawCurve } from "./curve.js";
import { createDetail } from "./detail.js";
import { createDistribution } from "./distribution.js";
import { linkOf, readLink } from "./link.js";
import { countsAt, oddestFirst, quantileFromTop, rocOf } from "./roc.js";
import { simpleWords } from "./simple-words.js";

const FIRST_SHARE = 0.01; // of the images lie above the threshold at first
const UNITS = { nats: "Natural units of information: what the model pays to describe the image; 1 nat is 1.44 bits", σ: "Standard deviations from the mean over all these images" };
const CSV_WORDS = "A table of the images at or above the threshold, the oddest first";
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
    this.anomaly = createAnomaly(this.find, { data: () => this.data, onChoose: (anomaly) => this.choose({ anomaly }) });
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
    this.openPage = (target) => keepAddress("odd") ?? setTriggerValue("open", { ...target, weights: data.weights });
    if (before?.weights !== data.weights || before?.model !== data.model) this.begin(before !== undefined && before.model !== data.model);
  }

  remove() {
    this.leaving.abort();
    this.asking?.abort();
  }

  // --- the source and its scores

  /** `another`: the visitor chose another model here; the weights, the threshold and the anomaly in the address are the other's. */
  async begin(another) {
    const { data } = this;
    const [, height, width] = data.shape;
    this.section.style.setProperty("--aspect", `${width} / ${height}`);
    const link = readLink(window.location.search);
    if (another) Object.assign(link, { weights: null, threshold: null, anomaly: null });
    this.say(link.weights && link.weights !== data.weights ? `The link was made with other weights of ${data.model}: the model was trained again since, so the figures differ.` : "");
    this.state = { source: link.source, parts: link.parts, threshold: link.threshold, anomaly: link.anomaly };
    this.begun = false;
    this.ranked = undefined;
    this.scored = null;
    this.detail.show(null);
    this.steps = browserStore(`${data.weights}/odd-steps`, window.sessionStorage);
    try {
      const sources = await sourcesOf(data, this.leaving.signal);
      const field = this.find(".sources-field");
      field.replaceChildren(...sources.map(({ id, words, why_not: why }) => Object.assign(new Option(why ? `${words} – cannot be scored` : words, id), { disabled: Boolean(why), title: why ?? "" })));
      const found = sources.find(({ id }) => id === this.state.source);
      if (!found || found.why_not) {
        this.sayToo(found?.why_not ?? `The link's source is "${this.state.source.slice(0, 40)}"; this model has none such. The stored images are ranked.`);
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
    this.waiting(this.scored === null);
    try {
      const found = await askJob(address("odd", [this.data.model, this.data.weights]), this.wanted(), { signal: mine.signal, onProgress: (each) => this.progress(each, mine) });
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

  /** Until the images are scored, what their stored costs tell is ranked. */
  async meanwhile(found, mine) {
    if (this.ranking === mine) return;
    this.ranking = mine;
    this.asked = { threshold: this.state.threshold }; // what holds for the images' own scores, unless the hand moves it
    try {
      await this.scoredNow({ ...found, meanwhile: true }, mine.signal);
    } catch (problem) {
      if (problem.name !== "AbortError" && mine === this.asking) this.say(problem.message);
    }
  }

  async scoredNow(found, signal) {
    const unknown = this.state.parts.filter((part) => !found.scores.some(({ name }) => name === part));
    if (unknown.length && !found.meanwhile) this.sayToo(`There is no score "${unknown[0].slice(0, 40)}" here; ${found.parts.length ? "another is taken" : "none is left"}.`);
    const values = await this.valuesOf(found.parts.join("+"), signal, found.meanwhile);
    const ink = found.ink ? await this.valuesOf("ink", signal) : null;
    await this.anomaly.read(this.state.source, signal);
    if (signal.aborted || (found.meanwhile && this.ready === signal)) return;
    this.ready = found.meanwhile ? null : signal;
    const another = Boolean(this.scored?.meanwhile) && !found.meanwhile;
    this.scored = { ...found, values, ink, another };
    this.waiting(false);
    if (!found.meanwhile) Object.assign(this.state, { parts: found.parts, ...this.asked });
    if (!found.meanwhile) this.asked = null;
    this.order = oddestFirst(values);
    this.showScores();
    this.showClasses();
    const [low, high] = [this.order.at(-1), this.order[0]].map((row) => values[row]);
    if (this.state.threshold === null || this.ranked !== found.parts.join("+")) {
      const kept = this.ranked === undefined || this.restoring ? this.state.threshold : null;
      this.state.threshold = kept === null || kept < low || kept > high ? quantileFromTop(values, FIRST_SHARE) : kept;
    }
    this.ranked = found.meanwhile ? undefined : found.parts.join("+");
    this.draw();
    if (found.meanwhile) return;
    this.settle(!this.begun);
    this.begun = true;
  }

  async valuesOf(parts, signal, stored = false) {
    const place = address("odd", [this.data.model, this.data.weights, this.state.source, parts], stored ? { stored: 1 } : {});
    return new Float32Array(await (await answerOf(place, { signal })).arrayBuffer());
  }

  progress({ message, progress, seconds_left: left, partial }, mine) {
    if (mine !== this.asking) return;
    this.busy(true, [message, timeLeft(left)].filter(Boolean).join(" · "), false, progress);
    if (partial) this.meanwhile(partial, mine);
  }

  /** Nothing is ranked yet: the room is kept, without figures that mean nothing. */
  waiting(on) {
    this.section.classList.toggle("waiting", on);
    if (on) this.cards.blank();
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
    this.asked = null;
    this.state.threshold = threshold;
    this.showCounts();
  }

  typed(field) {
    const value = Number(field.value.replace("−", "-").replace(",", "."));
    if (!field.value.trim() || !Number.isFinite(value)) return this.showCounts();
    this.asked = null;
    this.state.threshold = value;
    this.distribution.set(value);
    this.showCounts();
    this.settle();
  }

  settle(begun = false) {
    if (!this.scored || this.scored.meanwhile) return;
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
      const on = this.scored.parts.includes(name);
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: text, title: `${words}. Shift or Ctrl joins it to the others.`, ariaPressed: String(on) });
      button.dataset.score = name;
      button.disabled = Boolean(this.scored.meanwhile);
      button.onclick = (event) => this.pick(name, this.find(".join").checked || event.shiftKey || event.ctrlKey || event.metaKey);
      return button;
    }));
    const chosen = scores.filter(({ name }) => this.scored.parts.includes(name));
    const joined = chosen.length > 1;
    this.unit = joined ? "σ" : chosen[0].unit;
    this.find(".score-words").textContent = joined
      ? `The sum of ${chosen.length} scores, each in standard deviations from its mean over all these images.`
      : `${chosen[0].words}${chosen[0].unit ? ` (${chosen[0].unit})` : ""}.`;
    this.find(".basis").textContent = this.basisWords();
  }

  /** What the ranking rests on, where that is not the images themselves or has just changed. */
  basisWords() {
    const { meanwhile, another, basis } = this.scored;
    if (meanwhile) return "Meanwhile by the costs that are stored with the model; the images themselves, and further scores, follow: the order and the count will change a little.";
    if (basis === "stored") return `Only the stored latents and costs are ranked: ${this.originals ? "images are not scored anew for a model with classes or without an ELBO" : "the images are not on this machine"}.`;
    return another ? "Ranked anew: these are the images' own scores; before, the stored costs were shown." : "";
  }

  /** Whether the images that are ranked are on this machine. */
  get originals() {
    return this.data.originals || this.state.source !== "reference";
  }

  showClasses() {
    const problem = this.anomaly.offer(this.state.anomaly);
    if (!problem) return;
    this.sayToo(problem);
    this.state.anomaly = null;
  }

  get anomalous() {
    return this.anomaly.test(this.state.anomaly);
  }

  draw() {
    const { values } = this.scored;
    const { anomalous } = this;
    this.distribution.open(values, anomalous);
    this.distribution.set(this.state.threshold);
    this.roc = anomalous && rocOf(values, anomalous);
    this.anomaly.show(this.state.anomaly);
    this.find(".roc").hidden = !this.roc;
    this.find(".auroc").textContent = this.roc ? this.roc.auroc.toFixed(4) : "";
    this.find(".auroc").dataset.value = this.roc ? String(this.roc.auroc) : "";
    this.find(".roc-note").textContent = this.roc ? this.anomaly.words(this.roc.auroc, this.scored.ink, anomalous) : "";
    const said = simpleWords(this.scored.simple, this.scored.parts, this.scored.scores);
    this.find(".simple").hidden = !said;
    this.find(".simple-words").textContent = said;
    this.showCounts();
    const { originals } = this;
    this.find(".legend").hidden = !originals;
    this.find(".without-originals").hidden = originals;
    this.cards.show(this.order, { source: this.state.source, originals, words: (row) => this.wordsOf(row) }).then(() => {
      document.dispatchEvent(new CustomEvent("odd-drawn", { detail: { shown: this.cards.shown } }));
    });
    this.showMoreButton();
    this.reopen();
  }

  showCounts() {
    const { values } = this.scored;
    const { count, hits, positives, rates } = countsAt(values, this.state.threshold, this.anomalous);
    this.find(".count").textContent = count.toLocaleString("en");
    this.find(".of-all").textContent = `of ${values.length.toLocaleString("en")} images (${((100 * count) / values.length).toFixed(1)} %) at or above`;
    const field = this.find(".threshold-field");
    if (field.getRootNode().activeElement !== field) field.value = short(this.state.threshold);
    Object.assign(this.find(".threshold-unit"), { textContent: this.unit, title: UNITS[this.unit] ?? "" });
    this.find(".found").textContent = rates ? `${hits.toLocaleString("en")} of ${positives.toLocaleString("en")} found (${(100 * rates[1]).toFixed(1)} %), ${(100 * rates[0]).toFixed(1)} % false alarms` : "";
    if (this.roc) drawCurve(this.find(".curve"), this.roc, rates);
    this.find(".on-map").disabled = count === 0;
    const { meanwhile } = this.scored;
    Object.assign(this.find(".csv"), { disabled: count === 0 || Boolean(meanwhile), title: meanwhile ? "The table can be saved when all images are scored" : CSV_WORDS });
  }

  wordsOf(row) {
    const name = this.anomaly.className(row);
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

  /** The open image stays open, with what the new ranking says of it; another source has other images. */
  reopen() {
    if (this.detail.row === null) return;
    if (this.openSource !== this.state.source) return this.detail.show(null);
    this.openImage(this.detail.row, { again: true });
  }

  async openImage(row, { again = false } = {}) {
    const { scored } = this;
    const { scores, meanwhile } = scored;
    this.openSource = this.state.source;
    if (!again && this.openSource === "reference") leavePlace("odd", this.data.weights, { row });
    const all = await Promise.all(scores.map(({ name }) => this.valuesOf(name, undefined, meanwhile)));
    if (again && (scored !== this.scored || this.detail.row !== row)) return; // closed meanwhile, or asked for anew
    if (scored !== this.scored) return void this.openImage(row);
    const figures = scores.map(({ text, unit }, index) => ({ text, unit, value: short(all[index][row]), percentile: percentileOf(all[index], row) }));
    this.detail.show(row, { ...this.wordsOf(row), figures, again });
  }

  showHistory() {
    showSteps(this.find, this.history);
  }

  /** Beside what is said already: several things in a link may be unknown here. */
  sayToo(sentence) {
    const said = this.find(".problem").textContent;
    if (!said.includes(sentence)) this.say([said, sentence].filter(Boolean).join(" "));
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
