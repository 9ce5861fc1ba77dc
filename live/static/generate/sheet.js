// The sheet of samples: one canvas for all pictures, written once a frame, and over it a button for each of them.

const STEPS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };
const OPAQUE = 0xff000000;

/** A sheet in `element` (its canvas, its `.cells`). `onChoose(at)` hears which cell was pressed, from 0. */
export function createSheet(element, { onChoose }) {
  const canvas = element.querySelector("canvas");
  const cells = element.querySelector(".cells");
  const context = canvas.getContext("2d");
  let columns = 0;
  let surface = null;
  let buttons = [];

  function build(count) {
    columns = Math.ceil(Math.sqrt(count));
    element.style.setProperty("--columns", columns);
    buttons = Array.from({ length: count }, (_, at) => cell(at));
    cells.replaceChildren(...buttons);
    surface = null;
  }

  function cell(at) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "cell", tabIndex: at ? -1 : 0 });
    button.setAttribute("role", "option");
    button.append(Object.assign(document.createElement("canvas"), { className: "inset", hidden: true }));
    button.onclick = () => onChoose(at);
    button.onkeydown = (event) => pressed(at, event);
    return button;
  }

  function pressed(at, event) {
    const step = STEPS[event.key];
    if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const next = buttons[at + step[0] + step[1] * columns];
    if (!next || next.disabled) return;
    next.focus();
    onChoose(buttons.indexOf(next));
  }

  function fit(width, height) {
    if (surface?.width === width && surface.height === height) return;
    [canvas.width, canvas.height] = [width, height];
    const image = context.createImageData(width, height);
    surface = { width, height, image, words: new Uint32Array(image.data.buffer) };
  }

  return {
    /** Pictures uint8 (count, H, W, C); gives back whether any pixel changed. */
    draw(pixels, [height, width, channels], count) {
      fit(columns * width, Math.ceil(buttons.length / columns) * height);
      const changed = write(surface, pixels, [height, width, channels], count, columns);
      if (changed) context.putImageData(surface.image, 0, 0);
      return changed;
    },
    build,
    /** How many cells have a sample; the others can not be chosen. */
    fill(count) {
      buttons.forEach((button, at) => (button.disabled = at >= count));
    },
    /** What is said of each cell: {title, dim} by place. */
    say(facts) {
      buttons.forEach((button, at) => {
        const { title = "", dim = false } = facts[at] ?? {};
        Object.assign(button, { title, ariaLabel: title });
        button.classList.toggle("dim", dim);
      });
    },
    choose(at) {
      buttons.forEach((button, index) => {
        button.ariaSelected = String(index === at);
        button.tabIndex = index === Math.max(at ?? 0, 0) ? 0 : -1;
      });
    },
    /** Small canvases in the corners, filled by paint(canvas, at) which gives back whether there is one. */
    insets(paint) {
      buttons.forEach((button, at) => {
        const inset = button.querySelector(".inset");
        inset.hidden = !(paint && paint(inset, at));
      });
    },
  };
}

/** Writes the pictures into the words of the whole sheet; the cells after them become see-through. */
function write({ words, width: across, height: down }, pixels, [height, width, channels], count, columns) {
  let differences = 0;
  const cells = columns * Math.round(down / height);
  for (let cell = 0; cell < cells; cell += 1) {
    const corner = Math.floor(cell / columns) * height * across + (cell % columns) * width;
    const first = cell * height * width * channels;
    for (let y = 0; y < height; y += 1) {
      for (let x = 0; x < width; x += 1) {
        const at = first + (y * width + x) * channels;
        const word = cell >= count ? 0 : channels === 1 ? grey(pixels[at]) : colour(pixels[at], pixels[at + 1], pixels[at + 2]);
        const place = corner + y * across + x;
        differences |= word ^ words[place];
        words[place] = word;
      }
    }
  }
  return differences !== 0;
}

const grey = (value) => (OPAQUE | (value << 16) | (value << 8) | value) >>> 0;
const colour = (red, green, blue) => (OPAQUE | (blue << 16) | (green << 8) | red) >>> 0;
