"""The Generate page in real Chromium: samples under the hand, which are usual, draws, copies, ZIP, link."""

from __future__ import annotations

import io
import json
import re
import shutil
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import Page, expect

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


def test_samples_follow_the_hand_and_are_judged_drawn_taken_away_and_opened(
    page: Page, app_server: RunningApp, tmp_path: Path
) -> None:
    canvas = open_sheet(page, f"{app_server.url}/generate?model=digits-8d&n=16&seed=3")
    first = pixels(canvas)
    drag(page, page.locator(".track.temperature"), 0.5, 0.9, steps=40)
    log = heard(page)
    assert len(log.moves) >= 25 and log.changed > len(log.moves) / 2
    expect(page).to_have_url(re.compile(r"[?&]t=1\.\d"))
    hot = pixels(canvas)
    assert hot != first
    page.get_by_role("button", name="Undo").click()
    page.wait_for_timeout(300)
    assert pixels(canvas) == first
    page.keyboard.press("Control+y")
    page.wait_for_timeout(300)
    assert pixels(canvas) == hot

    page.get_by_role("option").nth(5).click()
    expect(page.locator(".chosen-picture figcaption")).to_have_text("Sample 5")
    expect(page.locator(".copy")).to_have_text(
        re.compile(r"^(No copy|Perhaps a copy): the nearest training image"), timeout=90_000
    )
    expect(page.locator(".near-picture figcaption")).to_have_text(re.compile(r"Nearest training image, row \d+"))
    expect(page.locator(".usual")).to_have_text(re.compile("of 359 held-out images"))
    page.get_by_role("option").nth(5).press("ArrowRight")
    expect(page.locator(".chosen-picture figcaption")).to_have_text("Sample 6")

    keep = page.get_by_role("slider", name="Keep draws above this percentile of density")
    keep.focus()
    for _ in range(3):
        keep.press("PageUp")
    expect(page.locator(".count")).to_have_text(re.compile(r"\d+ of 256 draws lie above percentile 30"))
    assert pixels(canvas) != hot, "other draws, which are usual enough, took the place of those that are not"
    expect(page).to_have_url(re.compile(r"[?&]keep=30"))

    order = """() => [...document.querySelectorAll("*")]
        .flatMap((each) => [...(each.shadowRoot?.querySelectorAll(".cell:enabled") ?? [])])
        .map(({ title }) => title)"""
    numbers = [int(re.search(r"\d+", title)[0]) for title in page.evaluate(order)]
    assert numbers == sorted(numbers)
    page.get_by_role("radio", name="Most usual first").click()
    expect(page).to_have_url(re.compile(r"[?&]sort=usual"))
    page.wait_for_timeout(500)
    shares = [float(re.search(r"percentile ([\d.]+)", title)[1]) for title in page.evaluate(order)]
    assert shares == sorted(shares, reverse=True) and len(set(shares)) > 5
    page.get_by_role("radio", name="Nearest copy first").click()
    page.wait_for_function(
        f"before => ({order})().join() !== before", arg=",".join(page.evaluate(order)), timeout=90_000
    )
    by_copy = [int(re.search(r"\d+", title)[0]) for title in page.evaluate(order)]
    assert sorted(by_copy) == numbers != by_copy, "the same samples in another order"
    page.get_by_role("radio", name="As drawn").click()
    page.wait_for_timeout(300)

    mean = pixels(canvas)
    page.get_by_role("radio", name="A draw").click()
    page.wait_for_timeout(400)
    drawn = pixels(canvas)
    assert drawn != mean
    with page.expect_download() as download:
        page.get_by_role("button", name="Save ZIP").click()
    download.value.save_as(tmp_path / "samples.zip")
    shown = sheet_pixels(canvas)
    with zipfile.ZipFile(tmp_path / "samples.zip") as archive:
        manifest = json.loads(archive.read("manifest.json"))
        pictures = [np.asarray(Image.open(io.BytesIO(archive.read(each["file"])))) for each in manifest["samples"]]
    assert (manifest["shown"], manifest["pixel_seed"], manifest["seed"], manifest["percentile_from"]) == (
        "draw",
        3,
        3,
        30,
    )
    for at, picture in enumerate(pictures):
        assert np.array_equal(picture, cell(shown, at)), "the files are the pictures on the screen"

    link = page.url
    canvas = open_sheet(page, link)
    page.wait_for_timeout(3000)
    assert pixels(canvas) == drawn, "the link brings the same pictures back"
    page.get_by_role("radio", name="Mean picture").click()
    at = page.get_by_role("option").nth(2)
    at.click()
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
    page.wait_for_timeout(500)
    assert pixels(page.locator(".picture canvas")) == own
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
