// The replay as a file to take away: a button, and the panel that it opens. A worker makes the film.

import { address } from "../live-fetch.js";
import { askJob, giveFile, timeLeft } from "../ask-job.js";

const KINDS = [["gif", "Film (GIF)"], ["mp4", "Film (MP4)"], ["webp", "Film (WebP)"], ["zip", "Frames (ZIP of PNG)"]];
const markup = `
  <button type="button" class="export-open" aria-haspopup="dialog" aria-expanded="false" title="The replay as a film">Save</button>
  <form class="export-panel" role="dialog" aria-label="Save the replay" novalidate hidden>
    <label class="export-row"><span>File</span><select class="field" name="what"></select></label>
    <label class="export-row"><span>Epochs per second</span><input class="field figure" name="fps" type="number" min="1" max="50" value="8" required></label>
    <button type="submit" class="export-make">Make the file</button>
    <div class="export-under" hidden><progress class="export-progress" max="1" aria-label="Progress"></progress>
      <div class="row"><span class="quiet export-left" role="status"></span><button type="button" class="small export-stop">Cancel</button></div></div>
    <p class="export-said quiet" role="status"></p>
    <p class="problem" role="alert" hidden></p>
  </form>`;

/** The menu in `element`; `state()`: {name, colours}. Gives back {remove}. */
export function createFilmMenu(element, state) {
  const leaving = new AbortController();
  element.classList.add("export");
  element.innerHTML = markup;
  const find = (selector) => element.querySelector(selector);
  const [opener, panel] = [find(".export-open"), find(".export-panel")];
  const { what, fps } = panel.elements;
  what.append(...KINDS.map(([kind, text]) => new Option(text, kind)));
  let making = null;

  opener.onclick = () => show(panel.hidden);
  what.onchange = () => (fps.closest("label").hidden = what.value === "zip");
  panel.onsubmit = (event) => (event.preventDefault(), make());
  find(".export-stop").onclick = () => making?.abort(new DOMException("", "AbortError"));
  element.addEventListener("keydown", (event) => event.key === "Escape" && !panel.hidden && (event.stopPropagation(), show(false), opener.focus()));
  document.addEventListener("pointerdown", (event) => event.composedPath().includes(element) || show(false), { signal: leaving.signal });

  function show(on) {
    panel.hidden = !on;
    opener.ariaExpanded = String(on);
    if (on) what.focus();
  }

  async function make() {
    if (!fps.checkValidity()) {
      say(`Epochs per second is ${fps.value || "empty"}; it must be a whole number from ${fps.min} to ${fps.max}.`, true);
      return fps.focus();
    }
    const { name, colours } = state();
    making = new AbortController();
    busy(true);
    try {
      const body = { what: what.value, fps: Number(fps.value), colours };
      const found = await askJob(address("run", [name, "film"]), body, { onProgress: told, signal: AbortSignal.any([making.signal, leaving.signal]) });
      giveFile(found);
      say(`${found.name}, ${(found.bytes / 1e6).toFixed(1)} MB`);
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
    if (on) told({ progress: 0, message: "", seconds_left: null }), say("");
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
