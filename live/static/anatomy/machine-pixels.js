// Where in the image the log-likelihood is lost: each pixel's log p(x|z), and the one under the pointer in numbers.

const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** The map in `figure`; gives back {show(passed), tell(), words(), themed()}. */
export function createPixelMap(figure, { context, kind }) {
  const canvas = figure.querySelector("canvas");
  const words = figure.querySelector(".m-pixel-words");
  const scale = ["high", "middle", "low"].map((end) => figure.querySelector(`.m-scale-${end}`));
  figure.classList.toggle("colours", context.data.shape[0] > 1);
  let [found, place, colours] = [null, null, null];

  function rgb(variable) {
    const [red, green, blue] = context.colour(variable).match(/[\d.]+/g).map(Number);
    return context.colour(variable).startsWith("color(") ? [red * 255, green * 255, blue * 255] : [red, green, blue];
  }

  function paint() {
    const { by_pixel: values, shape: [height, width] } = found;
    colours ??= { from: rgb("--st-background-color"), to: rgb("--accent") };
    const { low, high } = span(values);
    if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
    const image = new ImageData(width, height);
    values.forEach((value, at) => {
      const share = high > low && Number.isFinite(value) ? Math.sqrt((high - value) / (high - low)) : 0;
      for (let c = 0; c < 3; c++) image.data[4 * at + c] = colours.from[c] + (colours.to[c] - colours.from[c]) * share;
      image.data[4 * at + 3] = 255;
    });
    canvas.getContext("2d").putImageData(image, 0, 0);
  }

  /** What the colours stand for: the map's share is the root of the way from the highest value to the lowest. */
  function tellScale() {
    const { low, high } = span(found.by_pixel);
    [high, high - (high - low) / 4, low].forEach((value, at) => (scale[at].textContent = context.number(value, 1)));
  }

  function tell() {
    if (!found) return;
    tellScale();
    const { by_pixel: values, shape: [, width, channels], observed, pixels } = found;
    const at = place ? place[1] * width + place[0] : values.reduce((worst, value, index) => (value < values[worst] ? index : worst), 0);
    const [row, column] = [Math.floor(at / width), at % width];
    const of = (picture) => Array.from({ length: channels }, (_, c) => context.number(picture[at * channels + c] / 255)).join("/");
    words.textContent = context.say(place ? "pixel-here" : "pixel-worst", { row, column, name: kind.measure === "none" ? context.say("minus-cost") : "log p", value: context.number(values[at]), x: of(observed), mean: of(pixels) });
  }

  function point(next) {
    place = next;
    tell();
  }

  canvas.addEventListener("pointermove", (event) => {
    if (!found) return;
    const [height, width] = found.shape;
    const box = canvas.getBoundingClientRect();
    const scale = Math.min(box.width / width, box.height / height);
    const x = Math.floor((event.clientX - box.left - (box.width - scale * width) / 2) / scale);
    const y = Math.floor((event.clientY - box.top - (box.height - scale * height) / 2) / scale);
    point(x >= 0 && y >= 0 && x < width && y < height ? [x, y] : null);
  });
  canvas.addEventListener("pointerleave", () => point(null));
  canvas.addEventListener("blur", () => point(null));
  canvas.addEventListener("keydown", (event) => {
    const by = KEYS[event.key];
    if (!by || !found) return;
    event.preventDefault();
    const [height, width] = found.shape;
    const [x, y] = place ?? [Math.floor(width / 2), Math.floor(height / 2)];
    point([Math.min(Math.max(x + by[0], 0), width - 1), Math.min(Math.max(y + by[1], 0), height - 1)]);
  });

  return {
    show(passed) {
      found = passed;
      paint();
    },
    tell,
    words() {
      canvas.title = context.say(kind.measure === "none" ? "pixels-cost-title" : "pixels-title");
      tell();
    },
    themed() {
      colours = null;
    },
  };
}

const span = (values) => values.reduce(({ low, high }, value) => ({ low: Math.min(low, value), high: Math.max(high, value) }), { low: Infinity, high: -Infinity });
