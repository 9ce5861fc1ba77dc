// Points written straight into pixels: no drawing call per point, so that 70,000 take some 10 ms. Runs in a worker or
// in the page.

export const HIDDEN = 0;
export const SHOWN = 1;
export const SELECTED = 2;

/**
 * Draws points into `words`, RGBA pixels of width × height.
 * points: {x, y: Float32Array, inks: Uint32Array of 0xBBGGRR, states: Uint8Array of HIDDEN, SHOWN, SELECTED or null, order: Uint32Array or null};
 * frame: {width, height, left, top: the plane's place at the corner, scale: pixels per unit, radius: pixels, faded: how strong the points beside a selection are,
 * most: points at most, or none}.
 */
export function rasterise(words, points, frame) {
  words.fill(0);
  const selecting = points.states?.includes(SELECTED) ?? false;
  if (selecting) pass(words, points, frame, SHOWN, frame.faded);
  pass(words, points, frame, selecting ? SELECTED : SHOWN, 1);
}

function pass(words, { x, y, inks, states, order }, frame, wanted, strength) {
  const { width, height, left, top, scale } = frame;
  const { reach, solid, edge, alphas } = disc(frame.radius, width, strength);
  const count = Math.min(order?.length ?? x.length, frame.most ?? Infinity);
  for (let turn = 0; turn < count; turn += 1) {
    const index = order ? order[turn] : turn;
    if (states !== null && states[index] !== wanted) continue;
    const column = Math.round((x[index] - left) * scale);
    const line = Math.round((top - y[index]) * scale);
    if (!(column >= reach && line >= reach && column < width - reach && line < height - reach)) continue; // NaN, too
    const at = line * width + column;
    const ink = inks[index];
    const full = (0xff000000 | ink) >>> 0;
    for (let part = 0; part < solid.length; part += 1) words[at + solid[part]] = full;
    for (let part = 0; part < edge.length; part += 1) {
      const pixel = words[at + edge[part]];
      if (pixel !== full) words[at + edge[part]] = pixel === 0 ? ((alphas[part] << 24) | ink) >>> 0 : over(pixel, ink, alphas[part]);
    }
  }
}

/** The ink laid over a pixel that is taken already. */
function over(pixel, ink, alpha) {
  const under = pixel >>> 24;
  const rest = ((255 - alpha) * under) / 255;
  const cover = alpha + rest;
  const mix = (shift) => ((((ink >>> shift) & 0xff) * alpha + ((pixel >>> shift) & 0xff) * rest) / cover) << shift;
  return ((Math.round(cover) << 24) | (mix(16) & 0xff0000) | (mix(8) & 0xff00) | (mix(0) & 0xff)) >>> 0;
}

/** A dot as steps from its middle: the pixels it covers, and those it covers in part. */
function disc(radius, width, strength) {
  const reach = Math.ceil(radius);
  const [solid, edge, alphas] = [[], [], []];
  for (let row = -reach; row <= reach; row += 1) {
    for (let column = -reach; column <= reach; column += 1) {
      const alpha = Math.round(255 * strength * Math.min(Math.max(radius + 0.5 - Math.hypot(row, column), 0), 1));
      const step = row * width + column;
      if (alpha === 255) solid.push(step);
      else if (alpha > 0) {
        edge.push(step);
        alphas.push(alpha);
      }
    }
  }
  return { reach, solid: Int32Array.from(solid), edge: Int32Array.from(edge), alphas: Uint8Array.from(alphas) };
}
