"""How soon a map of the 70,000 images of mnist-16d is drawn, beside a bare page, and a hover over it a picture.

    python -m benchmarks.map_first_draw --data-root DATA_DIR [--repeats 5] [--seconds 4]

DATA_DIR holds the folder mnist. The images are encoded first, once, into a cache of this run; what is timed draws from
it. First draw: from the navigation to the first picture of all points; beside it a Streamlit page with nothing but a
title, run with Streamlit's defaults, until its title is there. Every page is opened in a fresh browser context, the two
in turn, after one opening of each that does not count. Hover: as in benchmarks/map_pointer.py, over these points.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
import time
import urllib.request
from dataclasses import asdict
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser

import store
from benchmarks.drag import NO_TELEMETRY, figures
from benchmarks.listening import heard, listen, start_over
from benchmarks.machine import heading
from benchmarks.map_pointer import fly
from tools.browser import open_browser
from tools.running_app import PROJECT, running_app

MODEL = "mnist-16d"
LINK = f"/map?model={MODEL}&source=all&method=pca"
FEWEST = 70_000
GOAL_BEHIND_MS = 1000  # the map after the bare page
HOVER_GOAL_MS = 50
WINDOW = {"width": 1280, "height": 800}
BARE_PAGE = PROJECT / "benchmarks" / "plain" / "bare_page.py"
WATCH = """
window.seen = { drawn: null, points: 0, titled: null };
document.addEventListener("map-drawn", ({ detail }) => {
  if (detail.points >= %d) window.seen.drawn ??= detail.drawn;
  window.seen.points = detail.points;
});
const look = () => {
  if (document.querySelector("[data-testid=stMain] h1")) window.seen.titled = performance.now();
  else requestAnimationFrame(look);
};
requestAnimationFrame(look);
"""


def ask_for_map(url: str, method: str, parameters: dict[str, int]) -> dict[str, Any]:
    """Asks for that map of all images, which starts it when it was not asked for; what is said of it."""
    address = f"{url}/live/map/{MODEL}/{store.model(MODEL).weights}"
    wanted = {"source": "all", "method": method, "parameters": parameters}
    request = urllib.request.Request(address, json.dumps(wanted).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def encode_all(url: str, patience: float = 900) -> int:
    """Asks for the map of all images until it is ready; gives their number. Raises RuntimeError when it failed."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        found = ask_for_map(url, "pca", {"components": 2})
        if found["state"] == "ready":
            return found["count"]
        if found["state"] not in ("queued", "running"):
            raise RuntimeError(f"the map of all images is {found['state']}: {found['message']}")
        time.sleep(0.5)
    raise RuntimeError(f"the map of all images was not there after {patience:.0f} s.")


def milliseconds_until(browser: Browser, address: str, what: str) -> float:
    """From the navigation to the first drawing of all points ("drawn") or the title ("titled")."""
    page = browser.new_context(viewport=WINDOW).new_page()
    page.add_init_script(WATCH % FEWEST)
    page.goto(address, wait_until="commit")
    page.wait_for_function(f"window.seen?.{what} != null", timeout=120_000, polling=50)
    found = page.evaluate(f"window.seen.{what}")
    page.context.close()
    return round(found, 1)


def first_draws(browser: Browser, own: str, bare: str, repeats: int) -> list[dict[str, float]]:
    """Both pages in turn; the first of each is thrown away."""
    draws = [
        {
            "map_ms": milliseconds_until(browser, own + LINK, "drawn"),
            "bare_ms": milliseconds_until(browser, bare, "titled"),
        }
        for _ in range(repeats + 1)
    ]
    return draws[1:]


def behind(draws: list[dict[str, float]]) -> dict[str, Any]:
    """Medians of both pages, how far the map is behind, and whether that is within the goal."""
    own, bare = (statistics.median(draw[name] for draw in draws) for name in ("map_ms", "bare_ms"))
    late = round(own - bare, 1)
    return {"map_ms": own, "bare_ms": bare, "behind_ms": late, "goal_ms": GOAL_BEHIND_MS, "met": late <= GOAL_BEHIND_MS}


def hover(browser: Browser, url: str, seconds: float) -> dict[str, Any]:
    """A mouse flies over the map of all images; raises ValueError when no move reached it."""
    page = browser.new_context(viewport=WINDOW).new_page()
    listen(page)
    page.add_init_script(WATCH % FEWEST)
    page.goto(url + LINK)
    page.wait_for_function("window.seen.drawn != null", timeout=120_000)
    page.wait_for_timeout(5000)  # columns and Plotly's script, which a first visit still loads
    start_over(page)
    fly(page, page.locator(".field-of-view"), seconds)
    log = heard(page)
    page.context.close()
    waits = [frame["drawn"] - frame["stamp"] for frame in log["frames"]]
    found = asdict(figures("Map", MODEL, len(log["moves"]), log["changed"], waits, seconds))
    return found | {"goal_ms": HOVER_GOAL_MS, "met": found["p95_ms"] is not None and found["p95_ms"] <= HOVER_GOAL_MS}


def main() -> None:
    """Prints one JSON line per pair of pages and per hover, with the medians beside the goals."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--data-root", type=Path, required=True, help="the folder that holds mnist")
    options.add_argument("--repeats", type=int, default=5, help="openings of each page, and hovers")
    options.add_argument("--seconds", type=float, default=4.0, help="length of one hover")
    chosen = options.parse_args()
    print(json.dumps(heading("benchmarks.map_first_draw")), flush=True)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["LATENT_EXPLORER_CACHE"] = str(Path(folder) / "cache")
        bare_page = Path(folder) / "bare_page.py"  # outside the project: Streamlit's defaults, not our config.toml
        bare_page.write_text(BARE_PAGE.read_text(encoding="utf-8"), encoding="utf-8")
        with (
            running_app(data=chosen.data_root) as app,
            running_app(bare_page, arguments=NO_TELEMETRY) as bare,
            open_browser() as browser,
        ):
            print(json.dumps({"encoded": encode_all(app.url)}), flush=True)
            draws = first_draws(browser, app.url, bare.url, chosen.repeats)
            for line in [*draws, behind(draws), *(hover(browser, app.url, chosen.seconds) for _ in range(3))]:
                print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
