// The Repair page: what is damaged, how, and every repair. A hand on the strength or the brush asks the live socket for each
// step and runs no script; letting go writes the link and keeps a step to undo.

import { browserStore } from "../browser-store.js";
import { createChoice } from "../choice-row.js";
import { createChooser } from "../chooser/chooser.js";
import { createPlaceDecoder } from "../chooser/decode-places.js";
import { showConnection } from "../connection.js";
import { createHistory, listenToUndoKeys, showSteps } from "../history.js";
import { latentSocket } from "../latent-socket.js";
import { leavePlace } from "../last-places.js";
import { imageAddress, startLatent } from "../live-fetch.js";
import { copyLink, replaceLink } from "../page-link.js";
import { createPicture } from "../picture.js";
import { noteAt, sayOn } from "../said-there.js";
import { keepPlace, keptPlaces } from "../sliders/kept-places.js";
import { createTrack } from "../track.js";
import { bytesOf, channelsFirst, channelsLast, holeOf, holeText, latentTextOf, textOf } from "./bits.js";
import { pixelsAt } from "./clean-picture.js";
import { createFitting } from "./fitting.js";
import { createHole } from "./hole.js";
import { START, readLink, keepsVisible } from "./link.js";
import { FIGURES, RESULTS, createResults, figuresOf } from "./results.js";
import { createSaveMenu } from "./save-menu.js";

const LANE = "repair";
const FEW_DRAWS = 8; // of the posterior average while the hand holds on
const MANY_DRAWS = 64;
const BRUSHES = [[1, "Fine"], [0.09, "Small"], [0.18, "Medium"], [0.34, "Large"]]; // one pixel, or shares of the shorter side

export class RepairBench {
  constructor(root) {
    this.find = (selector) => root.querySelector(selector);
    this.section = this.find(".repair");
    this.leaving = new AbortController();
    const { signal } = this.leaving;
    this.socket = latentSocket();
    this.hidePill = showConnection(this.find(".picture"), this.socket);
    this.pictures = { damaged: createPicture(this.find(".damaged")), repaired: createPicture(this.find(".repaired")) };
    for (const figures of [".damaged-figures", ".repaired-figures"]) this.find(figures).title = FIGURES;
    this.results = createResults(this.find(".results"), (key) => this.choose({ show: key }));
    this.hole = createHole(this.find(".hole"), {
      brush: () => ({ size: this.brush, erase: this.find(".erase").ariaPressed === "true" }),
      onChange: (stamp) => this.ask(stamp, FEW_DRAWS),
      onEnd: () => this.settle(),
      signal,
    });
    this.kinds = createChoice(this.find(".kinds"), { label: "Kind of noise", onChoose: (noise) => this.choose({ noise }) });
    this.brushes = createChoice(this.find(".brushes"), { label: "Brush", onChoose: (size) => (this.brush = size) });
    this.classes = createChoice(this.find(".classes"), { label: "Class", onChoose: (label) => this.choose({ label }) });
    this.strength = createTrack(this.find(".strength"), {
      onMove: (strength, event) => this.move({ strength }, event.timeStamp),
      onRelease: () => this.settle(),
      describe: (value) => `${Math.round(100 * value)} %`,
    });
    this.strength.configure({ low: 0, high: 1 });
    this.fitting = createFitting({ onPicture: (found) => this.fitted(found), onState: (state) => this.showFit(state) });
    this.history = createHistory({ apply: (state) => this.restore(state), onChange: () => this.showHistory() });
    this.chooser = createChooser(this.find(".source"), {
      title: "Picture",
      fit: (options, ...callbacks) => this.socket.fit(this.asking({ lane: `${LANE}-draw`, ...options }), ...callbacks),
      picture: (row, kind) => imageAddress(this.data, row, kind),
      label: () => this.state.label,
      present: () => this.state.source,
      onChoose: (chosen) => this.open(chosen),
      page: LANE,
      offers: this.find(".from-pages"),
      shelf: () => keptPlaces(this.data.weights),
      decode: createPlaceDecoder({ socket: this.socket, asking: (lane, more) => this.asking({ lane, ...more }), lane: `${LANE}-places`, onProblem: (words) => this.say(words) }),
    });
    this.save = createSaveMenu(this.find(".save"), () => this.present);
    this.bind(signal);
  }

