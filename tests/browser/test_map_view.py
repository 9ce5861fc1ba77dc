"""The drawing of a map in real Chromium: what is seen and found, the opening view, flights, samples, odd points."""

from __future__ import annotations

import math

import pytest
from playwright.sync_api import Page

from tests.browser.map_page import DARK, LIGHT, open_map_view, rest, told
from tools.running_app import RunningApp

BRUTE = """screen => {
  const [px, py] = view.toPlace(screen), { x, y } = points;
  let best = Infinity, row = null;
  for (let i = 0; i < x.length; i += 1) {
    const distance = (x[i] - px) ** 2 + (y[i] - py) ** 2;
    if (distance < best) [best, row] = [distance, i];
  }
  return Math.sqrt(best) * view.view.scale <= 14 ? row : null;
}"""
# the strongest alpha in the picture of the points around a place of the screen
ALPHA = """([x, y]) => {
  const canvas = document.querySelector(".map-points"), box = canvas.getBoundingClientRect();
  const copy = document.createElement("canvas");
  Object.assign(copy, { width: canvas.width, height: canvas.height });
  const context = copy.getContext("2d");
  context.drawImage(canvas, 0, 0);
  const { data } = context.getImageData(Math.round(x - box.left) - 2, Math.round(y - box.top) - 2, 5, 5);
  return Math.max(...data.filter((_, part) => part % 4 === 3));
}"""
# pixels of a class's colour in the picture of the points
COLOURED = """hex => {
  const canvas = document.querySelector(".map-points"), copy = document.createElement("canvas");
  Object.assign(copy, { width: canvas.width, height: canvas.height });
  const context = copy.getContext("2d");
  context.drawImage(canvas, 0, 0);
  const { data } = context.getImageData(0, 0, copy.width, copy.height);
  const [r, g, b] = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
  const ink = (255 << 24 | b << 16 | g << 8 | r) >>> 0;
  return new Uint32Array(data.buffer).filter((pixel) => pixel === ink).length;
}"""


def colours(page: Page) -> list[int]:
    rest(page)
    return [page.evaluate(COLOURED, hex) for hex in page.evaluate("palette")]


def test_the_image_under_the_pointer_is_the_nearest_of_all(page: Page, app_server: RunningApp) -> None:
    open_map_view(page, app_server.url, 70_000)
    found = 0
    for step in range(60):
        screen = [640 + 9 * step * math.cos(step), 400 + 6 * step * math.sin(step)]
        page.mouse.move(*screen)
        row = page.evaluate("view.row")
        assert row == page.evaluate(BRUTE, screen)
        assert told(page, "pointer")[-1]["row"] == row
        found += row is not None
    assert 20 <= found < 60, "the way must lead over points and over empty space"


@pytest.fixture
def app(app_server: RunningApp) -> str:
    return app_server.url


def test_hidden_images_are_neither_drawn_nor_found_and_a_selection_stands_out(page: Page, app: str) -> None:
    open_map_view(page, app, 5000)
    whole = colours(page)
    assert all(count > 200 for count in whole)
    page.evaluate("view.setShown(classes.map((kind) => (kind === 3 ? 0 : 1)))")
    hidden = colours(page)
    assert hidden[3] == 0 and hidden[4] > 200
    assert page.evaluate("Array.from(view.rowsIn([[-9,-9],[9,-9],[9,9],[-9,9]])).every((row) => classes[row] !== 3)")
    page.evaluate("view.setShown(null), view.setSelected(Uint8Array.from(classes, (kind) => kind === 3))")
    selected = colours(page)
    assert selected[3] >= whole[3], "the selection lies over all others"
    assert max(selected[:3] + selected[4:]) == 0, "what is not selected has faded"


