"""The hand while others are at work: the drag of benchmarks/drag.py beside two people, a projection and a training run.

    python -m benchmarks.mixed_load [--seconds 8] [--repeats 3] [--model mnist-16d] [--sliders-only]

On the same server a second person moves ordinary widgets on Map and on Train, four times a second on each, and a third
has maps (UMAP) computed (benchmarks/other_people.py); a training run goes, started as the Train page starts one.
Goal: input to pixels p95 <= 33 ms, no freeze above 100 ms. Freeze: the longest time that a moved hand saw no new
picture, counted from the first move after a picture. It leaves out what the hand itself stood still (`hand_rested_ms`:
the longest time between two moves, the turns of the hand and the pauses of a busy machine).
Before each round the same drag alone, to show what the machine's other programs cost.
Each page is opened before the others come, so that all drags begin alike.
Beside it, in turns and under the same load: the same pages under Streamlit's defaults, without what live/tuning.py
does, and in the process of those the plain `st.slider` page, whose pictures come after the release only.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import shutil
import signal
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, TimeoutError

import jobs
import store
from benchmarks.crowd import processor_seconds
from benchmarks.drag import (
    NO_TELEMETRY,
    drag,
    figures_of_sliders,
    logged_drag,
    open_plain_page,
    open_sliders,
    percentile,
)
from benchmarks.machine import heading
from benchmarks.other_people import OtherPeople, other_people
from tools.browser import open_browser
from tools.running_app import PROJECT, RunningApp, running_app
from vae_core.checkpoint import read_metrics
from vae_core.data import load_images

GOAL_P95_MS, GOAL_FREEZE_MS = 33.0, 100.0
OTHER_MODELS = ("fashion-16d", "mnist-16d")  # of the other people
RELEASES = 4  # short drags on the st.slider page after the long one: each release is one wait
PLAIN_FOLDER = PROJECT / "benchmarks" / "plain"
PATIENCE = 20  # seconds that a hand waits for the picture after a release
LONGEST_RUN = 2_000  # epochs: the most that the Train page takes


class Training:
    """A training run on the bundled digits: a fresh one for each drag, for it ends by itself after a minute or so."""

    def __init__(self) -> None:
        self._images = len(load_images("digits").train)
        self._started = 0
        self._name = ""

    def begin(self) -> None:
        """Starts a run, and returns when it is past its first epoch."""
        deadline = time.monotonic() + 60
        self._started += 1
        self._name = f"mixed-load-{self._started}"
        jobs.start_run(jobs.RunRequest(self._name, epochs=LONGEST_RUN))
        while not self.images_seen():
            if time.monotonic() > deadline:
                raise RuntimeError(f"the training run does not learn: {jobs.find_run(self._name)}")
            time.sleep(0.1)

    def alive(self) -> bool:
        """Whether the run is under way."""
        run = jobs.find_run(self._name)
        return run is not None and run.status.alive

    def images_seen(self) -> int:
        """Images of the epochs that are over."""
        run = jobs.find_run(self._name)
        return self._images * len(read_metrics(run.folder)) if run else 0

    def stop(self) -> None:
        """Asks the run to stop and waits until its process has ended."""
        if self.alive():
            jobs.stop_run(self._name)
        deadline = time.monotonic() + 30
        while self.alive() and time.monotonic() < deadline:
            time.sleep(0.1)


def longest_wait(moves: list[float], drawn: list[float]) -> float:
    """The longest time (ms) that a moved hand saw no new picture; moves and drawn in ms, ascending.

    A wait begins with the first move after a picture and ends with the next picture, or with the last move.
    """
    longest, begun = 0.0, None
    events = sorted([*((time_, 1) for time_ in moves), *((time_, 0) for time_ in drawn)])
    for when, is_move in events:
        if begun is not None:
            longest = max(longest, when - begun)
        if not is_move:
            begun = None
        elif begun is None:
            begun = when
    return longest


def longest_gap(times: list[float]) -> float:
    """The longest time between two that follow each other; 0 for fewer than two."""
    return max((after - before for before, after in itertools.pairwise(times)), default=0.0)


def sliders_figures(page: Page, track: Locator, seconds: float) -> dict[str, Any]:
    """What one drag on the opened Sliders page comes to."""
    return figures_of_log(logged_drag(page, track, seconds), seconds)


def figures_of_log(log: dict[str, Any], seconds: float) -> dict[str, Any]:
    """What canvas_listener.js saw, as figures; raises ValueError when the hand did not move."""
    known = figures_of_sliders(log, "", seconds)
    drawn = [frame["drawn"] for frame in log["frames"] if frame["changed"]]
    waits = [frame["drawn"] - frame["stamp"] for frame in log["frames"]]
    return {
        "moves": known.moves,
        "pictures": known.pictures,
        "pictures_per_move": known.pictures_per_move,
        "p50_ms": known.median_ms,
        "p95_ms": known.p95_ms,
        "max_ms": round(max(waits), 1) if waits else None,
        "freeze_ms": round(longest_wait(log["moves"], drawn), 1),
        "hand_rested_ms": round(longest_gap(log["moves"]), 1),
    }


def plain_figures(page: Page, track: Locator, seconds: float) -> dict[str, Any]:
    """One drag on the `st.slider` page and some short ones after it: what came meanwhile, and after each release."""
    drag(page, track, seconds)
    log, waits = page.evaluate("({ ...window.plainLog })"), []
    for number in range(RELEASES + 1):
        if number:
            drag(page, track, 0.3 + 0.05 * number)  # each lets go at another place
        page.mouse.up()
        try:
            page.wait_for_function("window.plainLog.loaded !== null", timeout=1000 * PATIENCE, polling=20)
        except TimeoutError:
            break  # the pages of the others are all that this server does
        waits.append(page.evaluate("window.plainLog.loaded - window.plainLog.released"))
    return {
        "moves": log["moves"],
        "pictures": log["images"],
        "release_to_picture_p50_ms": round(percentile(waits, 0.5)) if waits else None,
        "release_to_picture_max_ms": round(max(waits)) if waits else None,
        "releases_answered": len(waits),
        "releases_unanswered": int(len(waits) <= RELEASES),  # after the first the hand gave up
    }


def under_load(
    name: str, server: RunningApp, training: Training, measured: Callable[[], dict[str, Any]]
) -> dict[str, Any]:
    """What `measured` gives while everybody else is at work on the server, and what they did each second meanwhile.

    Raises RuntimeError when one of them did nothing, or a page showed an error: then it was not this load.
    """
    training.begin()
    with other_people(server.url, OTHER_MODELS) as people:
        before, began = did(people, server, training), time.monotonic()
        figures = measured()
        after, lasted = did(people, server, training), time.monotonic() - began
        problems = people.read()["problems"]
    training.stop()
    done = {what: round((after[what] - before[what]) / lasted, 2) for what in before}
    absent = [what for what in ("map_changes", "train_changes") if not done[what]]  # training makes way
    if absent or problems:
        raise RuntimeError(f"{name}: that was not the load, {problems} errors on the pages, none of {absent}: {done}")
    return {"page": name, **figures, "others_per_second": done, "load_average": load()}


def load() -> float:
    """How many processes of this machine, ours and others, ran or waited for a core in the last minute."""
    return round(os.getloadavg()[0], 1)


def did(people: OtherPeople, server: RunningApp, training: Training) -> dict[str, float]:
    """What everybody has done so far: counts, and seconds that the server computed, all threads, and that its event
    loop was ready to and had no core (Linux)."""
    counts = {what: count for what, count in people.read().items() if what not in ("at_work", "problems")}
    pid = server.process.pid
    waited = int(Path(f"/proc/{pid}/schedstat").read_text().split()[1]) / 1e9
    cores = {"server_cores": processor_seconds(pid), "server_without_a_core": waited}
    return {**counts, "trained_images": training.images_seen(), **cores}


def is_good(figures: dict[str, Any]) -> bool:
    """Whether a drag on Sliders came to the goals, and the other people's pages and projections did come too."""
    others = figures["others_per_second"]
    served = all(others[what] for what in ("map_runs", "train_runs", "projections"))
    return served and (figures["p95_ms"] or GOAL_P95_MS + 1) <= GOAL_P95_MS and figures["freeze_ms"] <= GOAL_FREEZE_MS


