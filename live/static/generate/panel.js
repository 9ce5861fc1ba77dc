// The Generate page: a sheet of samples that follows the temperature under the hand. Settings are plain data; what is drawn
// from them is the same for the same settings and weights.

import { browserStore } from "../browser-store.js";
import { createChoice } from "../choice-row.js";
import { showConnection } from "../connection.js";
import { createFrameMeter } from "../frame-meter.js";
import { createHistory, listenToUndoKeys, showSteps } from "../history.js";
import { leavePlace } from "../last-places.js";
import { latentSocket } from "../latent-socket.js";
import { imageAddress } from "../live-fetch.js";
import { copyLink, exactLatentText, keepAddress, replaceLink } from "../page-link.js";
import { linkedLatent } from "../packed.js";
import { createTrack } from "../track.js";
import { createChosen } from "./chosen.js";
import { fetchDraws } from "./draws.js";
import { createNearness } from "./nearness.js";
import { inOrder, ordersOf } from "./order.js";
import { createPercentiles, kept } from "./percentiles.js";
import { saveSamples } from "./save.js";
import { EACH, HOTTEST, LARGEST_SEED, MOST_DRAWS, SIZES, firstSettings, labelOf, linkOf, readSettings } from "./settings.js";
import { createSheet } from "./sheet.js";

const PAGE = "generate";
const LANES = [PAGE, `${PAGE}-judge`, `${PAGE}-live`];
const LIVE_MS = 150; // while the hand moves it is told so often which samples are usual enough
const AFTER_MS = 250; // after the hand let go: what nobody waits for with the hand on it

export class GeneratePanel {
  constructor(root) {
    this.find = (selector) => root.querySelector(selector);
    this.section = this.find(".generate");
    this.socket = latentSocket();
    this.leaving = new AbortController();
    this.hidePill = showConnection(this.find(".sheet"), this.socket);
    this.meter = createFrameMeter(this.find(".meter"));
    this.sheet = createSheet(this.find(".sheet"), { onChoose: (at) => this.choose(this.visible[at]) });
    this.chosen = createChosen(this.find(".chosen"), { picture: (row) => imageAddress(this.data, row), open: (page) => this.open(page) });
    this.percentiles = createPercentiles((options, ...callbacks) => this.socket.judge({ ...this.named(LANES[1]), ...options }, ...callbacks));
    this.nearness = createNearness({ sheet: this.sheet, chosen: this.chosen, present: () => this, onFound: () => this.reorder(), onProgress: (words) => this.showCount(words) });
    this.history = createHistory({ apply: (settings) => this.restore(settings), onChange: () => this.showHistory() });
    this.bind();
  }

  bind() {
    const on = (selector, handler) => (this.find(selector).onclick = handler);
    on(".undo", () => this.history.undo());
    on(".redo", () => this.history.redo());
    on(".again", () => this.change({ seed: Math.floor(Math.random() * LARGEST_SEED) }));
    on(".share", () => copyLink(this.find(".share")));
    on(".save", () => this.save());
    on(".smoothing", () => this.smooth(this.find(".smoothing").ariaPressed !== "true"));
    this.find(".near-switch").onchange = ({ target }) => this.change({ near: target.checked });
    this.find(".seed").onchange = ({ target }) => this.typedSeed(target);
    listenToUndoKeys(this.history, this.leaving.signal);
    const choice = (selector, label, name) => createChoice(this.find(selector), { label, onChoose: (value) => this.change({ [name]: value }) });
    this.choices = {
      source: choice(".sources", "What is drawn from", "source"),
      shown: choice(".shown", "What is shown of each sample", "shown"),
      size: choice(".sizes", "How many samples", "size"),
      sort: choice(".orders", "In which order they stand", "sort"),
      label: choice(".classes", "Class", "label"),
    };
    this.tracks = {
      temperature: this.track(".temperature", 0, HOTTEST, (value) => ({ temperature: value })),
      keep: this.track(".keep", 0, 99, (value) => ({ keep: Math.round(value) }), (value) => `percentile ${Math.round(value)}`),
    };
  }

  track(selector, low, high, change, describe) {
    const element = this.find(selector);
    const track = createTrack(element, {
      ...(describe ? { describe } : {}),
      grain: high > 10 ? 1 : 0.01,
      onMove: (value, event) => this.change(change(Math.round(100 * value) / 100), { stamp: event.timeStamp, held: true }),
      onRelease: () => this.settle(),
      onReset: () => this.change({ [selector.slice(1)]: firstSettings(this.data)[selector.slice(1)] }),
    });
    track.configure({ low, high });
    return track;
  }

