"""Pictures made large, and as PNG."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from vae_core.pictures import enlarged, png_file


def pictures(channels: int, count: int = 2) -> np.ndarray:
    return np.random.default_rng(channels).integers(0, 256, (count, 8, 12, channels), dtype=np.uint8)


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("scale", [1, 3, 64])
def test_hard_edges_make_each_pixel_one_square(channels: int, scale: int) -> None:
    small = pictures(channels)
    large = enlarged(small, scale)
    assert large.shape == (2, 8 * scale, 12 * scale, channels)
    squares = large.reshape(2, 8, scale, 12, scale, channels)
    assert (squares == small[:, :, None, :, None]).all()


@pytest.mark.parametrize("channels", [1, 3])
def test_smooth_edges_stay_near_the_picture_and_have_greys_between(channels: int) -> None:
    step = np.zeros((1, 8, 12, channels), dtype=np.uint8)
    step[:, :, 6:] = 200
    large = enlarged(step, 4, smooth=True)
    assert large.shape == (1, 32, 48, channels)
    assert (large[0, :, :16] == 0).all() and (large[0, :, 32:] == 200).all()
    between = large[0, 16, 20:28, 0]
    assert ((between > 0) & (between < 200)).sum() >= 3


@pytest.mark.parametrize("scale", [0, -1, 65])
def test_a_scale_out_of_range_is_refused(scale: int) -> None:
    with pytest.raises(ValueError, match=rf"The scale is {scale}; it must be a whole number from 1 to 64\."):
        enlarged(pictures(1), scale)


@pytest.mark.parametrize("channels", [1, 3])
def test_a_png_has_exactly_these_pixels(channels: int) -> None:
    picture = pictures(channels)[0]
    read = np.asarray(Image.open(io.BytesIO(png_file(picture)))).reshape(picture.shape)
    np.testing.assert_array_equal(read, picture)
