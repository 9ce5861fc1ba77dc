// Pixels on a canvas. The canvas has exactly the picture's pixels; CSS scales it, with hard edges unless `smooth`.

const OPAQUE = 0xff000000;
const GREY = Uint32Array.from({ length: 256 }, (_, value) => (OPAQUE | (value << 16) | (value << 8) | value) >>> 0);

/** Writes picture `index` of pixels (count, H, W, C) into `target`, RGBA words; gives back whether anything differs. */
function fill(target, pixels, [height, width, channels], index) {
  const size = height * width;
  const start = index * size * channels;
  let differences = 0;
  for (let i = 0; i < size; i++) {
    const at = start + i * channels;
    const word =
      channels === 1
        ? GREY[pixels[at]]
        : (OPAQUE | (pixels[at + 2] << 16) | (pixels[at + 1] << 8) | pixels[at]) >>> 0;
    differences |= word ^ target[i];
    target[i] = word;
  }
  return differences !== 0;
}

function blank(context, width, height) {
  context.canvas.width = width;
  context.canvas.height = height;
  const image = context.createImageData(width, height);
  return { image, words: new Uint32Array(image.data.buffer) };
}

/** A canvas, of a page or a worker, that is drawn again and again; `draw` gives back whether the pixels differ from those before. */
export function createSurface(canvas) {
  const context = canvas.getContext("2d");
  let surface = null;
  return {
    draw(pixels, shape, index = 0) {
      const [height, width] = shape;
      const same = surface && surface.image.width === width && surface.image.height === height;
      if (!same) surface = blank(context, width, height);
      const changed = fill(surface.words, pixels, shape, index);
      if (changed) context.putImageData(surface.image, 0, 0);
      return changed;
    },
    clear() {
      surface = null;
      context.clearRect(0, 0, canvas.width, canvas.height);
    },
  };
}

/** How CSS scales the canvas: with hard pixel edges, or smoothly. */
export function smoothEdges(canvas, on) {
  canvas.style.imageRendering = on ? "auto" : "pixelated";
}

/** A surface of the page, with `setSmooth(on)`. */
export function createPicture(canvas, { smooth = false } = {}) {
  smoothEdges(canvas, smooth);
  return { ...createSurface(canvas), setSmooth: (on) => smoothEdges(canvas, on) };
}

/** All pictures side by side, `columns` in a row. */
export function drawStrip(canvas, pixels, shape, count, columns = count) {
  const [height, width] = shape;
  const context = canvas.getContext("2d");
  canvas.width = width * columns;
  canvas.height = height * Math.ceil(count / columns);
  canvas.style.imageRendering = "pixelated";
  const image = context.createImageData(width, height);
  const words = new Uint32Array(image.data.buffer);
  for (let index = 0; index < count; index++) {
    fill(words, pixels, shape, index);
    context.putImageData(image, (index % columns) * width, Math.floor(index / columns) * height);
  }
}
