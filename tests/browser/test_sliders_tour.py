"""What a person does on the sliders page from beginning to end: draw, drag, undo, keep, compare, share."""

from __future__ import annotations

import re

import numpy as np
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.live_page import drag, open_live, pixels
from tools.running_app import RunningApp
from vae_core.data import data_root

# a 3, in shares of the canvas
THREE = [(0.3, 0.25), (0.5, 0.18), (0.68, 0.3), (0.5, 0.48), (0.68, 0.65), (0.5, 0.82), (0.3, 0.75)]


def address(app: RunningApp, model: str = "mnist-16d", rest: str = "") -> str:
    return f"{app.url}/sliders?model={model}{rest}"


def stroke(page: Page, canvas: Locator, points: list[tuple[float, float]]) -> None:
    """Draws with a real mouse."""
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    for index, (x, y) in enumerate(points):
        page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=8)
        if index == 0:
            page.mouse.down()
    page.mouse.up()


def latent(page: Page) -> bytes:
    """The latent in the page's link, bit for bit."""
    found = re.search(r"[?&]z=([^&]*)", page.url)
    return np.array([float(part) for part in found[1].split(",")], dtype=np.float32).tobytes() if found else b""


def strongest(page: Page) -> Locator:
    """The track of the first row: rows stand in the order of what they carry."""
    return page.locator(".dimension .track").first


def levels(canvas: Locator) -> np.ndarray:
    return np.array([int(part) for part in pixels(canvas).split(",")])


def test_draw_drag_undo_redo_and_share(page: Page, browser: Browser, app_server: RunningApp) -> None:
    canvas = open_live(page, address(app_server))
    page.wait_for_timeout(500)
    states = [pixels(canvas)]
    entries = page.evaluate("history.length")
    page.get_by_role("tab", name="Draw").click()
    stroke(page, page.locator(".drawing"), THREE)
    expect(page.locator(".facts")).to_contain_text("Your drawing")
    expect(page).to_have_url(re.compile("z="))
    page.wait_for_timeout(400)
    states.append(pixels(canvas))
    assert states[1] != states[0], "the drawing was encoded and decoded"
    fitted = page.locator(".fit-preview").evaluate("canvas => [canvas.width, canvas.height]")
    assert fitted == [28, 28]
    for share in (0.9, 0.2):
        strongest(page).scroll_into_view_if_needed()
        drag(page, strongest(page), 0.5, share)
        page.wait_for_timeout(300)
        states.append(pixels(canvas))
    assert len(set(states)) == 4
    for expected in reversed(states[:-1]):
        page.keyboard.press("Control+z")
        page.wait_for_timeout(300)
        assert pixels(canvas) == expected
    expect(page.get_by_role("button", name="Undo")).to_be_disabled()
    for expected in states[1:]:
        page.keyboard.press("Control+Shift+Z")
        page.wait_for_timeout(300)
        assert pixels(canvas) == expected
    assert page.evaluate("history.length") == entries, "dragging replaces the link: Back leaves the page"

    other = browser.new_context().new_page()
    copy = open_live(other, page.url)
    other.wait_for_timeout(500)
    assert latent(other) == latent(page) != b""
    assert np.abs(levels(copy) - levels(canvas)).max() <= 1
    other.context.close()


def test_undo_outlives_a_reload(page: Page, app_server: RunningApp) -> None:
    canvas = open_live(page, address(app_server, "digits-8d"))
    page.wait_for_timeout(300)
    before = pixels(canvas)
    drag(page, strongest(page), 0.5, 0.9)
    expect(page).to_have_url(re.compile("z="))
    page.wait_for_timeout(300)
    canvas = open_live(page, page.url)
    expect(page.get_by_role("button", name="Undo")).to_be_enabled()
    page.get_by_role("button", name="Undo").click()
    page.wait_for_timeout(300)
    assert pixels(canvas) == before


def test_kept_pictures_come_back_and_can_be_compared(page: Page, app_server: RunningApp) -> None:
    canvas = open_live(page, address(app_server, "digits-8d"))
    page.wait_for_timeout(300)
    first = pixels(canvas)
    page.get_by_role("button", name="Keep this picture").click()
    page.get_by_role("button", name="Random", exact=True).click()
    page.wait_for_timeout(300)
    page.get_by_role("button", name="Keep this picture").click()
    expect(page.locator(".kept li")).to_have_count(2)
    open_live(page, page.url)
    expect(page.locator(".kept li")).to_have_count(2)
    page.get_by_role("button", name="Compare kept picture 1").click()
    line = page.get_by_role("slider", name="Kept picture to the left")
    expect(line).to_be_visible()
    assert pixels(page.locator("canvas.wiped")) == first
    drag(page, line, 0.5, 0.9)
    expect(line).to_have_attribute("aria-valuetext", re.compile(r"^(89|90|91) percent"))
    page.get_by_role("button", name="End comparing").click()
    expect(line).to_be_hidden()
    for seen in (True, False):
        page.get_by_role("button", name="Compare kept picture 1").click()
        expect(line).to_be_visible(visible=seen)
    page.get_by_role("button", name=re.compile("Go to kept picture 1")).click()
    page.wait_for_timeout(300)
    assert pixels(page.locator(".picture canvas").first) == first
    page.get_by_role("button", name="Take kept picture 1 off the shelf").click()
    expect(page.locator(".kept li")).to_have_count(1)
    page.get_by_role("button", name="Put the picture back").click()
    expect(page.locator(".kept li")).to_have_count(2)