def test_all_points_are_in_the_opening_view_clear_of_buttons_and_figures(page: Page, app: str) -> None:
    open_map_view(page, app, 10_000, size=("800px", "500px"))
    buttons = page.evaluate(
        """() => {
          const strip = (style) => {
            const element = document.createElement("div");
            element.innerHTML = "<button>Tool</button>";
            Object.assign(element.style, { position: "absolute", ...style });
            document.body.append(element);
            const { left, top, right, bottom } = element.getBoundingClientRect();
            return [left, top, right, bottom];
          };
          const found = [
            strip({ left: "400px", top: "8px", width: "300px", height: "70px" }),
            strip({ left: "750px", top: "8px", width: "36px", height: "180px" }),
          ];
          view.fit();
          return found;
        }"""
    )
    rest(page)
    places = page.evaluate("Array.from(points.x, (x, row) => view.toScreen([x, points.y[row]]))")
    assert min(x for x, _ in places) >= 29 and max(y for _, y in places) <= 500 - 37, "figures stand at the edges"
    for left, top, right, bottom in buttons:
        assert not [place for place in places if left <= place[0] <= right and top <= place[1] <= bottom]
    assert max(y for _, y in places) - min(y for _, y in places) > 360, "the room that is left is used"


def test_a_few_points_very_far_out_do_not_shrink_all_others(page: Page, app: str) -> None:
    open_map_view(page, app, 3000)
    near = page.evaluate("view.view.scale")
    page.evaluate("points.x[7] = 900, points.y[7] = NaN, points.x[8] = -900, view.setPoints(points), view.fit()")
    assert page.evaluate("view.view.scale") > 0.8 * near


def test_what_is_not_selected_stays_in_sight_on_a_dark_ground(page: Page, app: str) -> None:
    alphas = {}
    for name, theme in (("light", LIGHT), ("dark", DARK)):
        open_map_view(page, app, 2, theme=theme)
        page.evaluate("view.setSelected(Uint8Array.from([1, 0]))")
        rest(page)
        alphas[name] = page.evaluate(ALPHA, page.evaluate("view.toScreen(view.pointAt(1))"))
    assert alphas == pytest.approx({"light": round(0.22 * 255), "dark": round(0.4 * 255)}, abs=1)


def test_figures_keep_clear_of_the_names_of_the_axes(page: Page, app: str) -> None:
    open_map_view(page, app, 2)
    found = page.evaluate(
        """async () => {
          const load = (name) => import(new URL(`./static/map/${name}.js`, location.href));
          const [axes, { PlaneView }] = [await load("axes"), await load("plane-view")];
          const plane = Object.assign(new PlaneView(), { width: 360, height: 320, scale: 30 });
          const up = axes.upFigures(plane).map((value) => plane.toScreen([0, value])[1]);
          const across = axes.acrossFigures(plane).map((value) => plane.toScreen([value, 0])[0]);
          return { up, across };
        }"""
    )
    assert len(found["up"]) >= 3 and len(found["across"]) >= 3, "a small field has figures enough to read a scale"
    assert all(18 + 12 <= y <= 320 - 16 for y in found["up"]) and all(30 <= x <= 360 - 16 for x in found["across"])


def test_a_flight_lands_on_an_image_and_on_a_box(page: Page, app: str) -> None:
    open_map_view(page, app, 2000)
    assert page.evaluate("view.flyTo(77)") == "landed"
    landed = rest(page)
    assert landed["centre"] == pytest.approx(page.evaluate("view.pointAt(77)"))
    assert page.evaluate("view.row") == 77
    assert page.evaluate("view.flyTo([-1, 2, 1, 4])") == "landed"
    assert rest(page)["centre"] == pytest.approx([0, 3])
    assert page.evaluate("view.toScreen([0, 4])[1]") == pytest.approx(400 - 400 / 1.2, abs=1)
    assert page.evaluate("view.flyTo(5000)") == "not here"


def test_the_view_comes_back_as_it_was_given(page: Page, app: str) -> None:
    open_map_view(page, app, 2000)
    wanted = {"centre": [1.25, -0.5], "scale": 321.5}
    page.evaluate("wanted => (view.view = wanted)", wanted)
    page.evaluate("view.setPoints(points_ = { x: points.x, y: points.y }, { keep: true })")
    assert rest(page) == wanted | {"turn": None}


