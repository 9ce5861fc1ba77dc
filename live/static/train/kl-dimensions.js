// KL of each latent dimension over the epochs: a row for each dimension, the strongest on top, brighter for more nats.

import { scaleInks, scaleStops } from "../map/colours.js";
import { onPointerMoves } from "../pointer.js";
import { klStory, klTable, klWords } from "./kl-story.js";
import { figure } from "./ticks.js";

const MOST_ROWS = 48;
const [THINNEST, THICKEST] = [7, 22]; // CSS pixels of a row
const NONE = "KL per dimension comes with the first finished epoch.";

/** In `element`, which holds .kl-words, .kl-plot with a canvas, .kl-scale and .kl-read. Gives back {show(records, view), cursor(epoch), redraw()}. */
export function createKlDimensions(element, { signal, onPick }) {
  const find = (selector) => element.querySelector(selector);
  const [plot, canvas, line] = [find(".kl-plot"), find("canvas"), find(".chart-cursor")];
  const inks = scaleInks("viridis");
  let [table, view, until, most] = [null, { from: 0, to: 1 }, null, 1];
  find(".kl-scale i").style.background = `linear-gradient(to right, ${scaleStops("viridis").join(", ")})`;

  function draw() {
    find(".kl-none").hidden = Boolean(table);
    find(".kl-none").textContent = NONE;
    plot.hidden = find(".kl-scale").hidden = !table;
    if (!table) return words();
    const rows = Math.min(table.order.length, MOST_ROWS);
    const tall = Math.min(Math.max(Math.round(230 / rows), THINNEST), THICKEST);
    plot.style.height = `${rows * tall}px`;
    most = Math.max(...table.nats.map((nats) => Math.max(...nats)), AWAKE_AT_LEAST);
    find(".kl-most").textContent = `${figure(most, 2)} nats`;
    const ratio = window.devicePixelRatio || 1;
    const [width, height] = [Math.round(plot.clientWidth * ratio), rows];
    if (!width) return;
    Object.assign(canvas, { width, height });
    const context = canvas.getContext("2d");
    const image = context.createImageData(width, height);
    fill(new Uint32Array(image.data.buffer), width, rows);
    context.putImageData(image, 0, 0);
    canvas.ariaLabel = `KL of each latent dimension over the epochs. ${find(".kl-words").textContent}`;
    find(".kl-rest").textContent = table.order.length > rows ? `The ${rows} strongest of ${table.order.length} dimensions.` : "";
    words();
    place();
  }

  function fill(pixels, width, rows) {
    for (let column = 0; column < width; column += 1) {
      const at = indexAt(view.from + ((column + 0.5) / width) * (view.to - view.from));
      if (at < 0) continue;
      const nats = table.nats[at];
      for (let row = 0; row < rows; row += 1) pixels[row * width + column] = 0xff000000 | inks[shade(nats[table.order[row]])];
    }
  }

  const shade = (nats) => Math.round(255 * Math.sqrt(Math.max(0, Math.min(1, nats / most))));

  /** The index of the epoch whose column a place of the axis belongs to: epoch e fills e − 1 to e. */
  function indexAt(x) {
    return table.epochs.findIndex((epoch, index) => x <= epoch && x > (index ? table.epochs[index - 1] : epoch - 1));
  }

  function words() {
    find(".kl-words").textContent = table ? klWords(klStory(table, until ?? Infinity)) : "";
  }

  function place() {
    const share = until === null ? -1 : (until - view.from) / (view.to - view.from);
    line.hidden = share < 0 || share > 1;
    line.style.transform = `translateX(${(share * plot.clientWidth).toFixed(1)}px)`;
  }

  function under(event) {
    const box = plot.getBoundingClientRect();
    const x = view.from + ((event.clientX - box.left) / box.width) * (view.to - view.from);
    const row = Math.min(Math.floor(((event.clientY - box.top) / box.height) * canvas.height), canvas.height - 1);
    return { x, at: indexAt(x), dimension: table.order[Math.max(row, 0)] };
  }

  onPointerMoves(plot, (event) => {
    const { at, dimension } = under(event);
    find(".kl-read").textContent = at < 0 ? "" : `z${dimension + 1} · epoch ${table.epochs[at]} · ${figure(table.nats[at][dimension], 3)} nats`;
  }, signal);
  plot.addEventListener("pointerleave", () => (find(".kl-read").textContent = ""), { signal });
  plot.addEventListener("click", (event) => onPick(under(event).x), { signal });

  return {
    show(records, next) {
      [table, view] = [klTable(records), next];
      draw();
    },
    cursor(epoch) {
      until = epoch;
      if (table) {
        words();
        place();
      }
    },
    redraw: draw,
  };
}

const AWAKE_AT_LEAST = 0.5; // nats: below it even the brightest colour would say little
