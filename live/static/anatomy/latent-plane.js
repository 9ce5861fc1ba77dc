// A plane of two latent dimensions: encoded images as points, the prior's circles, a density behind them, and a place that a
// hand moves (mouse, touch, arrow keys). Drawn on a canvas; what its places mean is the caller's.

import { holdPointer } from "../held-pointer.js";

const KEYS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const STEP = 1 / 40; // of the plane's half side, for a key
const FINE = 0.2; // of that, with Shift
const RADII = [1, 2, 3]; // of the prior, in its standard deviations
const POINT = 2.3; // pixels

/**
 * A plane in `element`, a square. options: colours (of classes), colour(variable) of the theme, onMove(place, event) at each
 * move of the hand, onLetGo(). Gives back {show(changes), place, redraw(), close()}. What can be shown:
 *   reach: half the side, in latent units; points, draws: float32 (n, 2); labels: a class for each point, or null;
 *   density: {values uint8 (S, S) by rows from the top, reach}; posterior: {mean, std} of one image, [x, y] each; place: [x, y], or null for none; words: of the place, for
 *   assistive tools; label: what the plane is; prior: whether its circles are drawn.
 */
export function createPlane(element, { colours, colour, onMove = null, onLetGo = () => {} }) {
  element.classList.add("latent-plane");
  element.innerHTML = `<canvas role="img"></canvas>${onMove ? `<span class="plane-hand" role="slider" tabindex="0"></span>` : ""}`;
  const canvas = element.querySelector("canvas");
  const hand = element.querySelector(".plane-hand");
  const leaving = new AbortController();
  const { signal } = leaving;
  const shown = { reach: 3, points: null, draws: null, labels: null, density: null, posterior: null, place: null, words: "", label: "", prior: true };
  let side = 0;

  const toPixel = (x, y) => [((x / shown.reach + 1) / 2) * side, ((1 - y / shown.reach) / 2) * side];

  function redraw() {
    side = element.clientWidth;
    if (!side) return;
    const ratio = sharpness(element);
    const size = Math.round(side * ratio);
    if (canvas.width !== size) Object.assign(canvas, { width: size, height: size });
    const pen = canvas.getContext("2d");
    pen.setTransform(size / side, 0, 0, size / side, 0, 0);
    pen.clearRect(0, 0, side, side);
    if (shown.density) drawDensity(pen);
    drawAxes(pen);
    if (shown.points) drawPoints(pen);
    if (shown.prior) drawPrior(pen);
    if (shown.draws) drawDraws(pen);
    if (shown.posterior) drawPosterior(pen);
    drawScale(pen);
    showHand();
  }

  function drawDensity(pen) {
    const { values, reach } = shown.density;
    const cells = Math.round(Math.sqrt(values.length));
    const [red, green, blue] = numbersOf(colour("--accent"));
    const picture = Object.assign(document.createElement("canvas"), { width: cells, height: cells });
    const image = new ImageData(cells, cells);
    values.forEach((value, at) => image.data.set([red, green, blue, 255 * 0.75 * Math.sqrt(value / 255)], 4 * at));
    picture.getContext("2d").putImageData(image, 0, 0);
    const [left, top] = toPixel(-reach, reach);
    const [right, bottom] = toPixel(reach, -reach);
    pen.imageSmoothingEnabled = true;
    pen.drawImage(picture, left, top, right - left, bottom - top);
  }

  function drawAxes(pen) {
    const [x, y] = toPixel(0, 0);
    pen.strokeStyle = colour("--line");
    pen.lineWidth = 1;
    pen.beginPath();
    pen.moveTo(0, Math.round(y) + 0.5);
    pen.lineTo(side, Math.round(y) + 0.5);
    pen.moveTo(Math.round(x) + 0.5, 0);
    pen.lineTo(Math.round(x) + 0.5, side);
    pen.stroke();
  }

  /** The scale, along the lower edge. */
  function drawScale(pen) {
    const tick = niceTick(shown.reach);
    pen.fillStyle = colour("--quiet");
    pen.font = "11px sans-serif";
    pen.textAlign = "center";
    for (const value of [-tick, 0, tick]) {
      const [at] = toPixel(value, 0);
      const text = `${value < 0 ? "−" : ""}${Math.abs(value)}`;
      pen.lineWidth = 3;
      pen.strokeStyle = colour("--st-background-color"); // so that no circle strikes the number through
      pen.strokeText(text, at, side - 6);
      pen.fillText(text, at, side - 6);
      pen.fillRect(Math.round(at), side - 4, 1, 4);
    }
  }

  function drawPoints(pen) {
    const { points, labels } = shown;
    const plain = colour("--quiet");
    pen.globalAlpha = shown.density ? 0.55 : 0.8;
    for (let at = 0; at < points.length / 2; at += 1) {
      const [x, y] = toPixel(points[2 * at], points[2 * at + 1]);
      pen.fillStyle = labels && labels[at] >= 0 ? colours[labels[at] % colours.length] : plain;
      pen.beginPath();
      pen.arc(x, y, shown.density ? POINT * 0.7 : POINT, 0, 2 * Math.PI);
      pen.fill();
    }
    pen.globalAlpha = 1;
  }

  function drawPrior(pen) {
    const [x, y] = toPixel(0, 0);
    const unit = side / 2 / shown.reach;
    pen.strokeStyle = colour("--ink");
    RADII.forEach((radius, at) => {
      pen.globalAlpha = 0.9 - 0.22 * at;
      pen.lineWidth = at === 0 ? 1.6 : 1.1;
      pen.setLineDash(at === 0 ? [] : [4, 3]);
      pen.beginPath();
      pen.arc(x, y, radius * unit, 0, 2 * Math.PI);
      pen.stroke();
    });
    pen.setLineDash([]);
    pen.globalAlpha = 1;
  }

  /** The ellipse of one standard deviation; a spot where that is too small to see. */
  function drawPosterior(pen) {
    const { mean, std } = shown.posterior;
    const [x, y] = toPixel(mean[0], mean[1] ?? 0);
    const [across, up] = [std[0], std[1] ?? 0].map((spread) => Math.max((spread * side) / 2 / shown.reach, 3.5));
    const red = colour("--st-red-text-color");
    for (const [stroke, width] of [[colour("--st-background-color"), 4.5], [red, 2.5]]) {
      pen.strokeStyle = stroke;
      pen.lineWidth = width;
      pen.beginPath();
      pen.ellipse(x, y, across, up, 0, 0, 2 * Math.PI);
      pen.stroke();
    }
  }

  function drawDraws(pen) {
    const radius = Math.min(3.4, Math.max(1.6, (side / shown.reach) * 0.04)); // small where the prior itself is
    pen.lineWidth = radius > 2 ? 1.5 : 0.8;
    pen.strokeStyle = colour("--ink");
    pen.fillStyle = colour("--accent");
    for (let at = 0; at < shown.draws.length / 2; at += 1) {
      const [x, y] = toPixel(shown.draws[2 * at], shown.draws[2 * at + 1]);
      pen.beginPath();
      pen.arc(x, y, radius, 0, 2 * Math.PI);
      pen.fill();
      pen.stroke();
    }
  }

  function showHand() {
    if (!hand) return;
    hand.hidden = !shown.place;
    if (!shown.place || !side) return;
    const [x, y] = toPixel(...shown.place);
    hand.style.transform = `translate(${Math.min(Math.max(x, 0), side)}px, ${Math.min(Math.max(y, 0), side)}px)`;
    hand.setAttribute("aria-valuemin", -shown.reach);
    hand.setAttribute("aria-valuemax", shown.reach);
    hand.setAttribute("aria-valuenow", shown.place[0].toFixed(3));
    hand.setAttribute("aria-valuetext", shown.words);
    hand.ariaLabel = shown.label;
  }

  const inside = (value) => Math.round(100 * Math.min(Math.max(value, -shown.reach), shown.reach)) / 100;

  function toPointer(event) {
    const box = element.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * 2 - 1;
    const y = 1 - ((event.clientY - box.top) / box.height) * 2;
    move([inside(x * shown.reach), inside(y * shown.reach)], event);
  }

  function move(place, event) {
    if (shown.place && place.every((value, at) => value === shown.place[at])) return;
    shown.place = place;
    showHand();
    onMove(place, event);
  }

  if (onMove) {
    holdPointer(element, { onGrab: toPointer, onMove: toPointer, onLetGo, focus: hand, signal });
    hand.addEventListener("keydown", (event) => {
      const way = KEYS[event.key];
      if (!way || event.ctrlKey || event.metaKey || event.altKey || !shown.place) return;
      event.preventDefault();
      const step = Math.max(shown.reach * STEP * (event.shiftKey ? FINE : 1), 0.01);
      move(shown.place.map((value, at) => inside(value + way[at] * step)), event);
    }, { signal });
    hand.addEventListener("keyup", (event) => KEYS[event.key] && onLetGo(), { signal });
  }
  const watching = new ResizeObserver(() => redraw());
  watching.observe(element);

  return {
    get place() {
      return shown.place;
    },
    show(changes) {
      Object.assign(shown, changes);
      canvas.ariaLabel = shown.label;
      const moved = Object.keys(changes).every((key) => key === "place" || key === "words");
      if (moved && side) showHand();
      else redraw();
    },
    redraw,
    close() {
      leaving.abort();
      watching.disconnect();
    },
  };
}

/** Pixels of the screen for a CSS pixel of the element: also where the page is shown larger, for a projector. */
export function sharpness(element) {
  return ((window.devicePixelRatio || 1) * element.getBoundingClientRect().width) / element.offsetWidth;
}

/** A round number a little inside the reach, to mark the axis with. */
export function niceTick(reach) {
  const power = 10 ** Math.floor(Math.log10(reach * 0.8));
  return [5, 2, 1].map((step) => step * power).find((step) => step <= reach * 0.8);
}

const numbersOf = (rgb) => (rgb.match(/[\d.]+/g) ?? [0, 0, 0]).slice(0, 3).map((number) => Number(number) * (rgb.startsWith("color(") ? 255 : 1));
