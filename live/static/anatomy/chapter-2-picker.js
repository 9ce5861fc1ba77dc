// Which pixel of a picture is looked at: the one under the pointer, or where the arrow keys lead.

import { holdPointer } from "../held-pointer.js";

const KEYS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

/**
 * The choice of a pixel in `frame`, which holds .cross, for a picture of [height, width]. place: [row, column], or null for none
 * yet; words(place): of a place, for assistive tools; onChoose(byHand). Gives back {place, choose(place, byHand), show, close}.
 */
export function createPicker(frame, [height, width], { place, words, onChoose }) {
  const cross = frame.querySelector(".cross");
  const leaving = new AbortController();
  const { signal } = leaving;
  const picker = {
    place,
    choose([row, column], byHand = true) {
      const next = [Math.min(Math.max(row, 0), height - 1), Math.min(Math.max(column, 0), width - 1)];
      if (next[0] === picker.place?.[0] && next[1] === picker.place?.[1]) return;
      picker.place = next;
      onChoose(byHand);
    },
    show() {
      cross.hidden = !picker.place;
      if (!picker.place) return;
      const [row, column] = picker.place;
      cross.style.setProperty("--column", column);
      cross.style.setProperty("--row", row);
      cross.setAttribute("aria-valuetext", words(picker.place));
      cross.setAttribute("aria-valuenow", row * width + column);
    },
    close: () => leaving.abort(),
  };

  function toPointer(event) {
    const box = frame.getBoundingClientRect();
    picker.choose([((event.clientY - box.top) / box.height) * height, ((event.clientX - box.left) / box.width) * width].map(Math.floor));
  }

  frame.addEventListener("pointermove", (event) => event.pointerType === "mouse" && toPointer(event), { signal });
  holdPointer(frame, { onGrab: toPointer, onMove: toPointer, onLetGo() {}, focus: cross, signal });
  cross.addEventListener("keydown", (event) => {
    const way = KEYS[event.key];
    if (!way || !picker.place || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    picker.choose(picker.place.map((at, axis) => at + way[axis]));
  }, { signal });
  return picker;
}

/** The pixel of the link, [row, column], if the image has it; else null. */
export function placeOf(text, size) {
  const place = (text ?? "").split(",").map(Number);
  return text && place.length === 2 && place.every((value, at) => Number.isInteger(value) && value >= 0 && value < size[at]) ? place : null;
}

/** The pixel whose mean is nearest to mid grey. */
export function mostUncertain(pixels, [height, width, channels]) {
  let best = 0;
  for (let at = 0; at < height * width; at += 1) if (Math.abs(pixels[at * channels] - 127.5) < Math.abs(pixels[best * channels] - 127.5)) best = at;
  return [Math.floor(best / width), best % width];
}
