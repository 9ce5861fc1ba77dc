"""The map in real Chromium: what the pointer decodes and names, a click that opens, zoom, classes, planes, keys."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.live_page import heard, open_live, pixels, stays_within_the_screen
from tools.running_app import RunningApp

POINTS = "canvas => canvas.toDataURL()"


def the_map(app: RunningApp, model: str = "digits-2d", rest: str = "") -> str:
    return f"{app.url}/map?model={model}{rest}"


def place(page: Page) -> tuple[float, float]:
    """The plane's coordinates under the pointer, as the page says them."""
    text = page.locator(".place").inner_text().replace("−", "-")
    x, y = re.findall(r"[+-]\d+\.\d\d", text)
    return float(x), float(y)


def hover(page: Page, field: Locator, right: float, down: float) -> None:
    box = field.bounding_box()
    page.mouse.move(box["x"] + right * box["width"], box["y"] + down * box["height"])
    page.wait_for_timeout(250)


def over_a_dot(page: Page, field: Locator) -> None:
    """Moves over the middle of the map until the pointer is over an image's dot."""
    for step in range(60):
        hover(page, field, 0.35 + 0.005 * step, 0.5)
        if "over-point" in field.get_attribute("class"):
            return
    pytest.fail("no dot anywhere on the way through the middle")


def test_the_pointer_decodes_empty_space_live(page: Page, app_server: RunningApp) -> None:
    canvas = open_live(page, the_map(app_server))
    field = page.locator(".field-of-view")
    stays_within_the_screen(page)
    hover(page, field, 0.05, 0.05)
    corner, at_corner = pixels(canvas), place(page)
    picture = canvas.bounding_box()
    before = len(heard(page).moves)
    box = field.bounding_box()
    page.mouse.move(box["x"] + 0.6 * box["width"], box["y"] + 0.9 * box["height"], steps=40)
    page.wait_for_timeout(300)
    log = heard(page)
    assert len(log.moves) - before >= 30
    assert log.changed > len(log.moves) / 2  # benchmarks/drag.py holds the goal
    assert pixels(canvas) != corner
    x, y = place(page)
    assert x > at_corner[0] and y < at_corner[1], "x must grow to the right and y upwards"
    assert canvas.bounding_box() == picture, "the picture moved"


def test_hover_names_an_image_and_a_click_opens_it_in_sliders(page: Page, app_server: RunningApp) -> None:
    open_live(page, the_map(app_server))
    field = page.locator(".field-of-view")
    over_a_dot(page, field)
    name = page.locator(".near-name").inner_text()
    row = re.fullmatch(r"Image (\d+), label (\d)", name)
    assert row, name
    expect(page.locator(".near-facts")).to_have_text(re.compile(r"KL\s+\d+\.\d nats\s+reconstruction\s+−?\d+\.\d nats"))
    expect(page.locator(".near-picture img")).to_have_attribute("alt", name)
    assert page.locator(".near-picture img").evaluate("image => image.decode().then(() => image.naturalWidth)") == 8
    page.mouse.down()
    page.mouse.up()
    expect(page).to_have_url(re.compile(rf"/sliders\?.*image={row[1]}(&|$)"))
    assert "model=digits-2d" in page.url
    expect(page.locator(".facts")).to_contain_text(f"image {row[1]}, label {row[2]}")


def test_an_empty_place_opens_in_sliders_by_the_button(page: Page, app_server: RunningApp) -> None:
    open_live(page, the_map(app_server))
    hover(page, page.locator(".field-of-view"), 0.02, 0.97)
    x, y = place(page)
    page.get_by_role("button", name="Open in Sliders").click()
    expect(page).to_have_url(re.compile(r"/sliders\?.*z="))
    latent = [float(part) for part in re.search(r"z=([^&]+)", page.url)[1].replace("%2C", ",").split(",")]
    assert latent == pytest.approx([x, y], abs=0.006)


