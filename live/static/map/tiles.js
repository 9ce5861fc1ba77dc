// The decoded plane behind the points: a picture of the middle of each tile of a grid. Tiles that were decoded stay; those of
// a coarser step stand in until the finer ones of a nearer view have come.

import { DecodedLayer } from "./layer.js";
import { evenRuler, quantileRuler } from "./rulers.js";
import { drawStrip } from "../picture.js";

const GAP = 2; // CSS pixels between tiles
const KEPT = 6e6; // pixels of decoded tiles that are remembered
const SIDE = 40; // CSS pixels: the least side of a tile

export class TilesLayer extends DecodedLayer {
  #tiles = new Map(); // key -> {sheet, left, support, rect: [x0, y0, x1, y1], pixels}
  #pixels = 0;
  #present = [];

  constructor(scene) {
    super(scene, "map-tiles", "The decoded plane", { side: SIDE, spacing: "even" });
  }

  /** Another map or model: nothing that was decoded holds any more. */
  forget() {
    super.forget();
    this.#tiles.clear();
    this.#pixels = 0;
  }

  rest(view) {
    const wanted = this.#wanted(view);
    this.#present = wanted;
    const missing = wanted.filter(({ key }) => !this.#tiles.has(key));
    this.#draw(view);
    this.words = this.#say(wanted, missing.length);
    const places = missing.map(({ place }) => place);
    const drawn = (reply, first, count) => {
      this.#keep(reply, missing.slice(first, first + count));
      this.#draw(this.scene.view);
    };
    this.decoder.ask(this.scene.map, places, drawn, (problem) => {
      this.words = problem ?? this.#say(wanted, 0);
      this.scene.said("plane");
    });
    this.scene.said("plane");
  }

  /** The tiles of the view, from its middle outwards: {key, place, rect}. */
  #wanted(view) {
    const { prior, shape } = this.scene;
    const [, high, wide] = shape;
    const [x0, y0, x1, y1] = this.drifting.boxFor(view);
    const least = this.options.side / view.scale;
    const tall = (least * high) / wide;
    const byPrior = this.options.spacing === "quantiles" && prior;
    const across = byPrior ? quantileRuler(x0, x1, least, prior[0]) : evenRuler(x0, x1, least);
    const up = byPrior ? quantileRuler(y0, y1, tall, prior[1]) : evenRuler(y0, y1, tall);
    const tiles = [];
    for (let row = up.from; row <= up.to; row += 1) {
      for (let column = across.from; column <= across.to; column += 1) {
        const rect = [across.edge(column), up.edge(row), across.edge(column + 1), up.edge(row + 1)];
        const key = `${across.key} ${up.key} ${column} ${row}`;
        tiles.push({ key, place: [across.middle(column), up.middle(row)], rect });
      }
    }
    const far = ({ place: [x, y] }) => (x - view.centre[0]) ** 2 + (y - view.centre[1]) ** 2;
    return tiles.sort((a, b) => far(a) - far(b));
  }

  #keep({ pixels, shape, support }, tiles) {
    const sheet = document.createElement("canvas");
    drawStrip(sheet, pixels, shape, tiles.length);
    const [high, wide] = shape;
    tiles.forEach(({ key, rect }, index) => {
      this.#tiles.set(key, { sheet, left: index * wide, wide, high, support: support?.[index] ?? 1, rect });
      this.#pixels += wide * high;
    });
    for (const [key, tile] of this.#tiles) {
      if (this.#pixels <= KEPT) break;
      if (this.#present.some((wanted) => wanted.key === key)) continue;
      this.#tiles.delete(key);
      this.#pixels -= tile.wide * tile.high;
    }
  }

  /** Tiles of other steps first, coarse before fine, then those of the present step over them. */
  #draw(view) {
    const box = this.drifting.boxFor(view);
    const { context, place } = this.drifting.begin(view, box);
    context.imageSmoothingEnabled = false;
    const kind = this.#present[0]?.key[0];
    const near = [...this.#tiles].filter(([key, { rect }]) => key[0] === kind && overlap(rect, box)).map(([, tile]) => tile);
    near.sort((a, b) => b.rect[2] - b.rect[0] - (a.rect[2] - a.rect[0]));
    const present = this.#present.map(({ key }) => this.#tiles.get(key)).filter(Boolean);
    for (const tile of [...near, ...present]) paint(context, tile, place);
  }

  #say(wanted, missing) {
    const spaced = this.options.spacing === "quantiles" && this.scene.prior ? "at quantiles of the prior" : "evenly spaced";
    const state = missing ? `${missing} of ${wanted.length} still to come` : `${wanted.length} pictures`;
    const approximate = this.scene.map.exact ? "" : "; approximate, fainter where few images are near";
    return `Decoded plane: ${state}, ${spaced}${approximate}`;
  }
}

function paint(context, { sheet, left, wide, high, support, rect }, place) {
  const [x, y] = place(rect[0], rect[3]).map(Math.round);
  const [right, bottom] = place(rect[2], rect[1]).map(Math.round);
  const gap = right - x > 12 ? GAP : 0;
  const grown = Math.min((right - x - gap) / wide, (bottom - y - gap) / high);
  const [across, down] = [Math.round(wide * grown), Math.round(high * grown)];
  context.clearRect(x, y, right - x, bottom - y);
  context.globalAlpha = 0.25 + 0.75 * support;
  context.drawImage(sheet, left, 0, wide, high, Math.round((x + right - across) / 2), Math.round((y + bottom - down) / 2), across, down);
}

function overlap([x0, y0, x1, y1], [left, low, right, high]) {
  return x0 < right && x1 > left && y0 < high && y1 > low;
}
