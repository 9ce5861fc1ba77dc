"""The hand on the drawing of a map in real Chromium: pan, zoom, box and lasso by mouse, touch and keys; turning."""

from __future__ import annotations

import math
from typing import Any

import pytest
from playwright.sync_api import CDPSession, Page

from tests.browser.map_page import open_map_view, rest, told
from tools.running_app import RunningApp


@pytest.fixture
def app(app_server: RunningApp) -> str:
    return app_server.url


def test_a_drag_moves_the_view_with_the_hand_and_the_wheel_zooms_around_it(page: Page, app: str) -> None:
    open_map_view(page, app, 3000)
    place = page.evaluate("view.toPlace([300, 500])")
    page.mouse.move(300, 500)
    page.mouse.down()
    page.mouse.move(700, 350, steps=12)
    page.mouse.up()
    rest(page)
    assert page.evaluate("place => view.toScreen(place)", place) == pytest.approx([700, 350], abs=0.01)
    assert not told(page, "click"), "a drag is no click"
    before = page.evaluate("view.view.scale")
    page.mouse.wheel(0, -300)
    after = rest(page)
    assert after["scale"] > 1.5 * before
    assert page.evaluate("place => view.toScreen(place)", place) == pytest.approx([700, 350], abs=0.5)
    assert told(page, "view")[-1] == [after, True], "the caller is told once the view has come to rest"


def test_the_picture_stands_where_its_points_are_while_the_hand_moves(page: Page, app: str) -> None:
    """A point's pixels lie where the view says, in the middle of a drag and of a zoom as at rest."""
    open_map_view(page, app, 3000)
    page.evaluate("view.setShown(Uint8Array.from(points.x, (_, row) => row === 5)), view.setColours(null)")
    page.mouse.move(900, 600)
    page.mouse.down()
    for step in range(8):
        page.mouse.move(900 - 60 * step, 600 - 40 * step)
        if step == 5:
            page.evaluate("view.zoomBy(1.6)")
        page.wait_for_timeout(30)
        at = page.evaluate("view.toScreen(view.pointAt(5))")
        assert _coloured_near(page, at), f"no ink at {at} in step {step}"
    page.mouse.up()


def _coloured_near(page: Page, at: list[float]) -> bool:
    return page.evaluate(
        """async ([x, y]) => {
          await new Promise(requestAnimationFrame);
          const canvas = document.querySelector(".map-points"), box = canvas.getBoundingClientRect();
          const copy = document.createElement("canvas");
          Object.assign(copy, { width: canvas.width, height: canvas.height });
          const context = copy.getContext("2d");
          context.drawImage(canvas, 0, 0);
          const scale = canvas.width / box.width;
          const left = Math.round((x - box.left) * scale) - 2, top = Math.round((y - box.top) * scale) - 2;
          return context.getImageData(left, top, 5, 5).data.some((value, part) => part % 4 === 3 && value > 0);
        }""",
        at,
    )


INSIDE = """polygon => Array.from(points.x, (x, row) => [x, points.y[row], row]).filter(([x, y]) => {
  let within = false;
  for (let i = 0, j = polygon.length - 1; i < polygon.length; j = i++) {
    const [[a, b], [c, d]] = [polygon[i], polygon[j]];
    if (b > y !== d > y && x < ((c - a) * (y - b)) / (d - b) + a) within = !within;
  }
  return within;
}).map(([, , row]) => row)"""


def test_a_lasso_by_mouse_holds_the_points_within_it(page: Page, app: str) -> None:
    open_map_view(page, app, 20_000)
    page.evaluate("view.tool = 'lasso'")
    assert told(page, "tool") == ["lasso"]
    ring = [[640 + 260 * math.cos(t / 9) * (1 + 0.3 * math.sin(t)), 400 + 260 * math.sin(t / 9)] for t in range(50)]
    page.mouse.move(*ring[0])
    page.mouse.down()
    for corner in ring[1:]:
        page.mouse.move(*corner)
    page.screenshot()
    page.mouse.up()
    (chosen,) = told(page, "select")
    assert chosen["kind"] == "lasso" and chosen["mode"] == "replace"
    rows = sorted(chosen["rows"])
    assert rows == page.evaluate(INSIDE, chosen["polygon"])
    assert 1000 < len(rows) < 19_000
    assert page.evaluate("view.view") == rest(page), "the view stays while the lasso is drawn"


@pytest.mark.parametrize(("key", "mode"), [(None, "replace"), ("Shift", "add"), ("Alt", "subtract")])
def test_a_box_replaces_adds_or_subtracts(page: Page, app: str, key: str | None, mode: str) -> None:
    open_map_view(page, app, 2000)
    page.evaluate("view.tool = 'box'")
    corners = page.evaluate("[view.toPlace([500, 300]), view.toPlace([800, 650])]")
    if key:
        page.keyboard.down(key)
    page.mouse.move(500, 300)
    page.mouse.down()
    page.mouse.move(800, 650, steps=5)
    page.mouse.up()
    (chosen,) = told(page, "select")
    assert (chosen["kind"], chosen["mode"]) == ("box", mode)
    assert chosen["polygon"][0] == pytest.approx(corners[0]) and chosen["polygon"][2] == pytest.approx(corners[1])
    assert page.evaluate("view.place") == pytest.approx(corners[1]), "the cross is where the hand is"
    assert told(page, "pointer")[-1]["place"] == pytest.approx(corners[1]), "and so is the picture"
    assert sorted(chosen["rows"]) == page.evaluate(INSIDE, chosen["polygon"])


