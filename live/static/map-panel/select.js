// The selection: how it comes about, what it looks like, what its images have in common, what can be made of it.

import { classColours } from "./columns.js";
import { classCounts, shownRows } from "./filters.js";
import { pictureButtons } from "./gallery.js";
import { classOf } from "./pointer.js";
import { neighboursOf, posteriorOf, selectionFile, summaryOf } from "./routes.js";
import { saveBlob } from "./save.js";
import { normalDraws } from "./draws.js";

const FIRST_PICTURES = 48;
const LANES = { mean: "map-mean", draws: "map-draws" };
const DRAWS = 6;
const SETTLED_MS = 200; // a selection that changes at once again is not summed up

/**
 * The panel in `root`. `parts`: {socket, drawStrip, palette, pin(row), draw(wanted), keep(name), direct(name)}. Gives back {visible, show(), remove()}.
 */
export function createSelect(root, atlas, { socket, drawStrip, palette, pin, draw, keep, direct }) {
  const find = (selector) => root.querySelector(selector);
  const { selection } = atlas;
  let pictures = FIRST_PICTURES;
  let settling = null;
  let asked = null;

  function show() {
    const { rows } = selection;
    const total = atlas.onMap.rows?.length ?? atlas.onMap.count;
    find(".undo").disabled = !selection.canUndo;
    find(".redo").disabled = !selection.canRedo;
    find(".clear").disabled = !rows.length;
    find("[data-panel=select] .none").hidden = rows.length > 0;
    find(".chosen").hidden = !rows.length;
    find(".selected-words").textContent = rows.length ? `${rows.length.toLocaleString("en")} of ${total.toLocaleString("en")} selected${selection.words ? `: ${selection.words}` : ""}` : "";
    find(".whole").hidden = !atlas.shown?.rows;
    find(".chip").hidden = !rows.length;
    find(".chip-open").textContent = `${rows.length.toLocaleString("en")} selected`;
    find(".isolate").disabled = rows.length < 3;
    if (!panel.visible || !rows.length) return;
    showCounts();
    showGallery();
    clearTimeout(settling);
    settling = setTimeout(summarise, SETTLED_MS);
  }

  // --- what they are

  function showGallery() {
    const rows = selection.rows.slice(0, pictures);
    find(".gallery").replaceChildren(...pictureButtons(atlas, rows, pin));
    find(".more").hidden = rows.length === selection.rows.length;
    find(".more").textContent = `${(selection.rows.length - rows.length).toLocaleString("en")} more…`;
  }

  function showCounts() {
    const column = atlas.loaded.get("label") ?? (atlas.colour?.kind === "class" ? atlas.colour : null);
    find(".counts").hidden = !column;
    if (!column) return;
    const counts = classCounts(column.values, { count: 0, rows: selection.rows }, null, column.names.length);
    const colours = classColours(column.names.length, palette());
    const most = Math.max(...counts, 1);
    const kinds = [...counts.keys()].filter((kind) => counts[kind]).sort((a, b) => counts[b] - counts[a]);
    find(".counts").replaceChildren(...kinds.slice(0, 12).map((kind) => countLine(column.names[kind], counts[kind], counts[kind] / most, colours[kind])));
  }

  async function summarise() {
    asked?.abort();
    asked = new AbortController();
    const { rows } = selection;
    try {
      const { mean, spread } = await summaryOf(atlas.model, atlas.shown.source, rows, asked.signal);
      if (rows === selection.rows) decodeTypical(mean, spread);
    } catch (problem) {
      if (problem.name !== "AbortError") atlas.say(problem.message);
    }
  }

  function decodeTypical(mean, spread) {
    const strip = (canvas) => ({ pixels, shape, count }) => drawStrip(find(canvas), pixels, shape, count);
    const request = { ...atlas.model, ...classOf(atlas) };
    const refused = (problem) => atlas.say(problem.message);
    socket.decode({ ...request, lane: LANES.mean, latents: mean }, strip(".mean"), refused);
    socket.decode({ ...request, lane: LANES.draws, latents: normalDraws(mean, spread, DRAWS), count: DRAWS }, strip(".draws"), refused);
  }

  // --- how they are chosen

  async function selectNear() {
    const count = Math.min(Math.max(Number(find(".near-count").value) || 50, 1), 1000);
    find(".near-count").value = count;
    try {
      const { mean } = await posteriorOf(atlas.model, atlas.shown.source, atlas.pin);
      const { rows } = await neighboursOf(atlas.model, atlas.shown.source, mean, count + 1);
      const near = rows.filter((row) => row !== atlas.pin && atlas.isOnMap(row)).slice(0, count);
      selection.change([atlas.pin, ...near], "replace", `image ${atlas.pin} and the ${near.length} nearest in the latent space`);
    } catch (problem) {
      atlas.say(problem.message);
    }
  }

  function offerClasses() {
    const column = atlas.loaded.get(atlas.colour?.kind === "class" ? atlas.colour.name : "label");
    find(".by-class").hidden = !column;
    if (!column) return;
    const options = column.names.map((name, kind) => new Option(name, kind));
    find(".by-class").replaceChildren(new Option(`${column.title}…`, ""), ...options);
    find(".by-class").onchange = (event) => selectClass(column, event.target);
  }

  function selectClass(column, select) {
    if (select.value === "") return;
    const kind = Number(select.value);
    const rows = shownRows(atlas.onMap, atlas.shownMask()).filter((row) => column.values[row] === kind);
    selection.change(rows, "replace", `${column.title.toLowerCase()} ${column.names[kind]}`);
    select.value = "";
  }

  function invert() {
    const chosen = selection.mask(atlas.onMap.count);
    selection.change(shownRows(atlas.onMap, atlas.shownMask()).filter((row) => !chosen?.[row]), "replace", "");
  }

  // --- what is made of it

  async function takeAway(what) {
    try {
      const { blob, name } = await selectionFile(atlas.model, atlas.shown.source, selection.rows, what);
      saveBlob(blob, name);
    } catch (problem) {
      atlas.say(problem.message);
    }
  }

  find(".undo").onclick = () => selection.undo();
  find(".redo").onclick = () => selection.redo();
  find(".clear").onclick = () => selection.clear();
  find(".by-shown").onclick = () => selection.change(shownRows(atlas.onMap, atlas.shownMask()), "replace", "all that is shown");
  find(".invert").onclick = invert;
  find(".near").onclick = selectNear;
  find(".more").onclick = () => {
    pictures += 2 * FIRST_PICTURES;
    showGallery();
  };
  find(".csv").onclick = () => takeAway("csv");
  find(".zip").onclick = () => takeAway("zip");
  find(".as-direction").onclick = () => direct(find(".group-name").value.trim());
  find(".isolate").onclick = async () => {
    if (await draw({ ...atlas.shown, rows: selection.rows })) bringIntoSight(find(".stage"));
  };
  find(".whole").onclick = () => draw({ ...atlas.shown, rows: null });
  find(".naming").onsubmit = (event) => {
    event.preventDefault();
    keep(find(".group-name").value.trim());
  };
  atlas.on("selection", () => {
    pictures = FIRST_PICTURES;
    show();
  });
  atlas.on("map", show);
  atlas.on("class", show);
  atlas.on("colour", offerClasses);
  atlas.on("columns", offerClasses);
  atlas.on("pin", () => (find(".near").disabled = atlas.pin === null));

  const panel = {
    visible: false,
    show,
    remove() {
      clearTimeout(settling);
      asked?.abort();
      Object.values(LANES).forEach((lane) => socket.forget(lane));
    },
  };
  return panel;
}

function countLine(name, count, share, colour) {
  const line = document.createElement("p");
  const [dot, words, bar, figure] = ["i", "b", "span", "span"].map((tag) => document.createElement(tag));
  line.style.setProperty("--dot", colour);
  line.style.setProperty("--share", share);
  words.textContent = name;
  bar.className = "bar-of";
  figure.className = "figure";
  figure.textContent = count.toLocaleString("en");
  line.append(dot, words, bar, figure);
  return line;
}

/** On a phone the buttons stand below the map: what they made of it is shown. */
function bringIntoSight(stage) {
  if (stage.getBoundingClientRect().bottom < stage.offsetHeight / 2) stage.scrollIntoView({ block: "center" });
}
