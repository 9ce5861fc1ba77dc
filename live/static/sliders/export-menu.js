// A button "Save" and the small panel that it opens: which file, how large, along which dimension. The live route makes
// the file, the browser downloads it. docs/live-protocol.md says what may be asked.

import { giveBlob } from "../download.js";
import { createSavePopup, sizeWords } from "../save-popup.js";

const UNREACHABLE = "The server does not answer. Is it still running?";
const KINDS = {
  png: { text: "Picture (PNG)", needs: ["scale", "smooth"] },
  sheet: { text: "Contact sheet (PNG)", needs: ["dimension", "columns", "scale", "smooth", "captions"] },
  gif: { text: "Film (GIF)", needs: ["dimension", "frames", "fps", "scale", "smooth"] },
  mp4: { text: "Film (MP4)", needs: ["dimension", "frames", "fps", "scale", "smooth"] },
  json: { text: "Latent (JSON)", needs: [] },
  python: { text: "Program (Python)", needs: ["scale", "smooth"] },
};
const FIRST = { name: "what", text: "File", type: "choice" };
const ROWS = [
  { name: "dimension", text: "Dimension", type: "choice" },
  { name: "layout", text: "Shown", type: "choice", options: [["grid", "side by side"], ["sequence", "one after the other"]] },
  { name: "columns", text: "Pictures in a row", type: "number", low: 3, high: 60, value: 9 },
  { name: "frames", text: "Frames, there and back", type: "number", low: 8, high: 240, value: 48 },
  { name: "fps", text: "Frames per second", type: "number", low: 1, high: 50, value: 24 },
  { name: "scale", text: "Scale", type: "number", low: 1, high: 32, value: 8 },
  { name: "smooth", text: "Smooth pixels", type: "switch" },
  { name: "captions", text: "Names and values on it", type: "switch", on: true },
];
const FILMS = ["gif", "mp4"];
const ALL = "all";

/**
 * The menu in `element`. `live`: the address of the live routes, which ends with a slash. `state()` tells what is on the
 * screen: {model, weights, latent: Float32Array, label, dimension (touched last, or null), ranges: [[low, high]...],
 * names: {index: name}} and, if wanted, `smooth`. `kinds`: which files are offered. Gives back `close()` and `remove()`.
 */
export function createExportMenu(element, { live, state, kinds = Object.keys(KINDS) }) {
  let offered = ""; // for which model and names the list of dimensions was made
  let touched = null; // the dimension that the panel last took over from the hand

  // The list of dimensions, and the one touched last chosen when the hand went to another since the panel last looked.
  function offer(fields) {
    const { model, latent, dimension, names = {}, smooth } = state();
    const wanted = JSON.stringify([model, latent.length, names]);
    if (wanted !== offered) {
      const before = fields.dimension.value;
      const named = Array.from(latent, (_, index) => new Option(nameOf(index, names), String(index)));
      fields.dimension.replaceChildren(new Option(`all ${latent.length}`, ALL), ...named);
      if (offered && before < latent.length) fields.dimension.value = before;
      offered = wanted;
    }
    if (dimension !== null && dimension !== touched) fields.dimension.value = String(dimension);
    touched = dimension;
    if (smooth !== undefined) fields.smooth.checked = smooth;
  }

  function shown(fields) {
    const kind = fields.what.value;
    const found = ["what", ...KINDS[kind].needs];
    const several = fields.dimension.value === ALL && fields.dimension.options.length > 2;
    const layout = FILMS.includes(kind) && several;
    if (layout) found.push("layout");
    if (layout && fields.layout.value === "grid") found.push("captions");
    return found;
  }

  async function make(fields, signal) {
    const { blob, name } = await fetchFile(request(fields), signal);
    giveBlob(blob, name);
    return `${name}, ${sizeWords(blob.size)}`;
  }

  function request(fields) {
    const { model, weights, latent, label = null, ranges, names = {} } = state();
    const kind = fields.what.value;
    const one = fields.dimension.value === ALL ? null : Number(fields.dimension.value);
    const values = {
      dimension: { dimensions: one === null ? null : [one], low_high: one === null ? ranges : [ranges[one]] },
      columns: { frames: Number(fields.columns.value) },
      frames: { frames: Number(fields.frames.value), layout: fields.layout.value, captions: fields.captions.checked },
      fps: { fps: Number(fields.fps.value) },
      scale: { scale: Number(fields.scale.value) },
      smooth: { smooth: fields.smooth.checked },
      captions: { captions: fields.captions.checked },
    };
    const asked = Object.assign({ what: kind, label, names }, ...KINDS[kind].needs.map((field) => values[field]));
    return { address: `${live}export/${model}/${weights}`, body: withLatent(latent, asked) };
  }

  async function fetchFile({ address, body }, signal) {
    const options = { method: "POST", body, headers: { "Content-Type": "application/json" }, signal };
    const answer = await fetch(new URL(address, window.location.href), options).catch((problem) => {
      if (problem.name === "AbortError") throw problem;
      throw new Error(UNREACHABLE);
    });
    if (!answer.ok) {
      const said = await answer.json().catch(() => null);
      throw new Error(said?.message ?? `The server answered ${answer.status}.`);
    }
    const [, name] = answer.headers.get("Content-Disposition")?.match(/filename="([^"]+)"/) ?? [null, "download"];
    return { blob: await answer.blob(), name };
  }

  return createSavePopup(element, { label: "Save what is on the screen", make: "Download", rows: [{ ...FIRST, options: kinds.map((kind) => [kind, KINDS[kind].text]) }, ...ROWS], onOpen: offer, onChange: shown, onMake: make });
}

// JSON has a −0, JSON.stringify writes 0: the latent goes out bit for bit.
function withLatent(latent, others) {
  const numbers = Array.from(latent, (value) => (Object.is(value, -0) ? "-0.0" : String(value)));
  return `{"latent":[${numbers.join(",")}],${JSON.stringify(others).slice(1)}`;
}

function nameOf(index, names) {
  return names[index] ? `z${index + 1}: ${names[index]}` : `z${index + 1}`;
}
