"""The Generate page in real Chromium: samples under the hand, which are usual, draws, copies, ZIP, link."""

from __future__ import annotations

import io
import json
import re
import shutil
import time
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.browser.live_page import LISTEN, drag, heard, pixels
from tools.running_app import RunningApp

DRAWN = """() => [...document.querySelectorAll("*")].some((element) => {
  const canvas = element.shadowRoot?.querySelector(".sheet > canvas");
  return canvas?.width > 1 && element.shadowRoot.querySelector(".sheet .veil").hidden;
})"""


def open_sheet(page: Page, address: str):
    """Opens the address and gives back the canvas of the samples, once they are on it."""
    page.goto(address)
    page.wait_for_function(DRAWN, timeout=60_000)
    page.evaluate(LISTEN)
    return page.locator(".sheet > canvas")


def cell(picture: Image.Image, at: int) -> np.ndarray:
    """One sample of 8×8 pixels out of the sheet of four in a row."""
    row, column = divmod(at, 4)
    return np.asarray(picture)[8 * row : 8 * row + 8, 8 * column : 8 * column + 8]


def sheet_pixels(canvas) -> Image.Image:
    values = [int(value) for value in pixels(canvas).split(",")]
    width, height = canvas.evaluate("canvas => [canvas.width, canvas.height]")
    return Image.fromarray(np.uint8(values).reshape(height, width, 4)[..., 0])


# the samples' numbers and percentiles stand in the titles of their cells, in the order of the sheet
TITLES = """() => [...document.querySelectorAll("*")]
  .flatMap((each) => [...(each.shadowRoot?.querySelectorAll(".cell:enabled") ?? [])])
  .map(({ title }) => title)"""


def test_samples_follow_the_hand_and_are_judged_drawn_taken_away_and_opened(
    page: Page, app_server: RunningApp, tmp_path: Path
) -> None:
    canvas = open_sheet(page, f"{app_server.url}/generate?model=digits-8d&n=16&seed=3")
    hot = the_samples_follow_the_hand_and_undo_brings_them_back(page, canvas)
    the_chosen_sample_is_judged(page)
    draws_that_are_too_unusual_are_replaced(page)
    assert pixels(canvas) != hot, "other draws, which are usual enough, took the place of those that are not"
    the_samples_are_put_in_order(page)
    drawn = a_draw_of_the_pixels_is_shown(page, canvas)
    what_is_taken_away_is_what_is_shown(page, canvas, tmp_path / "samples.zip")
    canvas = open_sheet(page, page.url)
    becomes(canvas, drawn)  # the link brings the same pictures back
    a_sample_opens_in_sliders_and_back_is_this_page(page)


def test_a_seed_that_is_none_is_said_beside_it_until_the_next_change(page: Page, app_server: RunningApp) -> None:
    open_sheet(page, f"{app_server.url}/generate?model=digits-8d&n=16&seed=3")
    seed, said = page.get_by_label("Seed"), page.locator(".seed-problem")
    expect(said).to_be_hidden()
    above = page.locator(".temperature").bounding_box()
    seed.fill("1.5")
    seed.press("Enter")
    expect(said).to_have_text(re.compile('The seed is "1.5"; it must be a whole number'))
    expect(seed).to_have_value("3")
    assert page.locator(".temperature").bounding_box() == above, "the sliders moved under the hand"
    page.get_by_role("radio", name="36").click()
    expect(said).to_be_hidden()


def becomes(canvas: Locator, wanted: str) -> None:
    """Waits until the canvas shows these pixels."""
    end = time.monotonic() + 15
    while pixels(canvas) != wanted:
        assert time.monotonic() < end, "the canvas never showed these pixels"
        canvas.page.wait_for_timeout(100)


def the_samples_follow_the_hand_and_undo_brings_them_back(page: Page, canvas: Locator) -> str:
    first = pixels(canvas)
    drag(page, page.locator(".track.temperature"), 0.5, 0.9, steps=40)
    log = heard(page)
    assert len(log.moves) >= 25 and log.changed > len(log.moves) / 2
    expect(page).to_have_url(re.compile(r"[?&]t=1\.\d"))
    hot = pixels(canvas)
    assert hot != first
    page.get_by_role("button", name="Undo").click()
    becomes(canvas, first)
    page.keyboard.press("Control+y")
    becomes(canvas, hot)
    return hot


def the_chosen_sample_is_judged(page: Page) -> None:
    page.get_by_role("option").nth(5).click()
    expect(page.locator(".chosen-picture figcaption")).to_have_text("Sample 5")
    expect(page.locator(".copy")).to_have_text(
        re.compile(r"^(No copy|Perhaps a copy): the nearest training image"), timeout=90_000
    )
    expect(page.locator(".near-picture figcaption")).to_have_text(re.compile(r"Nearest training image, row \d+"))
    expect(page.locator(".usual")).to_have_text(re.compile("of 359 held-out images"))
    page.get_by_role("option").nth(5).press("ArrowRight")
    expect(page.locator(".chosen-picture figcaption")).to_have_text("Sample 6")


