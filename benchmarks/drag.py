"""How well the picture follows the hand: a real mouse drags one slider for 4 s, beside a plain `st.slider` page.

    python -m benchmarks.drag [--seconds 4] [--repeats 3] [--models digits-8d mnist-16d] [--sliders-only]

Models: all shipped ones, and a convolutional one of 64 dimensions with random weights that draws 64×64×3.

Pictures per move: pictures written to the canvas during the drag whose pixels differ from the one before, divided by
`pointermove` events with a changed latent. Input to pixels: from the pointer event's `timeStamp` to the return of the
call that writes the picture of that latent; the wait for the screen (at most 16.7 ms) comes on top.
Previews: from the release to the last filmstrip of those on the screen.
The pixels are compared here, outside the component: the benchmark listens in on the canvas itself.
"""

from __future__ import annotations

import argparse
import json
import math
import statistics
import tempfile
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Browser, Locator, Page

from benchmarks.listening import heard, listen, start_over
from benchmarks.machine import heading
from benchmarks.models import RANDOM_MODEL, every_model, shipped_and_random
from tools.browser import open_browser
from tools.running_app import PROJECT, running_app
from vae_core import load_latents

FRAME_SECONDS = 1 / 60
SWING_SECONDS = 2.7  # to and fro once; no multiple of a frame, so that positions do not repeat
LEAST_NATS = 0.1  # a dimension that carries less does not change the picture
NO_TELEMETRY = ("--browser.gatherUsageStats", "false")  # all else as Streamlit has it by default
PLAIN_PAGE = PROJECT / "benchmarks" / "plain" / "slider_page.py"
PLAIN_LISTENER = (Path(__file__).parent / "image_listener.js").read_text(encoding="utf-8")


@dataclass(frozen=True)
class DragFigures:
    """One drag: counts, their ratio, milliseconds from the pointer event to the written picture (none: None).

    previews_ms: from the release to the last preview, where there are any.
    """

    page: str
    model: str
    moves: int
    pictures: int
    pictures_per_move: float
    median_ms: float | None
    p95_ms: float | None
    pictures_per_second: float
    previews_ms: float | None = None


def strongest_dimension(model: str) -> int:
    """The latent dimension that carries most nats over the test split; raises ValueError below 0.1 nats."""
    latents = load_latents(PROJECT / "checkpoints" / model)
    carried = 0.5 * (latents.mean**2 + latents.std**2 - 2 * np.log(latents.std) - 1)
    nats = carried.mean(axis=0)
    if nats.max() < LEAST_NATS:
        raise ValueError(
            f"{model}: the strongest dimension carries {nats.max():.3f} nats; the drag needs {LEAST_NATS}."
        )
    return int(nats.argmax())


def percentile(values: list[float], share: float) -> float:
    """The smallest value that at least `share` of the values do not exceed."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def drag(page: Page, track: Locator, seconds: float) -> None:
    """Presses on the middle of the track and moves a real mouse to and fro at 60 positions per second."""
    box = track.bounding_box()
    middle, height = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(middle, height)
    page.mouse.down()
    begin, position = time.perf_counter(), 0
    while (passed := time.perf_counter() - begin) < seconds:
        page.mouse.move(middle + 0.42 * box["width"] * math.sin(2 * math.pi * passed / SWING_SECONDS), height)
        position += 1
        time.sleep(max(0.0, begin + position * FRAME_SECONDS - time.perf_counter()))
    page.wait_for_timeout(100)  # the way back of the last picture, before the hand lets go


def drag_on_sliders(browser: Browser, url: str, model: str, seconds: float) -> DragFigures:
    """Drags the strongest dimension of the Sliders page."""
    page, track = open_sliders(browser, url, model)
    log = logged_drag(page, track, seconds)
    previews = wait_for_previews(page)
    page.context.close()
    return replace(figures_of_sliders(log, model, seconds), previews_ms=previews)


def open_sliders(browser: Browser, url: str, model: str) -> tuple[Page, Locator]:
    """The Sliders page with its listener, and the track of the strongest dimension's slider."""
    page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
    listen(page)
    page.goto(f"{url}/sliders?model={model}")
    # none of a random model's dimensions carries anything, each changes the picture
    row = "[data-dimension]" if model == RANDOM_MODEL else f"[data-dimension='{strongest_dimension(model)}']"
    track = page.locator(f"{row} [role='slider']").first
    track.wait_for(timeout=30_000)
    page.wait_for_timeout(2000)  # what a first visit still loads
    return page, track


def logged_drag(page: Page, track: Locator, seconds: float) -> dict[str, Any]:
    """What canvas_listener.js sees while a hand drags."""
    start_over(page)
    drag(page, track, seconds)
    log = heard(page)
    page.mouse.up()
    return log


