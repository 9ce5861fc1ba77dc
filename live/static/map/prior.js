// Circles of the prior N(0, I) on a plane through the latent space: where 1, 2 and 3 standard deviations of it lie.

import { Layer } from "./layer.js";

const RADII = [1, 2, 3];

export class PriorLayer extends Layer {
  get impossible() {
    return this.scene.prior ? null : "The prior has circles on a plane of the latent space: two dimensions, or the PCA plane.";
  }

  rest() {
    const held = RADII.map((radius) => `${(100 * shareWithin(radius)).toFixed(0)} %`).join(", ");
    this.words = `Circles: 1, 2 and 3 standard deviations of the prior on this plane, around ${held} of it`;
    this.scene.said("prior");
  }

  shapes(view) {
    const [across, up] = this.scene.prior;
    const [x, y] = view.toScreen([across.centre, up.centre]);
    return RADII.flatMap((radius) => {
      const [wide, high] = [radius * across.spread * view.scale, radius * up.spread * view.scale];
      const half = (to) => `A${wide} ${high} 0 0 1 ${to} ${y}`;
      const name = { words: `${radius} σ`, x: x + wide * Math.SQRT1_2 + 4, y: y - high * Math.SQRT1_2 - 4 };
      return [{ path: `M${x - wide} ${y}${half(x + wide)}${half(x - wide)}`, dashed: true }, name];
    });
  }

  /** The circles as shapes of a Plotly figure, in places of the map. */
  figureShapes({ text }) {
    const [across, up] = this.scene.prior;
    const box = (radius) => ({
      x0: across.centre - radius * across.spread,
      x1: across.centre + radius * across.spread,
      y0: up.centre - radius * up.spread,
      y1: up.centre + radius * up.spread,
    });
    const line = { color: text, width: 1.2, dash: "dash" };
    const name = (radius) => ({ text: `${radius} σ`, textposition: "top right", font: { size: 11 } });
    return RADII.map((radius) => ({ type: "circle", ...box(radius), line, opacity: 0.7, layer: "above", label: name(radius) }));
  }

  stroke(context, view, { text, halo, font }) {
    const [across, up] = this.scene.prior;
    const [x, y] = view.toScreen([across.centre, up.centre]);
    Object.assign(context, { font: `11px ${font}`, lineJoin: "round" });
    for (const radius of RADII) {
      const [wide, high] = [radius * across.spread * view.scale, radius * up.spread * view.scale];
      context.beginPath();
      context.ellipse(x, y, wide, high, 0, 0, 2 * Math.PI);
      context.setLineDash([6, 4]);
      Object.assign(context, { strokeStyle: text, lineWidth: 1.2, globalAlpha: 0.7 });
      context.stroke();
      context.setLineDash([]);
      context.globalAlpha = 1;
      label(context, `${radius} σ`, x + wide * Math.SQRT1_2 + 4, y - high * Math.SQRT1_2 - 4, { text, halo });
    }
  }
}

/** The share of a standard normal distribution of two dimensions within a radius. */
export function shareWithin(radius) {
  return 1 - Math.exp(-(radius ** 2) / 2);
}

/**
 * The prior N(0, I) along the two axes of an exact map, {centre, spread} each; null for any other map.
 * A place (x, y) is the latent origin + x · axes[0] + y · axes[1]; the axes are at right angles.
 */
export function priorOn(map) {
  if (!map?.exact || !map.axes || map.axes.length !== 2) return null;
  return map.axes.map((axis) => {
    const square = axis.reduce((sum, value) => sum + value * value, 0);
    const along = axis.reduce((sum, value, dimension) => sum + value * map.origin[dimension], 0);
    return { centre: along === 0 ? 0 : -along / square, spread: 1 / Math.sqrt(square) };
  });
}

function label(context, words, x, y, { text, halo }) {
  Object.assign(context, { fillStyle: text, strokeStyle: halo, lineWidth: 3 });
  context.strokeText(words, x, y);
  context.fillText(words, x, y);
}
