// A model is opened on the Map page: the map that the link asks for, or the one that this tab remembers, then all that was on it.

import { uint8Of } from "../arrays.js";
import { browserStore } from "../browser-store.js";
import { readLink } from "./link.js";
import { createMemory } from "./memory.js";

/** Of a MapPanel. */
export class Opening {
  #asked = null; // what the link asks for, until its map is here

  constructor(panel) {
    this.panel = panel;
  }

  /** Opens the model of `panel.data`; another: in place of one before. */
  async open(another) {
    const { panel } = this;
    const { data, atlas } = panel;
    panel.originals = uint8Of(data.originals);
    panel.facts = { latent_dim: data.latent_dim, widest: data.order.slice(0, 2).sort((a, b) => a - b), note: data.note };
    panel.kept = browserStore(`${data.model}/maps`);
    panel.memory = createMemory(data);
    const kept = panel.memory.asked(panel.address.read(another));
    const asked = { ...readLink(kept.search, panel.facts), kept };
    const label = data.classes.length ? Math.min(asked.label ?? 0, data.classes.length - 1) : null;
    this.#showSize();
    atlas.open({ model: data.model, weights: data.weights }, label);
    this.#offerClasses(label);
    panel.bar.open(panel.facts);
    panel.card.clear();
    if (another) panel.bring.clear();
    panel.search.clear();
    panel.tabs.show(asked.tab ?? "colour");
    await this.#openMap(asked);
  }

  async #openMap(asked) {
    const { panel } = this;
    const { atlas } = panel;
    const still = this.#sameModel();
    panel.sayInstead("Laying out the points…");
    try {
      await atlas.listSources();
    } catch (problem) {
      return still() && problem.name !== "AbortError" ? panel.sayInstead(problem.message) : undefined;
    }
    if (!still()) return;
    panel.bar.offer();
    const problems = [...asked.problems];
    const source = this.#usableSource(asked.source, problems);
    this.#asked = asked;
    const alone = source === asked.source ? asked.kept.alone : null;
    const came = await panel.draw({ source, method: asked.method, parameters: asked.parameters, rows: alone });
    if (!still()) return;
    if (!came) return panel.sayInstead("The map could not be made. Choose another method above.");
    if (problems.length) panel.say(problems.join(" "));
  }

  /** What the link asks of the map that came; null where it is not the first of its model. */
  taken() {
    const asked = this.#asked;
    this.#asked = null;
    return asked;
  }

  /** Columns, filters, groups and pin of another source. */
  async openSource(first) {
    const { panel } = this;
    const { atlas, address, bring, pinned, tabs } = panel;
    const still = this.#sameModel();
    await Promise.resolve(); // the atlas tells of its columns first
    const { colour = null, filters = { hidden: {}, ranges: {} }, pin = null, group = null, kept = null } = first ?? {};
    await panel.colour.open(colour === "none" ? "" : colour, filters);
    if (!still()) return;
    if (pin !== null && atlas.isOnMap(pin)) pinned.pin(pin, false, tabs.name);
    await panel.groups.open(group);
    if (!still()) return;
    if (!group) this.#selectAgain(first?.selected, kept?.selection);
    if (kept?.brought) await bring.recall(kept.brought);
    if (!still()) return;
    if (kept?.brought && pin === null && tabs.name === "image") pinned.show(bring.picture);
    Object.assign(address, { group, ready: true });
    address.write();
  }

  #sameModel() {
    const { atlas } = this.panel;
    const mine = atlas.model;
    return () => atlas.model === mine;
  }

  #usableSource(id, problems) {
    const found = this.panel.atlas.sources.find((source) => source.id === id);
    if (found && !found.why_not) return id;
    problems.push(`The link's images are "${id.slice(0, 40)}"; ${found ? found.why_not : "this model has no such set."} The stored ones are shown.`);
    return "reference";
  }

  /** The images that a link names, or that this tab remembers. */
  #selectAgain(named, kept) {
    const { atlas } = this.panel;
    const rows = (kept?.rows ?? Uint32Array.from(named ?? [])).filter((row) => atlas.isOnMap(row));
    if (rows.length) atlas.selection.change(rows, "replace", kept?.words ?? "from the link");
  }

  #showSize() {
    const { data, find } = this.panel;
    const [, height, width] = data.shape;
    find(".map").style.setProperty("--aspect", `${width} / ${height}`);
    find(".map").style.setProperty("--ratio", width / height);
  }

  #offerClasses(label) {
    const { data, find, classes } = this.panel;
    find(".class-line").hidden = label === null;
    classes.offer(data.classes.map((text, value) => ({ text, value })));
    if (label !== null) classes.show(label);
  }
}
