"""The sliders in real Chromium: a drag with a real mouse, keys, touch, the link, the start from an image."""

from __future__ import annotations

import itertools
import re

import pytest
from playwright.sync_api import Browser, Page, WebSocket, expect

from tests.browser.live_page import drag, heard, open_live, pixels
from tools.running_app import RunningApp


def sliders(app: RunningApp, model: str = "digits-8d", rest: str = "") -> str:
    return f"{app.url}/sliders?model={model}{rest}"


def script_requests(page: Page) -> list[str]:
    """Fills with one entry per message that the page sends to Streamlit; call it before the page is opened."""
    sent: list[str] = []

    def watch(socket: WebSocket) -> None:
        if "_stcore" in socket.url:
            socket.on("framesent", lambda _: sent.append(socket.url))

    page.on("websocket", watch)
    return sent


# in the worker that holds the live socket: its connection breaks off at the next message, and no other is made
CUT = """() => {
  const [Socket, send] = [WebSocket, WebSocket.prototype.send];
  self.cut = true;
  self.WebSocket = class extends Socket {
    constructor(address, ...rest) { super(self.cut ? "ws://127.0.0.1:1/" : address, ...rest); }
  };
  Socket.prototype.send = function (data) { return self.cut ? this.close() : send.call(this, data); };
}"""


def strongest(page: Page) -> int:
    """The dimension that carries most nats, as the page says."""
    rows = page.locator("[data-dimension]")
    nats = [float(text.split()[0]) for text in rows.locator(".nats").all_text_contents()]
    assert nats == sorted(nats, reverse=True), "the rows are in the order of what they carry"
    return int(rows.first.get_attribute("data-dimension"))


def test_the_picture_follows_a_drag_and_the_script_runs_only_when_the_hand_lets_go(
    page: Page, app_server: RunningApp
) -> None:
    requests = script_requests(page)
    canvas = open_live(page, sliders(app_server))
    page.wait_for_timeout(1_000)
    before, opened = pixels(canvas), len(requests)
    assert opened > 0
    track = page.locator(f"[data-dimension='{strongest(page)}'] .track")
    box = track.bounding_box()
    height = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 0.1 * box["width"], height)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.9 * box["width"], height, steps=60)
    page.wait_for_timeout(200)
    assert len(requests) == opened, "the drag ran the script"
    log = heard(page)
    assert len(log.moves) >= 40
    assert log.changed > len(log.moves) / 2  # benchmarks/drag.py holds the goal
    assert {frame["stamp"] for frame in log.frames} <= {move["stamp"] for move in log.moves}
    assert pixels(canvas) != before
    page.mouse.up()
    expect(page).to_have_url(re.compile(r"[?&]z=-?\d"))
    page.wait_for_timeout(700)
    assert len(requests) == opened + 1, "letting go runs the script once"
    drawn = [frame["drawn"] for frame in log.frames[-6:]]
    steady = all(later - earlier < 250 for earlier, later in itertools.pairwise(drawn))  # else a new movement began
    rate = r" · \d+ frames/s" if steady else ".*"
    expect(page.locator(".meter")).to_have_text(re.compile(rf"^\d+\.\d ms{rate}$"))


def test_the_link_brings_the_picture_back_and_adds_no_history(page: Page, app_server: RunningApp) -> None:
    canvas = open_live(page, sliders(app_server, rest="&image=4"))
    page.wait_for_timeout(500)
    entries = page.evaluate("history.length")
    for dimension, end in enumerate([0.2, 0.9]):
        drag(page, page.locator(f"[data-dimension='{dimension}'] .track"), 0.5, end)
        page.wait_for_timeout(300)
    made, address = pixels(canvas), page.url
    assert "image=4" in address
    assert page.evaluate("history.length") == entries
    canvas = open_live(page, address)
    assert pixels(canvas) == made
    assert page.url == address


def test_a_slider_works_from_the_keyboard_and_says_its_value(page: Page, app_server: RunningApp) -> None:
    canvas = open_live(page, sliders(app_server))
    track = page.get_by_role("slider", name="Latent dimension 1", exact=True)
    track.focus()
    before = pixels(canvas)
    page.keyboard.press("End")
    expect(track).to_have_attribute("aria-valuenow", track.get_attribute("aria-valuemax"))
    expect(page).to_have_url(re.compile("z="))
    page.keyboard.press("ArrowLeft")
    low, high, now = (float(track.get_attribute(f"aria-value{end}")) for end in ("min", "max", "now"))
    assert high - now == pytest.approx((high - low) / 100, abs=0.02)
    page.wait_for_timeout(200)
    assert pixels(canvas) != before


def test_reset_random_and_another_image(page: Page, app_server: RunningApp) -> None:
    canvas = open_live(page, sliders(app_server, rest="&image=2"))
    home = pixels(canvas)
    page.get_by_role("button", name="Random", exact=True).click()
    page.wait_for_function("window.heard.frames.length > 0")
    assert pixels(canvas) != home
    page.get_by_role("button", name="Reset").click()
    page.wait_for_function("window.heard.frames.length > 1")
    assert pixels(canvas) == home
    page.get_by_role("button", name="Next image").click()
    expect(page).to_have_url(re.compile("image=3"))
    expect(page.locator(".facts")).to_contain_text("image 3, label")
    assert "z=" not in page.url
    page.wait_for_timeout(300)
    assert pixels(canvas) != home
    for kind in ("original", "reconstruction"):
        picture = page.locator(f".thumb.{kind} img")
        assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") == 8


