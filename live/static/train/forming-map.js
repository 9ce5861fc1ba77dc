// The map of the fixed images as it forms. Points glide from where they lay after one epoch to where they lie after the next;
// the pointer asks for the latent under it, a press leaves it there.

import { onPointerMoves } from "../pointer.js";
import { placeOf } from "./planes.js";

const GLIDE_MS = 140; // until about two thirds of the way are gone
const LEAST_FAR = 2.6; // the circles of the prior are in sight
const STEP = 1 / 40; // of the field, for an arrow key
const DOT = 2.4; // CSS pixels

/**
 * In `element`, which holds a canvas and .map-pin. onPoint(place or null, event): the pointer is there, or has left;
 * onPin(place, event): it was pressed. Gives back {labels(of points, colours, names), show(plane, far, glide), pin(latent), redraw(), remove()}.
 */
export function createFormingMap(element, { signal, onPoint, onPin }) {
  const [canvas, pin] = [element.querySelector("canvas"), element.querySelector(".map-pin")];
  let [plane, points, far, wantedFar, labels, colours, circles] = [null, null, LEAST_FAR, LEAST_FAR, [], [], true];
  let [beat, last, pinned] = [null, 0, null];

  const half = () => element.clientWidth / 2;
  const screen = (x, y) => [half() * (1 + x / far), half() * (1 - y / far)];
  const under = (event) => {
    const box = element.getBoundingClientRect();
    return [((event.clientX - box.left) / box.width - 0.5) * 2 * far, (0.5 - (event.clientY - box.top) / box.height) * 2 * far];
  };

  function step(now) {
    const share = 1 - Math.exp(-Math.min(now - last, 100) / GLIDE_MS);
    last = now;
    let rest = Math.abs(wantedFar - far) / wantedFar;
    far += share * (wantedFar - far);
    for (let index = 0; index < points.length; index += 1) {
      const way = plane.points[index] - points[index];
      points[index] += share * way;
      rest = Math.max(rest, Math.abs(way) / far);
    }
    if (rest < 0.001) {
      points.set(plane.points);
      far = wantedFar;
    }
    draw();
    beat = rest < 0.001 ? null : requestAnimationFrame(step);
  }

  function draw() {
    const ratio = window.devicePixelRatio || 1;
    const side = element.clientWidth;
    if (!side) return;
    const pixels = Math.round(side * ratio);
    if (canvas.width !== pixels) Object.assign(canvas, { width: pixels, height: pixels });
    const context = canvas.getContext("2d");
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, side, side);
    drawGround(context, side);
    if (points) drawPoints(context);
    placePin();
  }

  function drawGround(context, side) {
    const style = getComputedStyle(element);
    Object.assign(context, { strokeStyle: style.getPropertyValue("--line"), lineWidth: 1 });
    context.beginPath();
    context.moveTo(side / 2, 0), context.lineTo(side / 2, side);
    context.moveTo(0, side / 2), context.lineTo(side, side / 2);
    context.stroke();
    if (!circles) return;
    context.setLineDash([3, 4]);
    for (const radius of [1, 2]) {
      context.beginPath();
      context.arc(side / 2, side / 2, (radius / far) * half(), 0, 2 * Math.PI);
      context.stroke();
    }
    context.setLineDash([]);
  }

  function drawPoints(context) {
    const groups = new Map();
    for (let index = 0; index < points.length / 2; index += 1) {
      const label = labels[index] ?? -1;
      if (!groups.has(label)) groups.set(label, []);
      groups.get(label).push(index);
    }
    const plain = getComputedStyle(element).getPropertyValue("--accent");
    context.globalAlpha = 0.85;
    for (const [label, rows] of groups) {
      context.fillStyle = label < 0 ? plain : colours[label % colours.length];
      context.beginPath();
      for (const row of rows) {
        const [x, y] = screen(points[2 * row], points[2 * row + 1]);
        context.moveTo(x + DOT, y);
        context.arc(x, y, DOT, 0, 2 * Math.PI);
      }
      context.fill();
    }
    context.globalAlpha = 1;
  }

  function placePin() {
    pin.hidden = !plane || !pinned;
    if (pin.hidden) return;
    const [x, y] = screen(...placeOf(plane, pinned));
    pin.style.transform = `translate(${x.toFixed(1)}px, ${y.toFixed(1)}px)`;
  }

  const on = (name, handler) => element.addEventListener(name, handler, { signal });
  let held = null;
  onPointerMoves(element, (event) => {
    if (!plane || (event.pointerType === "touch" && held === null)) return;
    if (held === event.pointerId) onPin(under(event), event);
    else onPoint(under(event), event);
  }, signal);
  on("pointerdown", (event) => {
    if (event.button !== 0 || !plane) return;
    held = event.pointerId;
    element.setPointerCapture(held);
    onPin(under(event), event);
  });
  const letGo = (event) => held === event.pointerId && (held = null);
  on("pointerup", letGo);
  on("pointercancel", letGo);
  on("pointerleave", (event) => onPoint(null, event));
  on("keydown", (event) => {
    const way = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (!way || !plane || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const [x, y] = placeOf(plane, pinned);
    const size = 2 * far * STEP * (event.shiftKey ? 0.2 : 1);
    onPin([x + way[0] * size, y + way[1] * size], event);
  });
  const sizes = new ResizeObserver(() => draw());
  sizes.observe(element);

  return {
    labels(given, palette, withCircles) {
      [labels, colours, circles] = [given, palette, withCircles];
      draw();
    },
    /** The points after an epoch; null for none. */
    show(next, reach, glide) {
      plane = next;
      wantedFar = Math.max(LEAST_FAR, 1.08 * reach);
      if (!plane) {
        points = null;
        cancelAnimationFrame(beat);
        beat = null;
        return draw();
      }
      if (points?.length !== plane.points.length || !glide) {
        cancelAnimationFrame(beat);
        [points, far, beat] = [Float32Array.from(plane.points), wantedFar, null];
        return draw();
      }
      if (beat === null) {
        last = performance.now();
        beat = requestAnimationFrame(step);
      }
    },
    pin(latent) {
      pinned = latent;
      placePin();
    },
    redraw: draw,
    remove() {
      sizes.disconnect();
      cancelAnimationFrame(beat);
    },
  };
}
