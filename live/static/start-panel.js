// Where to start from: an image of the data set, a drawing, a file, the prior, the mean of a class, a fitted mixture,
// or what another model knows. Each way ends in `startFrom({latent, label, std, source})`.

import { createDrawing } from "./drawing.js";
import { encodeFile, rowsOf, startLatent } from "./live-fetch.js";
import { imageNumber } from "./image-number.js";

/**
 * The panel in `element`. `edit`: latent-edit.js. `fit({pixels, size}, onReply, onError)` asks the live socket to fit and
 * encode a drawing; `picture(row, kind)` gives an image's address.
 * Gives back {open(data), remove}; `data` is the page's: {live, model, weights, shape, images, originals, note, models, ...}.
 */
export function createStartPanel(element, edit, { fit, picture }) {
  const find = (selector) => element.querySelector(selector);
  const leaving = new AbortController();
  const { signal } = leaving;
  const on = (selector, name, handler) => find(selector).addEventListener(name, handler, { signal });
  let data = null;
  let asked = null;
  let said = "";
  let drawing = null;
  let listed = null; // {label, rows}: what Previous and Next step through; null for all images

  const asking = (more) => ({ model: data.model, weights: data.weights, ...more });

  function say(text, failed = false) {
    const words = find(".start-words");
    words.textContent = text;
    words.classList.toggle("problem", failed);
  }

  function begin({ latent, std = null, label = null }, source) {
    const own = edit.label === null ? null : (label ?? edit.label);
    edit.startFrom({ latent, label: own, source: { ...source, std } }, null);
  }

  /** Start from what the server makes of a question; the newest question wins. */
  async function startFrom(query, { remark = "" } = {}) {
    const mine = (asked = {});
    said = remark;
    element.ariaBusy = "true";
    try {
      const answer = await startLatent(asking(query));
      if (asked !== mine) return;
      const row = query.from === "row" ? Number(query.row) : null;
      begin(answer, { kind: query.from, row, words: answer.words });
      say("");
    } catch (error) {
      if (asked === mine) say(error.message, true);
    } finally {
      if (asked === mine) element.ariaBusy = "false";
    }
  }

  // --- an image of the data set

  const row = () => edit.source.row ?? 0;
  const openRow = (wanted, remark) => {
    const whole = ((wanted % data.images) + data.images) % data.images;
    find(".number").value = whole;
    startFrom({ from: "row", row: whole }, { remark });
  };

  function step(by) {
    if (!listed) return openRow(row() + by);
    const { rows } = listed;
    const after = by > 0 ? rows.find((other) => other > row()) : rows.findLast((other) => other < row());
    openRow(after ?? rows.at(by > 0 ? 0 : -1));
  }

  function shuffle() {
    const rows = listed?.rows;
    openRow(rows ? rows[Math.floor(Math.random() * rows.length)] : Math.floor(Math.random() * data.images));
  }

  function typed() {
    const field = find(".number");
    const { row: wanted, said: remark } = imageNumber(field.value, data.images);
    field.value = wanted ?? edit.source.row ?? "";
    if (wanted !== null && wanted !== edit.source.row) return openRow(wanted, remark);
    said = remark;
    showImage();
  }

  async function chooseLabel() {
    const label = find(".of-label").value;
    if (!label) {
      listed = null;
      return;
    }
    try {
      const { rows } = await rowsOf(asking({ label }));
      listed = { label, rows };
      if (!rows.includes(edit.source.row)) openRow(rows[0]);
    } catch (error) {
      say(error.message, true);
    }
  }

  async function listLabels() {
    const mine = data.weights;
    const selects = [find(".of-label"), find(".class-label")];
    element.classList.remove("labelled");
    try {
      const { labels = {} } = await rowsOf(asking({}));
      if (data.weights !== mine) return;
      const names = Object.entries(labels);
      element.classList.toggle("labelled", names.length > 0);
      selects[0].replaceChildren(option("", "any label"), ...names.map(([name, count]) => option(name, `${name} (${count.toLocaleString("en")})`)));
      selects[1].replaceChildren(...names.map(([name]) => option(name, name)));
    } catch {
      // no encoded images: the ways that need labels stay hidden
    }
  }

  function showImage() {
    const { source } = edit;
    const chosen = source.row !== null && source.row !== undefined;
    find(".number").value = chosen ? source.row : "";
    find(".number").max = data.images - 1;
    const which = capital(source.words || "a latent of its own");
    const many = chosen ? ` (of ${data.images.toLocaleString("en")})` : "";
    find(".facts").textContent = [`${which}${many}.`, said, chosen ? data.note : ""].filter(Boolean).join(" ");
    find(".original").hidden = !chosen || !data.originals;
    find(".reconstruction").hidden = !chosen;
    find(".fitted").hidden = !source.fitted;
    if (source.fitted) find(".fitted img").src = source.fitted;
    if (!chosen) return;
    for (const kind of ["original", "reconstruction"]) {
      if (kind === "original" && !data.originals) continue;
      const image = find(`.${kind} img`);
      image.onerror = () => (find(`.${kind}`).hidden = true); // this original is not on the machine
      image.src = picture(source.row, kind);
      image.alt = `${source.words}: ${kind}`;
    }
  }

  // --- a drawing

  function drawn(event, done = false) {
    const { pixels, size } = drawing.picture();
    const mine = (asked = {});
    fit(
      { pixels, size },
      ({ mean, std, pixels: fitted, shape, note = "" }) => {
        if (asked !== mine && done) return;
        showFitted(fitted, shape);
        const source = { kind: "drawing", row: null, words: "your drawing", fitted: find(".fit-preview").toDataURL() };
        if (done) begin({ latent: mean, std: Array.from(std) }, source);
        else edit.follow(mean, event?.timeStamp ?? null, "drawing");
        say(note);
      },
      ({ message }) => say(message, true),
    );
  }

  function showFitted(pixels, [channels, height, width]) {
    const canvas = find(".fit-preview");
    canvas.width = width;
    canvas.height = height;
    const image = new ImageData(width, height);
    for (let at = 0; at < width * height; at++) {
      for (let channel = 0; channel < 3; channel++) {
        image.data[4 * at + channel] = pixels[(channels === 1 ? 0 : channel) * width * height + at];
      }
      image.data[4 * at + 3] = 255;
    }
    canvas.getContext("2d").putImageData(image, 0, 0);
  }

  // --- a file

  async function sent(file) {
    if (!file) return;
    const mine = (asked = {});
    say(`Reading ${file.name}…`);
    try {
      const { mean, std, fitted, note } = await encodeFile(asking({ file, label: edit.label }));
      if (asked !== mine) return;
      begin({ latent: mean, std }, { kind: "file", row: null, words: `your picture ${file.name}`, fitted });
      say(note);
    } catch (error) {
      if (asked === mine) say(error.message, true);
    }
  }

  // --- the rest

  function show(way) {
    element.querySelectorAll("[data-way]").forEach((button) => {
      const chosen = button.dataset.way === way;
      button.ariaSelected = String(chosen);
      button.tabIndex = chosen ? 0 : -1;
    });
    element.querySelectorAll("[data-body]").forEach((body) => (body.hidden = body.dataset.body !== way));
    say("");
    if (way === "draw") drawing ??= createDrawing(find(".drawing"), { onStroke: drawn, channels: data.shape[0] === 1 ? 1 : 3, ink, signal });
  }

  const ink = () => (data.shape[0] === 1 ? "#fff" : find(".ink").value);
  const seed = () => Math.floor(Math.random() * 2 ** 31);

  element.querySelectorAll("[data-way]").forEach((button) => {
    button.addEventListener("click", () => show(button.dataset.way), { signal });
    button.addEventListener("keydown", (event) => {
      const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!by) return;
      const ways = [...element.querySelectorAll("[data-way]")].filter((other) => !other.hidden);
      const next = ways.at((ways.indexOf(button) + by) % ways.length);
      next.focus();
      show(next.dataset.way);
    }, { signal });
  });
  on(".previous", "click", () => step(-1));
  on(".next", "click", () => step(1));
  on(".shuffle", "click", shuffle);
  on(".number", "change", typed);
  on(".of-label", "change", chooseLabel);
  on(".draw-clear", "click", () => drawing.clear());
  on(".draw-undo", "click", () => {
    drawing.undo();
    if (!drawing.empty) drawn(null, true);
  });
  on(".file", "change", (event) => {
    sent(event.target.files[0]);
    event.target.value = ""; // the same file can be chosen again
  });
  on(".drop", "dragover", (event) => event.preventDefault());
  on(".drop", "drop", (event) => {
    event.preventDefault();
    sent(event.dataTransfer.files[0]);
  });
  on(".temperature", "input", () => (find(".temperature-figure").textContent = Number(find(".temperature").value).toFixed(2)));
  on(".draw-prior", "click", () => startFrom({ from: "prior", temperature: find(".temperature").value, seed: seed() }));
  on(".class-go", "click", () => startFrom({ from: "class", label: find(".class-label").value }));
  on(".mixture-go", "click", () => startFrom({ from: "mixture", seed: seed() }));
  on(".other-go", "click", () => startFrom({ from: "model", other: find(".other-model").value, row: find(".other-row").value || 0 }));
  const stop = edit.on("settle", () => data && showImage());

  return {
    openRow,
    drawPrior: () => startFrom({ from: "prior", temperature: 1, seed: seed() }),
    open(its) {
      data = its;
      [listed, said, asked] = [null, "", null];
      const has = { image: data.images > 0, draw: true, file: true, prior: true, class: data.images > 0, mixture: data.density, model: data.models.length > 0 };
      element.querySelectorAll("[data-way]").forEach((button) => (button.hidden = !has[button.dataset.way]));
      find(".other-model").replaceChildren(...data.models.map((name) => option(name, name)));
      find(".ink").hidden = data.shape[0] === 1;
      drawing?.clear();
      show(has.image ? "image" : "prior");
      if (has.image) listLabels();
    },
    remove() {
      stop();
      leaving.abort();
    },
  };
}

function capital(words) {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function option(value, text) {
  return Object.assign(document.createElement("option"), { value, textContent: text });
}
