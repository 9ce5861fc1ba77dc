// What a morph leaves behind: a film, a strip, frames or latents of a path; a picture, a grid or latents of the palette. A worker
// makes the file; the bar says how far it is.

import { address } from "../live-fetch.js";
import { askJob, giveFile, timeLeft } from "../ask-job.js";
import { packedLatents } from "../packed.js";
import { createSavePopup, sizeWords } from "../save-popup.js";
import { gridPlaces } from "./mixing.js";
import { placesOf } from "./pacing.js";

const PATH = [["gif", "Film (GIF)"], ["mp4", "Film (MP4)"], ["webp", "Film (WebP)"], ["strip", "Strip of frames (PNG)"], ["zip", "Frames (ZIP of PNG)"], ["json", "Latents (JSON)"]];
const PALETTE = [["picture", "Picture (PNG)"], ["grid", "Grid (PNG)"], ["json", "Grid (JSON)"], ["latent", "Latent (JSON)"]];
const FILMS = ["gif", "mp4", "webp"];
const GRIDS = ["grid", "json"];
const DRAWN = 448; // pixels of the longer side that a film has at first

/**
 * The menu in `element`. `state()` tells what is on the screen: {model, weights, shape, label, smooth}, and of a path {path: its
 * kind, latentAt(place)}, null as long as the path is not there; of the palette {corners: 3 or 4, latent, latentOf(place)}.
 * Gives back {remove}.
 */
export function createSaveMenu(element, state) {
  const popup = createSavePopup(element, {
    label: "Save the morph",
    make: "Make the file",
    stoppable: true,
    rows: [
      { name: "what", text: "File", type: "choice" },
      { name: "frames", text: "Frames", type: "number", low: 8, high: 240, value: 48 },
      { name: "side", text: "Pictures to a side", type: "number", low: 2, high: 15, value: 7 },
      { name: "fps", text: "Frames per second", type: "number", low: 1, high: 50, value: 24 },
      { name: "scale", text: "Scale", type: "number", low: 1, high: 32 },
      { name: "back", text: "There and back", type: "switch" },
      { name: "smooth", text: "Smooth pixels", type: "switch" },
    ],
    onOpen: opened,
    onChange: shown,
    onMake: make,
  });

  function opened({ what, scale, smooth }) {
    const { shape, smooth: smoothed, corners } = state();
    const kinds = corners ? PALETTE : PATH;
    if (what.options[0]?.value !== kinds[0][0]) what.replaceChildren(...kinds.map(([kind, text]) => new Option(text, kind)));
    scale.value ||= Math.max(1, Math.min(32, Math.floor(DRAWN / Math.max(shape[1], shape[2]))));
    smooth.checked = smoothed;
  }

  function shown({ what }) {
    const kind = what.value;
    const drawn = ["json", "latent"].includes(kind) ? [] : ["scale", "smooth"];
    if (state().corners) return ["what", ...(GRIDS.includes(kind) ? ["side"] : []), ...drawn];
    return ["what", "frames", ...(FILMS.includes(kind) ? ["fps", "back"] : []), ...drawn];
  }

  async function make(fields, signal) {
    const { model, weights, label } = state();
    const drawn = { fps: Number(fields.fps.value), scale: Number(fields.scale.value), smooth: fields.smooth.checked };
    const body = { ...(state().corners ? fromPalette(fields) : fromPath(fields)), ...drawn, ...(label === null ? {} : { label }) };
    const onProgress = ({ progress, message, seconds_left: left }) => popup.told({ progress, words: [message, timeLeft(left)].filter(Boolean).join(", ") });
    const found = await askJob(address("film", [model, weights]), body, { onProgress, signal });
    giveFile(found);
    return `${found.name}, ${sizeWords(found.bytes)}`;
  }

  function fromPath(fields) {
    const { path, latentAt } = state();
    if (latentAt === null) throw new Error("The path is not there yet. Wait for it, or choose another.");
    const what = fields.what.value;
    return { what, path, latents: packedLatents(frames(latentAt, Number(fields.frames.value), FILMS.includes(what) && fields.back.checked)) };
  }

  function fromPalette(fields) {
    const { corners, latent, latentOf } = state();
    const kind = fields.what.value;
    if (!GRIDS.includes(kind)) return { what: kind === "latent" ? "json" : kind, path: "palette", latents: packedLatents(latent) };
    const side = Number(fields.side.value);
    const latents = packedLatents(gridPlaces(side, corners).flatMap((place) => [...latentOf(place)]));
    return { what: kind === "json" ? kind : corners === 3 ? "triangle" : "sheet", path: "palette", columns: side, latents };
  }

  /** The latents of the frames: from the first image to the last; there and back without a frame twice in a row. */
  function frames(latentAt, count, back) {
    const places = back ? Array.from({ length: count }, (_, index) => 1 - Math.abs((2 * index) / count - 1)) : placesOf(count);
    return places.flatMap((place) => [...latentAt(place)]);
  }

  return popup;
}
