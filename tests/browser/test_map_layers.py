"""The layers of a map in real Chromium, on shipped models: what they draw, what they say, how they move."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
from playwright.sync_api import Page, expect

import store
from tests.browser.map_page import open_map_view, show_real_map
from tools.running_app import RunningApp

# the ink of a layer's canvas around a place of the screen: how many of the pixels are drawn on
INKED = """([selector, x, y, reach]) => {
  const canvas = document.querySelector(selector), box = canvas.getBoundingClientRect();
  if (canvas.hidden || canvas.width === 0) return 0;
  const scale = canvas.width / box.width, side = Math.round(2 * reach * scale);
  const [left, top] = [(x - reach - box.left) * scale, (y - reach - box.top) * scale];
  const { data } = canvas.getContext("2d").getImageData(left, top, side, side);
  return data.filter((value, part) => part % 4 === 3 && value > 0).length / (side * side);
}"""


@pytest.fixture
def real(page: Page, app_server: RunningApp) -> Page:
    """The PCA plane of digits-8d."""
    open_map_view(page, app_server.url, 100)
    show_real_map(page, "digits-8d", components=2)
    return page


def wait_for_words(page: Page, layer: str, pattern: str) -> str:
    """Waits until the layer says so, and gives what it says."""
    page.wait_for_function(
        "([layer, pattern]) => new RegExp(pattern).test(view.layerState(layer).words)",
        arg=[layer, pattern],
        timeout=60_000,
    )
    return page.evaluate("layer => view.layerState(layer).words", layer)


def test_the_decoded_plane_shows_what_lives_at_each_place(real: Page) -> None:
    real.evaluate("view.showLayer('plane', true, { side: 60 })")
    words = wait_for_words(real, "plane", r"^Decoded plane: \d+ pictures, evenly spaced$")
    assert int(re.search(r"\d+", words)[0]) > 100
    whole, scale = real.evaluate("[view.view, view.view.scale]")
    step = 2 ** math.ceil(math.log2(60 / scale))
    place = [0.5 * step, 1.5 * step]  # the middle of a tile
    assert tile_pixels(real, place, step * scale) == pytest.approx(decoded(real, place), abs=1)
    real.evaluate("view.view = { centre: [0.3, 0.3], scale: 5 * view.view.scale }")
    real.wait_for_timeout(300)
    wait_for_words(real, "plane", r"^Decoded plane: \d+ pictures, evenly spaced$")
    near = 2 ** math.ceil(math.log2(60 / (5 * scale)))
    assert near < step / 2, "nearer, the plane is decoded in finer steps"
    place = [0.5 * near, 0.5 * near]
    assert tile_pixels(real, place, near * 5 * scale) == pytest.approx(decoded(real, place), abs=1)
    assert whole["scale"] == scale


def decoded(page: Page, place: list[float]) -> list[int]:
    """The 8 x 8 pixels that the model decodes at a place of the map."""
    origin, axes = page.evaluate("[map.origin, map.axes]")
    latent = np.array(origin) + np.array(place) @ np.array(axes)
    return store.model("digits-8d").decode(latent[None].astype(np.float32))[0].ravel().tolist()


def tile_pixels(page: Page, place: list[float], side: float) -> list[int]:
    """The middles of the 8 x 8 pixels of the tile whose middle is at the place; `side`: of its cell, CSS pixels."""
    return page.evaluate(
        """([place, side]) => {
          const canvas = document.querySelector(".map-tiles"), box = canvas.getBoundingClientRect();
          const [x, y] = view.toScreen(place), drawn = Math.round(side) - 2;
          const context = canvas.getContext("2d");
          return Array.from({ length: 64 }, (_, at) => {
            const offset = (step) => ((step + 0.5) / 8) * drawn - drawn / 2 - 1;
            const [across, down] = [offset(at % 8), offset(Math.floor(at / 8))];
            return context.getImageData(x - box.left + across, y - box.top + down, 1, 1).data[0];
          });
        }""",
        [place, side],
    )


def test_dots_are_small_over_the_decoded_plane(real: Page) -> None:
    real.wait_for_timeout(400)
    width = "view.picture.look.radius"
    alone = real.evaluate(width)
    real.evaluate("view.showLayer('plane', true)")
    wait_for_words(real, "plane", "evenly spaced$")
    assert real.evaluate(width) == pytest.approx(max(0.8, alone / 2))
    real.evaluate("view.showLayer('plane', false)")
    real.wait_for_timeout(300)
    assert real.evaluate(width) == alone


def test_a_flight_reaches_an_image_that_the_sample_left_out(real: Page) -> None:
    """The row is asked for by number, and its pin is marked; what is not on the map is not here."""
    real.evaluate(
        """() => {
          const rows = Uint32Array.from({ length: 20 }, (_, index) => 10 * index);
          const pick = (column) => Float32Array.from(rows, (row) => column[row]);
          view.setPoints({ x: pick(points.x), y: pick(points.y), rows });
        }"""
    )
    assert real.evaluate("view.pointAt(123)") is None
    with real.expect_response(lambda answer: "/points?rows=" in answer.url) as sought:
        assert real.evaluate("view.flyTo(123)") == "landed"
    assert sought.value.url.endswith("/points?rows=123")
    wanted = real.evaluate("[points.x[123], points.y[123]]")
    assert real.evaluate("view.view.centre") == pytest.approx(wanted) == real.evaluate("view.place")
    real.evaluate("view.setPins([124])")
    expect(real.locator(".map-pin")).to_have_count(1)
    assert real.evaluate("view.flyTo(999999)") == "not here"
    assert real.evaluate("view.view.centre") == pytest.approx(wanted)


def test_the_plane_by_quantiles_holds_as_much_of_the_prior_in_each_column(real: Page) -> None:
    real.evaluate("view.showLayer('plane', true, { spacing: 'quantiles', side: 30 })")
    wait_for_words(real, "plane", "pictures, at quantiles of the prior$")
    edges = real.evaluate(
        """async () => {
          const { quantileRuler } = await import(new URL("./static/map/rulers.js", location.href));
          const ruler = quantileRuler(-9, 9, 0.3, { centre: 0.5, spread: 2 });
          return Array.from({ length: ruler.to - ruler.from + 2 }, (_, index) => ruler.edge(ruler.from + index));
        }"""
    )
    shares = [0.5 * (1 + math.erf((edge - 0.5) / (2 * math.sqrt(2)))) for edge in edges]
    count = len(edges) - 1
    assert count & (count - 1) == 0 and count >= 8
    assert np.diff(shares)[1:-1] == pytest.approx(np.full(count - 2, 1 / count), abs=1e-7)
    assert edges[0] == pytest.approx(0.5 - 7) and edges[-1] == pytest.approx(0.5 + 7)


def test_the_plane_of_an_approximate_map_is_fainter_where_no_image_is_near(page: Page, app_server: RunningApp) -> None:
    open_map_view(page, app_server.url, 100)
    show_real_map(page, "digits-2d", "tsne", perplexity=30, seed=0)
    page.evaluate("view.zoomBy(0.5), view.showLayer('plane', true)")
    page.wait_for_timeout(400)
    words = wait_for_words(page, "plane", r"^Decoded plane: \d+ pictures")
    assert words.endswith("evenly spaced; approximate, fainter where few images are near")
    strengths = page.evaluate(
        """() => {
          const canvas = document.querySelector(".map-tiles"), box = canvas.getBoundingClientRect();
          const context = canvas.getContext("2d");
          const strength = ([x, y]) => {
            const { data } = context.getImageData(x - box.left - 12, y - box.top - 12, 24, 24);
            return Math.max(...data.filter((_, part) => part % 4 === 3)) / 255;
          };
          return [strength(view.toScreen(view.pointAt(5))), strength([20, 20])];
        }"""
    )
    assert strengths[0] > 0.6 and strengths[1] == pytest.approx(0.25, abs=0.1)


def test_a_layer_moves_with_the_hand_and_comes_back_sharp(real: Page) -> None:
    real.evaluate("view.showLayer('plane', true)")
    wait_for_words(real, "plane", "pictures, evenly")
    moved = real.evaluate(
        """async () => {
          const left = () => document.querySelector(".map-tiles").getBoundingClientRect().left;
          const before = left();
          view.panBy(60, 0);
          await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
          return left() - before;
        }"""
    )
    assert moved == pytest.approx(60, abs=0.1)
    real.wait_for_timeout(600)
    assert real.evaluate(INKED, [".map-tiles", 5, 400, 4]) > 0.5, "what came into view is decoded, too"
    real.evaluate("view.showLayer('plane', false)")
    assert real.locator(".map-tiles").is_hidden()


def test_contours_hold_the_share_of_images_that_they_say(page: Page, app_server: RunningApp) -> None:
    open_map_view(page, app_server.url, 20_000)
    shares = page.evaluate(
        """async () => {
          const { contours } = await import(new URL("./static/map/density.js", location.href));
          const { levels } = contours(points, null);
          const within = (pieces, x, y) => {  // pieces of line that a ray to the right crosses
            let crossed = 0;
            for (const [x1, y1, x2, y2] of pieces)
              if (y1 > y !== y2 > y && x < x1 + ((y - y1) / (y2 - y1)) * (x2 - x1)) crossed += 1;
            return crossed % 2 === 1;
          };
          return levels.map((pieces) => {
            let found = 0;
            for (let i = 0; i < 2000; i += 1) found += within(pieces, points.x[i], points.y[i]);
            return found / 2000;
          });
        }"""
    )
    assert shares == pytest.approx([0.95, 0.8, 0.5, 0.25], abs=0.05)
    page.evaluate("view.showLayer('density', true)")
    assert "95 %, 80 %, 50 %, 25 %" in wait_for_words(page, "density", "The lines hold")
    page.evaluate("view.setPoints({ x: new Float32Array(50), y: new Float32Array(50) })")
    assert "at least 10 images in different places" in wait_for_words(page, "density", "need")


def test_the_priors_circles_stand_where_the_prior_is(real: Page) -> None:
    prior = real.evaluate(
        """async () => {
          const { priorOn } = await import(new URL("./static/map/prior.js", location.href));
          const tilted = { exact: true, origin: [3, 4], axes: [[1, 0], [0, 2]] };
          return [priorOn(map), priorOn({ ...map, exact: false }), priorOn(tilted)];
        }"""
    )
    axes, origin = real.evaluate("[map.axes, map.origin]")
    for axis, found in zip(axes, prior[0], strict=True):
        assert found["centre"] == pytest.approx(-np.dot(axis, origin), abs=1e-4)
        assert found["spread"] == pytest.approx(1, abs=1e-4)
    assert prior[1] is None, "no circles where the map is no plane of the latent space"
    assert prior[2] == [{"centre": -3, "spread": 1}, {"centre": -2, "spread": 0.5}]
    real.evaluate("view.showLayer('prior', true)")
    assert "39 %, 86 %, 99 %" in wait_for_words(real, "prior", "Circles")
    lines = "document.querySelector('.map-lines').getContext('2d')"
    ink = f"{lines}.getImageData(0, 0, 1280, 800).data.reduce((a, b) => a + b)"
    with_circles = real.evaluate(ink)
    real.evaluate("view.showLayer('prior', false)")
    real.wait_for_timeout(200)
    assert real.evaluate(ink) < with_circles


def test_the_change_of_the_picture_is_measured(real: Page) -> None:
    found = real.evaluate(
        """async () => {
          const { changes } = await import(new URL("./static/map/change.js", location.href));
          return Array.from(changes(Uint8Array.from([0, 51, 0, 51, 0, 0]), 3, 2, 0.5));  // one pixel, 3 × 2 places
        }"""
    )
    assert found == pytest.approx([math.sqrt(0.2**2 + 0.2**2) / 0.5, math.sqrt(0.2**2 + 0.2**2) / 0.5], abs=1e-5)
    real.evaluate("view.showLayer('uncertainty', true)")
    words = wait_for_words(real, "uncertainty", r"light \(root mean square of pixels from 0 to 1\)$")
    low, high = map(float, re.findall(r"(\d\.\d+) where", words))
    assert 0 < low < high < 2
    assert real.evaluate(INKED, [".map-change", 640, 400, 100]) == 1


def test_the_spread_of_the_decoder_is_drawn_where_it_differs(real: Page) -> None:
    state = real.evaluate("view.layerState('spread')")
    assert not state["possible"] and re.search(r"one spread for all pixels and places, σ = 0\.\d+:", state["words"])
    found = real.evaluate(
        """async () => {
          const { spreads } = await import(new URL("./static/map/spread.js", location.href));
          const byGrey = Array.from({ length: 256 }, (_, grey) => Math.sqrt((grey / 255) * (1 - grey / 255)));
          return Array.from(spreads(Uint8Array.of(0, 255, 51, 204, 0, 51), 3, byGrey));  // two pixels, three places
        }"""
    )
    assert found == pytest.approx([0, 0.4, 0.4 / math.sqrt(2)], abs=1e-6)
    show_real_map(real, "mnist-2d", "dimensions", x=0, y=1)
    real.evaluate("view.showLayer('spread', true)")
    words = wait_for_words(real, "spread", r"light \(root mean square of all pixels\)$")
    low, high = map(float, re.findall(r"(\d\.\d+) where", words))
    assert 0 < low < high <= 0.5
    assert real.evaluate(INKED, [".map-spread", 640, 400, 100]) == 1


def test_images_stand_in_for_dots_without_touching_each_other(real: Page) -> None:
    sheets: list[str] = []
    open_now: set[str] = set()
    most = [0]

    def asked(request) -> None:
        if "/sheet/" in request.url:
            sheets.append(request.url)
            open_now.add(request.url)
            most[0] = max(most[0], len(open_now))

    real.on("request", asked)
    real.on("requestfinished", lambda request: open_now.discard(request.url))
    real.evaluate("view.flyTo([-1, -0.7, 1, 0.7])")
    real.wait_for_timeout(300)
    real.evaluate("view.showLayer('images', true)")
    words = wait_for_words(real, "images", r"^\d+ of \d+ images in view are drawn")
    drawn, near = map(int, re.findall(r"\d+", words))
    assert 20 < drawn < near
    assert most[0] == 1, "one sheet on its way at a time"
    rows = [int(row) for sheet in sheets for row in re.search(r"rows=([^&]+)", sheet)[1].replace("%2C", ",").split(",")]
    assert len(rows) == len(set(rows)) >= drawn
    places = np.array(real.evaluate("rows => rows.map((row) => view.toScreen(view.pointAt(row)))", rows))
    apart = np.abs(places[:, None] - places[None]).max(axis=2) + 1000 * np.eye(len(places))
    assert apart.min() >= 36
    framed = (places >= 0).all(axis=1) & (places[:, 0] <= 1280) & (places[:, 1] <= 800)
    assert drawn == framed.sum(), "what lies beyond the frame is not counted"
    everywhere = np.array(real.evaluate("Array.from(points.x, (x, row) => view.toScreen([x, points.y[row]]))"))
    assert near == ((everywhere >= 0).all(axis=1) & (everywhere[:, 0] <= 1280) & (everywhere[:, 1] <= 800)).sum()
    inside = places[(places > 40).all(axis=1) & (places[:, 0] < 1240) & (places[:, 1] < 760)]
    x, y = inside[0]
    assert real.evaluate(INKED, [".map-images", x, y, 10]) == 1
    real.mouse.move(x + 15, y - 15)
    row = rows[int(np.argmin(np.abs(places - inside[0]).sum(axis=1)))]
    assert real.evaluate("view.row") == row, "the pointer over a picture means its image"
    real.evaluate("view.fit()")
    real.wait_for_timeout(600)


def test_layers_say_why_they_cannot_be_shown(page: Page, app_server: RunningApp) -> None:
    open_map_view(page, app_server.url, 100)
    state = page.evaluate("view.showLayer('plane', true), view.layerState('plane')")
    assert state["on"] and not state["possible"] and "not said how" in state["words"]
    show_real_map(page, "digits-8d", components=3)
    assert "two components" in page.evaluate("view.layerState('density').words")
    page.wait_for_timeout(400)
    with pytest.raises(
        Exception, match="The layer is contours; there are uncertainty, spread, plane, detail, density, prior, images"
    ):
        page.evaluate("view.showLayer('contours', true)")


# the drawn points as a source of a million would give them: a sample at first, more of a box on demand
SERVED = """most => {
  const all = Array.from(points.x, (_, row) => row);
  const pick = (column, rows) => Float32Array.from(rows, (row) => column[row]);
  const columns = (rows) => ({ rows: Uint32Array.from(rows), x: pick(points.x, rows), y: pick(points.y, rows) });
  const inBox = ([x0, y0, x1, y1]) =>
    all.filter((row) => points.x[row] >= x0 && points.x[row] <= x1 && points.y[row] >= y0 && points.y[row] <= y1);
  window.asked = { points: [], density: [] };
  view.setPoints(columns(all.filter((row) => row % 97 === 0)));
  view.setDetail({
    count: all.length,
    async points(box) {
      asked.points.push(box);
      const rows = inBox(box);
      return columns(rows.length < most ? rows : Array.from({ length: 50000 }, (_, at) => rows[at % rows.length]));
    },
    async density(box, width, height) {
      asked.density.push([box, width, height]);
      const [counts, classes] = [new Float32Array(width * height), new Uint8Array(width * height).fill(255)];
      for (const row of inBox(box)) {
        const [column, line] = [points.x[row] - box[0], points.y[row] - box[1]].map((far, axis) =>
          Math.min([width, height][axis] - 1, Math.floor((far / (box[axis + 2] - box[axis])) * [width, height][axis])));
        counts[line * width + column] += 1;
        classes[line * width + column] = window.classes[row];
      }
      return { counts, classes };
    },
  });
}"""


def test_very_many_points_are_a_density_and_a_sample_and_all_of_them_when_near(
    page: Page, app_server: RunningApp
) -> None:
    open_map_view(page, app_server.url, 60_000)
    page.evaluate(SERVED, 20_000)
    words = wait_for_words(page, "detail", "of 60,000 images as points")
    assert "over how dense all of them lie" in words
    x, y = page.evaluate("view.toScreen([3 * Math.cos(0.6 * Math.PI), 3 * Math.sin(0.6 * Math.PI)])")
    share = page.evaluate(
        """([x, y]) => {
          const canvas = document.querySelector(".map-raster"), box = canvas.getBoundingClientRect();
          const { data } = canvas.getContext("2d").getImageData(x - box.left - 10, y - box.top - 10, 20, 20);
          const off = (at) => Math.hypot(data[at] - 0xcc, data[at + 1] - 0xbb, data[at + 2] - 0x44);
          const own = (at) => off(at) < 40 && data[at + 3] > 50;
          return Array.from({ length: 400 }, (_, pixel) => own(4 * pixel)).filter(Boolean).length / 400;
        }""",
        [x, y],
    )
    assert share > 0.5, "the raster stands where the class lies"
    near = [2.6, -0.4, 3.4, 0.4]
    assert page.evaluate("box => view.flyTo(box)", near) == "landed"
    wait_for_words(page, "detail", r"^All [\d,]+ images in and around the view$")
    corners = [[near[0], near[1]], [near[2], near[1]], [near[2], near[3]], [near[0], near[3]]]
    rows = sorted(page.evaluate("corners => Array.from(view.rowsIn(corners))", corners))
    drawn = page.evaluate("[Array.from(points.x), Array.from(points.y)]")
    left, low, right, high = near
    inside = [row for row, (x, y) in enumerate(zip(*drawn, strict=True)) if left <= x <= right and low <= y <= high]
    assert len(rows) > 1000 and rows == inside
    expect(page.locator(".map-raster")).to_be_hidden()
    page.evaluate("view.fit()")
    wait_for_words(page, "detail", "of 60,000 images as points")
    asked = page.evaluate("asked.density.length")
    page.wait_for_timeout(500)
    assert page.evaluate("asked.density.length") == asked, "a view at rest asks once"


def test_a_source_of_many_points_that_fails_says_so_and_the_sample_stays(page: Page, app_server: RunningApp) -> None:
    open_map_view(page, app_server.url, 5000)
    page.evaluate("view.setDetail({ count: 9e5, points: async () => { throw new Error('The server is gone.'); } })")
    assert wait_for_words(page, "detail", "Only a sample") == "Only a sample is shown: The server is gone."
    assert page.evaluate("view.rowsIn([[-9,-9],[9,-9],[9,9],[-9,9]]).length") == 5000