def test_shift_and_drag_is_a_box_while_the_tool_moves_the_view_and_escape_drops_it(page: Page, app: str) -> None:
    open_map_view(page, app, 2000)
    page.locator("#field").focus()
    for dropped in (True, False):
        page.keyboard.down("Shift")
        page.mouse.move(400, 300)
        page.mouse.down()
        page.mouse.move(800, 600, steps=4)
        assert page.locator(".map-outline path").get_attribute("d").startswith("M400.0 300.0")
        if dropped:
            page.keyboard.press("Escape")
        page.mouse.up()
        page.keyboard.up("Shift")
        assert page.locator(".map-outline path").get_attribute("d") == ""
        assert [chosen["kind"] for chosen in told(page, "select")] == ([] if dropped else ["box"])


def test_box_and_lasso_by_keys(page: Page, app: str) -> None:
    open_map_view(page, app, 2000)
    page.locator("#field").focus()
    page.keyboard.press("b")
    for key, times in (("Enter", 1), ("ArrowRight", 9), ("ArrowDown", 5), ("Enter", 1)):
        for _ in range(times):
            page.keyboard.press(key)
    (box,) = told(page, "select")
    first, opposite = box["polygon"][0], box["polygon"][2]
    assert first == pytest.approx([0, 0], abs=0.5) and opposite[0] > first[0] and opposite[1] < first[1]
    page.keyboard.press("l")
    for key, times in (("Enter", 1), ("ArrowUp", 9), ("Enter", 1), ("ArrowLeft", 12), ("Enter", 2)):
        for _ in range(times):
            page.keyboard.press(key)
    lasso = told(page, "select")[1]
    assert lasso["kind"] == "lasso"
    assert sorted(lasso["rows"]) == page.evaluate(INSIDE, lasso["polygon"])
    page.keyboard.press("Escape")
    assert told(page, "tool") == ["box", "lasso", "pan"]


def test_keys_move_the_pointer_and_the_view_and_press(page: Page, app: str) -> None:
    open_map_view(page, app, 2000)
    page.locator("#field").focus()
    before, at = page.evaluate("[view.view, view.place]")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("view.place")[0] > at[0]
    page.keyboard.press("Shift+ArrowRight")
    assert rest(page)["centre"][0] > before["centre"][0]
    page.keyboard.press("+")
    assert rest(page)["scale"] == pytest.approx(1.25 * before["scale"])
    page.keyboard.press("0")
    assert rest(page)["scale"] == pytest.approx(before["scale"])
    page.keyboard.press("Enter")
    (press,) = told(page, "click")
    assert press["how"] == "key" and press["row"] == page.evaluate("view.row")


def touch(hand: CDPSession, kind: str, *fingers: tuple[float, float]) -> None:
    hand.send(
        "Input.dispatchTouchEvent",
        {"type": kind, "touchPoints": [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(fingers)]},
    )


def test_touch_looks_taps_pinches_and_draws_a_lasso(browser: Any, app: str) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 800}, has_touch=True)
    page = context.new_page()
    open_map_view(page, app, 2000, size=["100vw", "60vh"])
    hand = context.new_cdp_session(page)
    touch(hand, "touchStart", (200, 200))
    for step in range(5):
        touch(hand, "touchMove", (200 + 10 * step, 200))
    assert page.evaluate("view.toScreen(view.place)") == pytest.approx([240, 200], abs=1.5)
    touch(hand, "touchEnd")
    assert not told(page, "click")
    touch(hand, "touchStart", (150, 220))
    touch(hand, "touchEnd")
    assert told(page, "click")[0]["how"] == "tap"
    before = page.evaluate("view.view.scale")
    touch(hand, "touchStart", (150, 240))
    touch(hand, "touchStart", (150, 240), (250, 240))
    for step in range(6):
        touch(hand, "touchMove", (150 - 10 * step, 240), (250 + 10 * step, 240))
    touch(hand, "touchEnd")
    assert rest(page)["scale"] == pytest.approx(2 * before, rel=0.15)
    assert len(told(page, "click")) == 1
    page.evaluate("view.tool = 'lasso'")
    touch(hand, "touchStart", (100, 100))
    for x, y in ((300, 100), (300, 400), (100, 400), (100, 120)):
        touch(hand, "touchMove", (x, y))
    touch(hand, "touchEnd")
    (chosen,) = told(page, "select")
    assert sorted(chosen["rows"]) == page.evaluate(INSIDE, chosen["polygon"])
    context.close()


def test_points_in_space_turn_with_the_hand(page: Page, app: str) -> None:
    open_map_view(page, app, 20_000, space=True)
    before = page.evaluate("view.pointAt(9)")
    page.mouse.move(500, 400)
    page.mouse.down()
    page.mouse.move(760, 500, steps=10)
    page.mouse.up()
    view = rest(page)
    assert view["turn"] != [1, 0, 0, 0, 1, 0, 0, 0, 1]
    at = page.evaluate("view.pointAt(9)")
    assert at != pytest.approx(before, abs=0.1)
    x, y = page.evaluate("view.toScreen(view.pointAt(9))")
    page.mouse.move(x, y)
    near = page.evaluate("row => view.toScreen(view.pointAt(row))", page.evaluate("view.row"))
    assert math.dist(near, (x, y)) < 2, "the image under the pointer is named where it is drawn"
    length = math.hypot(*view["turn"][:3])
    assert length == pytest.approx(1, abs=1e-6), "a turn keeps distances"
    assert told(page, "pointer")[-1]["place"] is None
