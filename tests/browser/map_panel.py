"""What the tests of the map page share: opening it, moving over it, selecting on it, reading what it says."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.live_page import open_live
from tools.running_app import PROJECT, RunningApp


def copied_models(folder: Path, *names: str) -> Path:
    """A checkpoints folder with copies of shipped models, without what people noted on them."""
    root = folder / "checkpoints"
    for name in names:
        copied_model(root, name, name)
    return root


def copied_model(root: Path, name: str, copy: str) -> str:
    """Puts a copy of a shipped model, without what people noted on it, into a checkpoints folder; gives its name.

    A second try of a test finds the copy as the first one did.
    """
    shutil.rmtree(root / copy, ignore_errors=True)
    unwanted = shutil.ignore_patterns("notes", "run", "state")
    shutil.copytree(PROJECT / "checkpoints" / name, root / copy, ignore=unwanted)
    return copy


def open_map(page: Page, app: RunningApp, model: str = "digits-2d", rest: str = "") -> Locator:
    """The map page once its points, columns and first picture are there; gives back the canvas of the picture."""
    canvas = open_live(page, f"{app.url}/map?model={model}{rest}")
    expect(page.locator(".nothing")).to_be_hidden(timeout=30_000)
    expect(page.locator(".shown-words")).to_have_text(re.compile("shown"))
    return canvas


def field(page: Page) -> Locator:
    return page.locator(".field-of-view")


def hover(page: Page, right: float, down: float, wait: int = 250) -> None:
    """Moves over the map, to shares of its width and height."""
    box = field(page).bounding_box()
    page.mouse.move(box["x"] + right * box["width"], box["y"] + down * box["height"])
    page.wait_for_timeout(wait)


def place(page: Page) -> tuple[float, float]:
    """The coordinates under the pointer, as the page says them."""
    text = page.locator(".place").inner_text().replace("−", "-")
    x, y = re.findall(r"[+-]\d+\.\d\d", text)
    return float(x), float(y)


def over_a_dot(page: Page) -> int:
    """Moves over the middle of the map until the pointer is over an image's dot; gives back its row."""
    for step in range(60):
        hover(page, 0.35 + 0.005 * step, 0.5, wait=120)
        if "over-point" not in field(page).get_attribute("class"):
            continue
        hover(page, 0.35 + 0.005 * step, 0.505)  # a view that was still flying has left the dot
        hover(page, 0.35 + 0.005 * step, 0.5)
        if "over-point" in field(page).get_attribute("class"):
            return int(re.search(r"Image ([\d,]+)", page.locator(".near-name").inner_text())[1].replace(",", ""))
    pytest.fail("no dot anywhere on the way through the middle")


def click(page: Page) -> None:
    page.mouse.down()
    page.mouse.up()


def tab(page: Page, name: str) -> None:
    page.get_by_role("tab", name=re.compile(f"^{name}")).click()


def chip(page: Page, name: str) -> Locator:
    """The chip of a class in the legend."""
    return page.locator(".legend button").filter(has=page.locator("b", has_text=re.compile(f"^{name}$")))


def stroke(page: Page, tool: str, corners: list[tuple[float, float]]) -> None:
    """Draws with a tool of the map through corners, shares of its width and height."""
    page.get_by_role("radio", name=tool, exact=True).click()
    box = field(page).bounding_box()
    at = [(box["x"] + right * box["width"], box["y"] + down * box["height"]) for right, down in corners]
    page.mouse.move(*at[0])
    page.mouse.down()
    for corner in at[1:]:
        page.mouse.move(*corner, steps=8)
    page.mouse.up()


AROUND_ALL = [(0.02, 0.12), (0.02, 0.98), (0.98, 0.98), (0.98, 0.3), (0.85, 0.12), (0.03, 0.12)]


def selected(page: Page) -> int:
    """How many images the page says are selected."""
    found = re.match(r"([\d,]+) of", page.locator(".selected-words").inner_text())
    return int(found[1].replace(",", "")) if found else 0
