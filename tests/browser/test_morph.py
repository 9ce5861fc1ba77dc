"""The morph in real Chromium, with a real mouse: two uploads and their films; order, palette, link; the class."""

from __future__ import annotations

import io
import re
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.live_page import drag, heard, open_live, pixels, stays_within_the_screen
from tests.films import read_gif, read_mp4
from tools.running_app import RunningApp

FRAMES = 12
SCALE = 8
SIDE = 28
WORKER_STARTS = 90_000  # ms at most, on a busy machine


def morph(app: RunningApp, rest: str = "", model: str = "mnist-16d") -> str:
    return f"{app.url}/morph?model={model}{rest}"


def figure(path: Path, lines: list[tuple[int, int]], size: tuple[int, int], mode: str = "L") -> Path:
    """Dark strokes on a light ground, as a photograph: of another size and colour than the model's images."""
    picture = Image.new(mode, size, 235 if mode == "L" else (235, 225, 205))
    ImageDraw.Draw(picture).line(lines, fill=20 if mode == "L" else (30, 20, 90), width=22, joint="curve")
    picture.save(path)
    return path


def grey(canvas: Locator) -> np.ndarray:
    """The canvas as grey values uint8 (28, 28)."""
    return np.array([int(part) for part in pixels(canvas).split(",")], dtype=np.uint8).reshape(SIDE, SIDE, 4)[:, :, 0]


def settled(page: Page) -> None:
    """The chosen path has its figures, from a worker that may still have to start; the picture is drawn."""
    expect(page.locator(".path-row.chosen .path-figures")).to_contain_text("lowest:", timeout=WORKER_STARTS)
    page.wait_for_timeout(400)


def save(page: Page, what: str) -> bytes:
    page.locator("[name=what]").select_option(what)
    with page.expect_download(timeout=60_000) as download:
        page.get_by_role("button", name="Make the file").click()
    return Path(download.value.path()).read_bytes()


def test_two_uploads_are_morphed_and_taken_away_as_films(page: Page, app_server: RunningApp, tmp_path: Path) -> None:
    seven = figure(tmp_path / "seven.png", [(80, 60), (220, 60), (130, 260)], (300, 320))
    one = figure(tmp_path / "one.jpg", [(400, 60), (400, 540)], (800, 600), mode="RGB")
    canvas = open_live(page, morph(app_server))
    stays_within_the_screen(page)
    for number, file in ((1, seven), (2, one)):
        page.get_by_role("button", name=f"Image {number} of 2").click()
        page.get_by_role("tab", name="Upload").click()
        page.locator("input.file").set_input_files(file)
        expect(page.locator(".start-words")).to_contain_text("Fitted as")
        expect(page.locator(".key").nth(number - 1)).to_contain_text(file.name)
    page.get_by_role("button", name="Done").click()
    expect(page.locator(".own-note")).to_contain_text("only as its latent")
    settled(page)

    track = page.get_by_role("slider", name="Place on the path")
    drag(page, track, 0.0, 1.0, steps=60)
    log = heard(page)
    assert len(log.moves) >= 30 and log.changed > len(log.moves) / 2  # benchmarks/morph.py holds the goal
    expect(page.locator(".place")).to_have_text(re.compile(r"^(\S+) of \1 latent units$"))
    ends = {}
    for name, key in (("first", "Home"), ("last", "End")):
        track.press(key)
        page.wait_for_timeout(400)
        ends[name] = grey(canvas)
    assert not np.array_equal(ends["first"], ends["last"])

    page.get_by_role("button", name="Save").click()
    page.locator("[name=frames]").fill(str(FRAMES))
    page.locator("[name=scale]").fill(str(SCALE))
    for film in (read_gif(save(page, "gif")), read_mp4(save(page, "mp4"))):
        assert film.frames.shape == (FRAMES, SIDE * SCALE, SIDE * SCALE, 3)
        for frame, end in ((film.frames[0], ends["first"]), (film.frames[-1], ends["last"])):
            middles = frame[SCALE // 2 :: SCALE, SCALE // 2 :: SCALE, 0].astype(int)
            assert np.abs(middles - end).mean() < 2, "a frame of the film is what the page shows there"
    page.locator("[name=frames]").fill("7")
    page.get_by_role("button", name="Make the file").click()
    expect(page.locator(".export-panel .problem")).to_have_text("Frames is 7; it must be a whole number from 8 to 240.")


def test_images_are_added_ordered_mixed_undone_and_come_back_by_link(
    page: Page, browser: Browser, app_server: RunningApp
) -> None:
    canvas = open_live(page, morph(app_server, "&keys=3.3&t=0"))
    expect(page.locator(".key-note")).to_have_text("Images 1 and 2 are the same: between them nothing changes.")
    for row in (12, 31):
        page.get_by_role("button", name="Add image").click()
        page.get_by_label("Number of the image in the test split").fill(str(row))
        page.get_by_label("Number of the image in the test split").press("Enter")
        expect(page).to_have_url(re.compile(rf"\.{row}(&|$)"))
    page.get_by_role("button", name="Done").click()
    page.get_by_role("button", name="Take image 2 away").click()
    expect(page).to_have_url(re.compile(r"keys=3\.12\.31(&|$)"))

    first, last = (page.locator(".key-picture").nth(index).bounding_box() for index in (0, 2))
    page.mouse.move(first["x"] + 30, first["y"] + 30)
    page.mouse.down()
    page.mouse.move(last["x"] + 36, last["y"] + 30, steps=12)
    page.mouse.up()
    expect(page).to_have_url(re.compile(r"keys=12\.31\.3(&|$)"))
    expect(page.locator(".choosing")).to_be_hidden()
    page.locator(".key-picture").nth(2).focus()
    page.keyboard.press("Shift+ArrowLeft")
    expect(page).to_have_url(re.compile(r"keys=12\.3\.31(&|$)"))
    page.keyboard.press("Control+z")
    expect(page).to_have_url(re.compile(r"keys=12\.31\.3(&|$)"))

    page.get_by_role("radio", name="Slerp").click()
    expect(page).to_have_url(re.compile("path=slerp"))
    settled(page)
    page.locator(".pace").select_option("even")
    reel = page.locator(".path-row.chosen .reel").bounding_box()
    page.mouse.click(reel["x"] + reel["width"] - 4, reel["y"] + 10)
    expect(page).to_have_url(re.compile(r"[?&]t=1(&|$)"))

    page.get_by_role("radio", name="Palette").click()
    field = page.locator(".mix").bounding_box()
    before = pixels(canvas)
    page.mouse.move(field["x"] + field["width"] / 2, field["y"] + field["height"] / 2)
    page.mouse.down()
    page.mouse.move(field["x"] + 0.3 * field["width"], field["y"] + 0.8 * field["height"], steps=10)
    page.mouse.up()
    page.wait_for_timeout(400)
    mixed = pixels(canvas)
    assert mixed != before
    a_grid_of_the_palette_is_taken_away(page)
    expect(page).to_have_url(re.compile(r"mode=palette.*at=0\.3,0\.8|at=0\.3,0\.8.*mode=palette"))

    again = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True).new_page()
    copy = open_live(again, page.url)
    again.wait_for_timeout(600)
    assert pixels(copy) == mixed, "the link brings back images, order, mode and place"
    wide = again.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0, f"on a phone the page is {wide} pixels too wide"
    again.context.close()


