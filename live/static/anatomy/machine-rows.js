// A row for each latent dimension: its noise ε under N(0, 1), the same place under N(μ, σ), and the numbers. The hand drags either.

import { holdPointer } from "../held-pointer.js";
import { LANE, drawLanes } from "./machine-lanes.js";

const MANY = 8; // rows shown at first, those with most KL
const FAR = 4; // of a noise, to each side
const KEYS = { ArrowRight: 0.1, ArrowUp: 0.1, ArrowLeft: -0.1, ArrowDown: -0.1, PageUp: 0.5, PageDown: -0.5 };
const NUMBERS = ["mean", "std", "noise", "latent", "kl"];
const HEADS = [["μ", "mean-title"], ["σ", "std-title"], ["ε", "noise-title"], ["z", "latent-title"], ["KL", "kl-title"]];
const rounded = (value) => Math.round(value * 100) / 100;
const clamp = (value, far = FAR) => Math.min(Math.max(value, -far), far);

/**
 * Fills `element`. change(index, noise, stamp): the hand moves one; onChoose(index): a row is looked at. Gives back
 * {show(passed), tell(passed), choose(index), chosen, words(), resized(), themed()}.
 */
export function createRows(element, { context, kind, change, onChoose, signal }) {
  const dims = context.data.latent_dim;
  const most = dims > MANY + 4 ? MANY : dims;
  let [rows, order, chosen, reach, colours, found] = [[], Array.from({ length: dims }, (_, index) => index), null, 4, null, null];
  let size = null; // of a row's lanes on the page
  let all = dims === most;
  let near = false; // whether each lane shows its own posterior alone, four standard deviations to each side

  element.style.setProperty("--rows", Math.min(most, dims));
  element.innerHTML = `<div class="m-row m-head"><span></span><span class="m-lane-head quiet" data-title="noise-lane-title" data-lane="noise">${kind.point ? "" : "ε ~ N(0, 1)"}</span><span class="m-lane-head quiet" data-title="latent-lane-title" data-lane="latent"><span>${kind.point ? "z = μ" : "z = μ + σ·ε"}</span> <button type="button" class="m-zoom" aria-pressed="false" data-say="zoom" data-title="zoom-title"></button></span>${HEADS.map(([symbol, title]) => `<span class="m-number quiet" data-title="${title}">${symbol}</span>`).join("")}</div><div class="m-list"></div><div class="m-row m-total"><button type="button" class="m-all" hidden></button><span class="m-total-words quiet"></span><span class="m-number m-kl" data-figure="machine.kl" data-title="kl-sum-title"></span></div>`;
  const list = element.querySelector(".m-list");
  const button = element.querySelector(".m-all");
  const canvas = Object.assign(document.createElement("canvas"), { className: "m-canvas" }); // one for all rows: each canvas of a page costs time in every frame
  const total = element.querySelector(".m-kl");
  const magnify = element.querySelector(".m-zoom");
  magnify.hidden = kind.point;
  magnify.addEventListener("click", () => {
    near = !near;
    magnify.ariaPressed = String(near);
    if (found) rowsOf.show(found);
  }, { signal });
  button.hidden = all;
  button.addEventListener("click", () => {
    all = true;
    button.hidden = true;
    build();
    if (found) rowsOf.show(found);
    if (found) rowsOf.tell(found);
  }, { signal });

  function build() {
    const shown = order.slice(0, all ? dims : most);
    if (chosen !== null && !shown.includes(chosen)) shown[shown.length - 1] = chosen;
    if (!all) shown.sort((a, b) => a - b);
    chosen ??= shown[0]; // the formulas speak of a row that is seen
    size = null;
    rows = shown.map(makeRow);
    list.replaceChildren(...rows.map(({ row }) => row), canvas);
    mark();
  }

  function makeRow(index) {
    const row = Object.assign(document.createElement("div"), { className: "m-row" });
    row.innerHTML = `<button type="button" class="m-name">z<sub>${index + 1}</sub></button><span class="m-lanes"><span class="m-lane m-noise-lane" tabindex="0" role="slider"></span><span class="m-lane m-latent-lane"></span></span>${NUMBERS.map((name) => `<span class="m-number" data-number="${name}"></span>`).join("")}`;
    const [noise, latent] = [row.querySelector(".m-noise-lane"), row.querySelector(".m-latent-lane")];
    const numbers = Object.fromEntries(NUMBERS.map((name) => [name, row.querySelector(`[data-number="${name}"]`)]));
    row.querySelector(".m-name").addEventListener("click", () => onChoose(index), { signal });
    if (!kind.point) wire(index, noise, latent);
    else noise.hidden = latent.hidden = true;
    Object.entries({ "aria-valuemin": -FAR, "aria-valuemax": FAR, "aria-label": `ε${index + 1}` }).forEach(([name, value]) => noise.setAttribute(name, value));
    return { index, row, noise, numbers, shown: {}, told: [] };
  }

  function wire(index, noise, latent) {
    const hold = (lane, valueAt) => {
      let box = null; // measured when the hand takes hold, not at every move
      const move = (event) => {
        const share = ((event.clientX - box.left) / box.width - LANE.edge) / (1 - 2 * LANE.edge);
        change(index, rounded(clamp(valueAt(2 * share - 1))), event.timeStamp);
      };
      const grab = (event) => {
        box = lane.getBoundingClientRect();
        onChoose(index);
        move(event);
      };
      holdPointer(lane, { onGrab: grab, onMove: move, onLetGo() {}, focus: noise, signal });
    };
    hold(noise, (share) => share * FAR);
    hold(latent, (share) => (near ? share * FAR : (share * reach - found.mean[index]) / found.std[index]));
    noise.addEventListener("focus", () => onChoose(index), { signal });
    noise.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const now = context.noise[index];
      const step = KEYS[event.key] ?? null;
      const next = step !== null ? now + step * (event.shiftKey ? 0.1 : 1) : { Home: -FAR, End: FAR, Delete: 0, Backspace: 0 }[event.key];
      if (next === undefined) return;
      event.preventDefault();
      change(index, rounded(clamp(next)), event.timeStamp);
    }, { signal });
  }

  /** Where the lanes of each row are on the canvas, which is fitted over all of them. */
  function sizeOf() {
    const lanes = rows[0].row.querySelector(".m-lanes");
    const scale = (window.devicePixelRatio || 1) * (list.currentCSSZoom ?? 1); // larger on a projector
    const found = { scale, wide: lanes.clientWidth, tall: lanes.clientHeight, tops: rows.map(({ row }) => row.querySelector(".m-lanes").offsetTop) };
    const high = found.tops.at(-1) + found.tall;
    Object.assign(canvas, { width: Math.round(found.wide * scale), height: Math.round(high * scale) });
    Object.assign(canvas.style, { left: `${lanes.offsetLeft}px`, width: `${found.wide}px`, height: `${high}px` });
    rows.forEach((each) => (each.shown = {})); // an empty canvas now
    return found;
  }

  function mark() {
    rows.forEach(({ index, row }) => row.classList.toggle("chosen", index === chosen));
  }

  /** The axis holds every posterior to three standard deviations; it grows, and never shrinks under the hand. */
  function widen({ mean, std, latent }) {
    const far = mean.reduce((most, value, index) => Math.max(most, Math.abs(value) + 3 * std[index], Math.abs(latent[index])), 0);
    if (far > reach) reach = Math.ceil(far);
  }

  function sort({ kl_per_dimension: kl, mean }) {
    const weight = kind.point ? mean.map(Math.abs) : kl;
    order = order.slice().sort((a, b) => weight[b] - weight[a]);
  }

  const rowsOf = {
    get chosen() {
      return chosen;
    },
    show(passed) {
      const first = found === null;
      found = passed;
      if (first && !all) sort(passed);
      if (first) build();
      widen(passed);
      colours ??= Object.fromEntries(["ink", "quiet", "line", "accent", "ground"].map((name) => [name, context.colour(`--${name}`)]));
      size ??= sizeOf();
      if (!size.wide) return;
      for (const [at, { index, shown }] of rows.entries()) {
        const value = context.noise[index];
        const state = `${passed.mean[index]} ${passed.std[index]} ${value} ${passed.latent[index]} ${reach} ${near}`;
        if (shown.state === state && shown.colours === colours) continue;
        Object.assign(shown, { state, colours });
        drawLanes(canvas, { ...size, top: size.tops[at] }, { mean: passed.mean[index], std: passed.std[index], noise: value, latent: passed.latent[index], reach, near, point: kind.point }, colours);
      }
    },
    /** The numbers beside the lanes. */
    tell(passed) {
      const { number } = context;
      const only = (text) => (kind.point ? "–" : text);
      for (const { index, noise, numbers, told } of rows) {
        const value = context.noise[index];
        const texts = [number(passed.mean[index]), only(number(passed.std[index], 3)), only(number(value)), number(passed.latent[index]), only(number(passed.kl_per_dimension[index]))];
        texts.forEach((text, at) => told[at] !== text && (numbers[NUMBERS[at]].textContent = told[at] = text));
        if (told.noise !== value) noise.setAttribute("aria-valuenow", (told.noise = value).toFixed(2));
      }
      total.textContent = only(number(passed.kl));
    },
    choose(index) {
      chosen = index;
      mark();
    },
    words() {
      context.translate(element);
      button.textContent = context.say("show-all", { count: dims });
      element.querySelector(".m-total-words").textContent = context.say(kind.point ? "no-kl" : kind.closed ? "kl-sum" : "kl-draw");
    },
    /** The page has another width. */
    resized() {
      size = null;
      if (found) rowsOf.show(found);
    },
    themed() {
      colours = null;
    },
  };
  return rowsOf;
}