  update({ data, setTriggerValue }) {
    const before = this.data;
    this.data = data;
    this.trigger = setTriggerValue;
    if (before?.weights !== data.weights || before?.model !== data.model) this.begin(before);
  }

  remove() {
    this.leaving.abort();
    [this.later, this.live].forEach(clearTimeout);
    this.nearness.forget();
    this.percentiles.forget();
    LANES.forEach((lane) => this.socket.forget(lane));
    Object.values(this.tracks).forEach((track) => track.remove());
    this.meter.stop();
    this.hidePill();
  }

  begin(before) {
    const { data } = this;
    const [, height, width] = data.shape;
    this.section.style.setProperty("--aspect", `${width} / ${height}`);
    this.section.style.setProperty("--ratio", width / height);
    this.choices.source.offer([
      { value: "prior", text: data.prior_label === "Standard normal" ? "Prior" : `Prior: ${data.prior_label}`, title: `p(z): ${data.prior_words}` },
      ...(data.density ? [{ value: "mixture", text: "Fitted mixture", title: "A Gaussian mixture fitted to the encodings of the training images after training: likelier to look real" }] : []),
    ]);
    this.choices.shown.offer([
      { value: "mean", text: "Mean picture", title: "The mean of p(x|z): what the decoder expects" },
      ...(data.drawable ? [{ value: "draw", text: "A draw", title: `A picture drawn from p(x|z), the model's likelihood (${data.likelihood}): with the noise that it believes in` }] : []),
    ]);
    this.choices.sort.offer(ordersOf(data));
    this.find(".order-line").hidden = ordersOf(data).length < 2;
    this.choices.size.offer(SIZES.map((size) => ({ value: size, text: String(size) })));
    this.choices.label.offer(data.classes.length ? [{ value: EACH, text: "Each in turn" }, ...data.classes.map((text, value) => ({ value, text }))] : []);
    this.find(".class-line").hidden = !data.classes.length;
    this.find(".no-classes").hidden = !data.labelled;
    const other = data.conditional;
    Object.assign(this.find(".to-conditional"), other ? { textContent: `Open ${other}`, href: `?${new URLSearchParams({ model: other })}` } : { textContent: "Train one that is conditional on them", href: "train" });
    this.find(".keep-line").hidden = data.images < 2;
    this.find(".check").hidden = !data.data_here;
    const { settings, problems } = before ? { settings: this.carriedOver(), problems: [] } : readSettings(window.location.search, data);
    this.store = browserStore(`${data.weights}/generate`, window.sessionStorage);
    this.nearness.forget();
    this.comparing = "";
    this.drawn = null;
    this.draws = null;
    this.history.begin(settings);
    this.history.recall(this.store.read());
    this.say(problems.join(" "), false);
    this.restore(settings);
  }

  /** Another model: what it has in common with the one before stays. */
  carriedOver() {
    const { temperature, seed, size, shown, keep } = this.settings;
    return { ...firstSettings(this.data), temperature, seed, size, keep, shown: this.data.drawable ? shown : "mean" };
  }

  // --- settings

  /** Some settings change. held: the hand is still on it, and `stamp` its time. */
  change(some, { stamp = null, held = false } = {}) {
    this.show({ ...this.settings, ...some }, stamp, held);
    this.find(".seed-problem").textContent = "";
    if (!held) this.settle();
  }

  restore(settings) {
    this.show(settings, null, false);
    this.find(".near-switch").checked = settings.near;
    for (const [name, track] of Object.entries(this.tracks)) track.set(settings[name]);
    for (const [name, choice] of Object.entries(this.choices)) choice.show(settings[name]);
    this.find(".seed").value = settings.seed;
    this.settle();
  }

  show(settings, stamp, held) {
    const before = this.settings;
    this.settings = settings;
    this.find(".temperature-figure").textContent = settings.temperature.toFixed(2);
    this.find(".keep-figure").textContent = settings.keep ? `≥ ${settings.keep}` : "all";
    this.find(".seed").value = settings.seed;
    if (before?.size !== settings.size) this.sheet.build(settings.size);
    const others = !this.draws || before.source !== settings.source || before.seed !== settings.seed;
    if (others) return this.fetch();
    const moved = before.temperature !== settings.temperature;
    if (moved) this.percentiles.forget();
    if (!held || !moved) this.pick();
    this.decode(stamp);
    if (held && settings.keep > 0) this.live ??= setTimeout(() => this.judgeLive(), LIVE_MS);
  }