def test_an_edit_of_an_earlier_visit_to_a_model_stays_away(page: Page, app_server: RunningApp) -> None:
    canvas = open_live(page, sliders(app_server))
    home = pixels(canvas)
    drag(page, page.locator(f"[data-dimension='{strongest(page)}'] .track"), 0.5, 0.95)
    expect(page).to_have_url(re.compile("z="))
    for name, dimensions in (("digits-2d", 2), ("digits-8d", 8)):
        page.get_by_role("combobox", name="Model").click()
        page.get_by_role("option", name=name, exact=True).click()
        expect(page.locator(".track")).to_have_count(dimensions)
    page.wait_for_timeout(500)
    assert pixels(canvas) == home
    for link in ("Gallery", "Sliders"):
        page.get_by_role("link", name=link, exact=True).first.click()
        page.wait_for_timeout(1_500)
    expect(page.locator(".track")).to_have_count(8)
    assert pixels(page.locator(".picture canvas")) == home


def test_reset_goes_to_the_code_of_the_image_after_a_reload_and_then_has_nothing_to_do(
    page: Page, app_server: RunningApp
) -> None:
    canvas = open_live(page, sliders(app_server, rest="&image=2"))
    home, reset = pixels(canvas), page.get_by_role("button", name="Reset")
    expect(reset).to_be_disabled()
    page.get_by_role("button", name="Random", exact=True).click()
    expect(page).to_have_url(re.compile("z="))
    canvas = open_live(page, page.url)
    assert pixels(canvas) != home
    expect(reset).to_have_attribute("title", re.compile("^Back to the encoding of image 2, label"))
    reset.click()
    page.wait_for_function("window.heard.frames.length > 0")
    assert pixels(canvas) == home
    expect(reset).to_be_disabled()
    expect(page).not_to_have_url(re.compile("z="))


@pytest.mark.parametrize(
    ("typed", "row", "words"),
    [("-5", "0", "go from 0 to 358"), ("5000", "358", "go from 0 to 358"), ("2.7", "4", "image 4"), ("", "4", "")],
)
def test_what_is_no_image_number_opens_no_other_image(
    page: Page, app_server: RunningApp, typed: str, row: str, words: str
) -> None:
    open_live(page, sliders(app_server, rest="&image=4"))
    field = page.locator(".number")
    field.fill(typed)
    field.press("Tab")
    expect(field).to_have_value(row)
    expect(page.locator(".facts")).to_contain_text(f"image {row}, label")
    expect(page.locator(".facts")).to_contain_text(words)


def test_sixteen_sliders_and_the_picture_fit_on_one_screen(page: Page, app_server: RunningApp) -> None:
    open_live(page, sliders(app_server, "mnist-16d"))
    page.wait_for_timeout(500)
    assert page.locator(".track").count() == 16
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    lowest = max(box["y"] + box["height"] for box in (row.bounding_box() for row in page.locator(".strip").all()))
    assert lowest < 800
    expect(page.locator(".facts")).to_contain_text("grey values")


def test_on_a_phone_a_finger_drags_and_the_picture_stays_in_sight(browser: Browser, app_server: RunningApp) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    page = context.new_page()
    canvas = open_live(page, sliders(app_server))
    track = page.locator("[data-dimension] .track").last
    track.evaluate("track => track.scrollIntoView({ block: 'end' })")
    page.wait_for_timeout(300)
    before = pixels(canvas)
    box = track.bounding_box()
    touch = context.new_cdp_session(page)
    place = {"x": box["x"] + 0.5 * box["width"], "y": box["y"] + box["height"] / 2}
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [place]})
    for _ in range(20):
        place["x"] += 5
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [place]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    page.wait_for_timeout(400)
    assert len(heard(page).frames) >= 5
    assert pixels(canvas) != before
    picture = canvas.bounding_box()
    assert 0 <= picture["y"] <= 844 - picture["height"], "the picture scrolled out of sight"
    context.close()


def test_a_lost_connection_is_said_and_the_picture_stays(page: Page, app_server: RunningApp) -> None:
    canvas = open_live(page, sliders(app_server))
    before = pixels(canvas)
    page.workers[0].evaluate(CUT)
    drag(page, page.locator(f"[data-dimension='{strongest(page)}'] .track"), 0.5, 0.95)
    expect(page.get_by_text("Reconnecting…")).to_be_visible()
    assert pixels(canvas) == before
    page.workers[0].evaluate("self.cut = false")
    expect(page.get_by_text("Reconnecting…")).to_be_hidden(timeout=15_000)
    page.wait_for_timeout(300)
    assert pixels(canvas) != before, "the newest position was not sent again"