def a_grid_of_the_palette_is_taken_away(page: Page) -> None:
    page.get_by_role("button", name="Save").click()
    box = page.locator(".export-panel").bounding_box()
    assert box["x"] >= 0 and box["y"] >= 0 and box["y"] + box["height"] <= 800, "the panel is in sight"
    page.locator("[name=scale]").fill("1")
    page.locator("[name=what]").select_option("grid")
    page.locator("[name=side]").fill("5")
    triangle = np.asarray(Image.open(io.BytesIO(save(page, "grid"))))
    assert triangle.shape[0] == triangle.shape[1] == 5 * SIDE
    assert (triangle[0, 0] == 255).all() and triangle[:, 2 * SIDE : 3 * SIDE][:SIDE].min() < 255, "rows of 1, 2, 3 …"
    page.keyboard.press("Escape")


def test_one_image_is_no_path_and_says_so(page: Page, app_server: RunningApp) -> None:
    open_live(page, morph(app_server, "&keys=3", model="digits-8d"))
    expect(page.locator(".key-note")).to_have_text("There is 1 image; a path needs 2. Add another.")
    expect(page.locator(".paths")).to_be_hidden()
    adding = page.locator(".choosing")
    page.get_by_role("button", name="Add image").click()
    expect(adding).to_be_visible()
    adding.get_by_role("button").first.focus()
    page.keyboard.press("Escape")
    expect(adding).to_be_hidden()
    page.get_by_role("button", name="Add image").click()
    page.get_by_role("radio", name="Palette").click()
    expect(adding).to_be_hidden()
    expect(page.locator(".palette-words")).to_be_visible()
    expect(page.locator(".palette-words")).to_contain_text("the palette mixes 3 or 4. Add another.")


def test_a_film_is_the_morph_of_the_file_that_was_asked_for(page: Page, app_server: RunningApp) -> None:
    """A strip: its first and last frame are those of the page, in one picture."""
    open_live(page, morph(app_server, "&keys=3.8&compare=linear", model="digits-8d"))
    settled(page)
    page.get_by_role("button", name="Save").click()
    page.locator("[name=frames]").fill("8")
    page.locator("[name=scale]").fill("1")
    strip = np.asarray(Image.open(io.BytesIO(save(page, "strip"))))
    assert strip.shape[:2] == (8, 64)
