// A hole painted over a picture with mouse, finger, pen or keys. The hole is uint8 (H, W), 1 where it is painted.

import { holdPointer } from "../held-pointer.js";

const CELL = 8; // pixels of the drawing for one of the picture
const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/**
 * Paints on `canvas`, which lies over the picture and takes the focus. `brush()`: {size in pixels, erase}. onChange(stamp) while the
 * hole grows, onEnd() when the hand lets go. Gives back {open(height, width, hole), hole, set(hole), clear(), count}.
 */
export function createHole(canvas, { brush, onChange, onEnd, signal }) {
  let [height, width, hole] = [1, 1, new Uint8Array(1)];
  let [last, keys] = [null, null];
  const on = (name, handler) => canvas.addEventListener(name, handler, { signal });

  function placeOf(event) {
    const box = canvas.getBoundingClientRect();
    const scale = Math.min(box.width / width, box.height / height);
    return [
      (event.clientX - box.left - (box.width - scale * width) / 2) / scale,
      (event.clientY - box.top - (box.height - scale * height) / 2) / scale,
    ];
  }

  /** Every pixel whose middle is under the round brush; one pixel at least. */
  function dab([x, y]) {
    const { size, erase } = brush();
    const reach = size / 2;
    let changed = false;
    for (let row = Math.max(0, Math.floor(y - reach)); row <= Math.min(height - 1, Math.floor(y + reach)); row++) {
      for (let column = Math.max(0, Math.floor(x - reach)); column <= Math.min(width - 1, Math.floor(x + reach)); column++) {
        const under = Math.hypot(column + 0.5 - x, row + 0.5 - y) <= reach || (row === Math.floor(y) && column === Math.floor(x));
        const at = row * width + column;
        if (!under || hole[at] === (erase ? 0 : 1)) continue;
        hole[at] = erase ? 0 : 1;
        changed = true;
      }
    }
    return changed;
  }

  function stroke(to, stamp) {
    const steps = Math.max(1, Math.ceil(2 * Math.hypot(to[0] - last[0], to[1] - last[1])));
    let changed = false;
    for (let step = 1; step <= steps; step++) {
      changed = dab([last[0] + ((to[0] - last[0]) * step) / steps, last[1] + ((to[1] - last[1]) * step) / steps]) || changed;
    }
    last = to;
    if (!changed) return;
    draw();
    onChange(stamp);
  }

  /** Stripes where the hole is: a black hole on black ground could not be seen. */
  function draw() {
    const context = canvas.getContext("2d");
    context.clearRect(0, 0, canvas.width, canvas.height);
    const style = getComputedStyle(canvas);
    context.fillStyle = style.getPropertyValue("--st-background-color") || "#888";
    context.strokeStyle = style.getPropertyValue("--st-primary-color") || "#888";
    context.lineWidth = 1.4;
    hole.forEach((painted, at) => painted && cell(context, (at % width) * CELL, Math.floor(at / width) * CELL));
    if (!keys) return;
    const { size } = brush();
    context.lineWidth = 2;
    context.strokeRect((keys[0] + 0.5 - size / 2) * CELL, (keys[1] + 0.5 - size / 2) * CELL, size * CELL, size * CELL);
  }

  function cell(context, x, y) {
    context.fillRect(x, y, CELL, CELL);
    context.beginPath();
    context.moveTo(x, y + CELL);
    context.lineTo(x + CELL, y);
    context.stroke();
  }

  function grab(event) {
    [keys, last] = [null, placeOf(event)];
    stroke(last, event.timeStamp);
  }

  holdPointer(canvas, { onGrab: grab, onMove: (event) => stroke(placeOf(event), event.timeStamp), onLetGo: onEnd, focus: canvas, signal });
  on("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const by = MOVES[event.key];
    if (by) {
      const far = event.shiftKey ? 5 : 1;
      keys ??= [Math.floor(width / 2), Math.floor(height / 2)];
      keys = [Math.min(Math.max(keys[0] + by[0] * far, 0), width - 1), Math.min(Math.max(keys[1] + by[1] * far, 0), height - 1)];
      draw();
    } else if (event.key === " ") {
      keys ??= [Math.floor(width / 2), Math.floor(height / 2)];
      last = [keys[0] + 0.5, keys[1] + 0.5];
      stroke(last, event.timeStamp);
      onEnd();
    } else if (event.key === "Delete" || event.key === "Backspace") painter.clear();
    else return;
    event.preventDefault();
  });
  on("blur", () => {
    keys = null;
    draw();
  });

  const painter = {
    get hole() {
      return hole;
    },
    get count() {
      return hole.reduce((sum, value) => sum + value, 0);
    },
    open(tall, wide, painted) {
      [height, width] = [tall, wide];
      [canvas.height, canvas.width] = [tall * CELL, wide * CELL];
      painter.set(painted);
    },
    set(painted) {
      hole = Uint8Array.from(painted);
      draw();
    },
    clear() {
      if (!painter.count) return;
      hole.fill(0);
      draw();
      onChange(null);
      onEnd();
    },
  };
  return painter;
}