def test_other_ways_to_start(page: Page, app_server: RunningApp) -> None:
    canvas = open_live(page, address(app_server))
    seen = {pixels(canvas)}
    page.get_by_role("tab", name="Class mean").click()
    page.get_by_label("The mean of all encodings of").select_option("7")
    page.get_by_role("button", name="Go there").click()
    expect(page.locator(".facts")).to_contain_text("label 7")
    page.wait_for_timeout(400)
    seen.add(pixels(canvas))
    page.get_by_role("tab", name="Prior").click()
    page.get_by_role("button", name="Draw from the prior").click()
    expect(page.locator(".facts")).to_contain_text("prior")
    page.wait_for_timeout(400)
    seen.add(pixels(canvas))
    page.get_by_role("tab", name="Other model").click()
    page.get_by_label("Another model").select_option("mnist-2d")
    page.get_by_role("button", name="Encode it here").click()
    expect(page.locator(".facts")).to_contain_text("mnist-2d")
    page.wait_for_timeout(400)
    seen.add(pixels(canvas))
    assert len(seen) == 4
    page.get_by_role("tab", name="Image").click()
    page.get_by_label("Only images with this label").select_option("7")
    expect(page.locator(".facts")).to_contain_text("label 7")
    expect(page).to_have_url(re.compile("image="))
    first = page.url
    page.get_by_role("button", name="Next image").click()
    expect(page).not_to_have_url(first)
    expect(page.locator(".facts")).to_contain_text("label 7")


def test_a_file_is_fitted_and_encoded_and_a_bad_one_is_refused_in_words(
    page: Page, app_server: RunningApp, tmp_path
) -> None:
    from PIL import Image, ImageDraw

    picture = Image.new("L", (300, 200), 255)
    ImageDraw.Draw(picture).line([(100, 40), (200, 40), (140, 170)], fill=0, width=18)
    picture.save(tmp_path / "seven.png")
    (tmp_path / "text.png").write_text("no picture at all")
    canvas = open_live(page, address(app_server))
    before = pixels(canvas)
    page.get_by_role("tab", name="Upload").click()
    page.locator("input.file").set_input_files(tmp_path / "seven.png")
    expect(page.locator(".facts")).to_contain_text("Your picture seven.png")
    expect(page.locator(".fitted img")).to_be_visible()
    page.wait_for_timeout(400)
    after = pixels(canvas)
    assert after != before
    page.locator("input.file").set_input_files(tmp_path / "text.png")
    expect(page.locator(".start-words.problem")).to_be_visible()
    assert pixels(canvas) == after, "what was there stays"


def test_the_gauge_says_where_nothing_was_ever_encoded(page: Page, app_server: RunningApp) -> None:
    open_live(page, address(app_server))
    gauge = page.locator(".gauge")
    expect(gauge.locator(".verdict")).to_have_text("Usual")
    expect(gauge.locator(".neighbour:visible")).to_have_count(8)
    real = (data_root() / "mnist").is_dir()
    expect(gauge.locator(".nearest")).to_contain_text("real images" if real else "images, as reconstructed")
    below = page.locator(".source").bounding_box()["y"]
    zeros = ",".join(["9"] + ["-9"] * 15)
    open_live(page, address(app_server, rest=f"&z={zeros}"))
    expect(gauge.locator(".verdict")).to_have_text("Never seen")
    expect(gauge.locator(".words")).to_have_text(re.compile(r"^(None|\d+) of .* The nearest image is"))
    expect(gauge.locator(".neighbour:visible")).to_have_count(8)
    assert abs(page.locator(".source").bounding_box()["y"] - below) < 1, "what lies below moved with the words"
    gauge.locator(".neighbour").first.click()
    expect(gauge.locator(".verdict")).to_have_text(re.compile("Usual|Rare"))
    expect(page).to_have_url(re.compile("image="))


def test_everything_by_keyboard(page: Page, app_server: RunningApp) -> None:
    canvas = open_live(page, address(app_server, "digits-8d"))
    page.wait_for_timeout(300)
    before = pixels(canvas)
    strongest(page).focus()
    for _ in range(20):
        page.keyboard.press("ArrowRight")
    page.wait_for_timeout(300)
    assert pixels(canvas) != before
    for name in ("Random", "Sample around", "Copy link", "Keep this picture"):
        page.get_by_role("button", name=name, exact=True).focus()
        assert page.evaluate("document.activeElement !== document.body")
        page.keyboard.press("Enter")
    page.get_by_role("tab", name="Image").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Draw")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Control+z")
