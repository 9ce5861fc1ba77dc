"""Anatomy: how well the machine follows the hand that moves the noise, or draws on the image.

    python -m benchmarks.anatomy [--models mnist-16d shapes-10d] [--seconds 4] [--repeats 3] [--data-dir DIR]

A real mouse moves over the pad of the noise, along the row of one dimension, and over the image, 60 positions a second;
each position that changes the noise or the image sends the image through the whole model: encoded, decoded, and every
number on the way. Input to pixels: from the pointer event's time to the return of the call that writes the decoded
picture, or to the end of all drawing where the picture is the same as before. Pictures per move: answers drawn, by
positions that changed something. changed: answers whose decoded picture differs from the one before.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path

from playwright.sync_api import Browser, Page

from benchmarks.drag import DragFigures, drag, figures, strongest_dimension
from benchmarks.machine import heading
from benchmarks.morph import fly
from tools.browser import open_browser
from tools.running_app import running_app

LISTENER = """
window.seen = { moves: 0, waits: [], changed: 0, written: null };
document.addEventListener("anatomy-asked", ({ detail: { stamp } }) => (window.seen.moves += stamp === null ? 0 : 1));
document.addEventListener("anatomy-passed", ({ detail: { stamp, shown } }) => {
  if (shown?.changed) Object.assign(window.seen, { changed: window.seen.changed + 1, written: shown.drawn }); // worker
  if (stamp !== null) window.seen.waits.push((window.seen.written ?? performance.now()) - stamp);
  window.seen.written = null;
});
const put = CanvasRenderingContext2D.prototype.putImageData;
CanvasRenderingContext2D.prototype.putImageData = function (...given) {
  put.apply(this, given);
  if (!this.canvas.closest(".m-picture")) return; // picture.js writes only what differs
  Object.assign(window.seen, { changed: window.seen.changed + 1, written: performance.now() });
};
"""
HANDS = ("pad", "row", "stroke")


def machine_page(browser: Browser, url: str, model: str) -> Page:
    """The machine with the listener on it, once the first image has passed."""
    page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
    page.add_init_script(LISTENER)
    page.goto(f"{url}/anatomy?model={model}&image=4&m.d={strongest_dimension(model)}")
    page.locator(".m-elbo .slot").first.wait_for(timeout=60_000)
    page.wait_for_timeout(2500)  # what a first visit still loads
    return page


def move(page: Page, hand: str, seconds: float) -> None:
    """One movement of the hand: over the pad, along a row, or drawing on the image."""
    if hand == "pad":
        fly(page, page.locator(".m-pad"), seconds)
    elif hand == "row":
        drag(page, page.locator(".m-row.chosen .m-noise-lane"), seconds)
    else:
        fly(page, page.locator(".m-x canvas"), seconds)


def measured(browser: Browser, url: str, model: str, hand: str, seconds: float) -> tuple[DragFigures, int]:
    """The figures of one hand, and how many of its pictures differ from the one before."""
    page = machine_page(browser, url, model)
    page.evaluate("Object.assign(window.seen, { moves: 0, waits: [], changed: 0, written: null })")
    move(page, hand, seconds)
    seen = page.evaluate("window.seen")
    page.mouse.up()
    page.context.close()
    found = figures(f"Anatomy, {hand}", model, seen["moves"], len(seen["waits"]), seen["waits"], seconds)
    return found, seen["changed"]


def main() -> None:
    """Prints one JSON line per hand, after a line that says what ran where."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--models", nargs="+", default=["mnist-16d", "shapes-10d"], help="names of checkpoints")
    options.add_argument("--seconds", type=float, default=4.0, help="length of one movement of the hand")
    options.add_argument("--repeats", type=int, default=3, help="movements of each kind")
    options.add_argument("--data-dir", type=Path, help="a folder that holds the data sets")
    chosen = options.parse_args()
    print(json.dumps(heading("benchmarks.anatomy")), flush=True)
    with running_app(data=chosen.data_dir) as app, open_browser() as browser:
        for _ in range(chosen.repeats):
            for model in chosen.models:
                for hand in HANDS:
                    found, changed = measured(browser, app.url, model, hand, chosen.seconds)
                    print(json.dumps({**asdict(found), "changed": changed}), flush=True)


if __name__ == "__main__":
    main()
