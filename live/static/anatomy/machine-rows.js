// A row for each latent dimension: its noise ε under N(0, 1), the same place under N(μ, σ), and the numbers. The hand drags either.

import { holdPointer } from "../held-pointer.js";
import { LANE, drawLanes } from "./machine-lanes.js";

const MANY = 16; // rows shown at first, those with most KL
const FAR = 4; // of a noise, to each side
const KEYS = { ArrowRight: 0.1, ArrowUp: 0.1, ArrowLeft: -0.1, ArrowDown: -0.1, PageUp: 0.5, PageDown: -0.5 };
const NUMBERS = ["mean", "std", "noise", "latent", "kl"];
const HEADS = [["μ", "mean-title"], ["σ", "std-title"], ["ε", "noise-title"], ["z", "latent-title"], ["KL", "kl-title"]];
const rounded = (value) => Math.round(value * 100) / 100;
const clamp = (value, far = FAR) => Math.min(Math.max(value, -far), far);

/**
 * Fills `element`. change(index, noise, stamp): the hand moves one; onChoose(index): a row is looked at. Gives back
 * {show(passed), choose(index), chosen, words(), resized(), themed()}.
 */
export function createRows(element, { context, kind, change, onChoose, signal }) {
  const dims = context.data.latent_dim;
  const most = dims > MANY + 4 ? MANY : dims;
  let [rows, order, chosen, reach, colours, found] = [[], Array.from({ length: dims }, (_, index) => index), 0, 4, null, null];
  let size = null; // of a row's lanes on the page
  let all = dims === most;
  let near = false; // whether each lane shows its own posterior alone, four standard deviations to each side

  element.style.setProperty("--rows", Math.min(most, dims));
  element.innerHTML = `<div class="m-row m-head"><span></span><span class="m-lane-head quiet" data-title="noise-lane-title">${kind.point ? "" : "ε ~ N(0, 1)"}</span><span class="m-lane-head quiet" data-title="latent-lane-title"><span>${kind.point ? "z = μ" : "z = μ + σ·ε"}</span> <button type="button" class="m-zoom" aria-pressed="false" data-say="zoom" data-title="zoom-title"></button></span>${HEADS.map(([symbol, title]) => `<span class="m-number quiet" data-title="${title}">${symbol}</span>`).join("")}</div><div class="m-list"></div><div class="m-row m-total"><button type="button" class="m-all" hidden></button><span class="m-total-words quiet"></span><span class="m-number m-kl" data-figure="machine.kl" data-title="kl-sum-title"></span></div>`;
  const list = element.querySelector(".m-list");
  const button = element.querySelector(".m-all");
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
  }, { signal });

  function build() {
    const shown = all ? order : order.slice(0, most).sort((a, b) => a - b);
    size = null;
    rows = shown.map(makeRow);
    list.replaceChildren(...rows.map(({ row }) => row));
    mark();
  }

  function makeRow(index) {
    const row = Object.assign(document.createElement("div"), { className: "m-row" });
    row.innerHTML = `<button type="button" class="m-name">z<sub>${index + 1}</sub></button><span class="m-lanes"><canvas></canvas><span class="m-lane m-noise-lane" tabindex="0" role="slider"></span><span class="m-lane m-latent-lane"></span></span>${NUMBERS.map((name) => `<span class="m-number" data-number="${name}"></span>`).join("")}`;
    const [noise, latent] = [row.querySelector(".m-noise-lane"), row.querySelector(".m-latent-lane")];
    const numbers = Object.fromEntries(NUMBERS.map((name) => [name, row.querySelector(`[data-number="${name}"]`)]));
    row.querySelector(".m-name").addEventListener("click", () => onChoose(index), { signal });
    if (!kind.point) wire(index, noise, latent);
    else noise.hidden = latent.hidden = true;
    Object.entries({ "aria-valuemin": -FAR, "aria-valuemax": FAR, "aria-label": `ε${index + 1}` }).forEach(([name, value]) => noise.setAttribute(name, value));
    return { index, row, noise, numbers, canvas: row.querySelector("canvas"), shown: {} };
  }

  function wire(index, noise, latent) {
    const hold = (lane, valueAt) => {
      const move = (event) => {
        const box = lane.getBoundingClientRect();
        const share = ((event.clientX - box.left) / box.width - LANE.edge) / (1 - 2 * LANE.edge);
        change(index, rounded(clamp(valueAt(2 * share - 1))), event.timeStamp);
      };
      const grab = (event) => {
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

  function sizeOf() {
    const lanes = list.querySelector(".m-lanes");
    return lanes ? [lanes.clientWidth, lanes.clientHeight] : [0, 0];
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
      const { number } = context;
      size ??= sizeOf();
      for (const { index, canvas, noise, numbers, shown } of rows) {
        const value = context.noise[index];
        const state = `${passed.mean[index]} ${passed.std[index]} ${value} ${passed.latent[index]} ${reach} ${near} ${size}`;
        if (shown.state === state && shown.colours === colours) continue;
        Object.assign(shown, { state, colours });
        drawLanes(canvas, size, { mean: passed.mean[index], std: passed.std[index], noise: value, latent: passed.latent[index], reach, near, point: kind.point }, colours);
        numbers.mean.textContent = number(passed.mean[index]);
        numbers.std.textContent = kind.point ? "–" : number(passed.std[index], 3);
        numbers.noise.textContent = kind.point ? "–" : number(value);
        numbers.latent.textContent = number(passed.latent[index]);
        numbers.kl.textContent = kind.point ? "–" : number(passed.kl_per_dimension[index]);
        noise.setAttribute("aria-valuenow", value.toFixed(2));
      }
      element.querySelector(".m-kl").textContent = kind.point ? "–" : number(passed.kl);
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