def draws_that_are_too_unusual_are_replaced(page: Page) -> None:
    keep = page.get_by_role("slider", name="Keep draws above this percentile of density")
    keep.focus()
    for _ in range(3):
        keep.press("PageUp")
    expect(page.locator(".count")).to_have_text(re.compile(r"\d+ of 256 draws lie above percentile 30"))
    expect(page).to_have_url(re.compile(r"[?&]keep=30"))


def the_samples_are_put_in_order(page: Page) -> None:
    as_drawn = page.evaluate(TITLES)
    numbers = [int(re.search(r"\d+", title)[0]) for title in as_drawn]
    assert numbers == sorted(numbers)
    page.get_by_role("radio", name="Most usual first").click()
    expect(page).to_have_url(re.compile(r"[?&]sort=usual"))
    shares = [float(re.search(r"percentile ([\d.]+)", title)[1]) for title in another_order(page, as_drawn)]
    assert shares == sorted(shares, reverse=True) and len(set(shares)) > 5
    most_usual = page.evaluate(TITLES)
    page.get_by_role("radio", name="Nearest copy first").click()
    by_copy = [int(re.search(r"\d+", title)[0]) for title in another_order(page, most_usual)]
    assert sorted(by_copy) == numbers != by_copy, "the same samples in another order"
    nearest = page.evaluate(TITLES)
    page.get_by_role("radio", name="As drawn").click()
    again = [int(re.search(r"\d+", title)[0]) for title in another_order(page, nearest)]
    assert again == numbers


def another_order(page: Page, before: list[str]) -> list[str]:
    """The titles once they stand in another order."""
    page.wait_for_function(f"before => ({TITLES})().join() !== before", arg=",".join(before), timeout=90_000)
    return page.evaluate(TITLES)


def a_draw_of_the_pixels_is_shown(page: Page, canvas: Locator) -> str:
    page.wait_for_timeout(300)
    mean = pixels(canvas)
    page.get_by_role("radio", name="A draw").click()
    page.wait_for_timeout(400)
    drawn = pixels(canvas)
    assert drawn != mean
    return drawn


def what_is_taken_away_is_what_is_shown(page: Page, canvas: Locator, file: Path) -> None:
    with page.expect_download() as download:
        page.get_by_role("button", name="Save ZIP").click()
    download.value.save_as(file)
    shown = sheet_pixels(canvas)
    with zipfile.ZipFile(file) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        pictures = [np.asarray(Image.open(io.BytesIO(archive.read(each["file"])))) for each in manifest["samples"]]
    wanted = {"shown": "draw", "pixel_seed": 3, "seed": 3, "percentile_from": 30}
    assert {name: manifest[name] for name in wanted} == wanted
    for at, picture in enumerate(pictures):
        assert np.array_equal(picture, cell(shown, at)), "the files are the pictures on the screen"


def a_sample_opens_in_sliders_and_back_is_this_page(page: Page) -> None:
    page.get_by_role("radio", name="Mean picture").click()
    page.get_by_role("option").nth(2).click()
    page.wait_for_timeout(500)
    own = pixels(page.locator(".chosen-picture canvas"))
    page.wait_for_url(re.compile("sample="))
    left = page.url
    visited = page.evaluate("history.length")
    page.get_by_role("button", name="Open in Sliders").click()
    expect(page).to_have_url(re.compile(r"/sliders\?"))
    page.wait_for_function(
        """() => [...document.querySelectorAll("*")].some((element) =>
          element.shadowRoot?.querySelector(".sliders .picture canvas")?.width > 1)"""
    )
    becomes(page.locator(".picture canvas"), own)
    page.go_back()
    expect(page).to_have_url(left)  # not this page's address with the parameters of Sliders
    assert page.evaluate("history.length") == visited + 1, "and this page has one entry: Back again leaves it"


def test_a_model_without_its_data_says_that_a_copy_cannot_be_told_and_the_phone_has_all(
    page: Page, tiny_root: Path, shared_models: Path, shared_server: RunningApp
) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    shutil.copytree(tiny_root / "tiny-colour", shared_models / "tiny-colour", dirs_exist_ok=True)
    open_sheet(page, f"{shared_server.url}/generate?model=tiny-colour&n=16")
    page.get_by_role("option").nth(1).click()
    expect(page.locator(".copy")).to_have_text(re.compile("a copy cannot be told"), timeout=60_000)
    expect(page.locator(".near-picture figcaption")).to_have_text(re.compile(r"Nearest stored image, \d+"))
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0, f"the page is {wide} pixels too wide"
    temperature = page.get_by_role("slider", name="Temperature")
    temperature.focus()
    temperature.press("Home")
    page.wait_for_timeout(400)
    expect(page.locator(".temperature-figure")).to_have_text("0.00")
