"""What a person does on the repair page: noise under the hand, a painted hole, a fit, undo, link, keys, bad input."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.live_page import pixels
from tools.running_app import RunningApp

PATIENCE = 240_000  # a fresh worker imports all it needs first


def open_repair(page: Page, app: RunningApp, rest: str = "") -> None:
    page.goto(f"{app.url}/repair?model=digits-8d{rest}", timeout=PATIENCE)
    expect(page.locator(".result[data-key=average] .psnr")).to_contain_text("dB", timeout=PATIENCE)
    page.evaluate("() => { window.drawn = 0; document.addEventListener('repair-drawn', () => (window.drawn += 1)); }")


def at(page: Page, share_x: float, share_y: float) -> tuple[float, float]:
    box = page.locator("canvas.hole").bounding_box()
    return box["x"] + share_x * box["width"], box["y"] + share_y * box["height"]


def at_rest(page: Page) -> None:
    """Waits until the picture to paint on stays where it is: a sentence that comes or goes moves it."""
    before, still = None, 0
    while still < 3:
        page.wait_for_timeout(100)
        box = page.locator("canvas.hole").bounding_box()
        still = still + 1 if box == before else 0
        before = box


def levels(canvas: Locator) -> np.ndarray:
    return np.array([int(part) for part in pixels(canvas).split(",")])


def fit(page: Page) -> float:
    """Fits and gives back the PSNR that stands under the picture."""
    page.get_by_role("button", name="Fit the latent").click()
    assert np.ptp(levels(page.locator("canvas.repaired"))) > 0, "the picture before stays until the fit has one"
    expect(page.locator(".fit-words")).to_contain_text("Found after 150 steps", timeout=PATIENCE)
    return float(re.search(r"[\d.]+", page.locator(".result[data-key=fit] .psnr").text_content())[0])


def test_paint_a_hole_fit_undo_and_share(page: Page, browser: Browser, app_server: RunningApp) -> None:
    open_repair(page, app_server, "&noise=none&image=5")
    whole = levels(page.locator("canvas.damaged"))
    page.mouse.move(*at(page, 0.2, 0.55))
    page.mouse.down()
    page.mouse.move(*at(page, 0.8, 0.55), steps=20)
    assert page.evaluate("drawn") >= 3, "the repair follows the brush"
    page.mouse.up()
    expect(page.locator(".hole-words")).to_contain_text("of 64 pixels painted over")
    painted = levels(page.locator("canvas.damaged"))
    assert painted.sum() < whole.sum(), "what is painted over is black"
    expect(page.locator(".noise-words")).to_contain_text("smooth fill")
    damaged = float(re.search(r"PSNR ([\d.]+)", page.locator(".damaged-figures").text_content())[1])
    assert fit(page) > damaged + 1
    fitted = pixels(page.locator("canvas.repaired"))
    page.get_by_role("button", name="Keep", exact=True).click()
    expect(page.locator(".note-at")).to_contain_text("of the shelf, which stands on Sliders")
    page.get_by_role("button", name="Save", exact=True).click()
    with page.expect_download() as picture:
        page.get_by_role("button", name="Download").click()
    with Image.open(picture.value.path()) as image:
        assert image.size == (256, 256) and picture.value.suggested_filename == "digits-8d-fit.png"
        drawn = np.asarray(image.convert("RGBA").resize((8, 8), Image.Resampling.NEAREST)).ravel()
    assert (drawn == levels(page.locator("canvas.repaired"))).all(), "each pixel 32 times as large"
    page.get_by_label("File", exact=True).select_option("latent")
    with page.expect_download() as latent:
        page.get_by_role("button", name="Download").click()
    assert len(json.loads(latent.value.path().read_text())["latent"]) == 8
    page.keyboard.press("Escape")
    link = page.url
    assert "hole=" in link and "show=fit" in link

    other = browser.new_page()
    open_repair(other, app_server, "&" + link.split("?", 1)[1])
    assert (levels(other.locator("canvas.damaged")) == painted).all(), "the link brings the hole back"
    other.close()

    page.get_by_role("button", name="Undo").click()  # the fit was shown in place of encode–decode
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".hole-words")).to_contain_text("Paint on the damaged picture")
    assert (levels(page.locator("canvas.damaged")) == whole).all()
    page.keyboard.press("Control+Shift+Z")
    expect(page.locator(".hole-words")).to_contain_text("painted over")
    assert fitted != pixels(page.locator("canvas.repaired"))


def test_noise_by_pointer_and_keys_and_a_hole_by_keys(page: Page, app_server: RunningApp) -> None:
    open_repair(page, app_server)
    track = page.locator(".strength")
    box = track.bounding_box()
    before = page.evaluate("drawn")
    page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.7 * box["width"], box["y"] + box["height"] / 2, steps=15)
    page.mouse.up()
    assert page.evaluate("drawn") > before + 5
    expect(page.locator(".noise-words")).to_contain_text("σ = 0.7")
    assert "strength=0.7" in page.url
    page.get_by_role("radio", name="Salt and pepper").click()
    expect(page.locator(".noise-words")).to_contain_text("median filter", ignore_case=True)
    noisy = pixels(page.locator("canvas.damaged"))
    page.get_by_role("button", name="Draw anew").click()
    page.wait_for_timeout(500)
    assert pixels(page.locator("canvas.damaged")) != noisy
    page.locator("canvas.hole").focus()
    for key in ("ArrowRight", "ArrowDown", " "):
        page.keyboard.press(key)
    expect(page.locator(".hole-words")).to_contain_text("painted over")
    page.keyboard.press("Delete")
    expect(page.locator(".hole-words")).to_contain_text("Paint on the damaged picture")


@pytest.mark.parametrize("size", [(60, 40), (8, 8)])
def test_an_upload_of_another_size_and_colour_is_fitted_and_said_so(
    page: Page, app_server: RunningApp, tmp_path, size: tuple[int, int]
) -> None:
    picture = np.full((size[1], size[0], 3), (250, 240, 200), np.uint8)
    picture[size[1] // 4 : -size[1] // 4, size[0] // 2 : size[0] // 2 + 2] = (20, 30, 90)
    Image.fromarray(picture).save(tmp_path / "own.png")
    open_repair(page, app_server, "&noise=none")
    page.get_by_role("tab", name="Upload").click()
    page.locator(".file").set_input_files(tmp_path / "own.png")
    expect(page.locator(".start-words")).to_contain_text(re.compile("grey|inverted|colour"), timeout=PATIENCE)
    page.wait_for_function("() => location.search.includes('z=')")
    assert "image=" not in page.url, "a person's own picture is in the link only as its latent"
    assert levels(page.locator("canvas.damaged")).max() > 100


def test_a_hole_over_everything_and_a_bad_link_are_answered_in_a_sentence(page: Page, app_server: RunningApp) -> None:
    open_repair(page, app_server, "&noise=fog&strength=7&image=99999&hole=AAAA")
    said = page.locator(".problem[role=alert]:not([hidden])")
    for words in ('noise is "fog"', 'strength is "7"', "images run from 0 to", "hole is of another picture size"):
        expect(said).to_contain_text(words)
    page.get_by_role("radio", name="Large").click()
    at_rest(page)
    page.mouse.move(*at(page, 0.02, 0.02))
    page.mouse.down()
    at_rest(page)  # the first touch may take a sentence away
    for row in np.linspace(0.02, 0.98, 9):
        page.mouse.move(*at(page, 0.02, row))
        page.mouse.move(*at(page, 0.98, row), steps=4)
    page.mouse.up()
    expect(page.locator(".hole-words")).to_contain_text("The hole covers every pixel: nothing is left to go by")
    expect(page.get_by_role("button", name="Fit the latent")).to_be_disabled()
