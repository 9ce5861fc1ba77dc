"""How long a person waits: from `streamlit run app.py` to the first decoded picture on the screen of a browser.

    python -m benchmarks.start [--repeats 5] [--path /]

The browser is open already (a person's usually is); it asks for the page as soon as the server's port answers. The
clock stops when the first picture that the decoder made has been written to a canvas. Beside it, in the same run, how
long the same server takes until Streamlit answers at all, and how long Python takes to import streamlit and torch.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time

from playwright.sync_api import Browser

from benchmarks.listening import listen
from benchmarks.machine import heading
from tools.browser import open_browser
from tools.running_app import running_app

# a picture that the page drew, or one that its worker did
DRAWN = """() => window.dragLog.read().writes > 0 || [...document.querySelectorAll("*")].some(
  (element) => element.shadowRoot?.querySelector(".picture canvas")?.width > 1)"""


def seconds_to_picture(browser: Browser, path: str) -> tuple[float, float]:
    """Seconds from the start of the process until Streamlit answers, and until the first decoded picture."""
    page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
    listen(page)
    begin = time.perf_counter()
    with running_app() as app:
        answered = time.perf_counter() - begin
        page.goto(app.url + path)
        page.wait_for_function(DRAWN, timeout=60_000, polling=20)
        drawn = time.perf_counter() - begin
        page.context.close()
    return answered, drawn


def seconds_to_import() -> float:
    """Seconds that a fresh Python takes to import streamlit and torch and to end."""
    begin = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import streamlit, torch"], check=True)
    return time.perf_counter() - begin


def main() -> None:
    """Prints one JSON line per start and the medians."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--repeats", type=int, default=5, help="starts to measure, after one that is not counted")
    options.add_argument("--path", default="/", help="the page to open")
    chosen = options.parse_args()
    print(json.dumps(heading("benchmarks.start")), flush=True)
    rows = []
    with open_browser() as browser:
        for repeat in range(chosen.repeats + 1):
            answered, drawn = seconds_to_picture(browser, chosen.path)
            row = {
                "answers": round(answered, 2),
                "first_picture": round(drawn, 2),
                "imports": round(seconds_to_import(), 2),
            }
            print(json.dumps({**row, "counted": repeat > 0}), flush=True)
            rows += [row] if repeat else []
    print(json.dumps({"median": {name: statistics.median(row[name] for row in rows) for name in rows[0]}}))


if __name__ == "__main__":
    main()
