// The Attributes page: a picture that is moved along directions under the hand. What is shown is plain data, {start, amounts,
// pair}; the picture is that of start + Σ amount · step · direction.

import { browserStore } from "../browser-store.js";
import { createChoice } from "../choice-row.js";
import { createChooser } from "../chooser/chooser.js";
import { createPlaceDecoder } from "../chooser/decode-places.js";
import { showConnection } from "../connection.js";
import { createFrameMeter } from "../frame-meter.js";
import { createHistory, listenToUndoKeys, showSteps } from "../history.js";
import { latentSocket } from "../latent-socket.js";
import { leavePlace } from "../last-places.js";
import { imageAddress } from "../live-fetch.js";
import { copyLink, exactLatentText, keepAddress, replaceLink } from "../page-link.js";
import { linkedLatent } from "../packed.js";
import { createLivePicture } from "../live-picture.js";
import { createPicture } from "../picture.js";
import { createExportMenu } from "../sliders/export-menu.js";
import { noteAt, sayOn } from "../said-there.js";
import { keepPlace, keptPlaces } from "../sliders/kept-places.js";
import { firstKind, stateOf } from "./beginning.js";
import { createKeeping } from "./keeping.js";
import { createKnown } from "./known.js";
import { linkOf, readLink } from "./link.js";
import { latentOf } from "./moves.js";
import { createNewDirection } from "./new-direction.js";
import { createPair } from "./pair.js";
import { createRows } from "./rows.js";
import { groupsOf } from "./routes.js";

const PAGE = "attributes";
const LANES = [PAGE, `${PAGE}-before`, `${PAGE}-pair`, `${PAGE}-judge`, `${PAGE}-fit`];
const KINDS = [
  { value: "named", text: "Attributes", title: "Directions that people found and named, kept with this model" },
  { value: "label", text: "Classes", title: "One direction for each label: from all other images to those that have it" },
  { value: "axis", text: "Principal axes", title: "The directions in which the encoded images differ most; no labels needed" },
  { value: "change", text: "Most change", title: "The directions that change this picture most, from the decoder's Jacobian; no labels needed" },
  { value: "analogy", text: "Analogy", title: "a is to b as your picture is to what?" },
];
const HINTS = {
  named: "Nobody has named an attribute of this model yet. Find the first one below.",
  label: "The stored images have no labels, so there are no classes to move towards.",
  axis: "This model has no encoded images, so it has no axes to show.",
  change: "",
  analogy: "Choose a and b: your picture is moved as b differs from a.",
};
const FILES = ["png", "json", "python"];
const NO_PAIR = { a: null, b: null };
const MOST_CLASSES = 24; // sliders of classes

