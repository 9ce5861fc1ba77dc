"""The page of one run: how soon it is whole, and what it costs while the run goes on.

    python -m benchmarks.train_page [--epochs 200] [--steps 100000] [--repeats 5] [--seconds 20]

A run of so many epochs and logged steps, with 13 snapshots, written by hand. Whole: from the request for the page
until every step and epoch of the log is drawn, beside a bare Streamlit page of the same browser and machine, in turn.
Refresh: the processor time of the server's process, and of all of the browser's, while the log grows by 20 steps a
second, as a share of one core; beside it, the same browser on the bare page.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, Page

from benchmarks.machine import heading
from tests.runs import epoch_line, write_run_status, write_snapshots
from tests.tiny import tiny_checkpoint
from tools.browser import open_browser
from tools.running_app import PROJECT, RunningApp, running_app
from vae_core.checkpoint import append_metrics
from vae_core.training import StepRecord

NAME, SNAPSHOTS = "long", 13
BARE = PROJECT / "benchmarks" / "plain" / "bare_page.py"
LISTENER = """document.addEventListener("train-records", ({ detail }) => {
  if (!detail.more) Object.assign(window, { whole: performance.now(), counts: detail });
});"""


def write_run(root: Path, epochs: int, steps: int) -> Path:
    """A run under way of this very process, with so many epochs and logged steps."""
    folder = tiny_checkpoint(root, NAME, latent_dim=16, count=200, evaluation=False)
    per_epoch = steps // epochs
    write_run_status(folder, epochs + 1, epoch=epochs, steps=per_epoch, images_per_second=900.0, seconds_left=60.0)
    for epoch in range(1, epochs + 1):
        first = (epoch - 1) * per_epoch + 1
        append_metrics(folder, *step_lines(first, per_epoch, epoch), epoch_line(epoch, 16))
    write_snapshots(folder, range(SNAPSHOTS))
    return folder


def step_lines(first: int, count: int, epoch: int) -> list[dict]:
    """So many lines of steps, with figures as long as real ones."""
    return [
        StepRecord(
            step, epoch, 100 / 3 + 40 / step, 80 / 3 + 40 / step, 20 / 3, 1e-3, 1.0, 7 / 3 + step % 7, 1e5 / 7
        ).as_line()
        for step in range(first, first + count)
    ]


def seconds_until_whole(browser: Browser, app: RunningApp, steps: int) -> float:
    page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
    page.add_init_script(LISTENER)
    page.goto(f"{app.url}/train?run={NAME}")
    page.wait_for_function("(steps) => window.counts?.steps >= steps", arg=steps, timeout=60_000, polling=20)
    seconds = page.evaluate("window.whole") / 1000
    page.context.close()
    return seconds


def seconds_until_bare(browser: Browser, app: RunningApp) -> float:
    page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
    page.goto(app.url)
    page.wait_for_function("document.querySelector('h1')?.textContent === 'A bare page'", timeout=60_000, polling=20)
    seconds = page.evaluate("performance.now()") / 1000
    page.context.close()
    return seconds


def server_seconds(pid: int) -> float:
    """Processor seconds that the process has taken."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def browser_seconds(browser: Browser) -> float:
    """Processor seconds that all processes of the browser have taken."""
    session = browser.new_browser_cdp_session()
    found = session.send("SystemInfo.getProcessInfo")["processInfo"]
    session.detach()
    return sum(each["cpuTime"] for each in found)


def shares(page: Page, app: RunningApp, seconds: float, each_second) -> dict[str, float]:
    """What server and browser take of a core while the page is open, in percent."""
    page.wait_for_timeout(3000)
    browser = page.context.browser
    before = server_seconds(app.process.pid), browser_seconds(browser), time.perf_counter()
    while time.perf_counter() - before[2] < seconds:
        each_second()
        page.wait_for_timeout(1000)
    passed = time.perf_counter() - before[2]
    taken = server_seconds(app.process.pid) - before[0], browser_seconds(browser) - before[1]
    return {"server": round(100 * taken[0] / passed, 1), "browser": round(100 * taken[1] / passed, 1)}


def refresh(browser: Browser, app: RunningApp, folder: Path, epochs: int, steps: int, seconds: float) -> dict:
    """The shares of a core while the log of the run grows."""
    page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
    page.add_init_script(LISTENER)
    page.goto(f"{app.url}/train?run={NAME}")
    page.wait_for_function("(steps) => window.counts?.steps >= steps", arg=steps, timeout=60_000)
    written = steps

    def grow() -> None:
        nonlocal written
        append_metrics(folder, *step_lines(written + 1, 20, epochs + 1))
        written += 20
        write_run_status(folder, epochs + 1, epoch=epochs, steps=steps // epochs, images_per_second=900.0 + written)

    found = shares(page, app, seconds, grow)
    if page.evaluate("window.counts.steps") < written - 40:
        raise ValueError("The page did not follow the log; the figures say nothing.")
    page.context.close()
    return found


def main() -> None:
    """Prints one JSON line per figure, after a line that says what ran where."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--epochs", type=int, default=200)
    options.add_argument("--steps", type=int, default=100_000)
    options.add_argument("--repeats", type=int, default=5)
    options.add_argument("--seconds", type=float, default=20.0, help="how long the refresh is measured")
    chosen = options.parse_args()
    print(json.dumps(heading("benchmarks.train_page")), flush=True)
    with tempfile.TemporaryDirectory() as place:
        folder = write_run(Path(place), chosen.epochs, chosen.steps)
        print(json.dumps({"log_bytes": (folder / "metrics.jsonl").stat().st_size}), flush=True)
        with running_app(checkpoints=Path(place)) as app, running_app(BARE) as bare, open_browser() as browser:
            seconds_until_whole(browser, app, chosen.steps), seconds_until_bare(browser, bare)  # the first of a server
            pairs = [
                (seconds_until_whole(browser, app, chosen.steps), seconds_until_bare(browser, bare))
                for _ in range(chosen.repeats)
            ]
            later = statistics.median(whole - plain for whole, plain in pairs)
            for whole, plain in pairs:
                print(json.dumps({"whole_s": round(whole, 2), "bare_page_s": round(plain, 2)}), flush=True)
            print(json.dumps({"later_than_the_bare_page_s": round(later, 2)}), flush=True)
            page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
            page.goto(bare.url)
            print(json.dumps({"bare_page_percent": shares(page, bare, 8, lambda: None)}), flush=True)
            page.context.close()
            found = refresh(browser, app, folder, chosen.epochs, chosen.steps, chosen.seconds)
            print(json.dumps({"refresh_percent": found}), flush=True)


if __name__ == "__main__":
    main()