  /** While the hand holds the temperature: those that are not usual enough any more are dimmed, others come when it lets go. */
  judgeLive() {
    this.live = null;
    if (this.percentiles.values.length) return; // the exact ones are known, or under way
    const { visible, latents, settings } = this;
    const asked = { ...this.named(LANES[2]), latents, count: visible.length, nearest: 0, exact: false };
    this.socket.judge(asked, ({ percentile }) => {
      if (visible !== this.visible) return;
      this.sheet.say(visible.map((index, at) => ({ title: `Sample ${index}`, dim: percentile[at] < settings.keep })));
    }, () => {});
  }

  async fetch() {
    const { model, weights } = this.data;
    const { source, seed } = this.settings;
    const mine = (this.fetching = {});
    this.percentiles.forget();
    this.nearness.forget();
    this.comparing = "";
    try {
      const draws = await fetchDraws({ model, weights, source, seed, count: MOST_DRAWS, signal: this.leaving.signal });
      if (this.fetching !== mine) return;
      this.draws = draws;
      this.find(".from-words").textContent = `Drawn from ${draws.words}.`;
      this.pick();
      this.decode(null);
      this.afterwards();
    } catch (problem) {
      if (problem.name !== "AbortError" && this.fetching === mine) this.say(problem.message);
    }
  }

  settle() {
    if (this.history.push(this.settings)) this.store.write(this.history.record());
    replaceLink(PAGE, linkOf(this.settings, this.data));
    this.afterwards();
  }

  afterwards() {
    clearTimeout(this.later);
    this.later = setTimeout(() => this.judge(), AFTER_MS);
  }

  // --- what is on the sheet

  /** Which draws are shown: the first of those that are usual enough, as far as that is known. */
  pick() {
    const { size, keep } = this.settings;
    const { values, complete } = this.percentiles;
    const before = this.visible ?? [];
    if (keep === 0 || complete) this.visible = kept(values, keep, size, MOST_DRAWS);
    else this.visible = before.length < size ? kept(values, 0, size, MOST_DRAWS) : before.slice(0, size);
    this.visible = inOrder(this.visible, this.rank());
    this.sheet.fill(this.visible.length);
    this.sheet.choose(this.visible.indexOf(this.settings.chosen));
  }

  /** By what the samples are put in order, lowest first. */
  rank() {
    const { sort } = this.settings;
    const { values, complete } = this.percentiles;
    if (sort === "copy") return (draw) => this.nearness.distance(draw);
    if (sort === "usual" && complete) return (draw) => -values[draw];
    return (draw) => draw;
  }

  /** More is known: other draws, or another order of them. */
  reorder() {
    const before = this.visible.join();
    this.pick();
    if (before === this.visible.join()) return;
    this.decode(null);
    this.sayEach();
  }

  get latents() {
    return this.latentsOf(this.visible);
  }

  get labels() {
    return this.labelsOf(this.visible);
  }

  latentsOf(draws) {
    return this.draws.latents(draws, this.settings.temperature);
  }

  labelsOf(draws) {
    const labels = draws.map((index) => labelOf(this.settings, index, this.data.classes));
    return labels.some((label) => label === null) ? null : labels;
  }

  decode(stamp) {
    if (!this.draws) return;
    if (stamp !== null) this.meter.sent(stamp);
    const { visible, labels, settings } = this;
    if (!visible.length) return this.blank();
    const way = settings.shown === "draw" ? "draw" : "decode";
    const request = { ...this.named(LANES[0]), latents: this.latents, count: visible.length, tag: stamp, ...(labels ? { labels } : {}), ...(way === "draw" ? { seed: settings.seed } : {}) };
    this.socket[way](request, (reply) => this.draw(reply, visible), ({ message }) => this.say(message));
  }

  draw({ pixels, shape, count, tag }, visible) {
    if (count !== this.visible.length) return; // another sheet is on its way
    const changed = this.sheet.draw(pixels, shape, count);
    if (tag !== null) this.meter.drawn(tag, { changed });
    this.find(".veil").hidden = true;
    this.drawn = { pixels, shape, visible };
    this.showChosen();
  }

  blank() {
    this.find(".veil").hidden = false;
    this.find(".veil").textContent = "No draw is as usual as that. Lower “Keep above”, or the temperature.";
  }

  // --- how usual each is

  judge() {
    const { data, draws, settings, percentiles } = this;
    if (!draws) return;
    const indices = Array.from({ length: MOST_DRAWS }, (_, index) => index);
    if (data.images < 2) return this.judged();
    if (percentiles.values.length) return this.judged();
    percentiles.start(draws.latents(indices, settings.temperature), MOST_DRAWS, () => this.judged(), ({ message }) => this.say(message));
  }

  /** More is known of how usual the draws are. */
  judged() {
    const { settings } = this;
    if ((settings.keep > 0 || settings.sort === "usual") && this.percentiles.complete) this.reorder();
    this.sayEach();
    this.showCount();
    this.showUsual();
    if (settings.near || settings.chosen !== null || settings.sort === "copy") this.nearness.ask();
    else this.sheet.insets(null);
  }

