"""Plotly at rest over a map view in real Chromium: it comes when the hand is quiet and goes when it moves."""

from __future__ import annotations

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.browser.map_page import open_map_view
from tools.running_app import RunningApp

TICKS = """selector => [...document.querySelectorAll(selector)].map((text) => {
  const box = text.getBoundingClientRect();
  return [Number(text.textContent.replace("−", "-")), box.x + box.width / 2, box.y + box.height / 2];
})"""


# each change of what Plotly has drawn, with what is hidden at that moment: where asking takes long, it draws again
REMEMBER = """() => {
  const { plotly } = view, then = plotly.onDrawn;
  window.changes = [];
  plotly.onDrawn = () => {
    then();
    const axes = document.querySelector(".map-axes").style.visibility;
    changes.push([plotly.drawn, document.querySelector(".map-plotly").hidden, axes]);
  };
}"""
# a hand that goes on over the map for 30 moves; begun anew where a slow machine left it quiet until Plotly may draw
GOES_ON = """() => new Promise((done, fail) => {
  let [turn, drawn, tries, last] = [0, 0, 0, 0];
  const begin = () => {
    [turn, drawn, last] = [0, 0, performance.now()];
    view.panBy(1, 0);
  };
  begin();
  const moving = setInterval(() => {
    const gap = performance.now() - last;
    last += gap;
    if (gap > 350) return (tries += 1) > 20 ? fail(new Error("the machine is too slow")) : begin();
    drawn += view.plotly.drawn !== null;
    view.lookAt(view.toPlace([300 + 10 * turn, 300]), performance.now());
    if ((turn += 1) === 30) done(drawn, clearInterval(moving));
  }, 50);
})"""


def wait_for_plotly(page: Page, what: str) -> None:
    page.wait_for_function("what => view.plotly.drawn === what", arg=what, timeout=30_000)


def test_plotly_draws_the_axes_where_the_map_has_them(page: Page, app_server: RunningApp) -> None:
    open_map_view(page, app_server.url, 3000)
    wait_for_plotly(page, "axes")
    expect(page.locator(".map-plotly")).to_be_visible()
    for axis, position in ((0, 1), (1, 2)):
        ticks = page.evaluate(TICKS, f".map-plotly .{'xy'[axis]}tick text")
        assert len(ticks) >= 4
        for tick in ticks:
            place = [tick[0], 0] if axis == 0 else [0, tick[0]]
            assert page.evaluate("place => view.toScreen(place)", place)[axis] == pytest.approx(tick[position], abs=2)
    assert page.locator(".map-points").evaluate("canvas => canvas.style.visibility") == "", "the picture stays"


def test_plotly_goes_when_the_hand_moves_and_comes_back(page: Page, app_server: RunningApp) -> None:
    open_map_view(page, app_server.url, 3000)
    wait_for_plotly(page, "axes")
    page.evaluate(REMEMBER)
    page.mouse.move(500, 400)
    page.mouse.down()
    page.mouse.move(520, 410, steps=3)
    page.wait_for_function("changes.length > 0")
    assert page.evaluate("changes[0]") == [None, True, ""]
    page.mouse.up()
    assert page.evaluate(GOES_ON) == 0, "a hand that goes on over the map is not held up"
    wait_for_plotly(page, "axes")


def test_plotly_draws_the_points_where_it_may(page: Page, app_server: RunningApp) -> None:
    open_map_view(page, app_server.url, 3000, plotly_points="always")
    page.evaluate("view.setShown(classes.map((kind) => (kind === 3 ? 0 : 1)))")
    wait_for_plotly(page, "points")
    trace = page.evaluate(
        """() => {
          const [{ type, x, y, marker }] = document.querySelector(".map-plotly").data;
          const colours = Array.from(marker.color, (number) => marker.colorscale[number][1]);
          return { type, x: Array.from(x), y: Array.from(y), colours };
        }"""
    )
    points = page.evaluate("({ x: Array.from(points.x), y: Array.from(points.y), classes: Array.from(classes) })")
    shown = np.array(points["classes"]) != 3
    palette = page.evaluate("palette")
    assert trace["type"] == "scattergl"
    assert trace["x"] == list(np.array(points["x"])[shown]) and trace["y"] == list(np.array(points["y"])[shown])
    assert trace["colours"] == [palette[kind] for kind in np.array(points["classes"])[shown]]
    assert page.locator(".map-points").evaluate("canvas => canvas.style.visibility") == "hidden"
    page.evaluate("view.setSelected(classes.map((kind) => (kind === 4 ? 1 : 0)))")
    assert page.locator(".map-points").evaluate("canvas => canvas.style.visibility") == ""
    wait_for_plotly(page, "points")
    groups = "Array.from(document.querySelector('.map-plotly').data, ({ x, marker }) => [x.length, marker.opacity])"
    assert page.evaluate(groups) == [[2400, 0.22], [300, 1]]


def test_a_map_without_plotlys_script_keeps_its_own_axes(page: Page, app_server: RunningApp) -> None:
    page.route("**/plotly.min.js*", lambda route: route.abort())
    open_map_view(page, app_server.url, 3000)
    page.wait_for_timeout(3000)
    assert page.evaluate("view.plotly.drawn") is None
    assert page.locator(".map-axes").evaluate("canvas => canvas.style.visibility") == ""
    page.mouse.move(640, 400)
    page.mouse.wheel(0, -100)
    page.wait_for_timeout(600)


def test_a_map_in_space_has_no_axes(page: Page, app_server: RunningApp) -> None:
    open_map_view(page, app_server.url, 3000, space=True)
    page.wait_for_timeout(3000)
    assert page.evaluate("view.plotly.drawn") is None
