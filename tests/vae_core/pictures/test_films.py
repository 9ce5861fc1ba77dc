"""GIF and MP4: the frames that went in come out, at the speed that was asked for."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from tests.films import read_gif, read_mp4
from vae_core.pictures import enlarged, gif_file, mp4_file

COUNT = 10


def frames(channels: int, scale: int = 4, height: int = 8, width: int = 12) -> np.ndarray:
    """A bright bar that walks over a slope."""
    slope = np.linspace(0, 150, height * width * channels).reshape(1, height, width, channels)
    small = np.repeat(slope.astype(np.uint8), COUNT, axis=0)
    small[np.arange(COUNT), :, np.arange(COUNT)] = 230
    return enlarged(small, scale)


@pytest.mark.parametrize("channels", [1, 3])
def test_a_gif_shows_every_frame_and_loops(channels: int) -> None:
    wanted = frames(channels)
    content = gif_file(iter(wanted), fps=20)
    film = read_gif(content)
    assert film.durations == [50] * COUNT
    assert Image.open(io.BytesIO(content)).info["loop"] == 0
    off = np.abs(film.frames.astype(int) - wanted).max()
    assert off <= (0 if channels == 1 else 8)


def test_a_gif_keeps_hard_edges_in_colour() -> None:
    squares = read_gif(gif_file(frames(3, scale=4), fps=20)).frames[3].reshape(8, 4, 12, 4, 3)
    assert (squares == squares[:, :1, :, :1]).all()


@pytest.mark.parametrize("fps", [24, 30, 12.5])
def test_a_gif_lasts_as_long_as_its_frames_should(fps: float) -> None:
    durations = read_gif(gif_file(frames(1), fps)).durations
    assert sum(durations) == pytest.approx(1000 * COUNT / fps, abs=5)
    assert max(durations) - min(durations) <= 10


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize(("height", "width"), [(8, 12), (9, 13)])
def test_an_mp4_is_h264_in_yuv420p_with_even_sides_and_the_same_pictures(
    channels: int, height: int, width: int
) -> None:
    wanted = frames(channels, scale=5, height=height, width=width)
    film = read_mp4(mp4_file(iter(wanted), fps=24))
    assert film.stream.startswith("h264") and "yuv420p(tv, bt709," in film.stream and "24 fps" in film.stream
    assert film.frames.shape == (COUNT, 5 * height + 5 * height % 2, 5 * width + 5 * width % 2, 3)
    off = np.abs(film.frames[:, : 5 * height, : 5 * width].astype(int) - wanted)
    assert off.mean() < (1.5 if channels == 1 else 6)


def test_greys_of_an_mp4_are_right_to_one_level() -> None:
    greys = range(0, 256, 15)
    film = read_mp4(mp4_file([np.full((16, 16, 1), grey, dtype=np.uint8) for grey in greys], fps=24))
    np.testing.assert_allclose(film.frames.mean(axis=(1, 2, 3)), greys, atol=1.01)


@pytest.mark.parametrize("film", [gif_file, mp4_file])
def test_a_film_without_frames_is_refused(film) -> None:
    with pytest.raises(ValueError, match="There are no frames; a film needs one or more"):
        film(iter([]), 24)
