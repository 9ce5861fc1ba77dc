"""What a map view writes as files, in real Chromium: PNG, SVG, and a page that needs no server."""

from __future__ import annotations

import base64
import io
import json
import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page

from tests.browser.map_page import PALETTE, open_map_view, show_real_map
from tools.running_app import RunningApp

WRITE = """async ([what, facts]) => {
  const blob = await view[what]({ ...facts, nameOf: (row) => `row ${row} </script>` });
  const bytes = new Uint8Array(await blob.arrayBuffer());
  let text = "";
  for (let at = 0; at < bytes.length; at += 32768) text += String.fromCharCode(...bytes.subarray(at, at + 32768));
  return [blob.type, btoa(text)];
}"""
LEGEND = [{"name": "three", "colour": PALETTE[3]}, {"name": "a < b & c", "colour": PALETTE[4]}]
SVG = "{http://www.w3.org/2000/svg}"


def written(page: Page, what: str, **facts: Any) -> tuple[str, bytes]:
    kind, text = page.evaluate(WRITE, [what, facts])
    return kind, base64.b64decode(text)


def share_of(pixels: np.ndarray, colour: str) -> float:
    rgb = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
    return float((np.abs(pixels[..., :3].astype(int) - rgb).max(axis=-1) <= 3).mean())


def test_png_shows_the_view_twice_as_sharp(page: Page, app_server: RunningApp) -> None:
    open_map_view(page, app_server.url, 3000)
    page.evaluate("view.setShown(classes.map((kind) => (kind === 7 ? 0 : 1)))")
    kind, content = written(page, "exportPng", title="My map", legend=LEGEND)
    assert kind == "image/png"
    picture = np.asarray(Image.open(io.BytesIO(content)).convert("RGB"))
    assert picture.shape == (2 * (800 + 60), 2 * 1280, 3)
    whole = picture[60:-60]
    for number, colour in enumerate(PALETTE):
        assert (share_of(whole, colour) > 0.002) == (number != 7), f"class {number}"
    x, y = page.evaluate("view.toScreen(view.pointAt(2999))")
    around = whole[round(2 * y) - 2 : round(2 * y) + 3, round(2 * x) - 2 : round(2 * x) + 3]
    assert share_of(around, PALETTE[9]) > 0.6, "a point stands where the view has it"
    assert picture[:60].min() < 100, "the title"
    assert share_of(picture[-60:], PALETTE[3]) > 0.001, "the legend"


def test_svg_holds_every_point_of_the_view_as_a_shape(page: Page, app_server: RunningApp) -> None:
    open_map_view(page, app_server.url, 3000)
    show_real_map(page, "digits-8d", components=2)
    for layer in ("density", "prior", "plane"):
        page.evaluate("layer => view.showLayer(layer, true)", layer)
    page.wait_for_function("view.layerState('plane').words.endsWith('evenly spaced')")
    kind, content = written(page, "exportSvg", title="a < b", legend=LEGEND, words="What & how")
    assert kind == "image/svg+xml"
    root = ElementTree.fromstring(content)
    assert root.findtext(f"{SVG}title") == "a < b" and root.findtext(f"{SVG}desc") == "What & how"
    (group,) = [group for group in root.iter(f"{SVG}g") if group.get("stroke-linecap") == "round"]
    dots = list(group)
    assert {path.get("stroke") for path in dots} == set(PALETTE)
    places = sorted(
        [float(x), float(y)] for path in dots for x, y in re.findall(r"M(-?[\d.]+) (-?[\d.]+)h0", path.get("d"))
    )
    wanted = page.evaluate("Array.from(points.x, (x, row) => view.toScreen([x, points.y[row]]))")
    inside = sorted([x, y] for x, y in wanted if -1 < x < 1281 and -1 < y < 801)
    assert abs(len(places) - len(inside)) <= 10, "only points on the very edge may differ"
    assert len(places) > 300
    assert sum(path.get("stroke-dasharray") is not None for path in root.iter(f"{SVG}path")) == 3, "the prior's circles"
    texts = [text.text for text in root.iter(f"{SVG}text")]
    assert {"1 σ", "PC1 →", "↑ PC2", "a < b & c"} <= set(texts)
    (tiles,) = root.iter(f"{SVG}image")
    assert tiles.get("href").startswith("data:image/png;base64,")


