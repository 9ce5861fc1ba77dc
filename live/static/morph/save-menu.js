// What a morph leaves behind: a button and the panel that it opens. A worker makes the file; the bar says how far it is.

import { address } from "../live-fetch.js";
import { askJob, giveFile, timeLeft } from "../ask-job.js";
import { packedLatents } from "../packed.js";
import { placesOf } from "./pacing.js";

const KINDS = {
  gif: "Film (GIF)", mp4: "Film (MP4)", webp: "Film (WebP)", strip: "Strip of frames (PNG)", zip: "Frames (ZIP of PNG)", json: "Latents (JSON)",
};
const FILMS = ["gif", "mp4", "webp"];
const DRAWN = 448; // pixels of the longer side that a film has at first

const markup = `
  <button type="button" class="export-open" aria-haspopup="dialog" aria-expanded="false">Save</button>
  <form class="export-panel" role="dialog" aria-label="Save the morph" novalidate hidden>
    <label class="export-row"><span>File</span><select class="field" name="what"></select></label>
    <label class="export-row"><span>Frames</span><input class="field figure" name="frames" type="number" min="8" max="240" value="48" required></label>
    <label class="export-row"><span>Frames per second</span><input class="field figure" name="fps" type="number" min="1" max="50" value="24" required></label>
    <label class="export-row"><span>Scale</span><input class="field figure" name="scale" type="number" min="1" max="32" required></label>
    <label class="export-row export-check"><input name="back" type="checkbox"><span>There and back</span></label>
    <label class="export-row export-check"><input name="smooth" type="checkbox"><span>Smooth pixels</span></label>
    <button type="submit" class="export-make">Make the file</button>
    <div class="export-under" hidden><progress class="export-progress" max="1" aria-label="Progress"></progress>
      <div class="row"><span class="quiet export-left" role="status"></span><button type="button" class="small export-stop">Cancel</button></div></div>
    <p class="export-said quiet" role="status"></p>
    <p class="problem" role="alert" hidden></p>
  </form>`;

/**
 * The menu in `element`. `state()` tells what is on the screen: {model, weights, shape, label, smooth, path: its kind,
 * latentAt(place)}; `latentAt` is null as long as the path is not there. Gives back {remove}.
 */
export function createSaveMenu(element, state) {
  const leaving = new AbortController();
  element.classList.add("export");
  element.innerHTML = markup;
  const find = (selector) => element.querySelector(selector);
  const [opener, panel] = [find(".export-open"), find(".export-panel")];
  const fields = panel.elements;
  fields.what.append(...Object.entries(KINDS).map(([kind, text]) => new Option(text, kind)));
  let making = null;

  opener.onclick = () => (panel.hidden ? open() : close());
  panel.onchange = () => shown();
  panel.onsubmit = (event) => (event.preventDefault(), make());
  find(".export-stop").onclick = () => making?.abort(new DOMException("", "AbortError"));
  element.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || panel.hidden) return;
    event.stopPropagation();
    close();
  });
  document.addEventListener("pointerdown", (event) => event.composedPath().includes(element) || close(false), { signal: leaving.signal });

  function open() {
    const { shape, smooth } = state();
    fields.scale.value ||= Math.max(1, Math.min(32, Math.floor(DRAWN / Math.max(shape[1], shape[2]))));
    fields.smooth.checked = smooth;
    panel.hidden = false;
    opener.ariaExpanded = "true";
    shown();
    fields.what.focus();
  }

  function close(back = true) {
    if (panel.hidden) return;
    panel.hidden = true;
    opener.ariaExpanded = "false";
    if (back) opener.focus();
  }

  function shown() {
    const kind = fields.what.value;
    fields.fps.closest("label").hidden = !FILMS.includes(kind);
    fields.back.closest("label").hidden = !FILMS.includes(kind);
    for (const name of ["scale", "smooth"]) fields[name].closest("label").hidden = kind === "json";
    say("");
  }

  /** The latents of the frames: from the first image to the last; there and back without a frame twice in a row. */
  function frames(latentAt, count, back) {
    const places = back ? Array.from({ length: count }, (_, index) => 1 - Math.abs((2 * index) / count - 1)) : placesOf(count);
    return places.flatMap((place) => [...latentAt(place)]);
  }

  async function make() {
    const wrong = [...fields].find((field) => field.name && !field.closest("label").hidden && !field.checkValidity());
    if (wrong) {
      say(`${wrong.previousElementSibling.textContent} is ${wrong.value || "empty"}; it must be a whole number from ${wrong.min} to ${wrong.max}.`, true);
      return wrong.focus();
    }
    const { model, weights, label, path, latentAt } = state();
    if (latentAt === null) return say("The path is not there yet. Wait for it, or choose another.", true);
    const films = FILMS.includes(fields.what.value);
    const body = {
      what: fields.what.value, path, fps: Number(fields.fps.value), scale: Number(fields.scale.value), smooth: fields.smooth.checked,
      latents: packedLatents(frames(latentAt, Number(fields.frames.value), films && fields.back.checked)),
      ...(label === null ? {} : { label }),
    };
    making = new AbortController();
    busy(true);
    try {
      const found = await askJob(address("film", [model, weights]), body, { onProgress: told, signal: AbortSignal.any([making.signal, leaving.signal]) });
      giveFile(found);
      say(`${found.name}, ${size(found.bytes)}`);
    } catch (problem) {
      if (problem.name === "AbortError") say("Cancelled; nothing was kept.");
      else say(problem.message, true);
    } finally {
      busy(false);
    }
  }

  function told({ progress, message, seconds_left: left }) {
    find(".export-progress").value = progress;
    find(".export-left").textContent = [message, timeLeft(left)].filter(Boolean).join(", ");
  }

  function busy(on) {
    find(".export-make").disabled = on;
    find(".export-make").textContent = on ? "Making the file…" : "Make the file";
    find(".export-under").hidden = !on;
    if (on) told({ progress: 0, message: "", seconds_left: null });
    if (on) say("");
  }

  function say(text, failed = false) {
    find(".problem").textContent = failed ? text : "";
    find(".problem").hidden = !failed || !text;
    find(".export-said").textContent = failed ? "" : text;
  }

  return {
    remove() {
      leaving.abort(new DOMException("", "AbortError"));
      element.replaceChildren();
    },
  };
}

function size(bytes) {
  return bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1e3))} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
