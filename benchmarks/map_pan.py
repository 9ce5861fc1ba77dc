"""How smoothly a map pans, beside a plain Plotly `scattergl` page with the same points, in one run.

    python -m benchmarks.map_pan [--seconds 3] [--repeats 3] [--counts 10000 70000 300000 1000000] [--hover-only]

A real mouse drags the map to and fro in Chromium with software WebGL; the window has 1280×800 pixels, the points lie in
ten clusters. Frames per second: callbacks of requestAnimationFrame in the drag, and those in which the map stands at
another place than in the frame before. Above 300,000 points the plain page is left out: it takes seconds for a frame.
Hover: a mouse passes over 70,000 points on the PCA plane of mnist-16d, and the place under it is decoded: milliseconds
from the pointer event's `timeStamp` to the return of the call that writes the picture of that place.
"""

from __future__ import annotations

import argparse
import json
import math
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Browser, Page

import store
from benchmarks.machine import heading
from tools.browser import open_browser
from tools.running_app import running_app

GOALS = {10_000: 1.2, 70_000: 1.8, 300_000: 5.0}  # times the plain page's frames per second
LEAST_AT_A_MILLION = 15
MOST_BESIDE = 300_000
HOVER_GOAL_MS = 50
HOVER_POINTS = 70_000
FRAME_SECONDS = 1 / 60
WINDOW = {"width": 1280, "height": 800}
PAGE = (Path(__file__).parent / "map_page.js").read_text(encoding="utf-8")


@dataclass(frozen=True)
class PanFigures:
    """One drag: frames in it, those that show another place, both per second; the longest wait for a frame in ms."""

    page: str
    points: int
    frames_per_second: float
    new_places_per_second: float
    longest_ms: float


@dataclass(frozen=True)
class HoverFigures:
    """One hover over a map: pointer moves, pictures, milliseconds from a move to its picture."""

    points: int
    moves: int
    pictures: int
    median_ms: float
    p95_ms: float


def pan(browser: Browser, url: str, kind: str, points: int, seconds: float) -> PanFigures:
    """Drags the map ("own" or "scattergl") for so many seconds."""
    page = opened(browser, url)
    page.evaluate("([kind, count]) => mapBench.show(kind, count)", [kind, points])
    page.evaluate("mapBench.watch()")
    swing(page, seconds, held=True)
    stamps, places = page.evaluate("mapBench.seen()")
    page.context.close()
    return pan_figures(kind, points, stamps, places)


def pan_figures(kind: str, points: int, stamps: list[float], places: list[float]) -> PanFigures:
    """Figures of a drag: `stamps` of its frames in ms, rising, and a coordinate of the place that each showed.

    Raises ValueError when the map never moved: then nothing was measured.
    """
    waits = np.diff(stamps)
    moved = int((np.diff(places) != 0).sum())
    if len(stamps) < 2 or moved == 0:
        raise ValueError(f"{kind} with {points} points did not move in {len(stamps)} frames; the drag missed it.")
    seconds = (stamps[-1] - stamps[0]) / 1000
    per_second = (round(count / seconds, 1) for count in (len(waits), moved))
    return PanFigures(kind, points, *per_second, round(float(waits.max()), 1))


def hover(browser: Browser, url: str, seconds: float) -> HoverFigures:
    """Moves the mouse over 70,000 points on the PCA plane of mnist-16d; the place under it is decoded."""
    model = store.model("mnist-16d")
    page = opened(browser, url)
    about = {"model": model.name, "weights": model.weights, "shape": list(model.image_shape)}
    page.evaluate("([about, count]) => mapBench.showDecoded(about, count)", [about, HOVER_POINTS])
    swing(page, 0.5)  # the first decodes of a fresh connection
    page.evaluate("mapBench.forget()")
    swing(page, seconds)
    page.wait_for_timeout(300)
    moves, waits = page.evaluate("mapBench.decoded()")
    page.context.close()
    if not waits:
        raise ValueError(f"none of {moves} moves over the map was answered by a picture; the hover missed it.")
    p95 = float(np.percentile(waits, 95))
    return HoverFigures(HOVER_POINTS, moves, len(waits), round(statistics.median(waits), 1), round(p95, 1))


