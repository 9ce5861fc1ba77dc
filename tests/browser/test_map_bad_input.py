"""What the map page says of data that makes no map, in real Chromium: a clear sentence each, and nothing lost."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

import store
from store.cache_files import cache_folder
from store.map_keys import latents_hash
from tests.browser.map_panel import field, hover, open_map
from tests.tiny import digit_images, tiny_checkpoint
from tools.running_app import RunningApp
from vae_core.checkpoint import load_checkpoint, load_latents


@pytest.fixture(scope="module")
def app(shared_models: Path, shared_server: RunningApp) -> RunningApp:
    """The app over models with 2, 3 and 12 equal images, one whose latents hold NaN, and a whole one.

    Beside the whole one lies a table with too few lines; in the cache, where its map by UMAP would be, a damaged file.
    """
    root = shared_models
    images, labels = digit_images(count=12)
    tiny_checkpoint(root, "two", latent_dim=4, count=2)
    tiny_checkpoint(root, "three", latent_dim=4, count=3)
    tiny_checkpoint(root, "equal", latent_dim=4, images=np.repeat(images[:1], 12, axis=0), labels=labels)
    whole = tiny_checkpoint(root, "whole", latent_dim=4)
    (whole / "notes").mkdir(exist_ok=True)
    (whole / "notes" / "metadata.csv").write_text("age\n7\n8\n")
    damage_map_by_umap(whole)
    broken = tiny_checkpoint(root, "broken", latent_dim=4)
    with np.load(broken / "latents.npz") as kept:
        arrays = dict(kept)
    arrays["mean"][3, 1] = np.nan
    np.savez(broken / "latents.npz", **arrays)
    return shared_server


def damage_map_by_umap(folder: Path) -> None:
    means = load_latents(folder).mean
    weights = load_checkpoint(folder).weights_hash[:16]
    parameters = store.checked_parameters("umap", {}, means.shape[1])
    name = store.map_id(weights, latents_hash(means), "umap", parameters, None)
    file = cache_folder() / "maps" / f"{name}.npz"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"PK damaged")


def test_what_does_not_fit_or_is_damaged_is_said_in_its_place(page: Page, app: RunningApp) -> None:
    open_map(page, app, "whole", "&source=data:shapes")
    expect(page.locator(".problem").first).to_contain_text("64×64 pixels, grey; whole takes 8×8 pixels, grey")
    expect(page.locator(".problem").first).to_contain_text("The stored ones are shown.")
    unfit = page.locator(".source option", has_text="shapes").first
    assert unfit.is_disabled() and "whole takes 8×8 pixels" in unfit.get_attribute("title")
    expect(page.locator(".column-problems")).to_contain_text("metadata.csv has lines for 2 images")
    shown = page.locator(".shown-words").inner_text()
    page.get_by_label("Map by").select_option("UMAP")
    said = "The file of this map was damaged; it was moved aside and the map made again."
    expect(page.locator(".status .words")).to_contain_text(said, timeout=150_000)
    assert page.locator(".shown-words").inner_text() == shown, "nothing is lost"


def test_two_images_make_no_map(page: Page, app: RunningApp) -> None:
    page.goto(f"{app.url}/map?model=two")
    expect(page.locator(".problem").first).to_contain_text("a map needs 3")
    expect(page.locator(".nothing")).to_contain_text("could not be made")


def test_three_images_make_a_map_and_too_few_for_a_method_is_said(page: Page, app: RunningApp) -> None:
    open_map(page, app, "three")
    expect(page.locator(".shown-words")).to_have_text("3 of 3 shown")
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
