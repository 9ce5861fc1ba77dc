"""Photographs every page, light and dark, 1280 and 390 pixels wide, into docs/images/. Run by `make screenshots`.

The data folder is set to an empty one, so that the pictures show the bundled digits or reconstructions, never
images of somebody else's data set.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page

from tools.browser import open_browser
from tools.running_app import PROJECT, running_app

IMAGES = PROJECT / "docs" / "images"
PAGES = {
    "gallery": "/?model=digits-8d",
    "sliders": "/sliders?model=mnist-16d&image=4",
    "map": "/map?model=mnist-2d",
    "morph": "/morph?model=fashion-16d&a=12&b=31",
    "train": "/train?model=digits-2d",
}
SIZES = {1280: 800, 390: 844}
QUIET_SECONDS = 1.5


def wait_until_drawn(page: Page) -> None:
    """Returns when no script runs any more and the components have had time to draw."""
    page.wait_for_selector("[data-testid='stApp'][data-test-script-state='notRunning']", timeout=60_000)
    page.wait_for_timeout(1000 * QUIET_SECONDS)


def photograph(browser: Browser, url: str, scheme: str, width: int, target: Path) -> None:
    """Writes one PNG of the page as a first visit shows it."""
    context = browser.new_context(viewport={"width": width, "height": SIZES[width]}, color_scheme=scheme)
    page = context.new_page()
    page.goto(url)
    wait_until_drawn(page)
    page.screenshot(path=target)
    context.close()


def main() -> None:
    """Starts the app and takes every picture."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as no_data, running_app(data=Path(no_data)) as app, open_browser() as browser:
        for name, path in PAGES.items():
            for scheme in ("light", "dark"):
                for width in SIZES:
                    target = IMAGES / f"{name}-{scheme}-{width}.png"
                    photograph(browser, app.url + path, scheme, width, target)
                    print("wrote", target.relative_to(PROJECT))


if __name__ == "__main__":
    main()