def test_svg_lays_dots_over_each_other_as_the_picture_does(page: Page, app_server: RunningApp) -> None:
    open_map_view(page, app_server.url, 3000)
    page.evaluate("view.setSelected(classes.map((kind) => (kind === 3 ? 1 : 0)))")
    root = ElementTree.fromstring(written(page, "exportSvg")[1])
    faded, selected = [group for group in root.iter(f"{SVG}g") if group.get("stroke-linecap") == "round"]
    assert (faded.get("stroke-opacity"), selected.get("stroke-opacity")) == ("0.22", "1")
    places = [page.evaluate("row => view.toScreen(view.pointAt(row))", row) for row in (0, 1, 2, 4)]
    firsts = [re.match(r"M(-?[\d.]+) (-?[\d.]+)h0$", path.get("d")).groups() for path in list(faded)[:4]]
    assert [[float(x), float(y)] for x, y in firsts] == [pytest.approx(place, abs=0.06) for place in places]
    assert [path.get("stroke") for path in list(faded)[:4]] == [PALETTE[kind] for kind in (0, 1, 2, 4)]
    assert {path.get("stroke") for path in selected} == {PALETTE[3]}


def test_html_holds_the_lines_that_are_on(page: Page, app_server: RunningApp) -> None:
    open_map_view(page, app_server.url, 100)
    show_real_map(page, "digits-8d", components=2)
    for layer in ("density", "prior"):
        page.evaluate("layer => view.showLayer(layer, true)", layer)
    page.wait_for_function("view.layerState('density').words.startsWith('The lines hold')")
    text = written(page, "exportHtml")[1].decode()
    layout = json.loads(re.search(r"const figure = (.*);\n", text)[1])["layout"]
    assert [layout[axis]["title"]["text"] for axis in ("xaxis", "yaxis")] == ["PC1", "PC2"]
    contours = [shape for shape in layout["shapes"] if shape["type"] == "path"]
    circles = [shape for shape in layout["shapes"] if shape["type"] == "circle"]
    assert len(contours) == 4 and len(circles) == 3
    numbers = [float(number) for number in re.findall(r"-?\d[\d.e-]*", contours[0]["path"])]
    x0, y0, x1, y1 = page.evaluate("map.bounds")
    wide = max(x1 - x0, y1 - y0)
    assert len(numbers) % 4 == 0 and min(x0, y0) - wide < min(numbers) < max(numbers) < max(x1, y1) + wide
    assert circles[0]["x1"] - circles[0]["x0"] == pytest.approx(2), "one standard deviation to each side"


def test_svg_of_points_in_space_names_the_directions(page: Page, app_server: RunningApp) -> None:
    open_map_view(page, app_server.url, 500, space=True)
    page.evaluate("view.turnBy(120, 40)")
    page.wait_for_timeout(400)
    root = ElementTree.fromstring(written(page, "exportSvg")[1])
    assert [text.text for text in root.iter(f"{SVG}text") if text.text] == ["x", "y", "z"]
    lines = [path.get("d") for path in root.iter(f"{SVG}path") if path.get("stroke-width") == "1.3"]
    turn = page.evaluate("view.view.turn")
    for axis, line in enumerate(lines):
        x1, y1, x2, y2 = map(float, re.findall(r"-?[\d.]+", line))
        assert [x2 - x1, y1 - y2] == pytest.approx([34 * turn[axis], 34 * turn[3 + axis]], abs=0.2)


@pytest.mark.parametrize("space", [False, True])
def test_html_works_with_no_server(
    page: Page, browser: Any, app_server: RunningApp, tmp_path: Path, space: bool
) -> None:
    open_map_view(page, app_server.url, 500, space=space)
    kind, content = written(page, "exportHtml", title="<i>mine</i>", legend=LEGEND, words="What & how")
    assert kind == "text/html"
    file = tmp_path / "map.html"
    file.write_bytes(content)
    context = browser.new_context(offline=True)
    alone = context.new_page()
    problems: list[str] = []
    alone.on("pageerror", lambda problem: problems.append(str(problem)))
    alone.goto(file.as_uri(), wait_until="commit")
    alone.wait_for_function("document.querySelector('#map .main-svg') !== null", timeout=90_000)
    trace = alone.evaluate(
        "(({ type, x, text }) => ({ type, x: Array.from(x), text }))(document.getElementById('map').data[0])"
    )
    assert trace["type"] == ("scatter3d" if space else "scattergl")
    assert trace["x"] == pytest.approx(page.evaluate("Array.from(points.x)"), rel=1e-5)
    assert trace["text"][12] == "row 12 </script>"
    assert alone.title() == "<i>mine</i>"
    assert "What & how" in alone.locator("p").inner_text()
    assert problems == []
    context.close()


def test_html_says_so_when_plotlys_script_is_not_there(page: Page, app_server: RunningApp) -> None:
    open_map_view(page, app_server.url, 100)
    page.route("**/plotly.min.js*", lambda route: route.abort())
    with pytest.raises(Exception, match="Plotly's script did not come from the server"):
        written(page, "exportHtml")
