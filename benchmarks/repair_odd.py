"""Repair and Odd ones: how well the repair follows the hand, and how long a ranking takes to be on the screen.

    python -m benchmarks.repair_odd [--data-dir DIR] [--model mnist-16d] [--seconds 4] [--repeats 3] [--sources all]

Repair: a real mouse drags the strength of the noise to and fro, then paints over the picture, 60 positions per second;
each position asks for five pictures (damaged, encode-decode, average, repeated, filter). Input to pixels: from the
pointer event's time to the moment when all five are drawn. Pictures per move: answers drawn, by pointer moves.
Odd ones: with an empty cache, seconds from opening the page to the first ranking (by stored costs) and to the one of
the images themselves; the longest time without news of the progress; the same page again; seconds from pressing Cancel
to the answer of the page. DIR holds the images of the model's data; without it the stored costs are all there is.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import re
import statistics
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

from playwright.sync_api import Browser, Page

from benchmarks.drag import DragFigures, drag, figures
from benchmarks.machine import heading
from benchmarks.morph import fly
from tools.browser import open_browser
from tools.running_app import running_app

CACHE = "LATENT_EXPLORER_CACHE"
LISTENER = """
window.seen = { moves: 0, waits: [], drawn: [], words: [] };
document.addEventListener("pointermove", (event) => (window.seen.moves += event.buttons ? 1 : 0), true);
document.addEventListener("repair-drawn", ({ detail: { stamp } }) => {
  if (stamp !== null) window.seen.waits.push(performance.now() - stamp);
});
document.addEventListener("odd-drawn", () => window.seen.drawn.push(performance.now()));
"""
WATCH_WORDS = """() => {
  const words = document.querySelector(".computing-words") ?? [...document.querySelectorAll("*")]
    .map((each) => each.shadowRoot?.querySelector(".computing-words")).find(Boolean);
  new MutationObserver(() => window.seen.words.push([performance.now(), words.textContent]))
    .observe(words, { childList: true, characterData: true, subtree: true });
}"""
LONGEST = 900_000  # ms that a ranking may take


def open_page(browser: Browser, address: str) -> Page:
    """The page with the listener on it."""
    page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
    page.add_init_script(LISTENER)
    page.goto(address)
    return page


def repair(browser: Browser, url: str, model: str, seconds: float, by: str) -> DragFigures:
    """The figures of one hand: by "strength" or by "brush"."""
    page = open_page(browser, f"{url}/repair?model={model}&image=4&noise=gaussian&strength=0.3")
    page.locator(".picture .veil").first.wait_for(state="hidden", timeout=60_000)
    page.wait_for_timeout(2000)  # what a first visit still loads
    page.evaluate("Object.assign(window.seen, { moves: 0, waits: [] })")
    if by == "strength":
        drag(page, page.locator(".strength"), seconds)
    else:
        fly(page, page.locator("canvas.hole"), seconds)
    seen = page.evaluate("window.seen")
    page.mouse.up()
    page.context.close()
    return figures(f"Repair, {by}", model, seen["moves"], len(seen["waits"]), seen["waits"], seconds)


def ranked(browser: Browser, url: str, model: str, source: str) -> dict[str, object]:
    """Seconds until the first ranking and until the last one, and the longest silence of the progress."""
    page = open_page(browser, f"{url}/odd?model={model}&source={source}")
    page.locator(".computing-words").wait_for(state="attached", timeout=60_000)
    page.evaluate(WATCH_WORDS)
    page.locator(".csv:not([disabled])").wait_for(timeout=LONGEST)
    page.wait_for_function("window.seen.drawn.length > 0", timeout=60_000)
    page.wait_for_timeout(1500)  # the pictures of the last ranking
    seen = page.evaluate("window.seen")
    count = page.locator(".of-all").inner_text()
    page.context.close()
    told = [at for at, _ in seen["words"]]
    silences = [later - earlier for earlier, later in itertools.pairwise(told)]
    return {
        "page": "Odd ones", "model": model, "source": source, "of": count,
        "first_s": round(seen["drawn"][0] / 1000, 2),
        "last_s": round(seen["drawn"][-1] / 1000, 2),
        "longest_silence_s": round(max(silences, default=0) / 1000, 2),
        "times_told": len(told),
    }  # fmt: skip


def cancelled(browser: Browser, url: str, model: str, source: str) -> dict[str, object]:
    """Seconds from pressing Cancel in the midst of the work to the page saying so."""
    page = open_page(browser, f"{url}/odd?model={model}&source={source}")
    page.locator(".computing-words", has_text=re.compile("Scoring|Encoding|Comparing")).wait_for(timeout=LONGEST)
    begin = time.perf_counter()
    page.get_by_role("button", name="Cancel").click()
    page.get_by_text("Scoring was cancelled.").wait_for(timeout=30_000)
    seconds = time.perf_counter() - begin
    page.context.close()
    return {"page": "Odd ones", "model": model, "source": source, "cancel_s": round(seconds, 2)}


def odd_ones(browser: Browser, model: str, source: str, data: Path | None) -> list[dict[str, object]]:
    """A server with an empty cache: cancelled, then ranked to the end, then opened again."""
    with tempfile.TemporaryDirectory() as cache:
        os.environ[CACHE] = cache
        with running_app(data=data) as app:
            time.sleep(20)  # the workers have started
            stopped = cancelled(browser, app.url, model, source)
            cold = ranked(browser, app.url, model, source)
            again = [ranked(browser, app.url, model, source)["last_s"] for _ in range(3)]
    return [stopped, {**cold, "again_s": statistics.median(again)}]


def main() -> None:
    """Prints one JSON line per hand or ranking, after a line that says what ran where."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--data-dir", type=Path, help="a folder that holds the data sets")
    options.add_argument("--model", default="mnist-16d", help="a checkpoint")
    options.add_argument("--seconds", type=float, default=4.0, help="length of one movement of the hand")
    options.add_argument("--repeats", type=int, default=3, help="movements of each kind")
    options.add_argument("--sources", nargs="*", default=["reference"], help="what is ranked: reference, all")
    chosen = options.parse_args()
    print(json.dumps(heading("benchmarks.repair_odd")), flush=True)
    with open_browser() as browser:
        if chosen.repeats:
            with running_app(data=chosen.data_dir) as app:
                for by in ("strength", "brush") * chosen.repeats:
                    print(json.dumps(asdict(repair(browser, app.url, chosen.model, chosen.seconds, by))), flush=True)
        for source in chosen.sources:
            for line in odd_ones(browser, chosen.model, source, chosen.data_dir):
                print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