  bind(signal) {
    const click = (selector, act) => this.find(selector).addEventListener("click", act, { signal });
    click(".undo", () => this.history.undo());
    click(".redo", () => this.history.redo());
    click(".reseed", () => this.choose({ seed: Math.floor(Math.random() * 2 ** 31) }));
    click(".clear-hole", () => this.hole.clear());
    click(".erase", (event) => (event.currentTarget.ariaPressed = String(event.currentTarget.ariaPressed !== "true")));
    click(".keep", (event) => this.choose({ keep: event.currentTarget.checked }));
    click(".shuffle-image", () => this.chooser.openRow(Math.floor(Math.random() * this.data.images)));
    click(".share", () => this.copyLink());
    click(".keep-place", () => this.keepPlace());
    click(".fit", () => this.fit());
    click(".cancel", () => this.fitting.stop("Cancelled; the best picture so far stays."));
    listenToUndoKeys(this.history, signal);
  }

  update({ data }) {
    const before = this.data;
    this.data = data;
    if (before?.weights !== data.weights || before?.model !== data.model) this.begin(before !== undefined && before.model !== data.model);
  }

  remove() {
    this.leaving.abort();
    this.fitting.stop();
    this.strength.remove();
    this.chooser.remove();
    this.save.remove();
    [LANE, `${LANE}-draw`, `${LANE}-clean`].forEach((lane) => this.socket.forget(lane));
    this.hidePill();
  }

  // --- beginning

  /** `another`: the visitor chose another model here, so the address still tells of the weights of the one before. */
  async begin(another) {
    const { data } = this;
    const [, height, width] = data.shape;
    this.socket.forget(LANE);
    this.fitting.stop();
    this.begun = null;
    this.touched = false;
    this.section.style.setProperty("--aspect", `${width} / ${height}`);
    this.section.style.setProperty("--ratio", width / height);
    this.kinds.offer(data.kinds);
    const sizes = [...new Map(BRUSHES.map(([share, text]) => [share === 1 ? 1 : Math.max(2, Math.round(share * Math.min(height, width))), text]))];
    this.brushes.offer(sizes.map(([value, text]) => ({ value, text, title: `${value} pixel${value > 1 ? "s" : ""} wide` })));
    [this.brush] = sizes[Math.min(2, sizes.length - 1)];
    this.brushes.show(this.brush);
    this.classes.offer(data.classes.map((text, value) => ({ value, text })));
    this.find(".class-line").hidden = data.classes.length < 2;
    this.find(".shuffle-image").hidden = data.images === 0;
    this.find(".trained-words").textContent = data.trained;
    const other = this.find(".denoiser");
    Object.assign(other, { hidden: !data.denoiser, textContent: `Open ${data.denoiser}`, href: `?${new URLSearchParams({ model: data.denoiser ?? "" })}` });
    this.results.rename("average", "Average", data.point ? "A plain autoencoder has no spread to draw from: the same as encode–decode" : RESULTS[2][2]);
    const link = readLink(window.location.search, { ...data, kinds: data.kinds.map(({ value }) => value) }, another);
    this.say(link.problems.join(" "));
    const show = RESULTS.some(([key]) => key === link.show) ? link.show : START.show;
    this.state = { ...link, show, source: { row: null, words: "" }, clean: null };
    this.clean = null;
    this.hole.open(height, width, link.hole);
    this.strength.set(link.strength);
    this.steps = browserStore(`${data.weights}/repair-steps`, window.sessionStorage);
    this.showHidden();
    this.chooser.open(data);
    const begun = { begun: true };
    if (link.latent) this.open({ latent: link.latent, label: link.label ?? (data.classes.length ? 0 : null), source: { row: null, kind: "link", words: "a picture that came with the link, as its latent decodes it" } }, begun);
    else if (data.images) this.openRow(link.row ?? 0, begun);
    else this.chooser.drawPrior();
  }

