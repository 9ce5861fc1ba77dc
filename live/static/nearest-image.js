// The test image under the pointer: its picture, its name, and what it cost to encode.

import { float32Of, int16Of, uint8Of } from "./arrays.js";

export class NearestImage {
  row = null;
  #data;
  #wanted = null;
  #loading = false;

  /** `place` holds the elements .near-name, .near-facts and .near-picture img. */
  constructor(place) {
    this.find = (selector) => place.querySelector(selector);
  }

  /** Another model: `labels` int16 and `originals` uint8, `kl` and `reconstruction` float32, packed, one per image. */
  open(data) {
    this.#data = data;
    this.row = null;
    this.labels = data.labels ? int16Of(data.labels) : null;
    this.originals = uint8Of(data.originals);
    this.kl = float32Of(data.kl);
    this.reconstruction = float32Of(data.reconstruction);
  }

  /** No image is named; `facts` says why, if anything does. */
  clear(name = "Nearest image", facts = "") {
    this.row = null;
    this.#wanted = null;
    this.find(".near-name").textContent = name;
    this.find(".near-facts").textContent = facts;
    this.find(".near-picture img").hidden = true;
  }

  /** The image of the row from now on; null leaves the last one. */
  show(row) {
    if (row === null || row === this.row) return;
    this.row = row;
    const { names, live, model, weights } = this.#data;
    const original = this.originals[row] === 1;
    const label = this.labels ? names[this.labels[row]] : "";
    const named = [`Image ${row}`, /^\d+$/.test(label) ? `label ${label}` : label].filter(Boolean).join(", ");
    const title = original ? named : `${named} (reconstruction)`;
    const lines = [nats("KL", this.kl[row]), nats("reconstruction", this.reconstruction[row])];
    this.find(".near-name").textContent = title;
    this.find(".near-facts").textContent = [...lines, original ? "" : "original not on this machine"].join("\n");
    const address = `${live}picture/${model}/${weights}/${row}.png?kind=auto`;
    this.#load(new URL(address, window.location.href).href, title);
  }

  /** The newest picture wins: while one loads, only the last that was asked for waits. */
  async #load(address, title) {
    this.#wanted = { address, title };
    if (this.#loading) return;
    this.#loading = true;
    while (this.#wanted) {
      const { address: source, title: text } = this.#wanted;
      this.#wanted = null;
      const image = new Image();
      image.src = source;
      await image.decode().catch(() => {});
      if (this.row !== null) Object.assign(this.find(".near-picture img"), { src: source, alt: text, hidden: false });
    }
    this.#loading = false;
  }
}

function nats(name, value) {
  return `${name.padEnd(15)}${value.toFixed(1).replace("-", "−")} nats`;
}
