// The page of one training run: wires what is known of it (run-source.js) to its parts. One epoch is shown at a time
// (replay.js): curves, map, pictures and the decoder go with it. The page's script gives the run's name and nothing else.

import { uint8Of } from "../arrays.js";
import { createChoice } from "../choice-row.js";
import { showConnection } from "../connection.js";
import { createFrameMeter } from "../frame-meter.js";
import { latentSocket } from "../latent-socket.js";
import { LiveError, address, ask } from "../live-fetch.js";
import { copyLink, replaceLink } from "../page-link.js";
import { createLivePicture } from "../live-picture.js";
import { createControls } from "./controls.js";
import { MAIN, SIDE, createCurves } from "./curves.js";
import { createFilmMenu } from "./film-menu.js";
import { createFormingMap } from "./forming-map.js";
import { createKlDimensions } from "./kl-dimensions.js";
import { createLooks } from "./looks.js";
import { createPictures } from "./pictures.js";
import { createPlanes, latentOf } from "./planes.js";
import { createReplay } from "./replay.js";
import { createRunSource } from "./run-source.js";
import { figure } from "./ticks.js";
import { createWarnings } from "./warnings.js";
import { foundDead, progressWords, stateWords } from "./words.js";

const PAGE = "train";
const [LANE, WARM] = ["train-epoch", "train-warm"];
const NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/;
const NO_SNAPSHOTS = "This run kept no snapshots, so there is nothing to replay: its curves are all there is. Runs started on this page keep them; on the command line --snapshots does.";

export class TrainPanel {
  constructor(root) {
    this.find = (selector) => root.querySelector(selector);
    this.leaving = new AbortController();
    const { signal } = this.leaving;
    this.socket = latentSocket();
    this.meter = createFrameMeter(this.find(".meter"));
    this.hidePill = showConnection(this.find(".picture"), this.socket);
    this.picture = createLivePicture(this.find(".picture canvas"), this.socket);
    this.pictures = createPictures(this.find(".looks"));
    this.planes = createPlanes();
    this.looks = createLooks({ onLook: (epoch) => this.lookCame(epoch) });
    this.warnings = createWarnings(this.find(".warnings"));
    this.#makeCurves(signal);
    this.map = createFormingMap(this.find(".map"), { signal, onPoint: (place, event) => this.pointed(place, event), onPin: (place, event) => this.pinned(place, event) });
    this.replay = createReplay(this.find(".replay"), { onEpoch: (epoch, stamp) => this.showEpoch(epoch, stamp), onRest: () => this.rested() });
    this.film = createFilmMenu(this.find(".film"), () => ({ name: this.name, colours: this.data.colours }));
    this.controls = createControls(this.find(".controls"), { name: () => this.name, onGiven: () => this.source.look() });
    this.classes = createChoice(this.find(".classes"), { label: "Class", onChoose: (label) => ((this.label = label), this.decode(null)) });
    this.source = createRunSource({ onFacts: (facts) => this.showFacts(facts), onRecords: (records, found) => this.showRecords(records, found), onProblem: (problem) => this.failed(problem) });
    this.#bind(signal);
  }

