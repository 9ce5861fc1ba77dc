// One row: the name of what it moves, a track with a filmstrip below, the value, what the dimension carries, a lock.

import { createFilmstrip } from "./filmstrip.js";
import { createTrack } from "../track.js";

export const LONGEST_NAME = 40; // as the server keeps names
const CARRIED = {
  dimensions: "What this dimension carries: its KL to the prior, averaged over the test images. 1 nat is 1.44 bits",
  axes: "Its share of the variance of the test images' encodings",
};
const KEYS = "Hold Shift for fine steps; Page Up and Page Down for coarse ones; double click or Delete to reset";

const template = document.createElement("template");
template.innerHTML = `<div class="dimension">
  <button type="button" class="name figure"></button>
  <div class="way"><div class="track"></div><div class="strip"><canvas role="img" width="1" height="1"></canvas></div></div>
  <span class="value figure"></span>
  <button type="button" class="lock" aria-pressed="false"><svg viewBox="0 0 16 16" aria-hidden="true"><path class="bow" d="M5 7.5V5a3 3 0 0 1 6 0v2.5"/><rect x="3.5" y="7.5" width="9" height="6.5" rx="1.5"/></svg></button>
  <span class="nats figure"></span>
</div>`;

/** A row of `basis` (latent-basis.js). `hand`: {move, release, hold, letGo, reset, pick, lock, rename}, each with the index first. */
export function createDimensionRow(basis, index, hand) {
  const line = template.content.firstElementChild.cloneNode(true);
  const find = (kind) => line.querySelector(`.${kind}`);
  const [name, handle, figure, lock] = ["name", "track", "value", "lock"].map(find);
  const single = basis.kind === "dimensions";
  line.dataset[single ? "dimension" : "axis"] = index;
  find("nats").textContent = basis.carried(index);
  find("nats").title = CARRIED[basis.kind];
  handle.setAttribute("aria-description", KEYS);
  const track = createTrack(handle, {
    shareOn: find("way"),
    onMove: (value, event) => hand.move(index, value, event),
    onRelease: () => hand.release(index),
    onHold: () => hand.hold(index),
    onLetGo: () => hand.letGo(index),
    onReset: (event, steps) => hand.reset(index, event, steps),
    describe: (value) => words(value),
  });
  const strip = createFilmstrip(find("strip"), (value, event) => hand.pick(index, value, event));
  let shown = null;

  function nameIt() {
    name.textContent = basis.name(index);
    const whole = [basis.spoken(index), basis.carried(index)].filter(Boolean).join(", ");
    name.title = single ? `${whole}. Click to rename` : whole;
    name.ariaLabel = single ? `Rename ${basis.spoken(index)}` : whole;
    handle.ariaLabel = basis.spoken(index);
    lock.ariaLabel = `Lock ${basis.spoken(index)}`;
    find("strip").firstElementChild.ariaLabel = `Previews along ${basis.name(index)}`;
  }

  function rename() {
    const field = document.createElement("input");
    Object.assign(field, { className: "naming field", maxLength: LONGEST_NAME, ariaLabel: `Name of ${basis.spoken(index)}` });
    field.value = basis.name(index);
    const leave = (keep) => {
      field.onblur = null;
      const text = field.value.trim();
      field.replaceWith(name);
      if (keep && text !== basis.name(index)) hand.rename(index, text);
    };
    field.onblur = () => leave(true);
    field.onkeydown = (event) => {
      if (event.key !== "Enter" && event.key !== "Escape") return;
      event.preventDefault(); // else Enter would press the name that has the focus next
      event.stopPropagation();
      leave(event.key === "Enter");
      name.focus();
    };
    name.replaceWith(field);
    field.select();
  }

  name.disabled = !single;
  name.onclick = rename;
  lock.hidden = !single;
  lock.onclick = () => hand.lock(index, lock.ariaPressed !== "true");
  nameIt();
  return {
    line,
    index,
    strip,
    near: false,
    nameIt,
    show(value) {
      if (value === shown) return;
      shown = value;
      figure.textContent = words(value);
      track.set(value);
    },
    /** The hand itself moved the track: only the figure is behind. */
    moved(value) {
      shown = value;
      figure.textContent = words(value);
    },
    setEnds([low, high]) {
      track.configure({ low, high });
      strip.setEnds([low, high]);
    },
    setLock(on) {
      lock.ariaPressed = String(on);
      line.classList.toggle("locked", on);
      track.lock(on);
    },
    remove: () => track.remove(),
  };
}

/** Two decimals; three where a fine step needs them. */
function words(value) {
  const fine = Math.abs(value * 100 - Math.round(value * 100)) > 0.05 && Math.abs(value * 1000 - Math.round(value * 1000)) < 1e-3;
  const size = Math.abs(value).toFixed(fine ? 3 : 2);
  return `${value < 0 && Number(size) > 0 ? "−" : "+"}${size}`;
}