export class AttributesPanel {
  constructor(root) {
    this.find = (selector) => root.querySelector(selector);
    this.section = this.find(".attributes");
    this.socket = latentSocket();
    this.leaving = new AbortController();
    this.picture = createLivePicture(this.find(".picture canvas"), this.socket);
    this.before = createPicture(this.find(".before canvas"));
    this.meter = createFrameMeter(this.find(".meter"));
    this.hidePill = showConnection(this.find(".picture"), this.socket);
    this.known = createKnown(() => ({ model: this.data.model, weights: this.data.weights }));
    this.rows = createRows(this.find(".rows"), {
      onMove: (key, amount, stamp) => this.move(key, amount, stamp),
      onSettle: () => this.settle(),
      onRename: (key, name) => this.keeping.rename(key, name),
      onDrop: (key) => this.keeping.drop(key),
    });
    this.form = createNewDirection(this.find(".new"), { onFind: (asked, name) => this.keeping.find(asked, name) });
    this.keeping = createKeeping({
      known: this.known, form: this.form, signal: this.leaving.signal,
      named: () => ({ model: this.data.model, weights: this.data.weights }),
      amounts: () => this.state.amounts,
      onKept: () => this.showRows(),
      onAmounts: (amounts) => this.change({ amounts }),
      onFound: (key) => this.find(`[data-key="${CSS.escape(key)}"]`)?.scrollIntoView({ block: "nearest" }),
      say: (text, more) => this.say(text, more),
    });
    this.pair = createPair(this.find(".pair"), {
      named: () => ({ model: this.data.model, weights: this.data.weights }),
      images: () => this.data.images,
      present: () => ({ latent: this.latent, label: this.state.start.label, words: this.moved ? "your picture, moved" : this.state.start.words }),
      decode: (latent, label, draw) => this.decodeBeside(LANES[2], latent, label, draw),
      onChoose: (slot, place) => this.choosePair(slot, place),
      say: (text) => this.say(text),
    });
    this.chooser = createChooser(this.find(".source"), {
      title: "Your picture",
      fit: (options, ...callbacks) => this.socket.fit(this.asking(LANES[4], options), ...callbacks),
      picture: (row, kind) => imageAddress(this.data, row, kind),
      label: () => this.state?.start.label ?? null,
      present: () => this.state?.start ?? { row: null, words: "" },
      onChoose: ({ latent, label, source }) => this.startFrom({ z: Array.from(latent), label, row: source.row, words: source.words, fitted: source.fitted }),
      onFollow: (latent) => this.decode(latent, null),
      page: PAGE,
      offers: this.find(".from-pages"),
      shelf: () => keptPlaces(this.data.weights),
      decode: createPlaceDecoder({ socket: this.socket, asking: (lane, more) => this.asking(lane, more), lane: `${PAGE}-places`, onProblem: (text) => this.say(text) }),
    });
    this.history = createHistory({ apply: (state) => this.restore(state), onChange: () => this.showHistory() });
    this.kinds = createChoice(this.find(".kinds"), { label: "Kind of direction", onChoose: (kind) => this.showKind(kind) });
    this.kinds.offer(KINDS);
    this.save = createExportMenu(this.find(".save"), { live: new URL("../../", import.meta.url).pathname, kinds: FILES, state: () => this.present });
    this.classes = createChoice(this.find(".classes"), { label: "Class", onChoose: (label) => this.startFrom({ ...this.state.start, label }) });
    this.bind();
  }

  bind() {
    const on = (selector, handler) => (this.find(selector).onclick = handler);
    on(".undo", () => this.history.undo());
    on(".redo", () => this.history.redo());
    on(".reset", () => this.change({ amounts: {} }));
    on(".random", () => this.chooser.drawPrior());
    on(".share", () => copyLink(this.find(".share")));
    on(".keep", () => this.keep());
    on(".to-sliders", () => this.open("sliders"));
    on(".to-morph", () => this.open("morph"));
    on(".smoothing", () => this.smooth(this.find(".smoothing").ariaPressed !== "true"));
    on(".keep-analogy", () => this.keeping.keepAnalogy(this.state.pair));
    listenToUndoKeys(this.history, this.leaving.signal);
  }

  update({ data, setTriggerValue }) {
    const before = this.data;
    this.data = data;
    this.trigger = setTriggerValue;
    if (before?.weights !== data.weights || before?.model !== data.model) this.begin(before === undefined);
  }

  remove() {
    this.leaving.abort();
    clearTimeout(this.judging);
    LANES.forEach((lane) => this.socket.forget(lane));
    this.rows.remove();
    this.chooser.remove();
    this.save.remove();
    this.picture.remove();
    this.meter.stop();
    this.hidePill();
  }

  async begin(fromLink) {
    const { data } = this;
    const mine = (this.beginning = {});
    const [, height, width] = data.shape;
    LANES.forEach((lane) => this.socket.forget(lane));
    this.section.style.setProperty("--aspect", `${width} / ${height}`);
    this.section.style.setProperty("--ratio", width / height);
    this.known.forget();
    this.classes.offer(data.classes.map((text, value) => ({ value, text })));
    this.find(".class-line").hidden = !data.classes.length;
    this.pair.offer(data.images);
    this.chooser.open(data);
    const asked = readLink(fromLink ? window.location.search : "", data);
    const { state, said } = await stateOf(asked, data, this.known);
    if (this.beginning !== mine) return;
    this.kind = asked.kind ?? firstKind(asked, data, this.known);
    this.store = browserStore(`${data.weights}/attributes`, window.sessionStorage);
    this.history.begin(state);
    this.history.recall(this.store.read());
    this.restore(state);
    this.say([...asked.problems, said].filter(Boolean).join(" "));
    this.showKind(this.kind);
    await this.openForm();
    if (asked.group && this.beginning === mine) this.keeping.findGroup(asked.group);
  }