def in_force(app: RunningApp) -> dict[str, Any]:
    """What of the tuning holds in the server, as it tells itself."""
    with urllib.request.urlopen(app.url + "/live/health", timeout=10) as answer:
        facts = json.load(answer)
    return {name: facts[name] for name in ("state", "settings", "switch_interval", "frozen_objects", "sends_at_once")}


def wait_until_ready(app: RunningApp) -> None:
    """Returns when the app's start-up is over, or after a minute."""
    deadline = time.monotonic() + 60
    while in_force(app)["state"] != "ready" and time.monotonic() < deadline:
        time.sleep(0.1)


@contextmanager
def both_servers() -> Iterator[tuple[RunningApp, RunningApp]]:
    """The app as it ships, and its pages under Streamlit's defaults, on the same copies of the shipped models."""
    with tempfile.TemporaryDirectory() as folder:
        root, elsewhere = Path(folder) / "checkpoints", Path(folder) / "plain"
        shutil.copytree(PROJECT / "checkpoints", root, ignore=shutil.ignore_patterns("run", "state"))
        os.environ[store.models.SETTING] = str(root)  # where jobs.start_run trains too
        with running_app(checkpoints=root) as app, untuned_app(root, elsewhere) as plain:
            yield app, plain


@contextmanager
def untuned_app(checkpoints: Path, folder: Path) -> Iterator[RunningApp]:
    """The pages under Streamlit's defaults, started from a copy in `folder`: outside the project, whose config.toml
    does not hold there."""
    shutil.copytree(PLAIN_FOLDER, folder)
    script = folder / "untuned_app.py"
    with running_app(script, checkpoints=checkpoints, python_path=PROJECT, arguments=NO_TELEMETRY) as app:
        yield app