  /** The clean picture is another one: a row's, a file's, or what a latent decodes to. */
  async open({ latent, label, source }, { begun = false } = {}) {
    const mine = (this.opening = {});
    const weights = this.data.weights;
    try {
      const { row, fitted } = source;
      const found = row !== null && row !== undefined
        ? await pixelsAt(imageAddress(this.data, row, "auto"), this.data.shape)
        : fitted ? await pixelsAt(fitted, this.data.shape) : await this.decoded(latent, label);
      if (mine !== this.opening || weights !== this.data.weights) return;
      this.clean = found;
      const own = row === null || row === undefined;
      Object.assign(this.state, { label, latent: own ? Array.from(latent) : null, source: { kind: source.kind, row: own ? null : row, words: source.words, fitted: fitted ?? undefined } });
      this.chooser.show();
      this.dropFit();
      this.settle(begun || !this.begun);
      this.begun = weights;
    } catch (problem) {
      if (mine === this.opening) this.say(problem.message);
    }
  }

  /** The picture that a link names, or the first: under the link's class, or the image's own. */
  async openRow(row, how) {
    const mine = (this.opening = {});
    const { model, weights, classes } = this.data;
    const found = await startLatent({ model, weights, from: "row", row }).catch(() => ({ label: 0, words: `image ${row}` }));
    if (mine !== this.opening || weights !== this.data.weights) return;
    const label = classes.length ? (this.state.label ?? found.label ?? 0) : null;
    await this.open({ latent: null, label, source: { kind: "row", row, words: found.words } }, how);
  }

  decoded(latent, label) {
    return new Promise((go, stop) => {
      const asked = { ...this.asking({ lane: `${LANE}-clean`, latents: latent }), ...(label === null || label === undefined ? {} : { label }) };
      this.socket.decode(asked, ({ pixels }) => go(channelsFirst(pixels, this.data.shape)), ({ message }) => stop(new Error(message)));
    });
  }

  // --- the hand

  /** A change at once: a choice, not a drag. */
  choose(change) {
    Object.assign(this.state, change);
    this.settle();
  }

  move(change, stamp) {
    Object.assign(this.state, change);
    this.ask(stamp, FEW_DRAWS);
  }

  settle(begun = false) {
    if (!this.clean) return;
    this.ask(null, MANY_DRAWS);
    const state = this.record();
    if (begun) this.history.begin(state);
    if (begun) this.history.recall(this.steps.read());
    else this.touched = this.history.push(state) || this.touched;
    this.steps.write(this.history.record());
    this.writeLink();
    this.showControls();
    this.refit();
  }

  /** Where the fit is what is looked at, another damage is fitted as soon as the hand lets go. */
  refit() {
    if (this.state.show === "fit" && this.fitDamage !== this.damage && !this.find(".fit").disabled) this.fit();
  }

  ask(stamp, draws) {
    if (!this.clean) return;
    this.showHidden();
    const { noise, strength, seed, label } = this.state;
    const keep = keepsVisible(this.state);
    const hole = this.hole.count ? this.hole.hole : null;
    this.damage = JSON.stringify([noise, strength, seed, keep, label, hole && holeText(hole)]);
    if (this.fitting.running && this.fitDamage !== this.damage) this.fitting.stop("The damage has changed; fit again.");
    if (this.fitFound && this.fitDamage !== this.damage) this.results.age("fit");
    const asked = this.asking({ lane: LANE, pixels: this.clean, hole, noise: { kind: noise, strength, seed }, keep, draws, tag: { stamp, damage: this.damage } });
    this.socket.repair(asked, (found) => this.drawn(found), ({ message }) => this.say(message));
  }

  drawn(found) {
    this.found = found;
    const size = found.shape.reduce((product, side) => product * side, 1);
    const part = (index) => found.pixels.subarray(index * size, (index + 1) * size);
    found.pictures.forEach((name, index) => {
      if (name === "damaged") this.pictures.damaged.draw(part(index), found.shape);
      else this.results.draw(name, part(index), found.shape, found.psnr[index], found.ssim[index]);
    });
    this.results.draw("clean", channelsLast(this.clean, this.data.shape), found.shape);
    this.results.enable("chained", found.hidden > 0);
    this.results.rename("filter", "Filter", `${found.filter}: a standard filter, without any model`);
    this.find(".damaged-figures").textContent = figuresOf(found.psnr[0], found.ssim[0]);
    this.find(".noise-words").textContent = capital(`${found.noise}. Filter: ${found.filter}.`);
    this.find(".veil").hidden = true;
    this.showLarge();
    if (found.tag.stamp === null) this.leave();
    document.dispatchEvent(new CustomEvent("repair-drawn", { detail: { stamp: found.tag.stamp } }));
  }

