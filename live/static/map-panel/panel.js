// The map page: wires its parts to the atlas (what is known) and to the view (what is drawn). The page's script gives the model and
// nothing else; everything that is done here stays here and in the link.

import { createChoice } from "../choice-row.js";
import { showConnection } from "../connection.js";
import { createFrameMeter } from "../frame-meter.js";
import { latentSocket } from "../latent-socket.js";
import { MapAddress } from "./address.js";
import { Atlas } from "./atlas.js";
import { createBar } from "./bar.js";
import { createBring, createLanding } from "./bring.js";
import { createCard } from "./card.js";
import { createColour } from "./colour.js";
import { classColours, coloursOf } from "./columns.js";
import { createFind } from "./find.js";
import { createGroups } from "./groups.js";
import { createLayers } from "./layers.js";
import { createImage } from "./image.js";
import { MapShown } from "./map-shown.js";
import { Opening } from "./opening.js";
import { Pinned } from "./pinned.js";
import { createPointerDecoder } from "./pointer.js";
import { cueScrolling } from "./scroll-cue.js";
import { createSelect } from "./select.js";
import { createTabs } from "./tabs.js";
import { createTools } from "./tools.js";
import { MapView } from "../map/view.js";
import { createLivePicture } from "../live-picture.js";
import { drawStrip } from "../picture.js";

export class MapPanel {
  constructor(root, { plotly }) {
    this.root = root;
    this.find = (selector) => root.querySelector(selector);
    this.atlas = new Atlas();
    this.socket = latentSocket();
    this.picture = createLivePicture(this.find(".picture canvas"), this.socket);
    this.meter = createFrameMeter(this.find(".meter"));
    this.hidePill = showConnection(this.find(".picture"), this.socket);
    this.leaving = new AbortController();
    this.address = new MapAddress(this, this.leaving.signal);
    this.opening = new Opening(this);
    this.shown = new MapShown(this);
    this.#makeView(plotly);
    this.#makeParts();
    this.#listen();
  }