def measure(model: str, seconds: float, repeats: int, sliders_only: bool = False) -> bool:
    """The pages in turn, `repeats` times, one JSON line each; whether all drags of the app came to the goals."""
    good, training = True, Training()

    def shown(name: str, server: RunningApp, opened: tuple[Page, Locator], measured: Any) -> dict[str, Any]:
        page, track = opened
        figures = under_load(name, server, training, lambda: measured(page, track, seconds))
        page.context.close()
        print(json.dumps(figures), flush=True)
        return figures

    def alone(name: str, page: Page, track: Locator) -> None:
        print(json.dumps({"page": name, **sliders_figures(page, track, seconds), "load_average": load()}), flush=True)
        page.context.close()

    with both_servers() as (app, plain), open_browser() as browser:
        try:
            wait_until_ready(app)
            print(json.dumps({"Sliders": in_force(app), "Streamlit's defaults": in_force(plain)}), flush=True)
            for _ in range(repeats):
                alone("Sliders, alone", *open_sliders(browser, app.url, model))
                good &= is_good(shown("Sliders", app, open_sliders(browser, app.url, model), sliders_figures))
                if sliders_only:
                    continue
                shown("Sliders, Streamlit's defaults", plain, open_sliders(browser, plain.url, model), sliders_figures)
                address = f"{plain.url}/?plain=1&model={model}"
                shown("st.slider, the same", plain, open_plain_page(browser, address, model), plain_figures)
        finally:
            training.stop()
    return good


def main() -> int:
    """Prints one JSON line per drag; the exit status says whether all drags of the app came to the goals."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seconds", type=float, default=8.0, help="length of one drag")
    options.add_argument("--repeats", type=int, default=3, help="drags on each page")
    options.add_argument("--model", default="mnist-16d", help="name of a checkpoint")
    options.add_argument("--sliders-only", action="store_true", help="leave out the pages under Streamlit's defaults")
    chosen = options.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the training run ends too: it is detached
    print(json.dumps(heading("benchmarks.mixed_load")), flush=True)
    return 0 if measure(chosen.model, chosen.seconds, chosen.repeats, chosen.sliders_only) else 1


if __name__ == "__main__":
    sys.exit(main())
