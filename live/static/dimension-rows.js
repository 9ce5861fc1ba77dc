// One row per latent dimension: its name, a track, its value, what it carries.

import { createTrack } from "./track.js";

const MANY = 8; // above this the rows stand in two columns, so that picture and sliders fit on one screen
const IDLE_NATS = 0.01; // a dimension that carries less does not move the picture

/**
 * Rows in `element` for `edit` (latent-edit.js). `build(model)` takes {ranges: [[low, high]...], nats: [...] or null};
 * gives back {build, remove, touched: the dimension that a hand moved last, or null}.
 */
export function createDimensionRows(element, edit) {
  let rows = [];
  let touched = null;

  function show() {
    rows.forEach((row, index) => {
      row.track.set(edit.latent[index]);
      row.figure.textContent = signed(edit.latent[index]);
    });
  }

  function buildRow(index, [low, high], nats) {
    const line = document.createElement("div");
    line.className = "dimension";
    line.dataset.dimension = index;
    const name = span("name figure", `z${index + 1}`);
    const figure = span("figure", "");
    const carried = span("nats figure", nats === undefined ? "" : `${nats.toFixed(2)} nats`);
    carried.title = "What this dimension carries: its KL to the prior, averaged over the test images. 1 nat is 1.44 bits";
    line.classList.toggle("idle", nats < IDLE_NATS);
    name.title = nats === undefined ? "" : `${carried.textContent}. ${carried.title}`;
    const handle = document.createElement("div");
    handle.className = "track";
    handle.ariaLabel = `Latent dimension ${index + 1}`;
    const track = createTrack(handle, {
      onMove: (value, event) => moved(index, value, event),
      onRelease: () => edit.settle(),
    });
    track.configure({ low, high });
    line.append(name, handle, figure, carried);
    return { line, track, figure };
  }

  function moved(index, value, event) {
    touched = index;
    edit.move({ [index]: value }, event.timeStamp, "rows");
    rows[index].figure.textContent = signed(edit.latent[index]);
  }

  const stop = edit.on("move", ({ by }) => by !== "rows" && rows.length === edit.latent.length && show());
  return {
    get touched() {
      return touched;
    },
    build({ ranges, nats }) {
      rows.forEach((row) => row.track.remove());
      touched = null;
      rows = ranges.map((ends, index) => buildRow(index, ends, nats?.[index]));
      element.replaceChildren(...rows.map((row) => row.line));
      element.closest(".sliders").classList.toggle("many", rows.length > MANY);
    },
    remove() {
      stop();
      rows.forEach((row) => row.track.remove());
    },
  };
}

function span(kind, text) {
  const made = document.createElement("span");
  made.className = kind;
  made.textContent = text;
  return made;
}

function signed(value) {
  return `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(2)}`;
}
