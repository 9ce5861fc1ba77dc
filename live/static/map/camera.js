// How points in space are turned towards the eye: without perspective, so that distances on the screen keep one scale.

export const FACING = Object.freeze([1, 0, 0, 0, 1, 0, 0, 0, 1]); // the turn that shows x to the right and y upwards

/** The turn after a hand has turned the picture by angles (radians) to the right and down. */
export function turned(turn, right, down) {
  const [a, b] = [Math.cos(right), Math.sin(right)];
  const [c, d] = [Math.cos(down), Math.sin(down)];
  const aroundUp = [a, 0, b, 0, 1, 0, -b, 0, a];
  const aroundAcross = [1, 0, 0, 0, c, -d, 0, d, c];
  return straight(times(aroundAcross, times(aroundUp, turn)));
}

/** Places (u, v) of points on the screen's plane, and their depth towards the eye; around the middle (mx, my, mz). */
export function projected({ x, y, z }, turn, [mx, my, mz]) {
  const [u, v, depth] = [new Float32Array(x.length), new Float32Array(x.length), new Float32Array(x.length)];
  for (let index = 0; index < x.length; index += 1) {
    const [px, py, pz] = [x[index] - mx, y[index] - my, z[index] - mz];
    u[index] = turn[0] * px + turn[1] * py + turn[2] * pz;
    v[index] = turn[3] * px + turn[4] * py + turn[5] * pz;
    depth[index] = turn[6] * px + turn[7] * py + turn[8] * pz;
  }
  return { u, v, depth };
}

/** Indices from the farthest to the nearest, in 1,024 steps of depth. */
export function backToFront(depth) {
  const STEPS = 1024;
  let [low, high] = [Infinity, -Infinity];
  for (const value of depth) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const size = (high - low || 1) / STEPS;
  const stepOf = (value) => Math.max(0, Math.min(STEPS - 1, Math.floor((value - low) / size) || 0));
  const next = new Uint32Array(STEPS + 1);
  for (const value of depth) next[stepOf(value) + 1] += 1;
  for (let step = 0; step < STEPS; step += 1) next[step + 1] += next[step];
  const order = new Uint32Array(depth.length);
  for (let index = 0; index < depth.length; index += 1) order[next[stepOf(depth[index])]++] = index;
  return order;
}

function times(a, b) {
  return a.map((_, at) => [0, 1, 2].reduce((sum, k) => sum + a[3 * Math.floor(at / 3) + k] * b[3 * k + (at % 3)], 0));
}

/** Rounding adds up over many small turns: the rows are made unit and upright to each other again. */
function straight(turn) {
  const first = unit(turn.slice(0, 3));
  const along = dot(first, turn.slice(3, 6));
  const second = unit(turn.slice(3, 6).map((value, axis) => value - along * first[axis]));
  return [...first, ...second, ...cross(first, second)];
}

const dot = (a, b) => a.reduce((sum, value, axis) => sum + value * b[axis], 0);
const unit = (a) => a.map((value) => value / Math.sqrt(dot(a, a)));
const cross = ([a, b, c], [d, e, f]) => [b * f - c * e, c * d - a * f, a * e - b * d];