  /** The chosen repair, large. */
  showLarge() {
    const { show } = this.state;
    this.results.show(show);
    const waits = show === "fit" && !this.fitFound; // the fit has no picture yet: the one before stays in sight
    const large = this.pictureOf(waits ? "reconstruction" : show);
    const name = waits ? "Encode–decode, until the fit is here" : RESULTS.find(([key]) => key === show)[1];
    this.find(".repaired-name").textContent = show === "filter" && this.found ? capital(this.found.filter) : name;
    this.find(".repaired-figures").textContent = large ? figuresOf(large.psnr, large.ssim) : "";
    if (large) this.pictures.repaired.draw(large.pixels, this.found.shape);
    else this.pictures.repaired.clear();
    this.find(".repaired").ariaLabel = `The repaired picture: ${name}`;
  }

  pictureOf(show) {
    if (!this.found) return null;
    if (show === "fit") return this.fitFound;
    if (show === "clean") return { pixels: channelsLast(this.clean, this.data.shape) };
    const index = this.found.pictures.indexOf(show);
    const size = this.found.shape.reduce((product, side) => product * side, 1);
    return { pixels: this.found.pixels.subarray(index * size, (index + 1) * size), psnr: this.found.psnr[index], ssim: this.found.ssim[index] };
  }

  /** The latent behind the repair that is shown; null where none is. */
  latentOf(show) {
    if (show === "fit") return this.fitFound?.latent ?? null;
    if (show === "clean") return this.state.latent;
    return show === "reconstruction" || show === "average" ? (this.found?.mean ?? null) : null;
  }

  /** What Save takes away. */
  get present() {
    const { model, weights, shape } = this.data;
    const { show, label } = this.state;
    const name = RESULTS.find(([key]) => key === show)[1];
    const pictures = { repaired: this.pictureOf(show)?.pixels ?? null, damaged: this.found ? this.pictureOf("damaged").pixels : null };
    return { model, weights, shape, label, show, pictures, latent: this.latentOf(show), without: `“${name}” has no latent behind it${show === "fit" ? " yet: press “Fit the latent” first" : ""}. Choose Encode–decode, or fit the latent.` };
  }

  keepPlace() {
    const { latent, without, label, weights } = this.present;
    if (!latent) return noteAt(this.find(".keep-place"), without);
    const words = `a repair of ${this.state.source.words || "a picture"}`;
    const { done, words: came } = keepPlace(weights, { latent, label, home: latent, source: { kind: "repair", row: null, words } });
    if (done) sayOn(this.find(".keep-place"), "Kept");
    noteAt(this.find(".keep-place"), came);
  }

  // --- the latent fit

  fit() {
    if (!this.clean) return;
    const { noise, strength, seed, label } = this.state;
    const keep = keepsVisible(this.state);
    this.fitDamage = this.damage;
    this.state.show = "fit";
    this.settle();
    const hole = this.hole.count ? standard(textOf(this.hole.hole)) : null;
    const asked = { image: standard(textOf(this.clean)), hole, noise: { kind: noise, strength, seed }, seed, keep, ...(label === null ? {} : { label }) };
    this.fitting.start(this.data, asked);
  }

  /** What other pages offer: the repair on the screen, once something was done here. */
  leave() {
    const { show, label, source } = this.state;
    const latent = this.latentOf(show);
    if (!this.touched || !(latent || (show === "clean" && source.row !== null))) return;
    leavePlace(LANE, this.data.weights, { row: show === "clean" ? source.row : null, latent, label });
  }

  fitted(found) {
    if (this.fitDamage !== this.damage || !this.found) return;
    this.fitFound = found;
    this.results.draw("fit", found.pixels, this.found.shape, found.psnr, found.ssim);
    if (this.state.show !== "fit") return;
    this.showLarge();
    this.leave();
  }

  dropFit() {
    this.fitting.stop();
    this.fitFound = null;
    this.fitDamage = null;
    this.results.clear("fit");
    this.showFit({ words: "Searches the latent whose picture agrees best with what is visible.", running: false });
  }

