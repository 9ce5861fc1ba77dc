"""Figures of the Anatomy page that a model or an image does not have."""

from __future__ import annotations

import httpx
import pytest

from tests.bad_input.rows import check
from tools.running_app import RunningApp

BAD_FIGURES = {
    "a pixel that the image has not, on Anatomy": ("pixel", "tiny-2d", {"latent": [0, 0], "place": [0, 99, 0]}),
    "a code of another size, on Anatomy": ("log_densities", "tiny-2d", {"latent": [0, 0, 0]}),
    "the replay of a run that kept no snapshots, on Anatomy": ("collapse", "tiny-2d", {}),
    "encodings of a model without stored images, on Anatomy": ("codes", "no-latents", {}),
}


@pytest.mark.parametrize("tried", BAD_FIGURES)
def test_a_figure_of_anatomy_that_cannot_be(tried: str, server: RunningApp) -> None:
    figure, name, content = BAD_FIGURES[tried]
    weights = httpx.get(f"{server.url}/live/sources/{name}/{'0' * 16}").json()["weights"]
    answer = httpx.post(f"{server.url}/live/anatomy/{name}/{weights}/{figure}", json=content, timeout=60)
    assert answer.status_code in (400, 404)
    check(tried, answer.json()["message"])
