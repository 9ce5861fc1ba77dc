"""Morph: how well pictures follow the scrubber and the palette, and how long a film takes.

    python -m benchmarks.morph [--seconds 4] [--repeats 3] [--models mnist-16d shapes-10d] [--compared 2]

The scrubber: a real mouse drags it to and fro, 60 positions per second, between two images, with so many paths shown;
each move asks for the picture of each. The palette: the same over a square of four images. Pictures per move and
pointer to pixels are counted as benchmarks/drag.py counts them, outside the component, on the large canvas itself.
The film: 240 frames as MP4, from the press to the file in the browser, and a GIF beside it; 64×64 pixels at scale 7.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from dataclasses import asdict

from playwright.sync_api import Browser, Locator, Page

from benchmarks.drag import FRAME_SECONDS, DragFigures, figures, logged_drag
from benchmarks.listening import heard, listen, start_over
from benchmarks.machine import heading
from tools.browser import open_browser
from tools.running_app import running_app

MODELS = ["mnist-16d", "shapes-10d"]
KINDS = ("linear", "slerp", "spline", "data", "geodesic")
FILM_OF = "shapes-10d"  # 64 pixels to a side
ACROSS_SECONDS, DOWN_SECONDS = 2.7, 3.9  # to and fro once; no multiples of a frame or of each other


def open_morph(browser: Browser, url: str, model: str, rest: str) -> Page:
    """The Morph page of the model with its listener, once its picture is there."""
    page = browser.new_context(viewport={"width": 1280, "height": 800}, accept_downloads=True).new_page()
    listen(page)
    page.goto(f"{url}/morph?model={model}{rest}")
    page.locator(".picture .veil").wait_for(state="attached", timeout=60_000)
    page.locator(".picture .veil").wait_for(state="hidden", timeout=60_000)
    page.wait_for_timeout(4000)  # what a first visit still loads; the gauge of the model
    return page


def scrub(browser: Browser, url: str, model: str, seconds: float, compared: int) -> DragFigures:
    """Drags the scrubber with so many paths shown."""
    page = open_morph(browser, url, model, f"&keys=3.8&path=linear&compare={'.'.join(KINDS[:compared])}")
    log = logged_drag(page, page.locator(".walk .track"), seconds)
    page.context.close()
    return of_log(log, f"Morph, {compared} paths", model, seconds)


def mix(browser: Browser, url: str, model: str, seconds: float) -> DragFigures:
    """Moves the pointer over the palette of four images."""
    page = open_morph(browser, url, model, "&keys=3.8.12.31&mode=palette")
    field = page.locator(".mix")
    start_over(page)
    fly(page, field, seconds)
    log = heard(page)
    page.mouse.up()
    page.context.close()
    return of_log(log, "Morph, palette", model, seconds)


def fly(page: Page, field: Locator, seconds: float) -> None:
    """Presses on the middle of the field and moves a real mouse over it, 60 positions per second."""
    box = field.bounding_box()
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(*middle)
    page.mouse.down()
    begin, position = time.perf_counter(), 0
    while (passed := time.perf_counter() - begin) < seconds:
        across, down = (math.sin(2 * math.pi * passed / period) for period in (ACROSS_SECONDS, DOWN_SECONDS))
        page.mouse.move(middle[0] + 0.42 * box["width"] * across, middle[1] + 0.42 * box["height"] * down)
        position += 1
        time.sleep(max(0.0, begin + position * FRAME_SECONDS - time.perf_counter()))
    page.wait_for_timeout(100)  # the way back of the last picture


def of_log(log: dict, page: str, model: str, seconds: float) -> DragFigures:
    """The figures of what canvas_listener.js saw; frames are told for the large picture alone."""
    waits = [frame["drawn"] - frame["stamp"] for frame in log["frames"]]
    pictures = sum(frame["changed"] for frame in log["frames"])
    return figures(page, model, len(log["moves"]), pictures, waits, seconds)


def film(browser: Browser, url: str, what: str, frames: int) -> dict[str, object]:
    """Makes a film of so many frames: seconds from the press to the file, and its bytes."""
    page = open_morph(browser, url, FILM_OF, "&keys=3.8&path=linear&compare=linear")
    page.get_by_role("button", name="Save").click()
    page.locator("[name=what]").select_option(what)
    page.locator("[name=frames]").fill(str(frames))
    begin = time.perf_counter()
    with page.expect_download(timeout=120_000) as download:
        page.get_by_role("button", name="Make the file").click()
    path = download.value.path()
    seconds = time.perf_counter() - begin
    size = path.stat().st_size
    page.context.close()
    return {"film": what, "model": FILM_OF, "frames": frames, "seconds": round(seconds, 2), "bytes": size}


def main() -> None:
    """Prints one JSON line per drag or film, after a line that says what ran where."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seconds", type=float, default=4.0, help="length of one drag")
    options.add_argument("--repeats", type=int, default=3, help="drags per model, and films")
    options.add_argument("--models", nargs="+", default=MODELS, help="names of checkpoints")
    options.add_argument("--compared", type=int, default=2, choices=range(1, 6), help="paths shown while dragging")
    chosen = options.parse_args()
    print(json.dumps(heading("benchmarks.morph")), flush=True)
    with running_app() as app, open_browser() as browser:
        for model in chosen.models * chosen.repeats:
            for compared in sorted({1, chosen.compared}):
                print(json.dumps(asdict(scrub(browser, app.url, model, chosen.seconds, compared))), flush=True)
            print(json.dumps(asdict(mix(browser, app.url, model, chosen.seconds))), flush=True)
        for what in ("mp4", "gif", "webp") * chosen.repeats:
            print(json.dumps(film(browser, app.url, what, 240)), flush=True)


if __name__ == "__main__":
    main()