def opened(browser: Browser, url: str) -> Page:
    """A fresh page of the app's own origin with the benchmark's script in it, which can show a map."""
    page = browser.new_context(viewport=WINDOW).new_page()
    page.goto(f"{url}/live/health")
    page.evaluate(PAGE)
    return page


def swing(page: Page, seconds: float, held: bool = False) -> None:
    """Moves a real mouse along a loop around the middle, 60 positions a second where the browser takes as many."""
    place = at_time(0)
    page.mouse.move(*place)
    if held:
        page.mouse.down()
    began = time.perf_counter()
    turn = 0
    while (now := time.perf_counter() - began) < seconds:
        page.mouse.move(*at_time(now))
        turn += 1
        time.sleep(max(0.0, turn * FRAME_SECONDS - (time.perf_counter() - began)))
    if held:
        page.mouse.up()


def at_time(seconds: float) -> tuple[float, float]:
    """Where the mouse is, in pixels of the window."""
    return 640 + 260 * math.sin(2.3 * seconds), 400 + 180 * math.sin(3.1 * seconds + 0.7)


def verdicts(results: list[PanFigures]) -> list[dict[str, Any]]:
    """For each number of points: medians of both pages, their ratio, the goal and whether it is met."""
    found = []
    for points in dict.fromkeys(each.points for each in results):
        own, plain = (_median(results, kind, points) for kind in ("own", "scattergl"))
        line = {"points": points, "own": own, "scattergl": plain}
        if plain is not None and points in GOALS:
            ratio = round(own / plain, 2)
            line |= {"ratio": ratio, "goal": GOALS[points], "met": ratio >= GOALS[points]}
        elif points >= 1_000_000:
            line |= {"goal": LEAST_AT_A_MILLION, "met": own >= LEAST_AT_A_MILLION}
        found.append(line)
    return found


def _median(results: list[PanFigures], kind: str, points: int) -> float | None:
    rates = [each.frames_per_second for each in results if (each.page, each.points) == (kind, points)]
    return statistics.median(rates) if rates else None


def main() -> None:
    """Prints one JSON line per drag and hover, then the medians beside the goals."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seconds", type=float, default=3.0, help="length of one drag")
    options.add_argument("--repeats", type=int, default=3, help="drags per page and number of points")
    options.add_argument("--counts", type=int, nargs="+", default=[*GOALS, 1_000_000], help="numbers of points")
    options.add_argument("--hover-only", action="store_true", help="leave the drags out")
    chosen = options.parse_args()
    said(heading("benchmarks.map_pan"))
    with running_app() as app, open_browser() as browser:
        results = (
            [] if chosen.hover_only else pans(browser, app.url, chosen.counts, chosen.seconds, chosen.repeats, said)
        )
        for line in verdicts(results):
            said(line)
        for _ in range(chosen.repeats):
            figures = hover(browser, app.url, chosen.seconds)
            said(asdict(figures) | {"goal_ms": HOVER_GOAL_MS, "met": figures.p95_ms <= HOVER_GOAL_MS})


def pans(
    browser: Browser, url: str, counts: list[int], seconds: float, repeats: int, report: Callable[[dict], None]
) -> list[PanFigures]:
    """All drags, both pages in turn; each is reported as it ends."""
    results = []
    for points in counts:
        for _ in range(repeats):
            for kind in ("own", "scattergl") if points <= MOST_BESIDE else ("own",):
                results.append(pan(browser, url, kind, points, seconds))
                report(asdict(results[-1]))
    return results


def said(line: dict) -> None:
    """Prints a line of figures as JSON."""
    print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