def test_wheel_drag_and_keys_move_the_view(page: Page, app_server: RunningApp) -> None:
    canvas = open_live(page, the_map(app_server))
    field, points = page.locator(".field-of-view"), page.locator("canvas.points")
    hover(page, field, 0.3, 0.3)
    whole, here = points.evaluate(POINTS), place(page)
    page.mouse.wheel(0, -400)
    page.wait_for_timeout(300)
    assert points.evaluate(POINTS) != whole
    hover(page, field, 0.3, 0.3)
    assert place(page) == pytest.approx(here, abs=0.02), "the zoom keeps the place under the pointer"
    page.mouse.down()
    hover(page, field, 0.5, 0.5)
    page.mouse.up()
    hover(page, field, 0.5, 0.5)
    assert place(page) == pytest.approx(here, abs=0.03), "the dragged plane stays under the pointer"
    page.get_by_role("button", name="Show all points").click()
    field.focus()
    page.keyboard.press("ArrowRight")
    moved, picture = place(page), pixels(canvas)
    for _ in range(10):
        page.keyboard.press("ArrowRight")
    page.wait_for_timeout(200)
    assert place(page)[0] > moved[0] and place(page)[1] == moved[1]
    assert pixels(canvas) != picture


@pytest.mark.parametrize("model", ["digits-2d", "fashion-16d", "mnist-16d&plane=pca"])
def test_the_map_opens_on_the_view_of_all_points(page: Page, app_server: RunningApp, model: str) -> None:
    open_live(page, the_map(app_server, model))
    if "pca" in model:
        expect(page.locator(".place")).to_contain_text("PC1", timeout=30_000)
    points = page.locator("canvas.points")
    page.wait_for_timeout(400)
    opened = points.evaluate(POINTS)
    page.get_by_role("button", name="Show all points").click()
    page.wait_for_timeout(300)
    assert points.evaluate(POINTS) == opened


def test_the_words_say_how_the_images_of_a_bernoulli_model_were_encoded(page: Page, app_server: RunningApp) -> None:
    open_live(page, the_map(app_server, "mnist-16d"))
    expect(page.locator(".words")).to_contain_text("grey values")
    stays_within_the_screen(page)


def test_a_class_is_hidden_and_shown_again(page: Page, app_server: RunningApp) -> None:
    open_live(page, the_map(app_server))
    points = page.locator("canvas.points")
    page.wait_for_timeout(300)
    whole = points.evaluate(POINTS)
    chip = page.locator(".legend button").first
    chip.click()
    expect(chip).to_have_attribute("aria-pressed", "false")
    page.wait_for_timeout(200)
    assert points.evaluate(POINTS) != whole
    chip.click()
    page.wait_for_timeout(200)
    assert points.evaluate(POINTS) == whole


def test_no_dot_of_a_hidden_class_is_named(page: Page, app_server: RunningApp) -> None:
    open_live(page, the_map(app_server))
    field = page.locator(".field-of-view")
    over_a_dot(page, field)
    for chip in page.locator(".legend button").all():
        chip.click()
    expect(page.locator(".near-name")).to_have_text("No class is shown")
    expect(page.locator(".ring")).to_be_hidden()
    for share in (0.4, 0.45, 0.5, 0.55, 0.6):
        hover(page, field, share, 0.5)
        assert "over-point" not in field.get_attribute("class")
    expect(page.locator(".near-name")).to_have_text("No class is shown")
    page.locator(".legend button").first.click()
    expect(page.locator(".near-name")).to_have_text(re.compile("^(Nearest image|Image .*)$"))


def test_the_decoded_plane_is_drawn_behind_the_points(page: Page, app_server: RunningApp) -> None:
    open_live(page, the_map(app_server))
    tiles = page.locator("canvas.tiles")
    page.get_by_role("button", name="Decoded plane").click()
    page.wait_for_timeout(1_000)
    grey = tiles.evaluate(
        "canvas => new Set(canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data).size"
    )
    assert grey > 20, "no pictures behind the points"


def test_planes_are_chosen_and_kept_in_the_link(page: Page, app_server: RunningApp) -> None:
    canvas = open_live(page, the_map(app_server, "digits-8d"))
    stays_within_the_screen(page)
    page.get_by_label("Across").select_option("z3")
    expect(page).to_have_url(re.compile("x=3"))
    expect(page.locator(".words")).to_contain_text("z3")
    before = pixels(canvas)
    page.get_by_role("button", name="PCA plane").click()
    expect(page.locator(".words")).to_contain_text("principal components", timeout=30_000)
    expect(page).to_have_url(re.compile("plane=pca"))
    expect(page.locator(".place")).to_contain_text("PC1")
    page.wait_for_timeout(300)
    assert pixels(canvas) != before
    stays_within_the_screen(page)
