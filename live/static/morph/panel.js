// The Morph page: wires its parts to what is edited (morph-edit.js). The page's script gives the model and the start, and
// nothing else; everything that is done here stays here and in the link. A drag asks the live socket for each position.

import { browserStore } from "../browser-store.js";
import { createChoice } from "../choice-row.js";
import { showConnection } from "../connection.js";
import { createFrameMeter } from "../frame-meter.js";
import { listenToUndoKeys, showSteps } from "../history.js";
import { leavePlace } from "../last-places.js";
import { latentSocket } from "../latent-socket.js";
import { imageAddress } from "../live-fetch.js";
import { createLivePicture } from "../live-picture.js";
import { copyLink, keepAddress, replaceLink } from "../page-link.js";
import { createTrack } from "../track.js";
import { createChoosing } from "./choosing.js";
import { createKeyRow } from "./key-row.js";
import { linkOf } from "./link.js";
import { MOST_KEYS, createMorphEdit, reordered, sameNeighbours } from "./morph-edit.js";
import { PACES, distanceAt } from "./pacing.js";
import { createPalette } from "./palette.js";
import { createPathRows } from "./path-rows.js";
import { createPathStack } from "./path-stack.js";
import { createPlayer } from "./player.js";
import { createSaveMenu } from "./save-menu.js";

const PAGE = "morph";
const LANE = "morph";
const LANES = [LANE, `${LANE}-keys`, `${LANE}-fit`, `${LANE}-palette`, `${LANE}-shelf`];
const FRAME = 54; // CSS pixels, about how wide a frame of a strip is
const [FEWEST, MOST] = [6, 12];

export class MorphPanel {
  constructor(root) {
    this.find = (selector) => root.querySelector(selector);
    this.section = this.find(".morph");
    this.socket = latentSocket();
    this.picture = createLivePicture(this.find(".picture canvas"), this.socket);
    this.meter = createFrameMeter(this.find(".meter"));
    this.hidePill = showConnection(this.find(".picture"), this.socket);
    this.edit = createMorphEdit();
    this.edit.on((by) => this.changed(by));
    this.#makeWalk();
    this.#makePaths();
    this.#makeKeys();
    this.#makePalette();
    this.save = createSaveMenu(this.find(".save"), () => this.present());
    this.#bindButtons();
  }

