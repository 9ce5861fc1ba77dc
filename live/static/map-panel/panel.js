// The map page: wires its parts to the atlas (what is known) and to the view (what is drawn). The page's script gives the model and
// nothing else; everything that is done here stays here and in the link.

import { uint8Of } from "../arrays.js";
import { browserStore } from "../browser-store.js";
import { createChoice } from "../choice-row.js";
import { showConnection } from "../connection.js";
import { createFrameMeter } from "../frame-meter.js";
import { latentSocket } from "../latent-socket.js";
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
import { fitsInLink, linkOf, readLink } from "./link.js";
import { createMemory, ownOf, same } from "./memory.js";
import { createPointerDecoder } from "./pointer.js";
import { densityOf, placesOf, pointsOf } from "./routes.js";
import { cueScrolling } from "./scroll-cue.js";
import { createSelect } from "./select.js";
import { createTabs } from "./tabs.js";
import { createTools } from "./tools.js";
import { MapView } from "../map/view.js";
import { replaceLink } from "../page-link.js";
import { createLivePicture } from "../live-picture.js";
import { drawStrip } from "../picture.js";

const PAGE = "map";
const DECODED = { // caption of the large picture, and what it means
  all: ["Decoded here", "What the model draws at the pointer's place"],
  plane: ["Decoded on the plane", "What the model draws at the pointer's place on this plane. The images lie beside it in the other dimensions, so their own pictures differ"],
  bent: ["Decoded near here, ≈", "A bent map has no exact way back: what the model draws from the codes of the dots around the pointer"],
};

export class MapPanel {
  #points = null;
  #group = null;
  #ready = false; // whether the link may be written: what it asks for is shown
  #free = null; // what the Image tab shows that is no row: a picture that was brought, a place
  #address = {}; // what the address said of the map when it was last read or written here
  #cameBack = false; // whether the browser's Back chose the model: then all of the link is meant

  constructor(root, { plotly }) {
    this.root = root;
    this.find = (selector) => root.querySelector(selector);
    this.atlas = new Atlas();
    this.socket = latentSocket();
    this.picture = createLivePicture(this.find(".picture canvas"), this.socket);
    this.meter = createFrameMeter(this.find(".meter"));
    this.hidePill = showConnection(this.find(".picture"), this.socket);
    this.leaving = new AbortController();
    this.#makeView(plotly);
    this.#makeParts();
    this.#listen();
  }

  #makeView(plotly) {
    this.view = new MapView(this.find(".field-of-view"), {
      onPointer: (pointer) => this.#looked(pointer),
      onClick: ({ row, place }) => (row === null ? this.#pinPlace(place) : this.pin(row)),
      onSelect: ({ kind, rows, mode }) => this.#selected(kind, rows, mode),
      onView: (_, atRest) => atRest && this.#writeLink(),
      onLayer: (name) => this.layers?.refresh(name),
      plotly: new URL(`../../plotly.min.js?v=${plotly}`, import.meta.url).href,
      onTool: (tool) => this.tools?.show(tool),
    });
    this.tools = createTools(this.root, this.view);
    this.landing = createLanding(this.view.field, this.view, "pinned-place");
    this.broughtMark = createLanding(this.view.field, this.view, "landed");
  }