  /** What is said of each sample. */
  sayEach() {
    const { settings } = this;
    const { values: known } = this.percentiles;
    this.sheet.say(this.visible.map((index) => {
      const figure = Number.isNaN(known[index] ?? NaN) ? "" : `, percentile ${known[index].toFixed(known[index] < 1 ? 1 : 0)}`;
      return { title: `Sample ${index}${figure}`, dim: settings.keep > 0 && known[index] < settings.keep };
    }));
  }

  /** `comparing`: how far the search for the nearest training images is; empty when it is over. */
  showCount(comparing = this.comparing) {
    this.comparing = comparing;
    const { settings, percentiles } = this;
    const { complete } = percentiles;
    const passing = percentiles.values.filter((value) => value >= settings.keep).length;
    const rule = settings.keep > 0 && complete ? `; ${passing} of ${MOST_DRAWS} draws lie above percentile ${settings.keep} of held-out images` : "";
    const search = comparing ? `; ${comparing.charAt(0).toLowerCase()}${comparing.slice(1)}…` : "";
    this.find(".count").textContent = `${this.visible.length} samples${rule}${search}`;
  }

  // --- the chosen one

  choose(index) {
    this.change({ chosen: this.settings.chosen === index ? null : index });
    this.sheet.choose(this.visible.indexOf(this.settings.chosen));
    const { chosen } = this.settings;
    if (chosen !== null) leavePlace(PAGE, this.data.weights, { latent: this.latentsOf([chosen]), label: labelOf(this.settings, chosen, this.data.classes) });
  }

  showChosen() {
    const { chosen } = this.settings;
    const at = this.drawn?.visible.indexOf(chosen) ?? -1;
    if (chosen === null || at < 0) return this.chosen.none();
    const label = labelOf(this.settings, chosen, this.data.classes);
    this.chosen.show({ number: chosen, pixels: this.drawn.pixels, shape: this.drawn.shape, index: at, label: label === null ? null : this.data.classes[label] });
    this.showUsual();
  }

  showUsual() {
    const { chosen } = this.settings;
    if (chosen !== null) this.chosen.usual(this.percentiles.words[chosen] ?? (this.data.images < 2 ? "" : "Measuring how usual it is…"));
  }

  open(page) {
    const { settings, data } = this;
    const at = this.visible.indexOf(settings.chosen);
    const next = this.visible[(at + 1) % this.visible.length];
    const [latent, other] = [settings.chosen, next].map((index) => this.draws.latents([index], settings.temperature));
    const row = this.percentiles.nearest[settings.chosen]?.row ?? null;
    keepAddress(PAGE);
    this.trigger("open", { page, weights: data.weights, z: exactLatentText(latent), keys: `z${linkedLatent(latent)}.z${linkedLatent(other)}`, label: labelOf(settings, settings.chosen, data.classes), row });
  }

  // --- the rest

  typedSeed(field) {
    const seed = field.value.trim() === "" ? NaN : Number(field.value);
    const usable = Number.isInteger(seed) && seed >= 0 && seed <= LARGEST_SEED;
    const typed = field.value.slice(0, 20);
    this.change({ seed: usable ? seed : this.settings.seed });
    if (!usable) this.find(".seed-problem").textContent = `The seed is "${typed}"; it must be a whole number from 0 to ${LARGEST_SEED}.`;
  }

  async save() {
    const { settings, data, draws, visible, labels } = this;
    const button = this.find(".save");
    button.disabled = true;
    try {
      await saveSamples({
        model: data.model, weights: data.weights, latents: this.latents, labels, shown: settings.shown, pixel_seed: settings.seed,
        source: settings.source, words: draws.words, temperature: settings.temperature, seed: settings.seed,
        percentile_from: settings.keep, draws: [...visible],
      });
    } catch (problem) {
      this.say(problem.message);
    } finally {
      button.disabled = false;
    }
  }

  smooth(on) {
    this.find(".smoothing").ariaPressed = String(on);
    this.section.classList.toggle("smooth", on);
    this.section.querySelectorAll("canvas").forEach((canvas) => (canvas.style.imageRendering = on ? "auto" : "pixelated"));
  }

  say(problem, failed = true) {
    const line = this.find(".hand > .problem");
    Object.assign(line, { textContent: problem, hidden: !problem });
    line.classList.toggle("quiet", !failed);
  }

  showHistory() {
    showSteps(this.find, this.history);
    this.store?.write(this.history.record());
  }

  named(lane) {
    const { model, weights } = this.data;
    return { model, weights, lane };
  }
}
