// What is morphed, as the link carries it; ui/morph_path/start.py reads it. An image of the data set is its row, any other
// key its latent.
//
//   keys=12.45.zAACAPw…  path=slerp  compare=linear.slerp  pace=even  mode=palette  t=0.5  at=0.3,0.7  label=3  weights=…

import { linkedLatent } from "../packed.js";

const whole = (share) => String(Math.round(share * 1e4) / 1e4);

/** The parameters of the link; null for one that need not stand there. `spot` of the palette, `place` on the path. */
export function linkOf({ keys, path, compare, pace, mode, label }, { place, spot, weights }) {
  return {
    keys: keys.map(keyText).join("."),
    path,
    compare: compare.join("."),
    pace: pace === "steady" ? null : pace,
    mode: mode === "path" ? null : mode,
    t: whole(place),
    at: mode === "palette" ? spot.map(whole).join(",") : null,
    label: label === null ? null : String(label),
    weights,
    a: null,
    b: null,
  };
}

function keyText({ latent, source: { row = null } }) {
  return row === null ? `z${linkedLatent(latent)}` : String(row);
}