  #makeParts() {
    const { root, atlas, socket, picture, meter } = this;
    const palette = () => this.data.colours;
    const draw = (wanted) => this.draw(wanted);
    const pin = (row, near) => this.pin(row, near);
    const fly = (target) => this.fly(target);
    const keep = (name) => this.groups.keep(name);
    this.decoder = createPointerDecoder(atlas, { socket, picture, meter, place: this.find(".place"), support: this.find(".support") });
    this.card = createCard(root, atlas, (row) => this.#isHere(row));
    this.bar = createBar(root, atlas, draw, this.leaving.signal);
    this.search = createFind(root, atlas, (row, first) => this.pin(row, true, first ? "image" : this.tabs.name));
    this.colour = createColour(root, atlas, palette);
    const direct = (name) => this.#leaveWithGroup(name);
    this.select = createSelect(root, atlas, { socket, drawStrip, palette, pin, draw, keep, direct });
    this.groups = createGroups(root, atlas, (name) => this.#wentToGroup(name));
    this.image = createImage(root, atlas, { pin, fly, open: (page, what) => this.#leaveFor(page, what), order: () => this.data.order });
    const [landed, moved] = [(brought) => this.#pictureLanded(brought), (brought, gone) => this.#pictureMoved(brought, gone)];
    this.bring = createBring(root, atlas, { mark: this.broughtMark, landed, moved });
    this.layers = createLayers(root, this.view, {
      onChange: () => this.#writeLink(), file: () => this.#file(), say: (words) => this.#say(words),
      link: () => this.#linkToCopy(), nameSelection: () => this.#nameSelection(),
    });
    this.classes = createChoice(this.find(".classes"), { label: "Class", onChoose: (label) => atlas.decodeAs(label) });
    cueScrolling(this.find(".sheet"), this.leaving.signal);
    this.find(".chip-open").onclick = () => this.tabs.show("select");
    this.find(".chip-clear").onclick = () => atlas.selection.clear();
    this.tabs = createTabs(root, (name) => this.#tabShown(name));
  }

  #listen() {
    const { atlas, view } = this;
    const link = () => this.#writeLink();
    atlas.on("map", (found) => this.#mapCame(found));
    atlas.on("shown", () => (this.#points && view.setShown(atlas.shownMask()), link()));
    atlas.on("selection", () => {
      if (this.#points) view.setSelected(atlas.selection.mask(atlas.onMap.count));
      this.#group = null;
      link();
    });
    atlas.on("colour", () => {
      view.setColours(atlas.colour && coloursOf(atlas.colour, this.data.colours));
      link();
    });
    atlas.on("pin", () => this.#pinned());
    atlas.on("class", () => {
      this.decoder.again();
      if (this.#points) this.#tellView();
      link();
    });
    atlas.on("problem", (sentence = "") => this.#say(sentence));
    this.root.querySelector(".map").addEventListener("keydown", (event) => this.#typed(event), { signal: this.leaving.signal });
    window.addEventListener("popstate", () => this.#wentBack(), { signal: this.leaving.signal });
  }

  update({ data, setTriggerValue }) {
    const before = this.data;
    this.data = data;
    this.trigger = setTriggerValue;
    if (before?.weights === data.weights && before?.model === data.model) return this.view.themed();
    this.#open(before !== undefined);
  }

  remove() {
    this.#ready = false;
    this.leaving.abort();
    this.atlas.leave();
    this.decoder.forget();
    this.select.remove();
    this.colour.remove();
    this.landing.remove();
    this.broughtMark.remove();
    this.view.remove();
    this.picture.remove();
    this.meter.stop();
    this.hidePill();
  }

  // --- another model

  async #open(another) {
    const { data, atlas } = this;
    this.#ready = false;
    this.#group = null;
    this.originals = uint8Of(data.originals);
    this.facts = { latent_dim: data.latent_dim, widest: data.order.slice(0, 2).sort((a, b) => a - b), note: data.note };
    this.kept = browserStore(`${data.model}/maps`);
    this.memory = createMemory(data);
    const kept = this.memory.asked(another && !this.#cameBack ? withoutOwn(window.location.search) : window.location.search);
    this.#cameBack = false;
    this.#address = ownOf(window.location.search);
    const asked = { ...readLink(kept.search, this.facts), kept };
    const label = data.classes.length ? Math.min(asked.label ?? 0, data.classes.length - 1) : null;
    this.#showSize();
    atlas.open({ model: data.model, weights: data.weights }, label);
    this.#offerClasses(label);
    this.bar.open(this.facts);
    this.card.clear();
    if (another) this.bring.clear();
    this.search.clear();
    this.tabs.show(asked.tab ?? "colour");
    await this.#openMap(asked);
  }

  async #openMap(asked) {
    const mine = this.atlas.model;
    const still = () => this.atlas.model === mine;
    this.#nothing("Laying out the points…");
    try {
      await this.atlas.listSources();
    } catch (problem) {
      return still() && problem.name !== "AbortError" ? this.#nothing(problem.message) : undefined;
    }
    if (!still()) return;
    this.bar.offer();
    const problems = [...asked.problems];
    const source = this.#usableSource(asked.source, problems);
    this.asked = asked;
    const alone = source === asked.source ? asked.kept.alone : null;
    const came = await this.draw({ source, method: asked.method, parameters: asked.parameters, rows: alone });
    if (!still()) return;
    if (!came) return this.#nothing("The map could not be made. Choose another method above.");
    if (problems.length) this.#say(problems.join(" "));
  }

  #usableSource(id, problems) {
    const found = this.atlas.sources.find((source) => source.id === id);
    if (found && !found.why_not) return id;
    problems.push(`The link's images are "${id.slice(0, 40)}"; ${found ? found.why_not : "this model has no such set."} The stored ones are shown.`);
    return "reference";
  }

  #showSize() {
    const [, height, width] = this.data.shape;
    this.find(".map").style.setProperty("--aspect", `${width} / ${height}`);
    this.find(".map").style.setProperty("--ratio", width / height);
  }

  #offerClasses(label) {
    this.find(".class-line").hidden = label === null;
    this.classes.offer(this.data.classes.map((text, value) => ({ text, value })));
    if (label !== null) this.classes.show(label);
  }

  // --- maps

  /** Draws another map; the one before stays until it is here. */
  async draw(wanted) {
    const known = this.kept.read()?.[wanted.method];
    const alignTo = known && known.weights !== this.data.weights ? known.id : undefined;
    if (this.atlas.map === null) this.#nothing("Laying out the points…");
    const came = await this.atlas.draw(wanted, alignTo);
    if (came && !wanted.rows) this.#remember(wanted.method);
    return came;
  }

  /** The map of this method, so that one of the same model after more training does not flip. */
  #remember(method) {
    const { map } = this.atlas;
    this.kept.write({ ...this.kept.read(), [method]: { id: map.id, weights: this.data.weights } });
  }

  #mapCame({ points }) {
    const first = this.asked;
    const another = first !== null || this.source !== this.atlas.shown.source;
    this.asked = null;
    this.source = this.atlas.shown.source;
    const before = this.#points;
    this.#points = points;
    this.decoder.forget();
    this.#nothing("");
    if (another && before) this.#unmark(); // what marked other rows
    this.#tellView();
    this.view.setPoints(points);
    this.view.setDetail(this.#detail(points));
    this.view.setShown(this.atlas.shownMask());
    this.view.setSelected(this.atlas.selection.mask(this.atlas.onMap.count));
    if (first) this.layers.open(first.layers);
    else this.layers.refreshAll();
    if (first?.view) this.view.view = viewFrom(first.view, this.view.field);
    else if (first && before) this.view.fit();
    this.#placeFree();
    this.bring.again();
    if (another) this.#openSource(first);
    else this.#writeLink();
  }

  /** What the layers need to know of the map. */
  #tellView() {
    const { map, shown, label } = this.atlas;
    const { model, weights, shape, spread } = this.data;
    const { id, exact, origin, axes, titles } = map;
    this.#caption(exact);
    this.view.setMap({ id, model, weights, source: shown.source, label: label ?? undefined, shape, spread, exact, origin, axes, titles });
  }

  /** What the large picture is, under it. */
  #caption(exact) {
    const kind = !exact ? "bent" : this.facts.latent_dim > this.atlas.map.components ? "plane" : "all";
    const [textContent, title] = DECODED[kind];
    Object.assign(this.find(".decoded figcaption"), { textContent, title });
  }

  /** What brings the rest of a map of very many images, of which only a sample is here; null where all are. */
  #detail({ rows }) {
    const { map, shown, filters } = this.atlas;
    if (!rows || shown.rows || rows.length >= map.count) return null;
    const colouring = () => {
      const column = this.atlas.colour?.kind === "class" ? this.atlas.colour.name : undefined;
      return { column, filters: filters.record() };
    };
    return {
      count: map.count,
      points: (box, most, signal) => pointsOf(map.id, map.components, { box, most, signal }),
      density: (box, width, height, signal) => densityOf(map.id, box, width, height, { ...colouring(), signal }),
    };
  }

  #unmark() {
    this.view.setColours(null);
    this.view.setShown(null);
    this.view.setSelected(null);
    this.view.setPins([]);
  }

  /** Columns, filters, groups and pin of another source. */
  async #openSource(first) {
    const mine = this.atlas.model;
    await Promise.resolve(); // the atlas tells of its columns first
    const { colour = null, filters = { hidden: {}, ranges: {} }, pin = null, group = null, kept = null } = first ?? {};
    await this.colour.open(colour === "none" ? "" : colour, filters);
    if (this.atlas.model !== mine) return;
    if (pin !== null && this.atlas.isOnMap(pin)) this.pin(pin, false, this.tabs.name);
    await this.groups.open(group);
    if (this.atlas.model !== mine) return;
    if (!group) this.#selectAgain(first?.selected, kept?.selection);
    if (kept?.brought) await this.bring.recall(kept.brought);
    if (this.atlas.model !== mine) return;
    if (kept?.brought && pin === null && this.tabs.name === "image") this.#show(this.bring.picture);
    this.#group = group;
    this.#ready = true;
    this.#writeLink();
  }

  /** The images that a link names, or that this tab remembers. */
  #selectAgain(named, kept) {
    const rows = (kept?.rows ?? Uint32Array.from(named ?? [])).filter((row) => this.atlas.isOnMap(row));
    if (rows.length) this.atlas.selection.change(rows, "replace", kept?.words ?? "from the link");
  }

  #nothing(words) {
    this.find(".nothing").textContent = words;
    this.find(".nothing").hidden = !words;
  }

  // --- the pointer

  #looked({ place, row, stamp }) {
    if (!this.atlas.map) return;
    const there = place ?? (row === null ? null : this.#placeInSpace(row));
    this.decoder.look(there, stamp);
    this.find(".card").classList.toggle("left", row === null);
    if (row !== null) this.card.show(row);
  }

  /** The place in three dimensions of a point: in space the pointer means points, not places. */
  #placeInSpace(row) {
    const { x, y, z, rows } = this.#points;
    const index = rows ? rows.indexOf(row) : row;
    return z ? [x[index], y[index], z[index]] : [x[index], y[index]];
  }

