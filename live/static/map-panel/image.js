// The pinned image: its code dimension by dimension, its nearest neighbours in the latent space, the ways on from there.
// A picture that somebody brought is pinned like one of the set.

import { signed } from "./columns.js";
import { pictureButtons } from "./gallery.js";
import { neighboursOf, pictureAddress, posteriorOf } from "./routes.js";

const NEIGHBOURS = 12;
const MOST_ROWS = 64; // dimensions written one below the other

/**
 * The panel in `root`. `parts`: {pin(row), fly(row or place), open(page, what), order: () => dimensions, the strongest first}.
 * Gives back {showRow(row), showPicture({name, mean, std, fitted, place}), placed(place), clear()}.
 */
export function createImage(root, atlas, { pin, fly, open, order }) {
  const find = (selector) => root.querySelector(selector);
  let now = null; // {row or null, mean, place}
  let asked = null;

  async function showRow(row) {
    const found = await fetched((signal) => posteriorOf(atlas.model, atlas.shown.source, row, signal));
    if (!found) return;
    now = { row, mean: found.mean, place: null };
    picture(pictureAddress(atlas.model, atlas.shown.source, row), atlas.nameOf(row));
    const file = found.name?.startsWith(found.split) ? found.name : [found.name, found.split].filter(Boolean).join(" · ");
    facts([file, `KL ${nats(found.kl)}`, `reconstruction error ${nats(found.reconstruction)}`, ...metadataLines(found.metadata)]);
    show(found);
    find(".to-morph").hidden = atlas.shown.source !== "reference";
    showNeighbours(found.mean, row);
  }

  /** A picture that is no row: {name, mean, std, fitted: address, place on the map, note}. */
  function showPicture(brought) {
    now = { row: null, mean: brought.mean, place: brought.place };
    picture(brought.fitted, brought.name);
    facts([brought.note]);
    show(brought);
    find(".to-morph").hidden = true;
    showNeighbours(brought.mean, null);
  }

  function show({ mean, std }) {
    find("[data-panel=image] .none").hidden = true;
    find(".pinned").hidden = false;
    showPosterior(mean, std);
  }

  function picture(address, name) {
    Object.assign(find(".pin-picture img"), { src: address, alt: name });
    find(".pin-name").textContent = name;
  }

  const facts = (lines) => (find(".pin-facts").textContent = lines.filter(Boolean).join("\n"));

  async function showNeighbours(mean, itself) {
    find(".neighbours").replaceChildren();
    const found = await fetched((signal) => neighboursOf(atlas.model, atlas.shown.source, mean, NEIGHBOURS + 1, signal));
    if (!found) return;
    const near = found.rows.map((row, at) => [row, found.distances[at]]).filter(([row]) => row !== itself).slice(0, NEIGHBOURS);
    const buttons = pictureButtons(atlas, near.map(([row]) => row), (row) => pin(row, true));
    find(".neighbours").replaceChildren(...buttons.map((button, at) => {
      const figure = document.createElement("figure");
      const caption = Object.assign(document.createElement("figcaption"), { textContent: near[at][1].toFixed(2), title: "Distance of the codes, in units of the latent space: the prior has σ = 1" });
      figure.append(button, caption);
      return figure;
    }));
  }

  function showPosterior(mean, std) {
    const shown = order().slice(0, MOST_ROWS);
    const spread = (d) => std?.[d] ?? 0; // a place has no posterior: its code alone
    const words = (d) => (std ? `${signed(mean[d])} ± ${std[d].toFixed(2)}` : signed(mean[d]));
    const reach = Math.max(...shown.map((d) => Math.abs(mean[d]) + spread(d)), 1) * 1.05;
    find(".code-title").textContent = `${std ? "Its code: μ and ± σ of each dimension" : "Its code, dimension by dimension"}${shown.length > 1 ? ", the strongest first" : ""}`;
    const share = (value) => `${(50 * (value / reach + 1)).toFixed(1)}%`;
    find(".posterior").ariaLabel = shown.map((d) => `z${d + 1}: ${words(d)}`).join("; ");
    find(".posterior").replaceChildren(...shown.map((d) => {
      const line = document.createElement("p");
      const [name, axis, value] = ["span", "span", "span"].map((tag) => document.createElement(tag));
      line.className = "figure";
      axis.className = "axis";
      name.textContent = `z${d + 1}`;
      value.textContent = words(d);
      for (const [key, at] of [["--mean", mean[d]], ["--low", mean[d] - spread(d)], ["--high", mean[d] + spread(d)]]) axis.style.setProperty(key, share(at));
      line.append(name, axis, value);
      return line;
    }));
  }

  /** The answer, unless another image is shown meanwhile or it failed, which is said. */
  async function fetched(ask) {
    const mine = (asked = {});
    try {
      const found = await ask();
      return asked === mine ? found : null;
    } catch (problem) {
      if (asked === mine) atlas.say(problem.message);
      return null;
    }
  }

  find(".to-sliders").onclick = () => open("sliders", now);
  find(".to-morph").onclick = () => open("morph", now);
  find(".fly").onclick = () => fly(now.row ?? now.place);
  find(".unpin").onclick = () => pin(null);
  return {
    showRow,
    showPicture,
    /** Another map: what is no row lies elsewhere on it. */
    placed(place) {
      if (now?.row === null) now.place = place;
    },
    clear() {
      now = null;
      asked = null;
      find("[data-panel=image] .none").hidden = false;
      find(".pinned").hidden = true;
    },
  };
}

const nats = (value) => `${value.toFixed(1).replace("-", "−")} nats`;
const metadataLines = (metadata) => Object.entries(metadata ?? {}).slice(0, 6).map(([name, value]) => `${name} ${value}`);