  // --- the state

  get latent() {
    return latentOf(this.state, this.known.find);
  }

  get moved() {
    return Object.values(this.state.amounts).some((amount) => amount !== 0);
  }

  move(key, amount, stamp) {
    const short = Math.round(amount * 1e4) / 1e4; // a link shall not carry what rounding leaves
    this.state = { ...this.state, amounts: { ...this.state.amounts, [key]: short } };
    this.meter.sent(stamp);
    this.decode(this.latent, stamp);
  }

  /** Some of the state changes at once: a step to undo. */
  change(some) {
    this.restore({ ...this.state, ...some });
    this.settle();
  }

  /** Another picture; what it is moved by stays, so that one sees what the attribute does to it. */
  startFrom({ z, label, row = null, words = "", fitted = null }) {
    const kept = Object.fromEntries(Object.entries(this.state.amounts).filter(([key]) => !key.startsWith("change:")));
    this.change({ start: { z, label, row, words, fitted }, amounts: kept });
    if (this.kind === "change") this.showKind("change");
  }

  restore(state) {
    this.state = state;
    this.known.setPair(state.pair);
    const changed = Object.keys(state.amounts).some((key) => key.startsWith("change:"));
    if (changed && !this.known.hasChanges(state.start)) return this.restoreChanges(state);
    this.rows.set(state.amounts);
    this.classes.show(state.start.label);
    this.chooser.show();
    this.pair.show(state.pair, state.start.label);
    this.decode(this.latent, null);
    this.decodeBeside(LANES[1], Float32Array.from(state.start.z), state.start.label, (pixels, shape) => this.before.draw(pixels, shape));
    this.find(".before-words").textContent = state.start.words ? `: ${state.start.words}` : "";
    this.afterwards();
  }

  /** The directions that change a picture most are those of its start: they come first. */
  async restoreChanges(state) {
    try {
      await this.known.readChanges(state.start, this.leaving.signal);
    } catch (problem) {
      if (problem.name !== "AbortError") this.say(problem.message);
      return;
    }
    if (this.state !== state) return;
    this.restore(state);
    if (this.kind === "change") this.showRows();
  }

  settle() {
    this.rows.set(this.state.amounts);
    if (this.history.push(this.state)) this.leave();
    this.afterwards();
  }

  /** Something was done: it can be undone, and other pages offer what is held now. */
  leave() {
    const { row, label } = this.state.start;
    this.showHistory();
    leavePlace(PAGE, this.data.weights, { row: this.moved ? null : row, latent: this.latent, label });
  }

  afterwards() {
    replaceLink(PAGE, linkOf(this.state, this.latent, this.kind, this.data));
    this.find(".reset").disabled = !this.moved;
    clearTimeout(this.judging);
    if (this.data.images >= 2) this.judging = setTimeout(() => this.judge(), 250);
  }

  // --- pictures

  decode(latent, stamp) {
    const request = this.asking(LANES[0], { latents: latent, tag: stamp, screen: this.picture });
    this.socket.decode(request, (reply) => {
      const shown = this.picture.shown(reply);
      if (reply.tag !== null) this.meter.drawn(reply.tag, shown);
      this.find(".picture .veil").hidden = true;
    }, ({ message }) => this.say(message));
  }

  decodeBeside(lane, latent, label, draw) {
    const request = { ...this.asking(lane, { latents: latent }), ...(label === null ? {} : { label }) };
    // a lane of its own for each: pictures that stand still must not push one another out
    request.lane = `${lane}-${this.beside = ((this.beside ?? 0) + 1) % 4}`;
    this.socket.decode(request, ({ pixels, shape }) => draw(pixels, shape), ({ message }) => this.say(message));
  }

  judge() {
    const { row } = this.state.start;
    const without = row === null ? {} : { without: row };
    this.socket.judge(this.asking(LANES[3], { latents: this.latent, nearest: 0, ...without }), ({ words, verdict }) => {
      this.find(".usual").textContent = words[0];
      this.find(".usual").classList.toggle("warned", verdict[0] === "never seen");
    }, () => (this.find(".usual").textContent = ""));
  }

  // --- directions

