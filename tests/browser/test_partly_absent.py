"""A model of which one original is on this machine and one is not, in real Chromium: no reconstruction is an image."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.live_page import open_live
from tests.browser.map_panel import open_map
from tests.tiny import digit_images, tiny_checkpoint
from tools.running_app import RunningApp
from vae_core.data import load_images


@pytest.fixture(scope="module")
def app(shared_models: Path, shared_server: RunningApp) -> RunningApp:
    """A model with three test images; the second is no picture of the bundled digits."""
    images, labels = digit_images(count=3)
    images[1] = 255 - images[1]
    tiny_checkpoint(shared_models, "partly", images=images, labels=labels, data=load_images("digits").settings())
    return shared_server


def test_the_map_shows_each_picture_for_what_it_is(page: Page, app: RunningApp) -> None:
    for row, there in ((0, True), (1, False)):
        open_map(page, app, "partly")
        page.get_by_role("searchbox").fill(f"#{row}")
        page.get_by_role("searchbox").press("Enter")
        expect(page.locator(".near-name")).to_contain_text(f"Image {row} ")
        expect(page.locator(".near-reconstruction img")).to_have_attribute("alt", re.compile("reconstruction$"))
        original = page.locator(".near-original img")
        expect(original).to_have_attribute("alt", re.compile("original$" if there else "Not on this machine"))
        expect(original).to_be_visible(visible=there)
        expect(page.locator(".near-facts")).to_contain_text("nats")


def test_the_morph_names_each_key_for_what_it_is(page: Page, app: RunningApp) -> None:
    open_live(page, f"{app.url}/morph?model=partly&a=0&b=1")
    expect(page.locator(".key-words").nth(0)).to_have_text(re.compile(r"^image 0, label \d$"))
    expect(page.locator(".key-words").nth(1)).to_have_text(re.compile(r"^image 1, label \d\n\(reconstruction\)$"))
    expect(page.locator(".key-picture img").nth(0)).to_be_visible()
    expect(page.locator(".key-picture img").nth(1)).to_be_hidden()
