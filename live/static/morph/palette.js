// The corner palette: a square with four images at its corners, or a triangle with three; the pointer mixes them.

import { holdPointer } from "../held-pointer.js";
import { drawStrip } from "../picture.js";
import { CORNERS, insideTriangle, mixed, weightsAt } from "./mixing.js";

const CELLS = 7; // pictures to a side of the ground
const STEP = 0.05;
const FINE = 0.005;
const clamp = (value) => Math.min(Math.max(value, 0), 1);

/**
 * The palette in `element`. `onMix(latent, event)` at each move of the hand, `onRelease()` when it lets go; `decode(latents,
 * draw)` asks for the ground; `picture(index)` gives the address of a key's image, or null. Gives back
 * {show(keys), spot, latent, corners, latentOf(place), set(spot), remove}.
 */
export function createPalette(element, { onMix, onRelease, decode, picture }) {
  const field = element.querySelector(".mix");
  const knob = field.querySelector(".knob");
  const listening = new AbortController();
  const on = (name, handler) => field.addEventListener(name, handler, { signal: listening.signal });
  let latents = [];
  let spot = [0.5, 0.5];
  let corners = [];

  const weights = () => weightsAt(spot, latents.length);

  function paint() {
    const [x, y] = latents.length === 3 ? insideTriangle(spot) : spot;
    knob.style.setProperty("--across", x.toFixed(4));
    knob.style.setProperty("--down", y.toFixed(4));
    const shares = weights().map((weight) => Math.round(100 * weight));
    corners.forEach(({ figure }, index) => (figure.textContent = `${shares[index]} %`));
    knob.setAttribute("aria-valuenow", String(shares[0]));
    knob.setAttribute("aria-valuetext", shares.map((share, index) => `image ${index + 1} ${share} %`).join(", "));
  }

  function move(next, event) {
    const [x, y] = next.map((value) => Math.round(clamp(value) * 1e4) / 1e4);
    if (x === spot[0] && y === spot[1]) return;
    spot = [x, y];
    paint();
    onMix(palette.latent, event);
  }

  function toPointer(event) {
    const box = field.getBoundingClientRect();
    const next = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height].map(clamp);
    move(latents.length === 3 ? insideTriangle(next) : next, event);
  }

  holdPointer(field, { may: () => latents.length > 0, onGrab: toPointer, onMove: toPointer, onLetGo: onRelease, focus: knob, signal: listening.signal });
  on("keydown", (event) => {
    const way = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!way || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const step = event.shiftKey ? FINE : STEP;
    const next = spot.map((value, axis) => clamp(value + step * way[axis]));
    move(latents.length === 3 ? insideTriangle(next) : next, event);
  });
  on("keyup", onRelease);

  function ground() {
    const places = Array.from({ length: CELLS * CELLS }, (_, cell) => [((cell % CELLS) + 0.5) / CELLS, (Math.floor(cell / CELLS) + 0.5) / CELLS]);
    const all = places.flatMap((place) => [...mixed(latents, weightsAt(place, latents.length))]);
    decode(all, places.length, ({ pixels, shape }) => drawStrip(field.querySelector(".plane"), pixels, shape, CELLS * CELLS, CELLS));
  }

  function corner(index, [x, y], count) {
    const place = document.createElement("figure");
    place.className = "corner";
    place.style.left = `${100 * x}%`;
    place.style.top = `${100 * y}%`;
    const words = document.createElement("figcaption");
    const figure = Object.assign(document.createElement("span"), { className: "figure" });
    words.append(`${index + 1} · `, figure);
    place.classList.toggle("low", y === 1);
    place.classList.toggle("middle", count === 3 && index === 0);
    place.classList.toggle("right", x === 1);
    const address = picture(index);
    if (address) place.append(Object.assign(document.createElement("img"), { src: address, alt: "" }));
    place.append(words);
    return { place, figure };
  }

  const palette = {
    get spot() {
      return spot;
    },
    get latent() {
      return mixed(latents, weights());
    },
    get corners() {
      return latents.length;
    },
    latentOf: (place) => mixed(latents, weightsAt(place, latents.length)),
    /** The first three or four keys, each a latent; fewer make no palette. */
    show(keys) {
      latents = keys.slice(0, keys.length === 3 ? 3 : 4);
      corners.forEach(({ place }) => place.remove());
      corners = [];
      field.hidden = latents.length < 3;
      if (latents.length < 3) return;
      field.classList.toggle("triangle", latents.length === 3);
      corners = CORNERS[latents.length].map((place, index) => corner(index, place, latents.length));
      field.append(...corners.map(({ place }) => place));
      paint();
      ground();
    },
    set(next) {
      spot = next;
      if (latents.length) paint();
    },
    remove: () => listening.abort(),
  };
  return palette;
}