def test_a_sample_keeps_the_rows_of_its_source(page: Page, app: str) -> None:
    open_map_view(page, app, 3000)
    page.evaluate(
        """() => {
          window.rows = Uint32Array.from({ length: 300 }, (_, index) => 10 * index + 3);
          const of = (column) => Float32Array.from(rows, (row) => column[row]);
          view.setPoints({ x: of(points.x), y: of(points.y), rows });
        }"""
    )
    counts = colours(page)
    assert counts[3] > 0 and sum(counts) == counts[3], "all rows of the sample are of class 3"
    assert page.evaluate("view.pointAt(13)") == page.evaluate("[points.x[13], points.y[13]]")
    assert page.evaluate("view.pointAt(14)") is None
    rows = page.evaluate("Array.from(view.rowsIn([[-9,-9],[9,-9],[9,9],[-9,9]]))")
    assert sorted(rows) == list(range(3, 3000, 10))


def test_points_that_are_no_numbers_are_left_out(page: Page, app: str) -> None:
    open_map_view(page, app, 2000)
    page.evaluate(
        """() => {
          const x = points.x.slice();
          x.fill(NaN, 0, 500);
          view.setPoints({ x, y: points.y });
        }"""
    )
    assert all(math.isfinite(value) for value in rest(page)["centre"])
    rows = page.evaluate("Array.from(view.rowsIn([[-9,-9],[9,-9],[9,9],[-9,9]]))")
    assert sorted(rows) == list(range(500, 2000))
    assert page.evaluate("view.pointAt(7)") is None
    with pytest.raises(Exception, match="have 3, 2, none, none values; all must have as many"):
        page.evaluate("view.setPoints({ x: new Float32Array(3), y: new Float32Array(2) })")


@pytest.mark.parametrize("count", [1, 3, 50])
def test_few_and_identical_points(page: Page, app: str, count: int) -> None:
    open_map_view(page, app, 2000)
    page.evaluate("n => view.setPoints({ x: new Float32Array(n).fill(2), y: new Float32Array(n).fill(-1) })", count)
    assert rest(page)["centre"] == pytest.approx([2, -1], abs=1e-3)
    assert page.evaluate("view.row") is not None
    assert len(page.evaluate("Array.from(view.rowsIn([[1,-2],[3,-2],[3,0],[1,0]]))")) == count


def test_values_are_coloured_along_a_scale(page: Page, app: str) -> None:
    open_map_view(page, app, 2000)
    values = "Float32Array.from(points.x, (x, row) => (row < 100 ? NaN : x))"
    bounds = page.evaluate(f"view.setColours({{ values: {values}, scale: 'viridis', low: -3, high: 3 }})")
    assert bounds == {"low": -3, "high": 3}
    rest(page)
    assert page.evaluate(COLOURED, "#440154") > 50 and page.evaluate(COLOURED, "#fde725") > 50
    assert page.evaluate(COLOURED, "#8c8c8c") > 50, "what has no value is grey"
    found = page.evaluate(f"view.setColours({{ values: {values}, scale: 'cividis' }})")
    assert found["low"] == pytest.approx(-4, abs=0.5) and found["high"] == pytest.approx(4, abs=0.5)


def test_colours_masks_and_pins_may_come_before_the_points(page: Page, app: str) -> None:
    open_map_view(page, app, 2000)
    page.evaluate(
        """async () => {
          view.remove();
          const { MapView } = await import(new URL("./static/map/view.js", location.href));
          window.view = new MapView(document.getElementById("field"));
          view.setColours({ classes, palette });
          view.setShown(Uint8Array.from(classes, (kind) => kind === 2));
          view.setPins([2, 12]);
        }"""
    )
    rest(page)
    page.evaluate("view.setPoints(points)")
    counts = colours(page)
    assert counts[2] > 100 and sum(counts) == counts[2]
    assert page.locator(".map-pin").count() == 2
    assert page.evaluate("view.whole")
    page.evaluate("view.zoomBy(2)")
    assert not page.evaluate("view.whole")


def test_a_view_that_is_removed_leaves_nothing(page: Page, app: str) -> None:
    open_map_view(page, app, 2000)
    page.evaluate("view.setPins([1, 2]), view.flyTo(3), view.remove()")
    page.wait_for_timeout(300)
    assert page.evaluate("document.querySelectorAll('#field *').length") == 0
    page.mouse.move(300, 300)
    page.mouse.wheel(0, 100)
