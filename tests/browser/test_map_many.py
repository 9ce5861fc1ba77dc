"""A map of more points than are sent at once: a sample on top of a raster that counts all, which answers to filters."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from playwright.sync_api import Page, expect

import store
from store.encoded_cache import Encoded, save_encoded
from tests.tiny import tiny_checkpoint
from tools.running_app import RunningApp

COUNT = 210_000


@pytest.fixture(scope="module")
def many(shared_models: Path, shared_server: RunningApp) -> RunningApp:
    """The app over a model whose whole data set has, by what its cache says, 210,000 images."""
    tiny_checkpoint(shared_models, "tiny-of-many")
    with pytest.MonkeyPatch.context() as settings:
        settings.setenv("LATENT_EXPLORER_CHECKPOINTS", str(shared_models))
        save_encoded(store.data_source(store.model("tiny-of-many"), "all").encoded, drawn_codes())
    return shared_server


def drawn_codes() -> Encoded:
    generator = np.random.default_rng(0)
    label = generator.integers(0, 10, COUNT)
    mean = (generator.standard_normal((COUNT, 2)) + 3 * np.stack([np.cos(label), np.sin(label)], 1)).astype(np.float32)
    score = generator.random(COUNT, dtype=np.float32)
    return Encoded(
        mean=mean,
        std=np.full_like(mean, 0.1),
        kl=score,
        reconstruction=score,
        image_hash=np.arange(COUNT).astype(np.uint64),
        split=np.zeros(COUNT, dtype=np.int8),
        data_row=np.arange(COUNT) % 1797,
        label=label.astype(np.int16),
    )


def test_all_points_are_counted_by_a_raster_that_answers_to_filters(page: Page, many: RunningApp) -> None:
    with page.expect_response(lambda answer: "/density?" in answer.url, timeout=60_000) as first:
        page.goto(f"{many.url}/map?model=tiny-of-many&source=all")
    assert first.value.ok and parse_qs(urlsplit(first.value.url).query)["column"] == ["label"]
    chip = page.locator(".legend button").nth(6)
    expect(chip).to_be_visible()
    with page.expect_response(lambda answer: "/density?" in answer.url and "filters=" in answer.url) as second:
        chip.click()
    assert second.value.ok
    assert json.loads(parse_qs(urlsplit(second.value.url).query)["filters"][0])["hidden"] == {"label": [6]}
    expect(page.get_by_text(f"of {COUNT:,} shown")).to_be_visible()