  #makeView(plotly) {
    this.view = new MapView(this.find(".field-of-view"), {
      onPointer: (pointer) => this.#looked(pointer),
      onClick: ({ row, place }) => (row === null ? this.pinned.pinPlace(place) : this.pinned.pin(row)),
      onSelect: ({ kind, rows, mode }) => this.#selected(kind, rows, mode),
      onView: (_, atRest) => atRest && this.address.write(),
      onLayer: (name) => this.layers?.refresh(name),
      plotly: new URL(`../../plotly.min.js?v=${plotly}`, import.meta.url).href,
      onTool: (tool) => this.tools?.show(tool),
    });
    this.tools = createTools(this.root, this.view);
    this.pinned = new Pinned(this, createLanding(this.view.field, this.view, "pinned-place"));
    this.broughtMark = createLanding(this.view.field, this.view, "landed");
  }

  #makeParts() {
    const { root, atlas, socket, picture, meter, pinned } = this;
    const palette = () => this.data.colours;
    const draw = (wanted) => this.draw(wanted);
    const pin = (row, near) => pinned.pin(row, near);
    const fly = (target) => pinned.fly(target);
    const keep = (name) => this.groups.keep(name);
    this.decoder = createPointerDecoder(atlas, { socket, picture, meter, place: this.find(".place"), support: this.find(".support") });
    this.card = createCard(root, atlas, (row) => this.#isHere(row));
    this.bar = createBar(root, atlas, draw, this.leaving.signal);
    this.search = createFind(root, atlas, (row, first) => pinned.pin(row, true, first ? "image" : this.tabs.name));
    this.colour = createColour(root, atlas, palette);
    const direct = (name) => this.#leaveWithGroup(name);
    this.select = createSelect(root, atlas, { socket, drawStrip, palette, pin, draw, keep, direct });
    this.groups = createGroups(root, atlas, (name) => this.#wentToGroup(name));
    this.image = createImage(root, atlas, { pin, fly, open: (page, what) => this.#leaveFor(page, what), order: () => this.data.order });
    const [landed, moved] = [(brought) => pinned.pictureLanded(brought), (brought, gone) => pinned.pictureMoved(brought, gone)];
    this.bring = createBring(root, atlas, { mark: this.broughtMark, landed, moved });
    this.layers = createLayers(root, this.view, {
      onChange: () => this.address.write(), file: () => this.#file(), say: (words) => this.say(words),
      link: () => this.address.toCopy(), nameSelection: () => this.#nameSelection(),
    });
    this.classes = createChoice(this.find(".classes"), { label: "Class", onChoose: (label) => atlas.decodeAs(label) });
    cueScrolling(this.find(".sheet"), this.leaving.signal);
    this.find(".chip-open").onclick = () => this.tabs.show("select");
    this.find(".chip-clear").onclick = () => atlas.selection.clear();
    this.tabs = createTabs(root, (name) => this.#tabShown(name));
  }

  #listen() {
    const { atlas, view, address, shown } = this;
    const link = () => address.write();
    atlas.on("map", ({ points }) => shown.came(points));
    atlas.on("shown", () => (shown.points && view.setShown(atlas.shownMask()), link()));
    atlas.on("selection", () => {
      if (shown.points) view.setSelected(atlas.selection.mask(atlas.onMap.count));
      address.group = null;
      link();
    });
    atlas.on("colour", () => {
      view.setColours(atlas.colour && coloursOf(atlas.colour, this.data.colours));
      link();
    });
    atlas.on("pin", () => this.pinned.changed());
    atlas.on("class", () => {
      this.decoder.again();
      if (shown.points) shown.tellView();
      link();
    });
    atlas.on("problem", (sentence = "") => this.say(sentence));
    this.find(".map").addEventListener("keydown", (event) => this.#typed(event), { signal: this.leaving.signal });
  }

  update({ data, setTriggerValue }) {
    const before = this.data;
    this.data = data;
    this.trigger = setTriggerValue;
    if (before?.weights === data.weights && before?.model === data.model) return this.view.themed();
    this.opening.open(before !== undefined);
  }

  remove() {
    this.address.ready = false;
    this.leaving.abort();
    this.atlas.leave();
    this.decoder.forget();
    this.select.remove();
    this.colour.remove();
    this.pinned.landing.remove();
    this.broughtMark.remove();
    this.view.remove();
    this.picture.remove();
    this.meter.stop();
    this.hidePill();
  }

  /** Draws another map; the one before stays until it is here. A promise of whether it came. */
  draw(wanted) {
    return this.shown.draw(wanted);
  }

  get points() {
    return this.shown.points;
  }

  /** What goes wrong, in a sentence; empty: nothing. */
  say(problem) {
    this.find(".problem").textContent = problem;
    this.find(".problem").hidden = !problem;
  }

  /** Words in place of the map; empty: none. */
  sayInstead = (words) => {
    this.find(".nothing").textContent = words;
    this.find(".nothing").hidden = !words;
  };

  // --- what the hand does

  #looked({ place, row, stamp }) {
    if (!this.atlas.map) return;
    const there = place ?? (row === null ? null : this.shown.placeInSpace(row));
    this.decoder.look(there, stamp);
    this.find(".card").classList.toggle("left", row === null);
    if (row !== null) this.card.show(row);
  }

  #isHere(row) {
    return this.atlas.shown.source !== "reference" || this.originals[row] === 1;
  }

  #selected(kind, rows, mode) {
    const words = { box: "a box", lasso: "a lasso" }[kind];
    this.atlas.selection.change(rows, this.tools.mode(mode), words);
    this.tabs.show("select");
  }

  #wentToGroup(name) {
    this.address.group = name;
    this.tabs.show("select");
    this.address.write();
  }

  #tabShown(name) {
    for (const [tab, part] of [["colour", this.colour], ["select", this.select]]) {
      part.visible = tab === name;
      if (tab === name && this.atlas.map) part.show();
    }
    this.address.write();
  }

  #typed(event) {
    if (event.composedPath()[0].matches?.("input:not([type=checkbox]):not([type=range]), textarea") || !(event.ctrlKey || event.metaKey)) return;
    const key = event.key.toLowerCase();
    if (key !== "z" && key !== "y") return;
    event.preventDefault();
    if (key === "z" && !event.shiftKey) this.atlas.selection.undo();
    else this.atlas.selection.redo();
  }

  #nameSelection() {
    this.tabs.show("select");
    this.find(".group-name").focus();
  }

  // --- ways out

  #leaveFor(page, { row, mean }) {
    const known = row !== null && this.atlas.shown.source === "reference";
    const what = known ? { row } : { latent: Array.from(mean) };
    this.trigger("open", { page, weights: this.data.weights, label: known ? null : this.atlas.label, ...what });
  }

  /** The selection becomes a group, and Attributes finds the direction that leads to it. */
  async #leaveWithGroup(name) {
    const group = await this.groups.kept(name);
    if (group !== null) this.trigger("open", { page: "attributes", weights: this.data.weights, group });
  }

  /** What an exported map is called and says. */
  #file() {
    const { model } = this.data;
    const { map, shown } = this.atlas;
    const words = [map.words, map.quality?.words].filter(Boolean).join(" ");
    const colour = this.atlas.colour?.kind === "class" ? this.atlas.colour : null;
    const colours = colour ? classColours(colour.names.length, this.data.colours) : [];
    const legend = colours.map((ink, kind) => ({ name: colour.names[kind], colour: ink }));
    return { name: `${model}-map-${shown.method}`, title: `${model}: map by ${shown.method}`, words, legend, nameOf: (row) => this.atlas.nameOf(row) };
  }
}