  async showKind(kind) {
    this.kind = kind;
    this.kinds.show(kind);
    const mine = (this.showing = {});
    this.find(".pair").hidden = kind !== "analogy";
    this.find(".new").hidden = kind !== "named";
    try {
      if (kind === "label") await this.readClasses(mine);
      if (kind === "axis") await this.known.readAxes(this.leaving.signal);
      if (kind === "change") await this.known.readChanges(this.state.start, this.leaving.signal);
    } catch (problem) {
      if (this.showing === mine && problem.name !== "AbortError") this.hint(problem.message);
      return;
    }
    if (this.showing !== mine || !this.state) return;
    this.showRows();
    replaceLink(PAGE, linkOf(this.state, this.latent, kind, this.data));
  }

  async readClasses(mine) {
    const names = this.data.images ? this.data.labels.slice(0, MOST_CLASSES) : [];
    const told = (count) => this.showing === mine && count < names.length && this.hint(`Finding the direction of each class: ${count} of ${names.length}…`);
    if (names.length && !this.known.rows("label").length) told(0);
    await this.known.readLabels(names, this.leaving.signal, told);
  }

  showRows() {
    const rows = this.known.rows(this.kind);
    this.rows.show(rows);
    this.rows.set(this.state.amounts);
    this.hint(rows.length ? "" : HINTS[this.kind]);
    this.find(".keep-analogy").hidden = this.kind !== "analogy" || !rows.length;
    this.form.offer(this.known.rows("named").filter(({ stale }) => !stale));
  }

  hint(text) {
    Object.assign(this.find(".hint"), { textContent: text, hidden: !text });
    if (text) this.rows.show([]);
  }

  async openForm() {
    const { model, labels, images } = this.data;
    const groups = images ? await groupsOf({ model, signal: this.leaving.signal }).catch(() => []) : [];
    this.form.open({ labels, groups, images });
  }

  // --- the analogy

  choosePair(slot, place) {
    const pair = { ...this.state.pair, [slot]: place };
    const whole = pair.a && pair.b && this.known.setPair(pair) !== null;
    const amounts = { ...this.state.amounts };
    if (whole) amounts.analogy ??= 1;
    else delete amounts.analogy;
    this.change({ pair, amounts });
    this.showRows();
    if (pair.a && pair.b && !whole) this.say("a and b have the same latent, so nothing leads from one to the other. Choose another.");
  }

  // --- the rest

  open(page) {
    const keys = [this.state.start.z, this.latent].map((latent) => `z${linkedLatent(latent)}`).join(".");
    keepAddress(PAGE);
    this.trigger("open", { page, weights: this.data.weights, z: exactLatentText(this.latent), keys, label: this.state.start.label });
  }

  /** What Save takes away. */
  get present() {
    const { model, weights } = this.data;
    return { model, weights, latent: this.latent, label: this.state.start.label, dimension: null, ranges: null, smooth: this.find(".smoothing").ariaPressed === "true" };
  }

  keep() {
    const { z, row, label, words } = this.state.start;
    const said = this.moved ? `${words}, moved on Attributes` : words;
    const { done, words: came } = keepPlace(this.data.weights, { latent: this.latent, label, home: z, source: { kind: "attributes", row, words: said } });
    if (done) sayOn(this.find(".keep"), "Kept");
    noteAt(this.find(".keep"), came);
  }

  smooth(on) {
    this.find(".smoothing").ariaPressed = String(on);
    this.section.classList.toggle("smooth", on);
    this.picture.setSmooth(on);
    this.before.setSmooth(on);
  }

  /** A problem; with `news` ({text, act} of a button, or nothing in it) a piece of news. */
  say(text, news = null) {
    const line = this.find(".hand > .problem");
    Object.assign(line, { textContent: text, hidden: !text });
    line.classList.toggle("plain-line", news !== null);
    if (!news?.act) return;
    const button = Object.assign(document.createElement("button"), { type: "button", className: "small", textContent: news.text });
    button.onclick = () => (this.say(""), news.act());
    line.append(button);
  }

  showHistory() {
    showSteps(this.find, this.history);
    this.store?.write(this.history.record());
  }

  asking(lane, more) {
    const { model, weights } = this.data;
    const label = this.state?.start.label ?? null;
    return { model, weights, lane, ...(label === null ? {} : { label }), ...more };
  }
}
