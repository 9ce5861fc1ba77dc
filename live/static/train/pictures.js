// The pictures of an epoch: fixed images above their reconstructions, and what fixed latents become.

import { createPicture } from "../picture.js";

const COLUMNS = 12;

/** In `element` with canvases .pairs and .samples. Gives back {originals(pixels, shape, count), draw(look), clear()}. */
export function createPictures(element) {
  const [pairs, samples] = [".pairs", ".samples"].map((name) => createSheet(element.querySelector(name)));
  let fixed = null;

  return {
    /** uint8 (n, H, W, C). */
    originals(pixels, shape, count) {
      fixed = { pixels, shape, count };
    },
    draw(look) {
      const { shape, counts } = look;
      const own = look.originals ?? fixed?.pixels ?? null;
      const rows = own ? interleaved(own, look.reconstructions, counts.reconstructions, shape) : [look.reconstructions];
      pairs.draw(rows, shape);
      samples.draw([look.samples], shape);
    },
    clear() {
      pairs.clear();
      samples.clear();
    },
  };
}

/** Rows of originals, each followed by the row of their reconstructions. */
export function interleaved(originals, reconstructions, count, [height, width, channels]) {
  const size = height * width * channels;
  const rows = [];
  for (let start = 0; start < count; start += COLUMNS) {
    const end = Math.min(start + COLUMNS, count) * size;
    rows.push(originals.subarray(start * size, end), reconstructions.subarray(start * size, end));
  }
  return rows;
}

/** Pictures on one canvas, written in one go; the canvas keeps its size from epoch to epoch, so that nothing flickers. */
function createSheet(canvas) {
  const picture = createPicture(canvas);
  let joined = null;
  return {
    draw(parts, [height, width, channels]) {
      const size = height * width * channels;
      const columns = Math.min(COLUMNS, Math.max(...parts.map((part) => part.length / size))); // few pictures leave no black behind them
      const rows = parts.flatMap((part) => Array.from({ length: Math.ceil(part.length / size / columns) }, (_, row) => part.subarray(row * columns * size, (row + 1) * columns * size)));
      const bytes = rows.length * columns * size;
      if (joined?.length !== bytes) joined = new Uint8Array(bytes);
      rows.forEach((row, index) => spread(row, joined, index, [height, width, channels], columns));
      picture.draw(joined, [rows.length * height, columns * width, channels]);
      canvas.style.aspectRatio = `${columns * width} / ${rows.length * height}`;
      canvas.style.maxWidth = `${(100 * columns) / COLUMNS}%`;
    },
    clear: () => picture.clear(),
  };
}

/** The pictures of a row, one beside the other, into the lines of the sheet. */
function spread(row, sheet, index, [height, width, channels], columns) {
  const line = width * channels;
  const count = row.length / (height * line);
  for (let column = 0; column < count; column += 1)
    for (let y = 0; y < height; y += 1) {
      const from = (column * height + y) * line;
      sheet.set(row.subarray(from, from + line), ((index * height + y) * columns + column) * line);
    }
}
