// The Anatomy page: the bar, the image and its noise, and the chapter that is open. The panel passes the image through the model
// at each move of a hand and tells the chapter that is shown; what a chapter makes of it is its own.

import { browserStore } from "../browser-store.js";
import { showConnection } from "../connection.js";
import { latentSocket } from "../latent-socket.js";
import { copyLink } from "../page-link.js";
import { createCalm } from "./calm.js";
import { createChapters } from "./chapters.js";
import { loadFormulas } from "./formula.js";
import { imageText, noiseText, readParts } from "./link-parts.js";
import { normalNoise } from "./numbers.js";
import { createLink } from "./page-state.js";
import { createProjector } from "./projector.js";
import { createSentence } from "./sentences.js";
import { createSubject } from "./subject.js";
import { LANGUAGES, createSay, loadTexts, translate } from "./texts.js";
import { onTheme } from "./theme.js";

const LANE = "anatomy";
const FIRST_SEED = 1; // of the noise that a link without one begins with

export class AnatomyPanel {
  constructor(root) {
    this.root = root;
    this.find = (selector) => root.querySelector(selector);
    this.section = this.find(".anatomy");
    this.leaving = new AbortController();
    this.signal = this.leaving.signal;
    this.socket = latentSocket();
    this.hidePill = showConnection(this.find(".subject"), this.socket);
    this.lanes = new Set();
    this.link = createLink();
    this.liked = browserStore("anatomy/language");
    onTheme(this.find(".theme-probe"), () => this.chapters?.themed(), this.signal);
    this.ready = Promise.all([loadTexts(), loadFormulas(root)]).then(([catalogues]) => (this.catalogues = catalogues));
    this.sentence = (problem) => createSentence(this.catalogues, () => this.language)(problem);
    this.say = (key, values) => createSay(this.catalogues, "common", () => this.language)(key, values);
  }

  update({ data }) {
    const before = this.data;
    this.data = data;
    if (before?.weights !== data.weights || before?.model !== data.model) this.begin();
  }

  remove() {
    this.leaving.abort();
    this.chapters?.close();
    this.shown?.stop();
    this.subject?.remove();
    this.lanes.forEach((lane) => this.socket.forget(lane));
    this.hidePill();
  }

  /** At first the page opens as its link says; when another model is chosen later, the link's image and noise were not made for it. */
  async begin() {
    const { data } = this;
    try {
      await this.ready;
    } catch (problem) {
      return this.tell(problem.message);
    }
    if (data !== this.data || this.signal.aborted) return;
    this.lanes.forEach((lane) => this.socket.forget(lane));
    const [first, row] = [!this.opened, this.image?.row ?? null];
    this.opened = true;
    Object.assign(this, { image: null, code: null, passed: null, label: null });
    const asked = this.link.get("lang") ?? this.liked.read();
    this.language = Object.keys(LANGUAGES).includes(asked) ? asked : "en";
    const [, height, width] = data.shape;
    this.section.style.setProperty("--aspect", `${width} / ${height}`);
    this.section.style.setProperty("--ratio", width / height);
    const parts = first ? await readParts(this.link, data, this.say) : this.carriedOver(row);
    if (data !== this.data) return;
    this.noise = parts.noise ?? normalNoise(data.latent_dim, FIRST_SEED);
    this.wantedLabel = parts.label;
    this.label = data.classes.length ? (parts.label ?? 0) : null;
    if (!this.subject) this.build();
    this.showClasses();
    this.chapters.begin();
    this.words();
    this.tell(parts.problems.join(" "));
    await this.subject.begin(parts);
  }

  /** To another model goes the number of the image, where there is one; its noise has other dimensions. */
  carriedOver(row) {
    for (const key of ["e", "x", "class"]) this.link.set(key, null);
    return { row: row !== null && row < this.data.images ? row : null, pixels: null, noise: null, label: null, problems: [] };
  }