  #makeCurves(signal) {
    const onPick = (epoch) => this.replay.go(Math.round(epoch));
    const places = Object.fromEntries([...MAIN, ...SIDE].map((name) => [name, this.find(`[data-chart=${name}]`)]));
    this.kl = createKlDimensions(this.find(".kl"), { signal, onPick });
    this.curves = createCurves(places, { signal, onPick, onView: (view, drawn) => this.shownView(view, drawn) });
    const smoothing = this.find(".smoothing");
    smoothing.oninput = () => this.smooth(smoothing);
    this.smooth(smoothing);
    this.find(".log").onclick = () => {
      const on = this.find(".log").ariaPressed !== "true";
      this.find(".log").ariaPressed = String(on);
      this.curves.set({ log: on });
    };
    this.find(".whole").onclick = () => this.curves.reset();
    this.sizes = new ResizeObserver(() => this.redraw());
    this.sizes.observe(this.find(".course"));
    this.sizes.observe(this.find(".side"));
    // a canvas has the colours it was drawn with: it is drawn anew when those of the theme change
    this.find(".theme-probe").addEventListener("transitionrun", () => this.redraw(), { signal });
  }

  #bind() {
    for (const to of ["sliders", "runs", "another"]) this.find(`.to-${to}`).onclick = () => this.trigger("go", { to, name: this.name });
    this.find(".share").onclick = () => copyLink(this.find(".share"));
  }

  update({ data, setTriggerValue }) {
    this.data = data;
    this.trigger = setTriggerValue;
    if (data.run !== this.name) this.open(data.run);
  }

  remove() {
    this.leaving.abort(new DOMException("", "AbortError"));
    [this.source].forEach((part) => part.stop());
    [this.replay, this.film, this.map].forEach((part) => part.remove());
    this.looks.forget();
    this.sizes.disconnect();
    [LANE, WARM].forEach((lane) => this.socket.forget(lane));
    this.picture.remove();
    this.meter.stop();
    this.hidePill();
  }

  open(name) {
    [this.name, this.epoch, this.fixed, this.stamp, this.pin, this.hover, this.label] = [name, null, null, null, null, null, null];
    [this.cold, this.warming] = [[], false];
    this.find(".name").textContent = name;
    const wanted = Number(new URL(window.location.href).searchParams.get("epoch") ?? NaN);
    this.replay.set([], false);
    if (!NAME.test(name)) return this.failed(new LiveError({ reason: "no-such-run", message: `The run is “${name}”; no run can have that name. Choose one of all runs, or start a new one.` }));
    this.replay.go(Number.isInteger(wanted) && wanted >= 0 ? wanted : null);
    this.source.watch(name);
  }

  // --- how the run is doing

  showFacts(facts) {
    this.find(".gone").hidden = true;
    this.find(".run").hidden = false;
    this.find(".state").textContent = stateWords(facts);
    this.find(".state").dataset.state = foundDead(facts) ? "dead" : facts.state;
    this.find(".progress-words").textContent = progressWords(facts);
    this.find(".bar").hidden = !facts.alive;
    this.find(".bar i").style.transform = `scaleX(${facts.share ?? 0})`;
    this.find(".to-sliders").hidden = facts.alive || !facts.model;
    this.find(".failure").hidden = !(facts.state === "failed");
    this.find(".failure-words").textContent = foundDead(facts) ? "" : facts.message;
    this.find(".failure pre").textContent = facts.log ?? "";
    this.find(".failure details").hidden = !facts.log;
    this.controls.show(facts);
    this.warnings.show(facts.warnings);
    this.find(".problem-page").hidden = true;
    this.showSnapshots(facts);
    this.showCurves();
  }

  failed(problem) {
    if (problem.reason === "no-such-run") {
      this.find(".gone").hidden = false;
      this.find(".run").hidden = true;
      this.find(".gone-words").textContent = this.source.facts ? `The run “${this.name}” was removed: its folder is gone, or in the bin.` : problem.message;
      return;
    }
    this.find(".problem-page").hidden = false;
    this.find(".problem-page").textContent = problem.message;
  }

  showSnapshots({ snapshots: { epochs, stamp }, alive, is_run: isRun, state }) {
    const waiting = alive || state === "queued";
    this.find(".no-snapshots").hidden = epochs.length > 0;
    this.find(".no-snapshots").textContent = waiting ? "The first pictures and the map come with the first snapshot." : NO_SNAPSHOTS;
    this.find(".seen").classList.toggle("bare", epochs.length === 0);
    this.find(".film").hidden = epochs.length < 2;
    if (!epochs.length) return isRun ? this.showPreview() : undefined;
    if (stamp !== this.stamp) this.readFixed(stamp);
    this.replay.set(epochs, alive);
    this.looks.need(this.name, stamp, epochs, this.epoch);
    this.planes.read(this.name, stamp, this.leaving.signal).then(() => this.drawMap(true), (problem) => this.mild(problem));
  }

  async readFixed(stamp) {
    this.stamp = stamp;
    try {
      const fixed = await ask(address("run", [this.name, "fixed"], { stamp }));
      this.fixed = fixed;
      this.pictures.originals(uint8Of(fixed.originals), fixed.shape, fixed.count);
      const classes = Math.max(-1, ...fixed.classes) + 1;
      const { label_names: names = [], prior = "normal" } = this.source.facts?.settings ?? {};
      this.classes.offer(Array.from({ length: classes }, (_, value) => ({ value, text: names[value] ?? String(value) })));
      this.label = classes ? 0 : null;
      if (classes) this.classes.show(0);
      this.find(".class-line").hidden = classes < 2;
      this.map.labels(fixed.labels, this.data.colours, prior === "normal");
      this.legend(fixed.labels, names);
      this.find(".picture").style.setProperty("--aspect", `${fixed.shape[1]} / ${fixed.shape[0]}`);
      this.drawLook();
      this.drawMap(false);
    } catch (problem) {
      this.mild(problem);
    }
  }

  legend(labels, names) {
    const known = [...new Set(labels)].filter((label) => label >= 0).sort((one, other) => one - other).slice(0, 12);
    this.find(".legend").replaceChildren(...known.map((label) => {
      const part = document.createElement("span");
      part.style.setProperty("--of", this.data.colours[label % this.data.colours.length]);
      part.textContent = names[label] ?? label;
      return part;
    }));
  }

  /** Runs without snapshots have the pictures of their last preview. */
  async showPreview() {
    const { epoch } = this.source.facts;
    if (this.previewed === `${this.name}/${epoch}`) return;
    this.previewed = `${this.name}/${epoch}`;
    try {
      const { lookOf } = await import("./looks.js");
      const answer = await fetch(address("run", [this.name, "snapshot", "latest"]), { cache: "no-store" });
      if (!answer.ok) return;
      this.pictures.draw(lookOf(new Uint8Array(await answer.arrayBuffer()), JSON.parse(answer.headers.get("X-Look"))));
      this.find(".looks").hidden = false;
    } catch {
      this.previewed = null; // the next look tries again
    }
  }

  mild(problem) {
    if (problem.name === "AbortError") return;
    if (!(problem instanceof LiveError)) throw problem;
    this.find(".picture .veil").textContent = problem.message;
  }

  // --- the curves

  showRecords(records, { broken, more }) {
    this.find(".broken").hidden = !broken;
    if (broken) this.find(".broken").textContent = `${broken} lines of metrics.jsonl cannot be read; the curves are without them. The run itself goes on.`;
    [this.records, this.unread] = [records, more];
    this.showCurves();
  }

  showCurves() {
    const { facts } = this.source;
    if (!facts || !this.records) return;
    const reach = Math.max(facts.alive ? facts.epoch + 1 : facts.epoch, this.records.last?.epoch ?? 0, 1);
    this.curves.show(this.records, reach);
    this.curves.cursor(this.replay.following && facts.alive ? null : this.epoch);
  }

  shownView(view, steps) {
    this.find(".whole").hidden = !this.curves.zoomed;
    this.kl.show(this.records.epochs, view);
    document.dispatchEvent(new CustomEvent("train-records", { detail: { steps, epochs: this.records.epochs.length, more: this.unread } }));
  }

  smooth(field) {
    const span = Number(field.value);
    this.find(".smoothing-words").textContent = span ? `over ${figure(span, 2)} epochs` : "off";
    this.curves.set({ smoothing: span });
  }

  redraw() {
    this.curves.redraw();
    this.kl.redraw();
    this.map?.redraw();
  }

  // --- the epoch that is shown

  showEpoch(epoch, stamp) {
    this.epoch = epoch;
    if (stamp !== null) this.meter.sent(stamp);
    const following = this.replay.following && this.source.facts?.alive;
    this.curves.cursor(following ? null : epoch);
    this.kl.cursor(following ? null : epoch);
    this.drawLook();
    this.drawMap(true);
    this.decode(stamp);
    if (!this.looks.of(epoch)) this.looks.need(this.name, this.stamp, this.source.facts?.snapshots.epochs ?? [], epoch);
    if (!this.replay.moving) this.rested();
  }

  rested() {
    replaceLink(PAGE, { epoch: this.replay.following || this.epoch === null ? null : String(this.epoch) });
  }

  drawLook() {
    const look = this.epoch === null ? null : this.looks.of(this.epoch);
    if (!look || !this.fixed) return;
    this.pictures.draw(look);
    this.find(".looks").hidden = false;
  }

  lookCame(epoch) {
    if (epoch === this.epoch) this.drawLook();
    this.cold.push(epoch);
    this.warm();
  }

  /** The models of the epochs are loaded one after the other before the hand comes by: the first takes some milliseconds each. */
  warm() {
    if (this.warming || !this.pin || !this.cold.length) return;
    this.warming = true;
    const next = () => ((this.warming = false), this.warm());
    this.socket.decode({ model: this.name, epoch: this.cold.shift(), lane: WARM, latents: this.pin, ...(this.label === null ? {} : { label: this.label }) }, next, next);
  }

  drawMap(glide) {
    const plane = this.epoch === null ? null : this.planes.of(this.epoch);
    if (!plane) return;
    const first = this.pin === null;
    this.pin ??= new Float32Array(plane.origin.length);
    this.map.show(plane, this.planes.far, glide);
    this.map.pin(this.pin);
    if (first) this.decode(null);
    if (first) this.warm();
  }

  // --- the decoder of that epoch

  pointed(place, event) {
    const plane = this.planes.of(this.epoch);
    this.hover = place && plane ? latentOf(plane, place) : null;
    if (place) this.meter.sent(event.timeStamp);
    this.decode(place ? event.timeStamp : null);
  }

  pinned(place, event) {
    const plane = this.planes.of(this.epoch);
    if (!plane) return;
    this.pin = latentOf(plane, place);
    this.hover = null;
    this.map.pin(this.pin);
    this.meter.sent(event.timeStamp);
    this.decode(event.timeStamp);
  }

  decode(stamp) {
    const latent = this.hover ?? this.pin;
    if (!latent || this.epoch === null) return;
    this.find(".place-words").textContent = placeWords(latent);
    const label = this.label === null ? {} : { label: this.label };
    this.socket.decode({ model: this.name, epoch: this.epoch, lane: LANE, latents: latent, tag: stamp, screen: this.picture, ...label }, (reply) => this.drawPicture(reply), ({ message, reason }) => this.noPicture(message, reason));
  }

  drawPicture(reply) {
    const shown = this.picture.shown(reply);
    this.find(".picture .veil").hidden = true;
    if (reply.tag !== null) this.meter.drawn(reply.tag, shown);
    else if (this.replay.playing) this.meter.played();
  }

  noPicture(message, reason) {
    if (reason === "no-such-epoch") this.source.look(); // thinned meanwhile
    if (this.find(".picture .veil").hidden) return;
    this.find(".picture .veil").textContent = message;
  }
}

function placeWords(latent) {
  const shown = Array.from(latent.slice(0, 3), (value) => value.toFixed(2).replace("-", "−"));
  return `z = (${shown.join(", ")}${latent.length > 3 ? ", …" : ""})`;
}
