"""What a page that follows a run costs the run: images a second with the page open, beside the same run unwatched.

    python -m benchmarks.watched_speed [--data digits] [--data-dir DATA_DIR] [--seconds 20] [--rounds 6] [--threads 1]

One run goes on all the time, started by the command line at its own priority. In turns a
page of it is open in Chromium and follows, and none is: what is counted each time is how many images were trained in
so many seconds, by the steps and epochs of its status. Who comes first changes from round to round. The ratio of each
round is printed, then their median and their spread. Goal: 0.95.

Browser, server and run share the machine, and the browser draws in software where there is no graphics card: with a
browser elsewhere, as a visitor has it, only the server's share is left. `--browser-elsewhere` stands for that: it asks
what the page asks, once a second, without a browser.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser

from benchmarks.machine import heading
from tools.browser import open_browser
from tools.running_app import PROJECT, RunningApp, running_app
from vae_core.data import DATA_VARIABLE
from vae_core.training import read_status, request_stop

NAME, BATCH = "watched", 64
GOAL = 0.95
SETTLING = 3.0  # seconds after a page was opened or closed that are not counted
WINDOW = {"width": 1280, "height": 800}


@contextmanager
def endless_run(root: Path, chosen: argparse.Namespace) -> Iterator[Path]:
    """A run that goes on until it is left; gives its folder once its first epoch is done."""
    folder = root / NAME
    command = [sys.executable, "-m", "vae_core", "train", "--data", chosen.data, "--network", chosen.network]
    command += ["--epochs", "100000", "--patience", "100000", "--batch-size", str(BATCH), "--no-download"]
    command += ["--snapshots", "--threads", str(chosen.threads), "--out", str(folder)]
    process = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.DEVNULL)
    try:
        while (status := read_status(folder)) is None or status.epoch < 1:
            if process.poll() is not None:
                raise RuntimeError(f"the run ended with {process.returncode} before its first epoch was done")
            time.sleep(0.2)
        yield folder
    finally:
        request_stop(folder)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()


def steps_done(folder: Path) -> float:
    status = read_status(folder)
    return status.epoch * status.steps + status.step % max(status.steps, 1)


def trained_per_second(folder: Path, seconds: float) -> float:
    """Images a second over so long, by the status that the run writes about once a second."""
    time.sleep(SETTLING)
    first, begun = _fresh(folder)
    time.sleep(seconds)
    last, ended = _fresh(folder)
    return BATCH * (last - first) / (ended - begun)


def _fresh(folder: Path) -> tuple[float, float]:
    """Steps done and when, at the moment at which the run has just written them."""
    before = read_status(folder).heartbeat
    while (status := read_status(folder)).heartbeat == before:
        time.sleep(0.01)
    return steps_done(folder), status.heartbeat


@contextmanager
def followed_in_chromium(browser: Browser, app: RunningApp) -> Iterator[None]:
    """The page of the run, open and following."""
    page = browser.new_context(viewport=WINDOW).new_page()
    page.add_init_script("document.addEventListener('train-records', () => (window.drawn = (window.drawn ?? 0) + 1))")
    page.goto(f"{app.url}/train?run={NAME}")
    page.wait_for_function("window.drawn > 0", timeout=60_000)
    before = page.evaluate("window.drawn")
    yield
    if page.evaluate("window.drawn") <= before:
        raise ValueError("The page did not follow the run; the figures say nothing.")
    page.context.close()


@contextmanager
def asked_from_elsewhere(app: RunningApp) -> Iterator[None]:
    """What an open page asks the server, each second, from a thread without a browser."""
    over = threading.Event()
    asking = threading.Thread(target=_ask, args=(app.url, over), daemon=True)
    asking.start()
    yield
    over.set()
    asking.join()


def _ask(url: str, over: threading.Event) -> None:
    place, mark = 0, ""
    while not over.wait(1.0):
        urllib.request.urlopen(f"{url}/live/run/{NAME}").read()
        with urllib.request.urlopen(f"{url}/live/run/{NAME}/log?from={place}&mark={mark}") as answer:
            answer.read()
            place, mark = int(answer.headers["X-Next"]), answer.headers["X-Mark"]


def one_round(folder: Path, watched: Callable, seconds: float, watched_first: bool) -> dict[str, float]:
    """Images a second with and without; the two one right after the other."""
    found = {}
    for with_page in (watched_first, not watched_first):
        if with_page:
            with watched():
                found["watched"] = trained_per_second(folder, seconds)
        else:
            found["alone"] = trained_per_second(folder, seconds)
    return {name: round(value, 1) for name, value in found.items()} | {
        "ratio": round(found["watched"] / found["alone"], 3)
    }


def options() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default="digits")
    parser.add_argument("--data-dir", type=Path, help="the folder that holds mnist/, for --data mnist")
    parser.add_argument("--network", default="mlp")
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--browser-elsewhere", action="store_true")
    return parser.parse_args()


def main() -> None:
    """Prints one JSON line per round, then the median, after a line that says what ran where."""
    chosen = options()
    if chosen.data_dir:
        os.environ[DATA_VARIABLE] = str(chosen.data_dir)
    print(json.dumps(heading("benchmarks.watched_speed")), flush=True)
    with tempfile.TemporaryDirectory() as place:
        root = Path(place)
        with running_app(checkpoints=root) as app, open_browser() as browser, endless_run(root, chosen) as folder:

            def watched():
                return asked_from_elsewhere(app) if chosen.browser_elsewhere else followed_in_chromium(browser, app)

            with watched():
                time.sleep(SETTLING)  # the first page of a server and of a browser is not like the others
            rounds = [one_round(folder, watched, chosen.seconds, bool(turn % 2)) for turn in range(chosen.rounds)]
    for each in rounds:
        print(json.dumps(each), flush=True)
    ratios = sorted(each["ratio"] for each in rounds)
    told = {"ratio": statistics.median(ratios), "least": ratios[0], "most": ratios[-1], "goal": GOAL}
    print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main()
