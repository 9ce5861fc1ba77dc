// The noise of two dimensions, moved in the plane: rings at 1, 2 and 3 standard deviations of N(0, I).

import { holdPointer } from "../held-pointer.js";

const REACH = 3.5;
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const rounded = (value) => Math.round(value * 100) / 100;
const clamp = (value) => Math.min(Math.max(value, -REACH), REACH);

/** The pad in `figure`; change([[index, value], [index, value]], stamp). Gives back {show(), tell(), resized(), themed()}. */
export function createPad(figure, { context, change, signal }) {
  const find = (selector) => figure.querySelector(selector);
  const dims = context.data.latent_dim;
  const field = find(".m-pad");
  const canvas = find(".m-pad canvas");
  const selects = [find(".m-across"), find(".m-up")];
  let pair = (context.link.get("pad") ?? "0,1").split(",").map(Number);
  if (pair.length !== 2 || pair[0] === pair[1] || !pair.every((index) => Number.isInteger(index) && index >= 0 && index < dims)) pair = [0, 1];
  let colours = null;
  let [side, zoom] = [0, 1]; // of the pad on the page; larger on a projector
  find(".m-axes").hidden = dims < 3;
  if (dims > 2) {
    selects.forEach((select, way) => {
      select.replaceChildren(...Array.from({ length: dims }, (_, index) => new Option(`ε${index + 1}`, String(index))));
      select.value = String(pair[way]);
      select.addEventListener("change", () => {
        const wanted = Number(select.value);
        if (pair[1 - way] === wanted) pair[1 - way] = pair[way];
        pair[way] = wanted;
        selects.forEach((each, at) => (each.value = String(pair[at])));
        context.link.set("pad", pair.join(","));
        pad.show();
      }, { signal });
    });
  }

  let box = null; // measured when the hand takes hold
  function toPointer(event) {
    const across = clamp(((event.clientX - box.left) / box.width) * 2 * REACH - REACH);
    const up = clamp(REACH - ((event.clientY - box.top) / box.height) * 2 * REACH);
    change([[pair[0], rounded(across)], [pair[1], rounded(up)]], event.timeStamp);
  }

  if (dims > 1) {
    const grab = (event) => {
      box = field.getBoundingClientRect();
      toPointer(event);
    };
    holdPointer(field, { onGrab: grab, onMove: toPointer, onLetGo() {}, focus: field, signal });
    field.addEventListener("keydown", (event) => {
      const by = STEPS[event.key];
      const reset = event.key === "Delete" || event.key === "Backspace";
      if ((!by && !reset) || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      const step = event.shiftKey ? 0.01 : 0.1;
      change(pair.map((index, way) => [index, reset ? 0 : rounded(clamp(context.noise[index] + by[way] * step))]), event.timeStamp);
    }, { signal });
  }

  const pad = {
    show() {
      if (dims < 2) return;
      colours ??= { line: context.colour("--line"), accent: context.colour("--accent"), quiet: context.colour("--quiet"), ground: context.colour("--ground") };
      if (!side) [side, zoom] = [field.clientWidth, field.currentCSSZoom ?? 1];
      const scale = (window.devicePixelRatio || 1) * zoom;
      if (!side) return;
      if (canvas.width !== Math.round(side * scale)) canvas.width = canvas.height = Math.round(side * scale);
      paint(canvas.getContext("2d"), scale, side, pair.map((index) => context.noise[index]), colours);
    },
    /** Where it stands, for assistive tools. */
    tell() {
      if (dims > 1) field.setAttribute("aria-valuetext", pair.map((index) => `ε${index + 1} ${context.number(context.noise[index])}`).join(", "));
    },
    resized() {
      side = 0;
      if (context.passed) pad.show();
    },
    themed() {
      colours = null;
    },
  };
  return pad;
}

function paint(context, scale, side, [across, up], { line, accent, quiet }) {
  const middle = side / 2;
  const unit = middle / REACH;
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, side, side);
  context.lineWidth = 1;
  for (const ring of [1, 2, 3]) {
    context.globalAlpha = 0.1;
    context.fillStyle = accent;
    context.beginPath();
    context.arc(middle, middle, ring * unit, 0, 2 * Math.PI);
    context.fill();
    context.globalAlpha = 1;
    context.strokeStyle = line;
    context.stroke();
  }
  context.strokeStyle = line;
  context.beginPath();
  context.moveTo(0, middle);
  context.lineTo(side, middle);
  context.moveTo(middle, 0);
  context.lineTo(middle, side);
  context.stroke();
  const [x, y] = [middle + Math.min(Math.max(across, -REACH), REACH) * unit, middle - Math.min(Math.max(up, -REACH), REACH) * unit];
  context.strokeStyle = quiet;
  context.beginPath();
  context.moveTo(middle, middle);
  context.lineTo(x, y);
  context.stroke();
  context.fillStyle = accent;
  context.beginPath();
  context.arc(x, y, 7, 0, 2 * Math.PI);
  context.fill();
}
