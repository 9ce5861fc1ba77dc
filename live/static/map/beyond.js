// Where images lie that are not among the points here: of a map of very many only a sample is.

import { address, answerOf } from "../live-fetch.js";

const MOST = 256; // rows in one question

export class PointsBeyond {
  #known = new Map(); // row -> [x, y] or [x, y, z]
  #id = null;

  /** Of another map nothing is known. */
  of(map) {
    if ((map?.id ?? null) === this.#id) return;
    this.#id = map?.id ?? null;
    this.#known.clear();
  }

  /** [x, y] or [x, y, z] of a row that was sought; null. */
  at(row) {
    return this.#known.get(row) ?? null;
  }

  /** Asks the server for the points of rows; a promise of whether all of them are known, false where they are not on the map. */
  async seek(rows) {
    const id = this.#id;
    const missing = rows.filter((row) => !this.#known.has(row)).slice(0, MOST);
    if (id === null) return false;
    if (missing.length === 0) return true;
    try {
      const response = await answerOf(address("map", [id, "points"], { rows: missing.join() }));
      const columns = new Float32Array(await response.arrayBuffer(), 4 * missing.length);
      if (id === this.#id) this.#keep(missing, columns);
    } catch {
      return false; // not on this map, or no server: it is not here
    }
    return id === this.#id;
  }

  #keep(rows, columns) {
    const components = columns.length / rows.length;
    rows.forEach((row, at) => this.#known.set(row, Array.from({ length: components }, (_, axis) => columns[axis * rows.length + at])));
  }
}
