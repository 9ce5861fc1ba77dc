"""Pictures as bytes: one rounding for the pages, the GIF and the previews."""

from __future__ import annotations

import numpy as np
import torch

from vae_core.pixels import to_pixels


def test_every_grey_value_comes_back_as_it_was() -> None:
    grey = torch.arange(256, dtype=torch.uint8)
    assert torch.equal(to_pixels(grey.float() / 255), grey)


def test_halves_are_rounded_up() -> None:
    halves = (torch.arange(255).double() + 0.5) / 255
    assert to_pixels(halves + 1e-9).tolist() == list(range(1, 256))
    assert to_pixels(halves - 1e-9).tolist() == list(range(255))


def test_pages_gif_and_previews_round_alike(monkeypatch) -> None:
    """0.5 / 255 is exactly between 0 and 1: half to even would make it 0."""
    import jobs.film_task
    import store.inference
    from vae_core.training import preview

    assert jobs.film_task.to_pixels is store.inference.to_pixels is preview.to_pixels is to_pixels
    halfway = torch.full((1, 1, 1, 1), 0.5) / 255
    assert to_pixels(halfway).numpy().dtype == np.uint8
    assert to_pixels(halfway).item() == 1
