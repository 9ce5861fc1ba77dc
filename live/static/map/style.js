// How the parts of a map view look; the colours are Streamlit's, so that light and dark both work.

const RULES = `
.map-view { overflow: hidden; touch-action: none; cursor: crosshair; user-select: none; -webkit-user-select: none; }
.map-view.over-point { cursor: pointer; }
.map-view[data-tool="box"], .map-view[data-tool="lasso"] { cursor: cell; }
.map-view.in-space { cursor: grab; }
.map-view > .map-layer { position: absolute; left: 0; top: 0; pointer-events: none; max-width: none; object-fit: fill; image-rendering: auto; }
.map-view > canvas.map-fills { width: 100%; height: 100%; }
.map-view > .map-points, .map-view > .map-drifting { will-change: transform; }
.map-view > .map-tiles { opacity: 0.5; }
.map-view.on-light > .map-tiles { opacity: 0.42; }
.map-view > .map-change { opacity: 0.6; }
.map-view > .map-plotly text { fill: var(--st-text-color) !important; paint-order: stroke; stroke: var(--st-background-color); stroke-width: 3px; font-variant-numeric: tabular-nums; }
.map-view > .map-plotly .main-svg { background: transparent !important; }
.map-view > .map-mark { position: absolute; left: 0; top: 0; width: 0; height: 0; pointer-events: none; will-change: transform; }
.map-ring::after { content: ""; position: absolute; inset: -8px; border: 2px solid var(--st-text-color); border-radius: 50%; box-shadow: 0 0 0 1px var(--st-background-color); }
.map-pin::after { content: ""; position: absolute; inset: -7px; border: 3px solid var(--st-primary-color); border-radius: 50%; box-shadow: 0 0 0 1.5px var(--st-background-color); }
.map-cross::before, .map-cross::after { content: ""; position: absolute; background: var(--st-text-color); }
.map-cross::before { left: -11px; top: -0.5px; width: 22px; height: 1px; }
.map-cross::after { top: -11px; left: -0.5px; height: 22px; width: 1px; }
.map-outline { inset: 0; width: 100%; height: 100%; overflow: visible; }
.map-outline path { fill: color-mix(in srgb, var(--st-primary-color) 12%, transparent); stroke: var(--st-primary-color); stroke-width: 1.5px; stroke-dasharray: 5 3; fill-rule: evenodd; }
.map-outline[data-mode="subtract"] path { fill: color-mix(in srgb, var(--st-text-color) 8%, transparent); stroke: var(--st-text-color); }
`;

export function mapStyle() {
  const style = document.createElement("style");
  style.textContent = RULES;
  return style;
}
