"""The map in real Chromium: fly to an image by name, a picture of one's own lands, a link shows the same elsewhere."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.browser.live_page import pixels
from tests.browser.map_panel import AROUND_ALL, chip, copied_model, field, hover, open_map, place, stroke, tab
from tests.tiny import digit_images
from tools.running_app import PROJECT, RunningApp
from vae_core.checkpoint import load_latents


def search(page: Page, words: str) -> None:
    page.get_by_role("searchbox").fill(words)
    page.get_by_role("searchbox").press("Enter")


def code(model: str, row: int) -> np.ndarray:
    return load_latents(PROJECT / "checkpoints" / model).mean[row]


def test_an_image_is_flown_to_by_its_name_and_what_is_not_there_is_said(page: Page, app_server: RunningApp) -> None:
    open_map(page, app_server)
    for words in ("test-00012", "#12"):
        search(page, words)
        expect(page.locator(".near-name")).to_contain_text("Image 12 ·")
        expect(page).to_have_url(re.compile("view="))
        soon(lambda: place(page) == pytest.approx(code("digits-2d", 12), abs=0.011))  # the cross is on it
        page.get_by_role("button", name="Show all points").click()
        hover(page, 0.05, 0.9)
        expect(page).not_to_have_url(re.compile("view="))
    what_is_not_there_is_said(page)


def test_a_label_is_gone_through_one_image_after_the_other(page: Page, app_server: RunningApp) -> None:
    open_map(page, app_server, "fashion-2d")
    search(page, "sandal")
    expect(page.locator(".found-words")).to_have_text(re.compile(r"1 of 1,000"))
    expect(page.locator(".near-name")).to_contain_text("Sandal")
    first = page.locator(".near-name").inner_text()
    page.get_by_role("button", name="Next image").click()
    expect(page.locator(".found-words")).to_have_text(re.compile(r"2 of 1,000"))
    expect(page.locator(".near-name")).not_to_have_text(first)
    expect(page.locator(".near-name")).to_contain_text("Sandal")


def what_is_not_there_is_said(page: Page) -> None:
    search(page, "unicorn <b>")
    expect(page.locator(".found-words")).to_contain_text("unicorn <b>")
    page.get_by_role("searchbox").press("ControlOrMeta+a")
    page.keyboard.type("x")
    expect(page.get_by_role("searchbox")).to_have_value("x")
    page.get_by_role("searchbox").fill("")
    expect(page.locator(".found-words")).to_be_hidden()


def test_a_picture_of_ones_own_lands_where_its_code_is(page: Page, app_server: RunningApp, tmp_path: Path) -> None:
    images, _ = digit_images(count=5)
    Image.fromarray(images[4, 0]).save(tmp_path / "mine.png")
    open_map(page, app_server)
    tab(page, "Image")
    a_file_that_is_no_picture_is_said_in_its_place(page, tmp_path)
    page.locator("input.file").set_input_files(tmp_path / "mine.png")
    expect(page.locator(".bring-words")).to_have_text("mine.png is on the map.")
    expect(page.locator(".pin-name")).to_have_text("mine.png")
    first = page.locator(".neighbours button").first
    assert int(first.get_attribute("data-row")) == 4, "it is an image of the test set: that is its nearest"
    assert page.locator(".neighbours figcaption").first.inner_text() == "0.00"
    soon(lambda: place(page) == pytest.approx(code("digits-2d", 4), abs=0.011))
    mark, box = page.locator(".landed"), field(page).bounding_box()
    there = mark.evaluate("mark => { const box = mark.getBoundingClientRect(); return [box.x, box.y]; }")
    middle = [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2]
    assert there == pytest.approx(middle, abs=3), "the mark stands where the flight ended"
    page.get_by_role("button", name="Open in Sliders").click()
    expect(page).to_have_url(re.compile(r"/sliders\?.*z="))


def a_file_that_is_no_picture_is_said_in_its_place(page: Page, tmp_path: Path) -> None:
    (tmp_path / "words.png").write_text("no picture at all")
    page.locator("input.file").set_input_files(tmp_path / "words.png")
    expect(page.locator(".bring-words")).to_contain_text("picture")
    assert page.locator(".landed").evaluate("mark => mark.hidden") is True


# all dots that are drawn, those that wait beyond the field too
DRAWN = """canvas => {
  const copy = document.createElement("canvas");
  Object.assign(copy, { width: canvas.width, height: canvas.height });
  copy.getContext("2d").drawImage(canvas, 0, 0);
  return copy.toDataURL();
}"""


def soon(holds: Callable[[], bool], seconds: float = 10.0) -> None:
    """Fails unless it holds within so many seconds: what is drawn may come after what was said."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_the_same_link_in_a_fresh_context_shows_the_same_view(
    page: Page, browser: Browser, shared_models: Path, shared_server: RunningApp
) -> None:
    app, model = shared_server, copied_model(shared_models, "digits-8d", "digits-8d-linked")
    open_map(page, app, model, "&x=3&y=5")
    page.get_by_label("Colour by").select_option("KL")
    page.get_by_role("slider", name="To: KL").focus()
    for _ in range(12):
        page.keyboard.press("ArrowLeft")
    hover(page, 0.6, 0.6)
    page.mouse.wheel(0, -300)
    page.wait_for_timeout(500)
    stroke(page, "Lasso", AROUND_ALL)
    page.get_by_label("Name of the group").fill("seen")
    page.get_by_role("button", name="Keep as a group").click()
    expect(page).to_have_url(re.compile("group=seen"))
    tab(page, "Layers")
    page.get_by_label("Density contours").check()
    page.wait_for_timeout(800)
    other = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
    open_map(other, app, model, page.url.split(f"model={model}")[1])
    expect(page.locator(".status .words")).to_contain_text("Neighbours on this map")  # they come when measured
    for said in (".shown-words", ".selected-words", ".status .words"):
        words = page.locator(said).inner_text().replace("a lasso · kept as seen", "group seen")
        expect(other.locator(said)).to_have_text(words)
    for at in ((0.25, 0.35), (0.7, 0.8)):
        hover(page, *at)
        hover(other, *at)
        soon(lambda: place(other) == pytest.approx(place(page), abs=0.011))
        soon(lambda: pixels(other.locator(".picture canvas")) == pixels(page.locator(".picture canvas")))
    points = DRAWN
    assert len(page.locator(".map-points").evaluate(points)) > 5_000
    soon(lambda: other.locator(".map-points").evaluate(points) == page.locator(".map-points").evaluate(points))
    asked, shown = (dict(parse_qsl(urlsplit(each.url).query)) for each in (page, other))
    views = [[float(part) for part in link.pop("view").split(",")] for link in (asked, shown)]
    assert shown == asked and views[1] == pytest.approx(views[0], rel=1e-4, abs=1e-4)
    other.context.close()


def test_hidden_classes_and_the_pin_are_in_the_link_and_an_absent_group_is_said(
    page: Page, app_server: RunningApp
) -> None:
    open_map(page, app_server, rest="&hidden=label:0,1&pin=12&tab=image&group=ghosts")
    expect(page.locator(".problem")).to_contain_text('no group called "ghosts"')
    expect(page.locator(".pin-name")).to_contain_text("Image 12 ·")
    tab(page, "Colour")
    for name in "01":
        expect(chip(page, name)).to_have_attribute("aria-pressed", "false")
    expect(chip(page, "2")).to_have_attribute("aria-pressed", "true")
