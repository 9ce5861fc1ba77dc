// Drawing on the image itself, in its own pixels: each stroke goes through the model while it grows.

import { holdPointer } from "../held-pointer.js";

const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const REACH = 1.15 / 28; // of the brush, as a share of the shorter side

/** `pixels` uint8 (C, H, W) with a soft dab at [x, y]: light of the ink [C], or darkness where it erases. Gives back whether any pixel changed. */
export function dab(pixels, [channels, height, width], [x, y], reach, ink, erase) {
  let changed = false;
  const far = reach + 0.5;
  for (let row = Math.max(0, Math.floor(y - far)); row <= Math.min(height - 1, Math.floor(y + far)); row++) {
    for (let column = Math.max(0, Math.floor(x - far)); column <= Math.min(width - 1, Math.floor(x + far)); column++) {
      const cover = Math.min(Math.max(reach + 0.5 - Math.hypot(column + 0.5 - x, row + 0.5 - y), 0), 1);
      if (cover === 0) continue;
      for (let channel = 0; channel < channels; channel++) {
        const at = (channel * height + row) * width + column;
        const aim = erase ? Math.min(pixels[at], 255 * (1 - cover)) : channels === 1 ? Math.max(pixels[at], ink[0] * cover) : pixels[at] + (ink[channel] - pixels[at]) * cover;
        const value = Math.round(aim);
        if (value === pixels[at]) continue;
        pixels[at] = value;
        changed = true;
      }
    }
  }
  return changed;
}

/**
 * The brush on `canvas`, which shows the image. pixels(): what is there, uint8 (C, H, W), or null; brush(): {erase, ink}; onPaint(pixels, stamp) at
 * each change. Gives back {clear(), painted()}; painted: another image is there, the stroke goes on from it.
 */
export function createPaint(canvas, { shape, pixels, brush, onPaint, signal }) {
  const [channels, height, width] = shape;
  const reach = Math.max(0.6, REACH * Math.min(height, width));
  let [last, keys, box] = [null, null, null]; // box: measured when the hand takes hold

  function placeOf(event) {
    const scale = Math.min(box.width / width, box.height / height);
    return [(event.clientX - box.left - (box.width - scale * width) / 2) / scale, (event.clientY - box.top - (box.height - scale * height) / 2) / scale];
  }

  function stroke(to, stamp) {
    const from = pixels();
    if (!from) return;
    const next = Uint8Array.from(from);
    const { erase, ink } = brush();
    const light = channels === 1 ? [255] : [1, 3, 5].map((at) => parseInt(ink.slice(at, at + 2), 16));
    const steps = Math.max(1, Math.ceil(2 * Math.hypot(to[0] - last[0], to[1] - last[1])));
    let changed = false;
    for (let step = 1; step <= steps; step++) {
      const place = [last[0] + ((to[0] - last[0]) * step) / steps, last[1] + ((to[1] - last[1]) * step) / steps];
      changed = dab(next, shape, place, reach, light, erase) || changed;
    }
    last = to;
    if (changed) onPaint(next, stamp);
  }

  holdPointer(canvas, {
    onGrab(event) {
      keys = null;
      box = canvas.getBoundingClientRect();
      last = placeOf(event);
      stroke(last, event.timeStamp);
    },
    onMove: (event) => stroke(placeOf(event), event.timeStamp),
    onLetGo() {},
    focus: canvas,
    signal,
  });
  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const by = KEYS[event.key];
    const from = keys ?? [Math.floor(width / 2), Math.floor(height / 2)];
    if (by) {
      keys = [Math.min(Math.max(from[0] + by[0], 0), width - 1), Math.min(Math.max(from[1] + by[1], 0), height - 1)];
      if (event.shiftKey) paintAt(keys, from, event.timeStamp); // a stroke by keys
    } else if (event.key === " ") paintAt((keys = from), from, event.timeStamp);
    else if (event.key === "Delete" || event.key === "Backspace") painter.clear();
    else return;
    event.preventDefault();
    mark();
  }, { signal });
  canvas.addEventListener("blur", () => {
    keys = null;
    mark();
  }, { signal });

  function paintAt([x, y], [fromX, fromY], stamp) {
    last = [fromX + 0.5, fromY + 0.5];
    stroke([x + 0.5, y + 0.5], stamp);
  }

  /** Where the keys' brush is. */
  function mark() {
    const cell = canvas.parentElement;
    cell.classList.toggle("keys", keys !== null);
    if (!keys) return;
    cell.style.setProperty("--key-x", ((keys[0] + 0.5) / width).toFixed(4));
    cell.style.setProperty("--key-y", ((keys[1] + 0.5) / height).toFixed(4));
  }

  const painter = {
    clear: () => pixels() && onPaint(new Uint8Array(channels * height * width), null),
    painted: mark,
  };
  return painter;
}
