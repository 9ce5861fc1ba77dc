// Many small pictures on one canvas, with gaps, so that neighbours do not run together.

import { drawStrip } from "../picture.js";

const GAP_SHARE = 1 / 12; // of a picture's width, one pixel at least

/** Draws pictures uint8 (count, H, W, C) in rows of `columns`. The gaps are transparent. */
export function drawSheet(canvas, pixels, [height, width, channels], count, columns) {
  const gap = gapOf(width);
  const strip = document.createElement("canvas");
  drawStrip(strip, pixels, [height, width, channels], count);
  const size = sheetSize([height, width], count, columns);
  if (canvas.width !== size.width || canvas.height !== size.height) Object.assign(canvas, size);
  const pen = canvas.getContext("2d");
  canvas.style.imageRendering = "pixelated";
  for (let at = 0; at < count; at += 1) {
    const [x, y] = [(at % columns) * (width + gap), Math.floor(at / columns) * (height + gap)];
    pen.drawImage(strip, at * width, 0, width, height, x, y, width, height);
  }
}

/** {width, height} in pixels of such a sheet. */
export function sheetSize([height, width], count, columns) {
  const gap = gapOf(width);
  const rows = Math.ceil(count / columns);
  return { width: columns * width + (columns - 1) * gap, height: rows * height + (rows - 1) * gap };
}

const gapOf = (width) => Math.max(1, Math.round(width * GAP_SHARE));