  build() {
    this.subject = createSubject(this);
    this.shown = createCalm(() => this.subject.show());
    this.chapters = createChapters(this);
    createProjector(this);
    const click = (selector, act) => this.find(selector).addEventListener("click", act, { signal: this.signal });
    click(".share", () => this.share());
    this.find(".its-class").addEventListener("change", (event) => this.setLabel(Number(event.target.value)), { signal: this.signal });
    const languages = Object.entries(LANGUAGES).map(([language, text]) => {
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: text, lang: language });
      button.dataset.language = language;
      button.onclick = () => this.speak(language);
      return button;
    });
    this.find(".languages").replaceChildren(...languages);
  }

  // --- what the chapters read and a hand changes

  setImage(image, { label = undefined, stamp = null } = {}) {
    this.image = image;
    if (this.data.classes.length && label !== undefined && label !== null) this.label = label;
    this.wantedLabel = null;
    this.imageChanged = true;
    this.pass(stamp);
    this.shown.tell();
    this.showClasses();
    this.writeImage();
  }

  setNoise(noise, { stamp = null } = {}) {
    this.noise = Float32Array.from(noise);
    this.noiseChanged = true;
    this.pass(stamp);
    this.link.set("e", noiseText(this.noise));
  }

  /** A picture (live-picture.js) on which each image that passes is shown at once as it is decoded; null: none any more. */
  showOn(picture) {
    this.screen = picture?.screen ? picture : null;
    if (this.screen && this.passed) this.pass();
  }

  setLabel(label) {
    this.label = label;
    this.imageChanged = true;
    this.link.set("class", String(label));
    this.pass();
  }

  /** Through the model; the newest wins. */
  pass(stamp = null) {
    if (!this.image) return;
    const tag = { stamp, image: this.image, noise: this.noise, label: this.label };
    document.dispatchEvent(new CustomEvent("anatomy-asked", { detail: { stamp } }));
    const screen = this.screen ? { screen: this.screen } : {};
    this.socket.pass(this.asking({ lane: this.lane("pass"), pixels: this.image.pixels, noise: this.noise, tag, ...screen }), (found) => this.arrived(found), (problem) => this.failed(problem));
  }

  failed(problem) {
    this.hasFailed = true;
    this.tell(this.sentence(problem));
  }

  arrived(found) {
    if (this.hasFailed) this.tell("");
    this.hasFailed = false;
    this.passed = found;
    this.code = { mean: found.mean, std: found.std };
    const settled = found.tag.image === this.image && found.tag.label === this.label;
    const changes = { image: this.imageChanged && settled, noise: this.noiseChanged && found.tag.noise === this.noise };
    if (changes.image) this.imageChanged = false;
    if (changes.noise) this.noiseChanged = false;
    this.chapters.tell(found, changes);
    document.dispatchEvent(new CustomEvent("anatomy-passed", { detail: { stamp: found.tag.stamp, shown: found.shown ?? null } }));
  }

  /** The link follows a moment after the last stroke: an image of one's own is packed for it. */
  writeImage() {
    clearTimeout(this.writing);
    this.writing = setTimeout(() => this.packImage(), 150);
  }

  async packImage() {
    const { image } = this;
    const text = image.row === null ? await imageText(image.pixels) : null;
    if (image !== this.image) return;
    this.link.set("image", image.row === null ? null : String(image.row));
    this.link.set("x", text);
    this.link.set("class", this.label === null ? null : String(this.label));
    this.link.set("weights", this.data.weights);
  }

  // --- the bar

  open(chapter) {
    this.chapters.open(chapter);
  }

  speak(language) {
    if (language === this.language) return;
    this.language = language;
    this.liked.write(language);
    this.link.set("lang", language);
    this.words();
    this.chapters.language();
  }

  words() {
    const { say } = this;
    this.section.lang = this.language;
    const texts = { ".share": "copy-link", ".shuffle-image": "random-image", ".choose-image .long": "choose-image", ".choose-image .brief": "choose-image-brief", ".class-words": "class" };
    for (const [selector, key] of Object.entries(texts)) this.find(selector).textContent = say(key);
    const labels = { ".share": "copy-link", ".step-back": "previous-image", ".step-on": "next-image", ".shuffle-image": "random-image", ".subject-picture": "choose-image" };
    for (const [selector, key] of Object.entries(labels)) this.find(selector).ariaLabel = this.find(selector).title = say(key);
    this.find(".subject-picture canvas").ariaLabel = say("the-image");
    this.find(".languages").querySelectorAll("button").forEach((button) => (button.ariaPressed = String(button.dataset.language === this.language)));
    this.find(".tabs").ariaLabel = say("chapters");
    translate(this.find(".page-bar"), say);
    this.subject.words();
    this.subject.show();
    this.projector?.words();
    this.chapters.words();
  }

  showClasses() {
    const { classes } = this.data;
    if (classes.length === 0 && this.find(".class-line").hidden) return;
    this.find(".class-line").hidden = classes.length < 2;
    const select = this.find(".its-class");
    if (select.options.length !== classes.length) select.replaceChildren(...classes.map((text, value) => new Option(text, String(value))));
    if (this.label !== null) select.value = String(this.label);
  }

  share() {
    this.link.flush();
    const long = this.image?.row === null && this.link.get("x") === null;
    const button = this.find(".share");
    button.classList.add("reporting");
    copyLink(button, { done: this.say(long ? "copied-without-image" : "copied") });
    setTimeout(() => {
      button.textContent = this.say("copy-link");
      button.classList.remove("reporting");
    }, 2600);
  }

  tell(sentence) {
    this.find(".page-problem").textContent = sentence;
    this.find(".page-problem").hidden = !sentence;
  }

  lane(name) {
    const lane = `${LANE}-${name}`;
    this.lanes.add(lane);
    return lane;
  }

  asking(more) {
    const { model, weights } = this.data;
    return { model, weights, ...(this.label === null ? {} : { label: this.label }), ...more };
  }
}