def figures_of_sliders(log: dict[str, Any], model: str, seconds: float) -> DragFigures:
    """The figures of what canvas_listener.js saw; raises ValueError when the hand did not move."""
    waits = [frame["drawn"] - frame["stamp"] for frame in log["frames"]]
    pictures = min(log["changed"], sum(frame["changed"] for frame in log["frames"]))
    return figures("Sliders", model, len(log["moves"]), pictures, waits, seconds)


def wait_for_previews(page: Page) -> float:
    """Milliseconds from the release to the last preview on the screen."""
    page.wait_for_function("window.dragLog.read().previewed !== null", timeout=10_000)
    log = heard(page)
    return round(log["previewed"] - log["released"], 1)


def open_plain_page(browser: Browser, address: str, model: str) -> tuple[Page, Locator]:
    """The `st.slider` page with its listener, and the track of the strongest dimension's slider."""
    page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
    page.goto(address)
    slider = page.locator("[data-testid='stSlider']").nth(strongest_dimension(model))
    track = slider.locator("[role='group'] > [data-orientation='horizontal']")
    track.wait_for(timeout=60_000)
    page.locator("[data-testid='stImage'] img").wait_for(timeout=30_000)
    page.wait_for_timeout(2000)
    page.evaluate(PLAIN_LISTENER)
    return page, track


def drag_on_plain_page(browser: Browser, url: str, model: str, seconds: float) -> DragFigures:
    """Drags the same dimension on the `st.slider` page, run with Streamlit's defaults."""
    page, track = open_plain_page(browser, f"{url}/?model={model}", model)
    drag(page, track, seconds)
    log = page.evaluate("({ ...window.plainLog })")
    page.mouse.up()
    page.wait_for_timeout(2000)
    if page.evaluate("window.plainLog.images") == log["images"]:
        raise ValueError(f"st.slider, {model}: no new picture after the release either; the count cannot be trusted.")
    page.context.close()
    return figures("st.slider", model, log["moves"], log["images"], [], seconds)


def figures(page: str, model: str, moves: int, pictures: int, waits: list[float], seconds: float) -> DragFigures:
    """The counts and waits (ms) of one drag as figures; raises ValueError when the hand did not move."""
    if moves == 0:
        raise ValueError(f"{page}, {model}: no pointermove reached the slider; the drag missed it.")
    return DragFigures(
        page=page,
        model=model,
        moves=moves,
        pictures=pictures,
        pictures_per_move=round(pictures / moves, 3),
        median_ms=round(statistics.median(waits), 2) if waits else None,
        p95_ms=round(percentile(waits, 0.95), 2) if waits else None,
        pictures_per_second=round(pictures / seconds, 1),
    )


def measure(models: list[str], seconds: float, repeats: int, beside: bool = True) -> list[DragFigures]:
    """Every model on both pages (on ours alone unless `beside`), in turn, `repeats` times, in one run."""
    results = []
    with (
        tempfile.TemporaryDirectory() as elsewhere,
        shipped_and_random() as folder,
        running_app(checkpoints=folder) as app,
        open_browser() as browser,
    ):
        # a copy outside the project, so that the peer runs with Streamlit's defaults and not with our config.toml
        plain_page = Path(elsewhere) / "slider_page.py"
        plain_page.write_text(PLAIN_PAGE.read_text(encoding="utf-8"), encoding="utf-8")
        with running_app(plain_page, python_path=PROJECT, arguments=NO_TELEMETRY) as plain:
            for _ in range(repeats):
                for model in models:
                    results.append(drag_on_sliders(browser, app.url, model, seconds))
                    print(json.dumps(asdict(results[-1])), flush=True)
                    if not beside or model == RANDOM_MODEL:
                        continue
                    results.append(drag_on_plain_page(browser, plain.url, model, seconds))
                    print(json.dumps(asdict(results[-1])), flush=True)
    return results


def main() -> None:
    """Prints one JSON line per drag, after a line that says what ran where."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seconds", type=float, default=4.0, help="length of one drag")
    options.add_argument("--repeats", type=int, default=3, help="drags per model and page")
    options.add_argument("--models", nargs="+", default=None, help="names of checkpoints")
    options.add_argument("--sliders-only", action="store_true", help="leave the plain page out")
    chosen = options.parse_args()
    print(json.dumps(heading("benchmarks.drag")), flush=True)
    measure(chosen.models or every_model(), chosen.seconds, chosen.repeats, beside=not chosen.sliders_only)


if __name__ == "__main__":
    main()
