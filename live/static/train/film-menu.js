// The replay as a file to take away. A worker makes the film; the bar says how far it is.

import { address } from "../live-fetch.js";
import { askJob, giveFile, timeLeft } from "../ask-job.js";
import { createSavePopup, sizeWords } from "../save-popup.js";

const KINDS = [["gif", "Film (GIF)"], ["mp4", "Film (MP4)"], ["webp", "Film (WebP)"], ["zip", "Frames (ZIP of PNG)"]];

/** The menu in `element`; `state()`: {name, colours}. Gives back {remove}. */
export function createFilmMenu(element, state) {
  const popup = createSavePopup(element, {
    label: "Save the replay",
    make: "Make the file",
    stoppable: true,
    rows: [
      { name: "what", text: "File", type: "choice", options: KINDS },
      { name: "fps", text: "Epochs per second", type: "number", low: 1, high: 50, value: 8 },
    ],
    onChange: ({ what }) => (what.value === "zip" ? ["what"] : ["what", "fps"]),
    onMake: make,
  });

  async function make({ what, fps }, signal) {
    const { name, colours } = state();
    const body = { what: what.value, fps: Number(fps.value), colours };
    const onProgress = ({ progress, message, seconds_left: left }) => popup.told({ progress, words: [message, timeLeft(left)].filter(Boolean).join(", ") });
    const found = await askJob(address("run", [name, "film"]), body, { onProgress, signal });
    giveFile(found);
    return `${found.name}, ${sizeWords(found.bytes)}`;
  }

  return popup;
}
