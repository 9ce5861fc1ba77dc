// The address of the Map page: what is shown is written into it, and Back and Forward show what it says.

import { fitsInLink, linkOf } from "./link.js";
import { ownOf, same } from "./memory.js";
import { viewNumbers } from "./view-numbers.js";
import { replaceLink } from "../page-link.js";

const PAGE = "map";

/** Of a MapPanel, which is asked for its parts as they are when something is written. */
export class MapAddress {
  group = null; // the saved group that is the selection
  ready = false; // whether the link may be written: what it asks for is shown
  #own = {}; // what the address said of the map when it was last read or written here
  #cameBack = false; // whether the browser's Back chose the model: then all of the link is meant

  constructor(panel, signal) {
    this.panel = panel;
    window.addEventListener("popstate", () => this.#wentBack(), { signal });
  }

  /** What the address asks for, for a model that is opened; another: in place of a model before. From here on nothing is written until `ready`. */
  read(another) {
    this.ready = false;
    this.group = null;
    const { search } = window.location;
    const asked = another && !this.#cameBack ? withoutOwn(search) : search;
    this.#cameBack = false;
    this.#own = ownOf(search);
    return asked;
  }

  write() {
    const { atlas, facts, bring, memory } = this.panel;
    if (!this.ready || !atlas.shown) return;
    if (this.#isElsewhere()) return void this.#wentBack();
    const changes = linkOf(this.#shown(), facts);
    if (replaceLink(PAGE, changes)) this.#own = ownOf(window.location.search);
    memory.keep({ changes, selection: atlas.selection, alone: atlas.shown.rows, brought: bring.picture });
  }

  /** What the link says. */
  #shown() {
    const { atlas, colour, view, tabs, layers } = this.panel;
    return {
      ...atlas.shown, colour: atlas.colour?.name ?? "none", usualColour: colour.usual || "none", filters: atlas.filters.record(), view: viewNumbers(view),
      pin: atlas.pin, group: this.group, selected: atlas.selection.rows, tab: tabs.name, layers: layers.record(), label: atlas.label,
    };
  }

  /** Whether the address has become that of another map, of which nobody has told yet: it is not written over. */
  #isElsewhere() {
    const { pathname, search } = window.location;
    if (!pathname.endsWith(`/${PAGE}`) || same(ownOf(search), this.#own)) return false;
    return !this.panel.memory.isShown(search);
  }

  /** Back and Forward between addresses of the map: what the address says is shown. */
  #wentBack() {
    const { pathname, search } = window.location;
    const { data, memory, opening } = this.panel;
    if (!pathname.endsWith(`/${PAGE}`) || !data) return;
    const model = new URLSearchParams(search).get("model");
    this.#cameBack = model !== null && model !== data.model; // the page's script brings that model
    if (this.#cameBack) return;
    if (this.ready && memory.isShown(search)) return this.write();
    opening.open(false);
  }

  /** The address with the model in it, and what it leaves out in words. */
  toCopy() {
    const { data, atlas, bring } = this.panel;
    const link = new URL(window.location.href);
    link.searchParams.set("model", data.model);
    link.search = link.search.replaceAll("%2C", ",");
    const { selection, shown } = atlas;
    const unnamed = !this.group && selection.rows.length && !fitsInLink(selection.rows);
    const missing = [
      unnamed && `the ${selection.rows.length.toLocaleString("en")} selected images`,
      shown?.rows && "that the map is of some images alone",
      bring.picture && bring.picture.name,
    ].filter(Boolean);
    return { address: link.href, missing, unnamed: Boolean(unnamed) };
  }
}

/** The link without what belongs to the model before: its dimensions, images, groups, values. */
function withoutOwn(search) {
  const link = new URLSearchParams(search);
  for (const name of ["source", "x", "y", "view", "pin", "group", "selected", "hidden", "range", "class"]) link.delete(name);
  return link.toString();
}
