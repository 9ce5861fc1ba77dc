"""Replay: how well the decoder of the shown epoch follows the slider over the epochs of a run.

    python -m benchmarks.replay [--data-dir FOLDER] [--run CHECKPOINT_FOLDER] [--seconds 4] [--repeats 3]

Trains 30 epochs of a 2-D MNIST run with snapshots (FOLDER holds mnist/), or takes a run that is there. A real mouse
drags the slider to and fro, 60 positions a second. Pictures per move: pictures on the decoder's canvas whose pixels
differ from the one before, divided by moves to another epoch; counted as benchmarks/drag.py counts them, on the canvas
itself. The first drag finds no epoch's model in memory. Beside it: the bytes of all snapshots.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from playwright.sync_api import Browser, Page

from benchmarks.drag import DragFigures, figures, logged_drag
from benchmarks.listening import listen
from benchmarks.machine import heading
from tools.browser import open_browser
from tools.running_app import PROJECT, running_app

NAME, EPOCHS = "replayed", 30


def train(root: Path, data: Path) -> None:
    """Thirty epochs of MNIST in two dimensions, with snapshots."""
    settings = ["--data", "mnist", "--data-dir", str(data / "mnist"), "--latent-dim", "2", "--likelihood", "bernoulli"]
    length = ["--epochs", str(EPOCHS), "--batch-size", "256", "--snapshots", "--out", str(root / NAME)]
    command = [sys.executable, "-m", "vae_core", "train", *settings, *length]
    subprocess.run(command, cwd=PROJECT, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def open_run(browser: Browser, url: str) -> Page:
    """The page of the run with its listener, once its decoder has drawn."""
    page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
    listen(page)
    page.goto(f"{url}/train?run={NAME}")
    page.locator(".picture .veil").wait_for(state="hidden", timeout=60_000)
    page.wait_for_timeout(3000)  # the pictures of the other epochs
    return page


def scrub(page: Page, seconds: float, what: str) -> DragFigures:
    """Drags the slider; figures of moves to another epoch."""
    log = logged_drag(page, page.locator(".replay .track"), seconds)
    waits = [frame["drawn"] - frame["stamp"] for frame in log["frames"]]
    pictures = sum(frame["changed"] for frame in log["frames"])
    return figures(what, NAME, len(log["moves"]), pictures, waits, seconds)


def main() -> None:
    """Prints one JSON line per drag, after lines that say what ran where and how much the snapshots take."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--data-dir", type=Path, help="a folder that holds mnist/")
    options.add_argument("--run", type=Path, help="the folder of a run with snapshots, in place of training one")
    options.add_argument("--seconds", type=float, default=4.0, help="length of one drag")
    options.add_argument("--repeats", type=int, default=3)
    chosen = options.parse_args()
    if not (chosen.data_dir or chosen.run):
        options.error("give --data-dir, a folder that holds mnist/, or --run, the folder of a run with snapshots")
    print(json.dumps(heading("benchmarks.replay")), flush=True)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        if chosen.run:
            shutil.copytree(chosen.run, root / NAME)
        else:
            train(root, chosen.data_dir)
        files = list((root / NAME / "snapshots").glob("epoch-*"))
        size = sum(file.stat().st_size for file in files)
        print(json.dumps({"snapshots": len(files), "bytes": size}), flush=True)
        with running_app(checkpoints=root) as app, open_browser() as browser:
            page = open_run(browser, app.url)
            for number in range(chosen.repeats):
                what = "Replay, first drag" if number == 0 else "Replay"
                print(json.dumps(asdict(scrub(page, chosen.seconds, what))), flush=True)
            page.context.close()


if __name__ == "__main__":
    main()
