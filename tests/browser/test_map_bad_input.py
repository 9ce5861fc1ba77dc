"""What the map page says of data that makes no map, in real Chromium: a clear sentence each, and nothing lost."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.browser.live_page import open_live
from tests.browser.map_panel import field, hover, open_map, over_a_dot
from tests.tiny import digit_images, tiny_checkpoint
from tools.running_app import RunningApp, running_app


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApp]:
    """The app over models with 2, 3 and 12 equal images, one whose latents hold NaN, and a whole one."""
    root = tmp_path_factory.mktemp("bad") / "checkpoints"
    images, labels = digit_images(count=12)
    tiny_checkpoint(root, "two", latent_dim=4, count=2)
    tiny_checkpoint(root, "three", latent_dim=4, count=3)
    tiny_checkpoint(root, "equal", latent_dim=4, images=np.repeat(images[:1], 12, axis=0), labels=labels)
    tiny_checkpoint(root, "whole", latent_dim=4)
    broken = tiny_checkpoint(root, "broken", latent_dim=4)
    with np.load(broken / "latents.npz") as kept:
        arrays = dict(kept)
    arrays["mean"][3, 1] = np.nan
    np.savez(broken / "latents.npz", **arrays)
    with running_app(checkpoints=root) as started:
        yield started


def test_two_images_make_no_map(page: Page, app: RunningApp) -> None:
    page.goto(f"{app.url}/map?model=two")
    expect(page.locator(".problem").first).to_contain_text("a map needs 3")
    expect(page.locator(".nothing")).to_contain_text("could not be made")


def test_three_images_make_one(page: Page, app: RunningApp) -> None:
    open_map(page, app, "three")
    expect(page.locator(".shown-words")).to_have_text("3 of 3 shown")


def test_too_few_for_a_method_is_said_and_the_map_before_stays(page: Page, app: RunningApp) -> None:
    open_map(page, app, "three")
    page.get_by_label("Map by").select_option("UMAP")
    expect(page.locator(".problem").first).to_contain_text(
        "There are 3 images to map; UMAP needs at least", timeout=150_000
    )
    expect(page.get_by_label("Map by")).to_have_value("pca")
    expect(page.locator(".shown-words")).to_have_text("3 of 3 shown")


def test_equal_images_lie_on_one_place(page: Page, app: RunningApp) -> None:
    open_map(page, app, "equal")
    hover(page, 0.5, 0.5)
    assert "over-point" in field(page).get_attribute("class")
    expect(page.locator(".place")).to_contain_text("PC1")


def test_latents_that_are_no_numbers_are_said(page: Page, app: RunningApp) -> None:
    page.goto(f"{app.url}/map?model=broken")
    expect(page.get_by_text("latents.npz").first).to_be_visible(timeout=30_000)


def test_a_server_that_is_gone_is_said_and_what_is_shown_stays(page: Page, tmp_path: Path) -> None:
    root = tmp_path / "checkpoints"
    tiny_checkpoint(root, "whole", latent_dim=4)
    with running_app(checkpoints=root) as app:
        canvas = open_live(page, f"{app.url}/map?model=whole")
        open_map(page, app, "whole")
        over_a_dot(page)
    page.get_by_label("Map by").select_option("Two dimensions")
    expect(page.locator(".problem").first).to_contain_text("The server cannot be reached")
    expect(page.get_by_label("Map by")).to_have_value("pca")
    expect(canvas).to_be_visible()
    shutil.rmtree(root)
