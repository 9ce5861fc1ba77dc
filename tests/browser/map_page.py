"""A bare page with a map view on drawn points: what the tests and the benchmarks of the map's drawing open."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

import store

LIGHT = {"text": "#31333f", "background": "#ffffff", "primary": "#3366cc"}
DARK = {"text": "#fafafa", "background": "#0e1117", "primary": "#6c9bff"}

BUILD = """async ({count, seed, theme, size, colours, space, plotly_points}) => {
  document.body.innerHTML = '<div id="field"></div>';
  Object.assign(document.body.style, { margin: 0, background: theme.background });
  for (const [name, colour] of Object.entries(theme)) document.body.style.setProperty(`--st-${name}-color`, colour);
  document.body.style.setProperty("--st-primary-color", theme.primary);
  const field = document.getElementById("field");
  Object.assign(field.style, { position: "relative", width: size[0], height: size[1], background: theme.background });
  const { MapView } = await import(new URL("./static/map/view.js", location.href));
  let state = seed;
  const uniform = () => (state = (state * 1664525 + 1013904223) >>> 0, (state + 0.5) / 4294967296);
  const normal = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  const [x, y, z] = [new Float32Array(count), new Float32Array(count), new Float32Array(count)];
  const classes = new Int16Array(count);
  for (let i = 0; i < count; i += 1) {
    classes[i] = i % 10;
    const angle = (2 * Math.PI * classes[i]) / 10;
    x[i] = 3 * Math.cos(angle) + 0.6 * normal();
    y[i] = 3 * Math.sin(angle) + 0.6 * normal();
    z[i] = (classes[i] - 4.5) / 2 + 0.3 * normal();
  }
  window.told = { pointer: [], click: [], select: [], view: [], tool: [] };
  const tell = (name) => (...what) => window.told[name].push(what.length > 1 ? what : what[0]);
  const calls = { onPointer: "pointer", onClick: "click", onSelect: "select", onView: "view", onTool: "tool" };
  const given = Object.fromEntries(Object.entries(calls).map(([call, name]) => [call, tell(name)]));
  const view = new MapView(field, { ...given, plotlyPoints: plotly_points ?? undefined });
  Object.assign(window, { view, points: { x, y, z }, classes, palette: colours });
  view.setColours({ classes, palette: colours });
  view.setPoints(space ? { x, y, z } : { x, y });
  await new Promise((done) => {
    const look = () => (view.atRest ? done() : requestAnimationFrame(look));
    look();
  });
}"""

PALETTE = ("#4477aa", "#ee6677", "#228833", "#ccbb44", "#66ccee", "#aa3377", "#bbbbbb", "#ee8866", "#44bb99", "#882255")


REAL = """async ({model, method, parameters}) => {
  const ask = async (address, options) => {
    const response = await fetch(address, options);
    if (!response.ok) throw new Error(`${address}: ${response.status} ${await response.text()}`);
    return response;
  };
  const source = `${model.name}/${model.weights}`;
  const body = JSON.stringify({ source: "reference", method, parameters });
  const asked = async () => (await ask(`./map/${source}`, { method: "POST", body })).json();
  let map = await asked();
  while (map.state !== "ready") {
    if (!["queued", "running"].includes(map.state)) throw new Error(`${map.state}: ${map.message}`);
    await new Promise((done) => setTimeout(done, 250));
    map = await asked();
  }
  const columns = new Float32Array(await (await ask(`./map/${map.id}/points`)).arrayBuffer());
  const [x, y, z] = [0, 1, 2].map((axis) => columns.slice(axis * map.count, (axis + 1) * map.count));
  const classes = new Int16Array(await (await ask(`./source/${source}/reference/column/label`)).arrayBuffer());
  Object.assign(window, { points: map.components === 3 ? { x, y, z } : { x, y }, classes, map });
  view.setMap({ ...map, model: model.name, weights: model.weights, shape: model.shape, spread: model.spread });
  view.setColours({ classes, palette });
  view.setPoints(points);
}"""


def show_real_map(page: Page, name: str, method: str = "pca", **parameters: Any) -> None:
    """Puts the encoded test images of a shipped model in place of the drawn points, on a map of the method."""
    model = store.model(name)
    by_grey = model.spread_by_grey()
    spread = {"words": model.vae.likelihood.label, "by_grey": None if by_grey is None else by_grey.tolist()}
    about = {"name": name, "weights": model.weights, "shape": list(model.image_shape), "spread": spread}
    page.evaluate(REAL, {"model": about, "method": method, "parameters": parameters})


def open_map_view(page: Page, address: str, count: int, **options: Any) -> None:
    """Shows `count` drawn points in ten clusters; the view is `window.view`, what it told `window.told`.

    address: of a running app. options: theme, size (CSS lengths), seed, space (points with a depth), plotly_points.
    """
    page.goto(f"{address}/live/health")
    settings = {
        "theme": LIGHT,
        "size": ["100vw", "100vh"],
        "seed": 1,
        "colours": PALETTE,
        "space": False,
        "plotly_points": None,
    }
    page.evaluate(BUILD, settings | {"count": count} | options)


def told(page: Page, what: str) -> list[dict[str, Any]]:
    """What the view has told its caller of a kind: pointer, click, select, view or tool."""
    return page.evaluate(f"window.told.{what}")


def rest(page: Page) -> dict[str, Any]:
    """Waits until the picture stands still and gives the view."""
    page.wait_for_timeout(200)
    page.wait_for_function("() => view.atRest")
    return page.evaluate("view.view")
