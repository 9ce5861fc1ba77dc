"""The tasks themselves, called in this process."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageSequence

from jobs.tasks import morph_gif
from tests.tiny import tiny_checkpoint


class Reports(list):
    """Collects what a task reports."""

    def __call__(self, share: float, message: str = "") -> None:
        self.append(share)


@pytest.mark.parametrize("shape", [(1, 8, 8), (3, 8, 12)])
def test_a_gif_has_a_frame_per_latent_in_hard_pixels(tmp_path: Path, shape: tuple[int, int, int]) -> None:
    tiny_checkpoint(tmp_path, "tiny", image_shape=shape)
    reports = Reports()
    path = np.linspace([-2, -2], [2, 2], 5, dtype=np.float32)
    content = morph_gif(tmp_path, "tiny", path, size=100, ms_per_frame=80, report=reports)
    frames = [np.asarray(frame.convert("RGB")) for frame in ImageSequence.Iterator(Image.open(io.BytesIO(content)))]
    scale = 100 // max(shape[1:])
    assert [frame.shape for frame in frames] == [(shape[1] * scale, shape[2] * scale, 3)] * 5
    first = frames[0].reshape(shape[1], scale, shape[2], scale, 3)
    assert (first == first[:, :1, :, :1]).all(), "a pixel of the image is not one square"
    assert not np.array_equal(frames[0], frames[-1])
    assert Image.open(io.BytesIO(content)).info["duration"] == 80
    assert reports == sorted(reports)
    assert reports[-1] == 1.0


@pytest.mark.parametrize("latents", [np.zeros((3, 5)), np.zeros((0, 2)), np.full((2, 2), np.nan)])
def test_latents_that_do_not_fit_are_refused(tmp_path: Path, latents: np.ndarray) -> None:
    tiny_checkpoint(tmp_path, "tiny")
    with pytest.raises(ValueError, match=r"they must be finite, \(N, 2\)"):
        morph_gif(tmp_path, "tiny", latents, size=64, ms_per_frame=80, report=Reports())
