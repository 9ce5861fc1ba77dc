"""How well the picture follows a pointer that flies over the map: the decoder under a real mouse, for 4 s at a time.

    python -m benchmarks.map_pointer [--seconds 4] [--repeats 3] [--models mnist-16d]

The map is the PCA plane of the model's stored latents, as the page opens by itself. The mouse goes to and fro over dots
and empty space, 60 positions per second. Pictures per move: pictures written to the canvas whose pixels differ from the
one before, divided by moves of the pointer with a changed latent. Pointer to pixels: from the event's `timeStamp` to
the return of the call that writes the picture. Both are counted as benchmarks/drag.py counts them: outside the
component, on the canvas itself.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from dataclasses import asdict

from playwright.sync_api import Browser, Locator, Page

from benchmarks.drag import FRAME_SECONDS, DragFigures, figures
from benchmarks.listening import heard, listen, start_over
from benchmarks.machine import heading
from tools.browser import open_browser
from tools.running_app import running_app

MODELS = ["mnist-16d"]
ACROSS_SECONDS, DOWN_SECONDS = 2.7, 3.9  # to and fro once; no multiples of a frame or of each other


def open_map(browser: Browser, url: str, model: str) -> tuple[Page, Locator]:
    """The Map page of the model on its PCA plane, with its listener, and the field of the map."""
    page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
    listen(page)
    page.goto(f"{url}/map?model={model}&method=pca")
    page.locator(".shown-words", has_text="shown").wait_for(timeout=60_000)
    page.wait_for_timeout(2000)  # what a first visit still loads
    return page, page.locator(".field-of-view")


def fly(page: Page, field: Locator, seconds: float) -> None:
    """Moves a real mouse over the map at 60 positions per second, along a Lissajous figure."""
    box = field.bounding_box()
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    reach = 0.42 * box["width"], 0.38 * box["height"]
    page.mouse.move(*middle)
    begin, position = time.perf_counter(), 0
    while (passed := time.perf_counter() - begin) < seconds:
        across = math.sin(2 * math.pi * passed / ACROSS_SECONDS)
        down = math.sin(2 * math.pi * passed / DOWN_SECONDS)
        page.mouse.move(middle[0] + reach[0] * across, middle[1] + reach[1] * down)
        position += 1
        time.sleep(max(0.0, begin + position * FRAME_SECONDS - time.perf_counter()))
    page.wait_for_timeout(100)  # the way back of the last picture


def fly_over(browser: Browser, url: str, model: str, seconds: float) -> DragFigures:
    """The figures of one flight; raises ValueError when no move reached the map."""
    page, field = open_map(browser, url, model)
    page.mouse.move(*(field.bounding_box()[side] + 40 for side in ("x", "y")))
    page.wait_for_timeout(300)
    start_over(page)
    fly(page, field, seconds)
    log = heard(page)
    page.context.close()
    waits = [frame["drawn"] - frame["stamp"] for frame in log["frames"]]
    pictures = min(log["changed"], sum(frame["changed"] for frame in log["frames"]))
    return figures("Map", model, len(log["moves"]), pictures, waits, seconds)


def main() -> None:
    """Prints one JSON line per flight, after a line that says what ran where."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seconds", type=float, default=4.0, help="length of one flight")
    options.add_argument("--repeats", type=int, default=3, help="flights per model")
    options.add_argument("--models", nargs="+", default=MODELS, help="names of checkpoints")
    chosen = options.parse_args()
    print(json.dumps(heading("benchmarks.map_pointer")), flush=True)
    with running_app() as app, open_browser() as browser:
        for model in chosen.models * chosen.repeats:
            print(json.dumps(asdict(fly_over(browser, app.url, model, chosen.seconds))), flush=True)


if __name__ == "__main__":
    main()