  #makeWalk() {
    this.track = createTrack(this.find(".track"), {
      onMove: (share, event) => this.moved(event),
      onRelease: () => this.letGo(),
      grain: 0.001,
      describe: (share) => `${Math.round(100 * share)} % of the way`,
    });
    this.track.configure({ low: 0, high: 1 });
    this.player = createPlayer({ onPlace: (place) => this.playedTo(place), onEnd: () => this.play(false) });
    const pace = this.find(".pace");
    pace.append(...PACES.map(([value, text, title]) => Object.assign(new Option(text, value), { title })));
    pace.onchange = () => this.edit.set({ pace: pace.value });
  }

  #makePaths() {
    this.rows = createPathRows(this.find(".paths"), {
      onChoose: (kind) => this.edit.state.path === kind ? this.stack.refresh() : this.edit.set({ path: kind }),
      onCompare: (kind, on) => this.edit.set({ compare: on ? [...this.edit.state.compare, kind] : this.edit.state.compare.filter((other) => other !== kind) }),
      onCancel: (kind) => this.stack.cancel(kind),
      onPlace: (share, event, done) => this.goTo(share, event, done),
    });
    this.stack = createPathStack({
      rows: this.rows,
      socket: this.socket,
      present: () => this.pathsAsked,
      asking: (lane, more) => this.asking(lane, more),
      onPath: (kind) => this.pathCame(kind),
      onProblem: (sentence) => this.say(sentence),
    });
    this.sizes = new ResizeObserver(() => this.fitFrames());
    this.sizes.observe(this.find(".beside"));
    this.sizes.observe(this.find(".track"));
  }

  #makeKeys() {
    this.keyRow = createKeyRow(this.find(".keys"), {
      onMove: (from, to) => this.move(from, to),
      onOpen: (index) => this.choosing.choose(index),
      onRemove: (index) => this.remove_(index),
      picture: (row) => (this.data.originals ? imageAddress(this.data, row, "original") : null),
    });
    this.choosing = createChoosing({
      find: this.find, edit: this.edit, socket: this.socket,
      facts: () => this.data,
      asking: (lane, more) => this.asking(lane, more),
      onOpen: () => (this.showKeys(), this.showWays()),
      onChosen: (index, keys) => this.chosen(index, keys),
      onProblem: (sentence) => this.say(sentence),
    });
  }

  #makePalette() {
    this.palette = createPalette(this.find(".palette"), {
      onMix: (_, event) => this.moved(event),
      onRelease: () => this.letGo(),
      decode: (latents, count, draw) => this.socket.decode(this.asking(`${LANE}-palette`, { latents, count }), draw, ({ message }) => this.say(message)),
      picture: (index) => this.imageOf(this.edit.state.keys[index].source),
    });
    this.modes = createChoice(this.find(".modes"), { label: "What is done with the images", onChoose: (mode) => (this.choosing.choose(null), this.edit.set({ mode })) });
    this.modes.offer([
      { value: "path", text: "Path", title: "Walk from image to image" },
      { value: "palette", text: "Palette", title: "Mix three or four images at the corners of a field" },
    ]);
    this.classes = createChoice(this.find(".classes"), { label: "Class", onChoose: (label) => this.edit.set({ label }) });
  }

  #bindButtons() {
    this.find(".add").onclick = () => this.choosing.choose(this.edit.state.keys.length);
    this.find(".done").onclick = () => this.choosing.choose(null);
    this.find(".choosing").onkeydown = (event) => {
      if (event.key !== "Escape" || event.defaultPrevented) return;
      this.choosing.choose(null);
      this.find(".add").focus();
    };
    this.find(".undo").onclick = () => this.edit.undo();
    this.find(".redo").onclick = () => this.edit.redo();
    this.find(".play").onclick = () => this.play(!this.player.playing);
    this.find(".turning").onchange = () => this.player.playing && this.play(true);
    this.find(".smoothing").onclick = () => this.smooth(this.find(".smoothing").ariaPressed !== "true");
    this.find(".share").onclick = () => copyLink(this.find(".share"));
    this.find(".edit").onclick = () => keepAddress("morph") ?? this.trigger("open", { latent: [...this.latent], label: this.edit.state.label, weights: this.data.weights });
    this.leaving = new AbortController();
    listenToUndoKeys(this.edit, this.leaving.signal);
  }

  update({ data, setTriggerValue }) {
    const before = this.data;
    this.data = data;
    this.trigger = setTriggerValue;
    if (before?.start.id !== data.start.id) this.begin();
  }

  remove() {
    this.leaving.abort();
    this.player.stop();
    this.sizes.disconnect();
    [this.track, this.stack, this.palette, this.save, this.choosing, this.picture].forEach((part) => part.remove());
    LANES.forEach((lane) => this.socket.forget(lane));
    this.meter.stop();
    this.hidePill();
  }

  begin() {
    const { start, shape, classes, weights } = this.data;
    const [, height, width] = shape;
    this.section.style.setProperty("--aspect", `${width} / ${height}`);
    this.section.style.setProperty("--ratio", width / height);
    this.classes.offer(classes.map((text, value) => ({ value, text })));
    this.find(".class-line").hidden = classes.length < 2;
    this.stack.forget();
    this.choosing.close();
    this.kept = browserStore(`${weights}/morph`, window.sessionStorage);
    this.track.set(start.place);
    this.palette.set(start.spot);
    const keys = start.keys.map(({ latent, row, words }) => ({ latent: Float32Array.from(latent), source: { kind: row === null ? "link" : "row", row, words } }));
    const { path, compare, pace, mode, label } = start;
    this.recalling = true;
    this.edit.begin({ keys, path, compare, pace, mode, label });
    this.edit.recall(this.kept.read(), start.given);
    this.recalling = false;
    this.choosing.open(this.data);
    this.changed("begin");
  }

  // --- what is edited

  changed() {
    if (this.recalling) return;
    const { state } = this.edit;
    const before = this.shownState;
    this.shownState = state;
    this.showKeys();
    this.showWays();
    const same = before && ["keys", "label", "path", "compare"].every((part) => before[part] === state[part]);
    if (!same) this.stack.refresh();
    else if (before.pace !== state.pace) this.stack.repace();
    if (state.mode === "palette") this.palette.show(state.keys.map(({ latent }) => latent));
    showSteps(this.find, this.edit);
    this.kept.write(this.edit.record());
    this.show(null);
    this.writeLink();
  }

  showKeys() {
    const { keys } = this.edit.state;
    this.keyRow.show(keys, this.choosing.index);
    const request = this.asking(`${LANE}-keys`, { latents: keys.flatMap(({ latent }) => [...latent]), count: keys.length });
    this.socket.decode(request, ({ pixels, shape, count }) => {
      const size = shape[0] * shape[1] * shape[2];
      for (let index = 0; index < count; index += 1) this.keyRow.draw(index, pixels.subarray(index * size, (index + 1) * size), shape);
    }, ({ message }) => this.say(message));
    this.find(".add").disabled = keys.length >= MOST_KEYS;
    this.find(".add").title = keys.length >= MOST_KEYS ? `${MOST_KEYS} images are the most; take one away first` : "Add another image at the end";
    this.section.classList.toggle("alone", keys.length < 2);
    this.find(".key-note").textContent = this.keyWords(keys);
    this.find(".own-note").hidden = keys.every(({ source: { kind } }) => kind !== "file" && kind !== "drawing");
    this.find(".ticks").replaceChildren(...keys.map((_, index) => {
      const tick = document.createElement("span");
      tick.style.left = `${(100 * index) / Math.max(keys.length - 1, 1)}%`;
      tick.textContent = index + 1;
      return tick;
    }));
  }

  keyWords(keys) {
    if (keys.length < 2) return "There is 1 image; a path needs 2. Add another.";
    const pairs = sameNeighbours(keys).map(([one, other]) => `Images ${one} and ${other} are the same: between them nothing changes.`);
    return [...pairs, this.moveSaid ?? ""].filter(Boolean).join(" ");
  }

  showWays() {
    const { path, compare, pace, mode, label, keys } = this.edit.state;
    this.modes.show(mode);
    this.classes.show(label);
    this.find(".pace").value = pace;
    this.rows.show(path, compare);
    const palette = mode === "palette";
    const choosing = this.choosing.index !== null;
    this.section.classList.toggle("mixing", palette);
    this.find(".paths").hidden = palette || choosing || keys.length < 2;
    this.find(".metric").hidden = this.find(".paths").hidden || !this.find(".metric").textContent;
    this.find(".palette").hidden = !palette || choosing;
    this.find(".choosing").hidden = !choosing;
    this.find(".walk").style.visibility = palette || keys.length < 2 ? "hidden" : "";
    this.find(".walking").hidden = palette || keys.length < 2;
    this.find(".save").hidden = keys.length < (palette ? 3 : 2);
    if (palette && this.player.playing) this.play(false);
    const wanting = keys.length < 3;
    const words = wanting ? `There are ${keys.length} images; the palette mixes 3 or 4. Add another.` : "Drag in the field: the nearer a corner, the more of its image.";
    this.find(".palette-words").textContent = keys.length > 4 ? `${words} The first four images are at its corners.` : words;
  }

  move(from, to) {
    this.moveSaid = `Image ${from + 1} is now at place ${to + 1}.`;
    this.choosing.close();
    this.edit.set({ keys: reordered(this.edit.state.keys, from, to) });
    this.moveSaid = null;
    this.keyRow.focus(to);
  }

  remove_(index) {
    const { keys } = this.edit.state;
    if (keys.length === 1) return this.choosing.choose(0); // the last image is replaced, never taken away
    this.choosing.close();
    this.edit.set({ keys: keys.filter((_, other) => other !== index) });
    this.keyRow.focus(Math.min(index, keys.length - 2));
  }

  chosen(index, keys) {
    if (keys.length > 1) this.track.set(index / (keys.length - 1));
    this.show(null);
  }

  // --- the place and its picture

  get pathsAsked() {
    const { keys, path, compare, pace, label } = this.edit.state;
    const { model, weights, latent_dim: size, images } = this.data;
    return { model, weights, label, size, images, pace, chosen: path, compared: compare, keys: keys.map(({ latent }) => latent) };
  }

  /** The latent of the large picture. */
  get latent() {
    const { mode, keys } = this.edit.state;
    if (mode === "palette" && keys.length > 2) return this.palette.latent;
    return keys.length > 1 ? this.stack.latentNow(this.track.value) : keys[0].latent;
  }

  moved(event) {
    if (this.player.playing) this.play(false);
    this.meter.sent(event.timeStamp);
    this.show(event.timeStamp);
  }

  goTo(share, event, done) {
    if (share !== this.track.value) {
      this.track.set(share);
      this.moved(event);
    }
    if (done) this.letGo();
  }

  /** The hand let go: the link says where, and other pages offer the picture there. */
  letGo() {
    this.writeLink();
    leavePlace(PAGE, this.data.weights, { latent: this.latent, label: this.edit.state.label });
  }

  pathCame(kind) {
    const { path } = this.edit.state;
    const found = this.stack.path(kind);
    const words = kind === path && found.metric ? `Picture lengths and the geodesic: ${lowered(found.metric)}` : null;
    if (words) this.find(".metric").textContent = words;
    this.find(".metric").hidden = this.find(".paths").hidden || !this.find(".metric").textContent;
    this.show(null);
  }

  show(stamp) {
    const { mode, path } = this.edit.state;
    const others = mode === "path" ? this.stack.shown : [];
    const beside = others.filter((kind) => kind !== path);
    const kinds = [path, ...beside]; // the large picture stands first, straight until its path is there
    const latents = [...this.latent, ...beside.flatMap((kind) => [...this.stack.latentAt(kind, this.track.value)])];
    const request = this.asking(LANE, { latents, count: kinds.length, tag: stamp, screen: this.picture });
    this.socket.decode(request, (reply) => this.draw(reply, kinds), (error) => this.say(error.message));
    this.rows.setPlace(this.track.value);
    this.find(".place").textContent = this.placeWords();
  }

  placeWords() {
    const { mode, path, pace, keys } = this.edit.state;
    const found = this.stack.path(path);
    if (mode === "palette" || keys.length < 2) return "";
    if (!found) return "straight until the path is found";
    const size = this.data.latent_dim;
    return `${distanceAt(found, size, pace, this.track.value).toFixed(2)} of ${distanceAt(found, size, pace, 1).toFixed(2)} latent units`;
  }

  draw(reply, kinds) {
    const { pixels, shape, tag } = reply;
    const shown = this.picture.shown(reply);
    if (tag !== null) this.meter.drawn(tag, shown);
    else if (this.player.playing && shown.changed) this.meter.played();
    kinds.forEach((kind, index) => this.rows.setNow(kind, pixels, shape, index));
    if (!this.find(".veil").hidden) this.find(".veil").hidden = true;
    if (!this.find(".stage > .problem").hidden) this.say("");
  }

  play(on) {
    if (on) this.player.start(this.track.value, this.edit.state.keys.length - 1, this.find(".turning").value);
    else this.player.stop();
    this.find(".play").ariaPressed = String(on);
    this.find(".play").textContent = on ? "Pause" : "Play";
    if (!on) this.writeLink();
  }

  playedTo(place) {
    this.track.set(place);
    this.show(null);
  }

  fitFrames() {
    // in pixels: Chromium may keep an old place of a thumb that is moved by a share of its container
    this.section.style.setProperty("--wide", `${this.find(".track").clientWidth}px`);
    const wide = this.find(".beside").clientWidth - 64;
    const count = Math.min(Math.max(Math.round(wide / FRAME), FEWEST), MOST);
    if (count === this.frames) return;
    this.frames = count;
    this.rows.fit(count);
    if (this.edit.state) this.stack.repace();
  }

  // --- beside the picture

  present() {
    const { path, label, mode } = this.edit.state;
    const { model, weights, shape } = this.data;
    const common = { model, weights, shape, label, smooth: this.find(".smoothing").ariaPressed === "true" };
    if (mode === "palette") return { ...common, corners: this.palette.corners, latent: this.palette.latent, latentOf: this.palette.latentOf };
    return { ...common, path, latentAt: this.stack.path(path) && ((place) => this.stack.latentAt(path, place)) };
  }

  smooth(on) {
    this.find(".smoothing").ariaPressed = String(on);
    this.section.classList.toggle("smooth", on);
    this.picture.setSmooth(on);
  }

  say(problem) {
    this.find(".stage > .problem").textContent = problem;
    this.find(".stage > .problem").hidden = !problem;
  }

  writeLink() {
    if (!this.edit.state) return;
    replaceLink(PAGE, linkOf(this.edit.state, { place: this.track.value, spot: this.palette.spot, weights: this.data.weights }));
  }

  imageOf({ row = null, fitted }) {
    return fitted ?? (row === null ? null : imageAddress(this.data, row, "auto"));
  }

  /** The live socket's request about the present model, with the class where there are classes. */
  asking(lane, more) {
    const { model, weights } = this.data;
    const { label } = this.edit.state;
    return { model, weights, lane, ...(label === null ? {} : { label }), ...more };
  }
}

const lowered = (sentence) => sentence.charAt(0).toLowerCase() + sentence.slice(1);
