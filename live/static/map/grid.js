// An index of points by the cells of a grid: the nearest point and the points of a region without a look at all of them.

const PER_CELL = 4; // points in a cell, about
const MOST_CELLS = 1024; // to a side
const SAMPLED = 4000; // points that the bounds are taken from: a few far out must not stretch the cells

export class GridIndex {
  /** x, y: Float32Array of one length; points that are not finite are in no cell. */
  constructor(x, y) {
    Object.assign(this, { x, y });
    this.side = Math.max(1, Math.min(MOST_CELLS, Math.ceil(Math.sqrt(x.length / PER_CELL))));
    [this.left, this.wide] = bounds(x, this.side);
    [this.bottom, this.high] = bounds(y, this.side);
    this.#sort();
  }

  /** Counting sort: the points of cell c are order[starts[c]] to order[starts[c + 1] - 1]. */
  #sort() {
    const { x, y, side } = this;
    const cells = new Uint32Array(x.length);
    const starts = new Uint32Array(side * side + 2);
    for (let index = 0; index < x.length; index += 1) {
      const cell = Number.isFinite(x[index] + y[index]) ? this.#row(y[index]) * side + this.#column(x[index]) : side * side;
      cells[index] = cell;
      starts[cell + 1] += 1;
    }
    for (let cell = 0; cell <= side * side; cell += 1) starts[cell + 1] += starts[cell];
    const next = starts.slice();
    this.order = new Uint32Array(x.length);
    for (let index = 0; index < x.length; index += 1) this.order[next[cells[index]]++] = index;
    this.starts = starts;
  }

  #column(x) {
    return clamped(Math.floor((x - this.left) / this.wide), this.side);
  }

  #row(y) {
    return clamped(Math.floor((y - this.bottom) / this.high), this.side);
  }

  /** The index of the nearest point within `radius`, of those that `states` does not hold 0 for; null when there is none. */
  nearest([atX, atY], radius, states = null) {
    const { x, y } = this;
    let best = radius * radius;
    let found = null;
    this.#eachRun([atX - radius, atY - radius, atX + radius, atY + radius], (from, to) => {
      for (let place = from; place < to; place += 1) {
        const index = this.order[place];
        const distance = (x[index] - atX) ** 2 + (y[index] - atY) ** 2;
        if (distance > best || (states && states[index] === 0)) continue;
        best = distance;
        found = index;
      }
    });
    return found;
  }

  /** The indices of the points in the box [x0, y0, x1, y1]. */
  inBox([x0, y0, x1, y1]) {
    const { x, y } = this;
    const found = [];
    this.#eachRun([x0, y0, x1, y1], (from, to) => {
      for (let place = from; place < to; place += 1) {
        const index = this.order[place];
        if (x[index] >= x0 && x[index] <= x1 && y[index] >= y0 && y[index] <= y1) found.push(index);
      }
    });
    return found;
  }

  /** The indices of the points within a polygon [[x, y], ...], closed by itself; even-odd where it crosses itself. */
  inPolygon(polygon) {
    const { x, y, side, order, starts } = this;
    const box = boxAround(polygon);
    const crossed = this.#crossedBy(polygon);
    const found = [];
    for (let row = this.#row(box[1]); row <= this.#row(box[3]); row += 1) {
      for (let column = this.#column(box[0]); column <= this.#column(box[2]); column += 1) {
        const cell = row * side + column;
        if (starts[cell] === starts[cell + 1]) continue;
        const mixed = crossed[cell] === 1 || row === 0 || column === 0 || row === side - 1 || column === side - 1;
        const middle = [this.left + (column + 0.5) * this.wide, this.bottom + (row + 0.5) * this.high];
        if (!mixed && !inside(polygon, middle)) continue;
        for (let place = starts[cell]; place < starts[cell + 1]; place += 1) {
          const index = order[place];
          if (!mixed || inside(polygon, [x[index], y[index]])) found.push(index);
        }
      }
    }
    return Uint32Array.from(found);
  }

  /** Cells that an edge may pass through; all others lie wholly inside or wholly outside. */
  #crossedBy(polygon) {
    const crossed = new Uint8Array(this.side * this.side);
    polygon.forEach((from, index) => {
      const to = polygon[(index + 1) % polygon.length];
      const parts = Math.ceil(Math.max(Math.abs(to[0] - from[0]) / this.wide, Math.abs(to[1] - from[1]) / this.high, 1));
      if (parts > 4 * this.side) return crossed.fill(1);
      for (let part = 0; part < parts; part += 1) this.#mark(crossed, between(from, to, part / parts), between(from, to, (part + 1) / parts));
    });
    return crossed;
  }

  #mark(crossed, [fromX, fromY], [toX, toY]) {
    const [first, last] = [this.#column(Math.min(fromX, toX)), this.#column(Math.max(fromX, toX))];
    for (let row = this.#row(Math.min(fromY, toY)); row <= this.#row(Math.max(fromY, toY)); row += 1) {
      crossed.fill(1, row * this.side + first, row * this.side + last + 1);
    }
  }

  /** Calls back with each run of `order` that the cells of the box hold. */
  #eachRun([x0, y0, x1, y1], run) {
    const [first, last] = [this.#column(x0), this.#column(x1)];
    for (let row = this.#row(y0); row <= this.#row(y1); row += 1) {
      run(this.starts[row * this.side + first], this.starts[row * this.side + last + 1]);
    }
  }
}

/** Whether a place lies within a polygon. */
export function inside(polygon, [x, y]) {
  let within = false;
  for (let index = 0, before = polygon.length - 1; index < polygon.length; before = index, index += 1) {
    const [x1, y1] = polygon[index];
    const [x2, y2] = polygon[before];
    if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) within = !within;
  }
  return within;
}

/** [x0, y0, x1, y1] around places. */
export function boxAround(places) {
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [x, y] of places) {
    box[0] = Math.min(box[0], x);
    box[1] = Math.min(box[1], y);
    box[2] = Math.max(box[2], x);
    box[3] = Math.max(box[3], y);
  }
  return box;
}

/** Values at shares 0 to 1 of the finite ones, from at most `most` of them. */
export function quantiles(values, shares, most = SAMPLED) {
  const step = Math.max(1, Math.floor(values.length / most));
  const sample = [];
  for (let index = 0; index < values.length; index += step) if (Number.isFinite(values[index])) sample.push(values[index]);
  const sorted = Float64Array.from(sample).sort();
  return shares.map((share) => sorted[Math.round(share * (sorted.length - 1))] ?? 0);
}

function bounds(values, side) {
  const [low, high] = quantiles(values, [0.002, 0.998]);
  return [low, (high - low || 1) / side];
}

function clamped(cell, side) {
  return cell >= 0 ? Math.min(cell, side - 1) : 0;
}

function between(from, to, share) {
  return [from[0] + share * (to[0] - from[0]), from[1] + share * (to[1] - from[1])];
}
