"""Films, strips and frames along a path, made by the task in this process and taken apart again."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageSequence

import store
from jobs.film_task import film_task
from store import LoadedModel
from store.inference import decode
from tests.films import read_gif, read_mp4
from tests.tiny import tiny_checkpoint
from vae_core.pictures import enlarged

FRAMES = 9
PATH = np.linspace([-2, -2], [2, 2], FRAMES, dtype=np.float32)


class Reports(list):
    """Collects what a task reports."""

    def __call__(self, share: float, message: str = "", partial: object = None) -> None:
        self.append(share)


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LoadedModel:
    monkeypatch.setenv("LATENT_EXPLORER_CHECKPOINTS", str(tmp_path))
    tiny_checkpoint(tmp_path, "tiny", image_shape=(3, 8, 12))
    return store.model("tiny")


def made(tmp_path: Path, what: str, reports: Reports | None = None, **more: object) -> bytes:
    wanted = {"latents": PATH, "label": None, "scale": 4, "smooth": False, "fps": 20} | more
    return film_task(tmp_path, "tiny", what, report=Reports() if reports is None else reports, **wanted)


def wanted(model: LoadedModel) -> np.ndarray:
    return enlarged(decode(model.vae, PATH, np.zeros(FRAMES, np.int64)), 4)  # films are decoded by torch


def test_a_gif_has_a_frame_for_each_latent_in_hard_pixels(tmp_path: Path, model: LoadedModel) -> None:
    reports = Reports()
    film = read_gif(made(tmp_path, "gif", reports))
    assert film.frames.shape == (FRAMES, 32, 48, 3) and film.durations == [50] * FRAMES
    assert np.abs(film.frames.astype(int) - wanted(model)).max() <= 8  # 256 colours
    assert reports == sorted(reports) and len(reports) > 1


def test_an_mp4_has_a_frame_for_each_latent(tmp_path: Path, model: LoadedModel) -> None:
    film = read_mp4(made(tmp_path, "mp4", scale=16))
    assert film.frames.shape == (FRAMES, 128, 192, 3)
    # the middle of each square: colour has half the resolution at its edges
    middles = film.frames[:, 8::16, 8::16].astype(int)
    assert np.abs(middles - model.decode(PATH)).max() <= 12


def test_a_webp_loses_nothing(tmp_path: Path, model: LoadedModel) -> None:
    picture = Image.open(io.BytesIO(made(tmp_path, "webp")))
    assert (picture.format, picture.n_frames, picture.info["loop"]) == ("WEBP", FRAMES, 0)
    frames = np.stack([np.asarray(frame.convert("RGB")) for frame in ImageSequence.Iterator(picture)])
    assert np.array_equal(frames, wanted(model))


def test_a_strip_and_a_folder_hold_the_same_frames(tmp_path: Path, model: LoadedModel) -> None:
    strip = np.asarray(Image.open(io.BytesIO(made(tmp_path, "strip"))))
    with zipfile.ZipFile(io.BytesIO(made(tmp_path, "zip"))) as folder:
        names = folder.namelist()
        frames = [np.asarray(Image.open(io.BytesIO(folder.read(name)))) for name in names]
    assert names == [f"frame-{number:03d}.png" for number in range(1, FRAMES + 1)]
    assert np.array_equal(np.stack(frames), wanted(model))
    assert np.array_equal(strip, np.concatenate(frames, axis=1))


def test_a_grid_has_its_pictures_row_by_row_and_a_triangle_centred(tmp_path: Path, model: LoadedModel) -> None:
    def grid(what: str, columns: int | None, count: int) -> np.ndarray:
        return np.asarray(Image.open(io.BytesIO(made(tmp_path, what, latents=PATH[:count], columns=columns))))

    pictures = wanted(model)
    rows = [np.concatenate(pictures[start : start + 3], axis=1) for start in (0, 3, 6)]
    assert np.array_equal(grid("sheet", 3, 9), np.concatenate(rows))
    triangle = grid("triangle", 3, 6)
    assert triangle.shape == (96, 144, 3)
    assert np.array_equal(triangle[:32, 48:96], pictures[0]) and (triangle[:32, :48] == 255).all()
    assert np.array_equal(triangle[32:64, 24:120], np.concatenate(pictures[1:3], axis=1))
    assert np.array_equal(triangle[64:], np.concatenate(pictures[3:6], axis=1))
    assert np.array_equal(grid("picture", None, 1), pictures[0])


def test_a_conditional_model_draws_the_class(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LATENT_EXPLORER_CHECKPOINTS", str(tmp_path))
    tiny_checkpoint(tmp_path, "tiny", model={"classes": 10}, count=60, evaluation=False)
    films = [read_gif(made(tmp_path, "gif", label=label)).frames for label in (1, 7)]
    assert not np.array_equal(*films)


@pytest.mark.parametrize("latents", [np.zeros((3, 5)), np.zeros((0, 2)), np.full((2, 2), np.nan)])
def test_latents_that_do_not_fit_are_refused(tmp_path: Path, model: LoadedModel, latents: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"they must be finite, \(N, 2\)"):
        made(tmp_path, "gif", latents=latents)
