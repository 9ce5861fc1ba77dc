"""The morph in real Chromium: a drag along the path, its ends, the strip, the kinds of path, the GIF."""

from __future__ import annotations

import re
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.live_page import drag, heard, open_live, pixels, stays_within_the_screen
from tools.running_app import RunningApp


def morph(app: RunningApp, rest: str = "", model: str = "digits-8d") -> str:
    return f"{app.url}/morph?model={model}{rest}"


def distance(page: Page) -> tuple[float, float]:
    """How far along the path, and how long it is, in latent units."""
    done, whole = re.fullmatch(r"(\S+) of (\S+) latent units", page.locator(".place").inner_text()).groups()
    return float(done), float(whole)


def test_a_drag_walks_along_the_path_and_its_ends_are_the_images(page: Page, app_server: RunningApp) -> None:
    canvas = open_live(page, morph(app_server, "&a=3&b=8&t=0"))
    stays_within_the_screen(page)
    start = pixels(canvas)
    assert distance(page)[0] == 0
    drag(page, page.locator(".way .track"), 0.0, 1.0, steps=60)
    log = heard(page)
    assert len(log.moves) >= 40
    assert log.changed > len(log.moves) / 2  # benchmarks/drag.py holds the goal
    end = pixels(canvas)
    assert end != start
    done, whole = distance(page)
    assert done == whole > 0
    expect(page).to_have_url(re.compile(r"[?&]t=1(&|$)"))
    for row, picture in ((3, start), (8, end)):
        canvas = open_live(page, f"{app_server.url}/sliders?model=digits-8d&image={row}")
        assert pixels(canvas) == picture, f"the end of the path is not the reconstruction of image {row}"


def test_the_kind_of_path_and_the_images_are_chosen_and_kept_in_the_link(page: Page, app_server: RunningApp) -> None:
    canvas = open_live(page, morph(app_server, "&a=3&b=8&t=0.5"))
    straight, (_, length) = pixels(canvas), distance(page)
    page.get_by_role("button", name="Slerp").click()
    expect(page).to_have_url(re.compile("path=slerp"))
    expect(page.get_by_role("button", name="Slerp")).to_have_attribute("aria-pressed", "true")
    page.wait_for_timeout(300)
    assert pixels(canvas) != straight
    assert distance(page)[1] >= length, "no way is shorter than the straight one"
    page.get_by_role("button", name="Swap").click()
    expect(page).to_have_url(re.compile(r"a=8&b=3"))
    page.get_by_role("button", name="Next image for B").click()
    expect(page).to_have_url(re.compile(r"a=8&b=4"))
    expect(page.locator("[data-end=b] .what")).to_contain_text("B: image 4, label")


def test_a_frame_of_the_strip_is_gone_to_by_a_press(page: Page, app_server: RunningApp) -> None:
    canvas = open_live(page, morph(app_server, "&a=3&b=8"))
    page.wait_for_timeout(500)
    middle = pixels(canvas)
    strip = page.locator(".strip")
    assert strip.evaluate("canvas => canvas.width") == 12 * 8
    box = strip.bounding_box()
    page.mouse.click(box["x"] + 5, box["y"] + 5)
    expect(page).to_have_url(re.compile(r"[?&]t=0(&|$)"))
    page.wait_for_timeout(200)
    assert pixels(canvas) != middle
    assert distance(page)[0] == 0


def test_it_plays_by_itself_until_the_hand_takes_over(page: Page, app_server: RunningApp) -> None:
    open_live(page, morph(app_server, "&a=3&b=8&t=0"))
    page.get_by_role("button", name="Play").click()
    page.wait_for_timeout(700)
    assert distance(page)[0] > 0
    page.get_by_role("slider", name="Place on the path").focus()
    page.keyboard.press("End")
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    done, whole = distance(page)
    assert done == whole


def test_nothing_moves_when_the_figures_come_and_playing_counts_pictures(page: Page, app_server: RunningApp) -> None:
    open_live(page, morph(app_server, "&a=3&b=8&t=0"))
    track, meter = page.locator(".way .track"), page.locator(".meter")
    expect(meter).to_have_text("")
    before = track.bounding_box()
    page.get_by_role("button", name="Play").click()
    expect(meter).to_have_text(re.compile(r"^[1-9]\d* frames/s$"))
    page.get_by_role("button", name="Pause").click()
    drag(page, track, 0.2, 0.8)
    expect(meter).to_have_text(re.compile(r"^\d+\.\d ms · [1-9]\d* frames/s$"))
    assert track.bounding_box() == before


def test_an_image_number_out_of_range_is_the_nearest_and_said(page: Page, app_server: RunningApp) -> None:
    open_live(page, morph(app_server, "&a=3&b=8"))
    field = page.get_by_label("Number of image A in the test split")
    field.fill("-5")
    field.press("Tab")
    expect(page.locator("[data-end=a] .what")).to_contain_text("A: image 0")
    expect(page.locator(".note")).to_contain_text("The images go from 0 to 358.")
    field.fill("")
    field.press("Tab")
    expect(field).to_have_value("0")


def test_the_gif_is_made_and_downloaded(page: Page, app_server: RunningApp, tmp_path: Path) -> None:
    open_live(page, morph(app_server, "&a=3&b=8&path=slerp"))
    page.get_by_role("button", name="Make a GIF").click()
    ready = page.get_by_role("button", name="Download the GIF")
    ready.wait_for(timeout=60_000)
    with page.expect_download() as download:
        ready.click()
    assert download.value.suggested_filename == "digits-8d-3-8-slerp.gif"
    download.value.save_as(tmp_path / "morph.gif")
    with Image.open(tmp_path / "morph.gif") as picture:
        assert (picture.format, picture.n_frames) == ("GIF", 60)
