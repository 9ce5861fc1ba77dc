"""Photographs every page, light and dark, 1280 and 390 pixels wide, into docs/images/. Run by `make screenshots`.

The data folder is one that does not exist: the pictures show the bundled digits or reconstructions, never
images of somebody else's data set. The models are a copy of the shipped ones, beside a run trained for the picture.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page

from tools.browser import open_browser
from tools.running_app import PROJECT, RunningApp, running_app

IMAGES = PROJECT / "docs" / "images"
PAGES = {
    "gallery": "/?model=mnist-16d",
    "sliders": "/sliders?model=mnist-16d&image=4",
    "map": "/map?model=mnist-2d",
    "morph": "/morph?model=fashion-16d&a=12&b=31",
    "attributes": "/attributes?model=mnist-16d&image=4&kind=axis&by=axis:0:-1.5",
    "generate": "/generate?model=mnist-16d&seed=3&sample=9",
    "repair": "/repair?model=mnist-16d&image=4&noise=missing&strength=0.5",
    "odd": "/odd?model=digits-8d&anomaly=8",
    "anatomy": "/anatomy?model=mnist-16d&image=4",
    "train": "/train",
    "train-run": "/train?run=my-digits",
}
SIZES = {1280: 800, 390: 844}
QUIET_MS = 1500
NO_DATA = Path("/explorer/data")  # the Train page shows its name
RUN = ["train", "--data", "digits", "--latent-dim", "2", "--epochs", "60", "--out"]


@contextmanager
def app_with_a_run() -> Iterator[RunningApp]:
    """The app over the shipped models and a finished run called my-digits, without any data set but the bundled one."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "checkpoints"
        shutil.copytree(PROJECT / "checkpoints", root, ignore=shutil.ignore_patterns("run", "state", "notes", ".*"))
        subprocess.run([sys.executable, "-m", "vae_core", *RUN, str(root / "my-digits")], check=True, cwd=PROJECT)
        with running_app(checkpoints=root, data=NO_DATA) as app:
            yield app


def wait_until_drawn(page: Page) -> None:
    """Returns when no script runs any more and the components have had time to draw."""
    page.wait_for_selector("[data-testid='stApp'][data-test-script-state='notRunning']", timeout=60_000)
    page.wait_for_timeout(QUIET_MS)


def touch(page: Page, name: str) -> None:
    """Lays a hand on what the page is for, so that the picture shows it at work."""
    if name == "sliders":
        page.get_by_role("slider").first.press("PageUp")
    if name == "map" and page.viewport_size["width"] > 600:
        page.mouse.move(300, 300)
    page.wait_for_timeout(QUIET_MS)


def photograph(browser: Browser, url: str, name: str, scheme: str, width: int) -> None:
    """Writes one PNG of the page, as a visitor sees it before scrolling."""
    context = browser.new_context(viewport={"width": width, "height": SIZES[width]}, color_scheme=scheme)
    page = context.new_page()
    page.goto(url)
    wait_until_drawn(page)
    touch(page, name)
    target = IMAGES / f"{name}-{scheme}-{width}.png"
    page.screenshot(path=target)
    context.close()
    print("wrote", target.relative_to(PROJECT))


def main() -> None:
    """Starts the app and takes every picture."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with app_with_a_run() as app, open_browser() as browser:
        for name, path in PAGES.items():
            for scheme in ("light", "dark"):
                for width in SIZES:
                    photograph(browser, app.url + path, name, scheme, width)


if __name__ == "__main__":
    main()