  showFit({ words, progress = 0, running, failed = false }) {
    this.find(".fit-words").textContent = words;
    this.find(".fit-words").classList.toggle("problem", failed);
    this.find(".fit-line progress").hidden = this.find(".cancel").hidden = !running;
    this.find(".fit-line progress").value = progress;
    this.find(".fit").disabled = running || this.hole.count === this.hole.hole.length;
  }

  // --- what stands around the pictures

  showControls() {
    const { noise, strength, label } = this.state;
    this.kinds.show(noise);
    this.strength.lock(noise === "none");
    if (!this.strength.held) this.strength.set(strength);
    this.find(".reseed").disabled = noise === "none" || noise === "blur";
    this.find(".keep").checked = keepsVisible(this.state);
    this.classes.show(label);
    this.showHistory();
  }

  showHidden() {
    const [, height, width] = this.data.shape;
    const count = this.hole.count;
    this.find(".clear-hole").disabled = count === 0;
    const share = `${count} of ${height * width} pixels painted over`;
    const noisy = keepsVisible({ noise: this.state.noise, keep: null }) ? "" : " The noise is on as well: choose None above to repair the hole alone.";
    const all = count === height * width;
    this.find(".fit").disabled = all || this.fitting.running;
    this.find(".hole-words").classList.toggle("problem", all);
    this.find(".hole-words").textContent = all
      ? "The hole covers every pixel: nothing is left to go by, so each repair is what the model makes of black. Erase a part of the hole to fit the latent."
      : count ? `${share}.${noisy}` : "Paint on the damaged picture: what is under the brush is hidden from the model.";
  }

  showHistory() {
    showSteps(this.find, this.history);
  }

  say(sentence) {
    Object.assign(this.find(".hand > .problem"), { textContent: sentence, hidden: !sentence });
  }

  // --- what is kept

  record() {
    const { noise, strength, seed, keep, show, label, source, latent } = this.state;
    const clean = source.row === null ? textOf(this.clean) : null; // a row's picture is on the server
    return { noise, strength, seed, keep, show, label, latent, source: { ...source, fitted: undefined }, hole: holeText(this.hole.hole), clean };
  }

  async restore({ hole, clean, ...state }) {
    const sameClean = state.source.row === this.state.source.row && (clean === null || clean === textOf(this.clean));
    Object.assign(this.state, state);
    this.hole.set(holeOf(hole, this.hole.hole.length));
    if (!sameClean) {
      this.dropFit();
      this.clean = clean === null ? await pixelsAt(imageAddress(this.data, state.source.row, "auto"), this.data.shape) : bytesOf(clean);
      this.chooser.show();
    }
    this.ask(null, MANY_DRAWS);
    this.steps.write(this.history.record());
    this.writeLink();
    this.showControls();
    this.refit();
  }

  writeLink() {
    const { noise, strength, seed, keep, show, label, source, latent } = this.state;
    const text = (value, standard) => (value === standard ? null : String(value));
    replaceLink("repair", {
      weights: this.data.weights,
      image: source.row === null ? null : String(source.row),
      z: source.row === null && latent ? latentTextOf(latent) : null,
      noise: text(noise, START.noise),
      strength: text(Number(strength.toFixed(3)), START.strength),
      seed: text(seed, START.seed),
      hole: holeText(this.hole.hole),
      keep: keep === null ? null : keep ? "1" : "0",
      show: text(show, START.show),
      class: label === null ? null : String(label),
    });
  }

  copyLink() {
    const own = this.state.source.row === null;
    copyLink(this.find(".share"), { more: own ? "Your picture is in the link only as its latent: who opens it sees what the model makes of it." : "" });
  }

  asking(more) {
    const { model, weights } = this.data;
    const { label } = this.state;
    return { model, weights, ...(label === null ? {} : { label }), ...more };
  }
}

const standard = (text) => text.replaceAll("-", "+").replaceAll("_", "/").padEnd(Math.ceil(text.length / 4) * 4, "=");
const capital = (words) => (words.startsWith("σ") ? words : words.charAt(0).toUpperCase() + words.slice(1)); // σ is a symbol