  #isHere(row) {
    return this.atlas.shown.source !== "reference" || this.originals[row] === 1;
  }

  // --- what is chosen

  /** Pins an image and shows all about it; null unpins. `near`: also go there on the map. */
  pin(row, near = false, tab = "image") {
    this.#forgetFree();
    this.atlas.pinRow(row);
    if (row === null) this.image.clear();
    else this.tabs.show(tab);
    if (row !== null && near) this.fly(row);
  }

  /** A place between the images is looked at like one of them. */
  #pinPlace(place) {
    if (place === null || !this.atlas.map) return;
    const { map } = this.atlas;
    this.decoder.keep(place, (kept) => {
      if (this.atlas.map !== map) return;
      const note = place.map((value, axis) => `${map.titles[axis]} ${value.toFixed(2).replace("-", "−")}`).join("  ");
      this.#show({ ...kept, name: "A place between the images", std: null, note: [note, kept.support].filter(Boolean).join("\n"), place });
    });
  }

  #pinned() {
    const { pin } = this.atlas;
    this.#forgetFree();
    if (this.#points) this.view.setPins(pin === null ? [] : [pin]);
    if (pin === null) this.image.clear();
    else this.image.showRow(pin);
    this.#writeLink();
  }

  #forgetFree() {
    this.#free = null;
    this.landing.put(null);
  }

  /** A pinned place lies elsewhere on another map: its code is placed there. */
  async #placeFree() {
    this.landing.put(null);
    const free = this.#free;
    if (!free || free === this.bring.picture) return; // the picture finds its place itself
    const { map } = this.atlas;
    const [place] = await placesOf(map.id, [free.mean]).catch(() => [null]);
    if (place && this.#free === free && this.atlas.map === map) this.#freeAt(place);
  }

  #freeAt(place) {
    this.landing.put(place);
    this.image.placed(place);
  }

  fly(target) {
    if (target === null) return;
    if (typeof target === "number") this.card.show(target);
    return this.view.flyTo(typeof target === "number" ? target : { place: target });
  }

  #selected(kind, rows, mode) {
    const words = { box: "a box", lasso: "a lasso" }[kind];
    this.atlas.selection.change(rows, this.tools.mode(mode), words);
    this.tabs.show("select");
  }

  #wentToGroup(name) {
    this.#group = name;
    this.tabs.show("select");
    this.#writeLink();
  }

  #pictureLanded(brought) {
    this.#show(brought);
    this.view.flyTo({ place: brought.place });
  }

  /** The picture that was brought has another place, or is taken away (null). */
  #pictureMoved(brought, gone) {
    if (brought && this.#free?.mean === brought.mean) this.#free = brought;
    if (brought && this.#free === brought) this.image.placed(brought.place);
    if (!brought && this.#free?.mean === gone.mean) this.pin(null);
    this.#writeLink();
  }

  /** What is no image of the set: a picture that somebody brought, a place. */
  #show(free) {
    if (this.atlas.pin !== null) this.atlas.pinRow(null);
    this.#free = free;
    this.landing.put(free === this.bring.picture ? null : free.place); // the picture has a mark of its own
    this.image.showPicture(free);
    this.tabs.show("image");
    this.#writeLink();
  }

  #tabShown(name) {
    for (const [tab, part] of [["colour", this.colour], ["select", this.select]]) {
      part.visible = tab === name;
      if (tab === name && this.atlas.map) part.show();
    }
    this.#writeLink();
  }

  #typed(event) {
    if (event.composedPath()[0].matches?.("input:not([type=checkbox]):not([type=range]), textarea") || !(event.ctrlKey || event.metaKey)) return;
    const key = event.key.toLowerCase();
    if (key !== "z" && key !== "y") return;
    event.preventDefault();
    if (key === "z" && !event.shiftKey) this.atlas.selection.undo();
    else this.atlas.selection.redo();
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

  #say(problem) {
    this.find(".problem").textContent = problem;
    this.find(".problem").hidden = !problem;
  }

  #writeLink() {
    const { atlas } = this;
    if (!this.#ready || !atlas.shown) return;
    if (this.#isElsewhere()) return void this.#wentBack();
    const colour = atlas.colour?.name ?? "none";
    const shown = {
      ...atlas.shown, colour, usualColour: this.colour.usual || "none", filters: atlas.filters.record(), view: viewNumbers(this.view),
      pin: atlas.pin, group: this.#group, selected: atlas.selection.rows, tab: this.tabs.name, layers: this.layers.record(), label: atlas.label,
    };
    const changes = linkOf(shown, this.facts);
    if (replaceLink(PAGE, changes)) this.#address = ownOf(window.location.search);
    const { picture } = this.bring;
    this.memory.keep({ changes, selection: atlas.selection, alone: atlas.shown.rows, brought: picture });
  }

  /** Whether the address has become that of another map, of which nobody has told yet: it is not written over. */
  #isElsewhere() {
    const { pathname, search } = window.location;
    if (!pathname.endsWith(`/${PAGE}`) || same(ownOf(search), this.#address)) return false;
    return !this.memory.isShown(search);
  }

  /** Back and Forward between addresses of the map: what the address says is shown. */
  #wentBack() {
    const { pathname, search } = window.location;
    if (!pathname.endsWith(`/${PAGE}`) || !this.data) return;
    const model = new URLSearchParams(search).get("model");
    this.#cameBack = model !== null && model !== this.data.model; // the page's script brings that model
    if (this.#cameBack) return;
    if (this.#ready && this.memory.isShown(search)) return this.#writeLink();
    this.#open(false);
  }

  /** The address with the model in it, and what it leaves out in words. */
  #linkToCopy() {
    const link = new URL(window.location.href);
    link.searchParams.set("model", this.data.model);
    link.search = link.search.replaceAll("%2C", ",");
    const { selection, shown } = this.atlas;
    const unnamed = !this.#group && selection.rows.length && !fitsInLink(selection.rows);
    const missing = [
      unnamed && `the ${selection.rows.length.toLocaleString("en")} selected images`,
      shown?.rows && "that the map is of some images alone",
      this.bring.picture && this.bring.picture.name,
    ].filter(Boolean);
    return { address: link.href, missing, unnamed: Boolean(unnamed) };
  }

  #nameSelection() {
    this.tabs.show("select");
    this.find(".group-name").focus();
  }
}

/** The link without what belongs to the model before: its dimensions, images, groups, values. */
function withoutOwn(search) {
  const link = new URLSearchParams(search);
  for (const name of ["source", "x", "y", "view", "pin", "group", "selected", "hidden", "range", "class"]) link.delete(name);
  return link.toString();
}

/** The view as numbers of a link: centre, width of what is seen, and the turn in space. Width, since fields differ in size. */
function viewNumbers(view) {
  if (view.whole) return null;
  const { centre, scale, turn } = view.view;
  return [...centre, view.field.clientWidth / scale, ...(turn ?? [])];
}

function viewFrom([x, y, width, ...turn], field) {
  return { centre: [x, y], scale: field.clientWidth / Math.max(width, 1e-9), turn: turn.length === 9 ? turn : undefined };
}
