"""A model of which one original is on this machine and one is not, in real Chromium: no reconstruction is an image."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.browser.live_page import open_live
from tests.tiny import digit_images, tiny_checkpoint
from tools.running_app import RunningApp, running_app
from vae_core.checkpoint import load_latents
from vae_core.data import load_images

MARGIN = 1.12  # of live/static/plane-view.js: room around the points when all are shown


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One model with two test images; the second is no picture of the bundled digits."""
    folder = tmp_path_factory.mktemp("partly") / "checkpoints"
    images, labels = digit_images(count=2)
    images[1] = 255 - images[1]
    tiny_checkpoint(folder, "partly", images=images, labels=labels, data=load_images("digits").settings())
    return folder


@pytest.fixture(scope="module")
def app(root: Path) -> Iterator[RunningApp]:
    with running_app(checkpoints=root) as started:
        yield started


def test_the_map_names_each_picture_for_what_it_is(page: Page, app: RunningApp, root: Path) -> None:
    open_live(page, f"{app.url}/map?model=partly")
    box = page.locator(".field-of-view").bounding_box()
    means = load_latents(root / "partly").mean
    wide, high = np.ptp(means, axis=0)
    scale = min(box["width"] / wide, box["height"] / high) / MARGIN
    for row, name, facts in ((0, "Image 0, ", "nats"), (1, " (reconstruction)", "original not on this machine")):
        right, up = (means[row] - means.mean(axis=0)) * scale
        page.mouse.move(float(box["x"] + box["width"] / 2 + right), float(box["y"] + box["height"] / 2 - up))
        expect(page.locator(".near-name")).to_contain_text(name)
        expect(page.locator(".near-facts")).to_contain_text(facts)
        expect(page.locator(".near-picture img")).to_have_attribute("alt", page.locator(".near-name").inner_text())


def test_the_morph_names_each_end_for_what_it_is(page: Page, app: RunningApp) -> None:
    open_live(page, f"{app.url}/morph?model=partly&a=0&b=1")
    expect(page.locator("[data-end=a] .what")).to_contain_text("A: image 0")
    expect(page.locator("[data-end=b] .what")).to_have_text(re.compile(r"^B: image 1.*\(reconstruction\)$"))
    expect(page.locator(".note")).to_contain_text("Not every original is on this machine")
