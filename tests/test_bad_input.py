"""Rows of docs/bad-input.md that need no server, and whether every row was tried, here or in tests/bad_input."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.bad_input.rows import check
from tests.tiny import tiny_checkpoint
from tools.running_app import PROJECT
from vae_core import ModelSettings, TrainingSettings, elbo, load_checkpoint
from vae_core.data import DataError, from_arrays
from vae_core.data.idx import write_idx
from vae_core.training import train_model

pytestmark = pytest.mark.usefixtures("warm_processes")


def command_line(*arguments: str) -> str:
    """What the command line says when it refuses, its line breaks taken out."""
    run = subprocess.run(
        [sys.executable, "-m", "vae_core", *arguments], cwd=PROJECT, capture_output=True, text=True, timeout=120
    )
    assert run.returncode != 0
    assert "Traceback" not in run.stderr
    return re.sub(r"[\s│]+", " ", run.stderr)


def test_a_file_that_is_no_idx_file(tmp_path: Path) -> None:
    (tmp_path / "train-images-idx3-ubyte").write_bytes(b"\x89PNG\r\n and then some")
    out = tmp_path / "checkpoints" / "out"
    check("non-IDX file", command_line("train", "--data", "mnist", "--data-dir", str(tmp_path), "--out", str(out)))
    assert not out.exists()


def test_an_empty_folder(tmp_path: Path) -> None:
    folder = tmp_path / "mnist-files"
    folder.mkdir()
    answer = command_line("train", "--data", "mnist", "--data-dir", str(folder), "--out", str(tmp_path / "out"))
    check("empty folder", answer)


def test_a_folder_that_holds_a_run(tmp_path: Path) -> None:
    folder = tiny_checkpoint(tmp_path, "taken")
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    check("a folder that holds a run", command_line("train", "--data", "digits", "--out", str(folder)))
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before


def test_an_option_that_the_objective_does_not_take(tmp_path: Path) -> None:
    out = tmp_path / "out"
    answer = command_line("train", "--objective", "iwae", "--beta", "4", "--out", str(out))
    check("an option that the objective does not take", answer)
    assert not out.exists()


def test_a_condition_without_labels(tmp_path: Path) -> None:
    (tmp_path / "faces").mkdir()
    write_idx(tmp_path / "faces" / "train-images-idx3-ubyte", np.zeros((40, 8, 8), np.uint8))
    options = ["--data", "faces", "--data-dir", str(tmp_path), "--conditional", "--out", str(tmp_path / "out")]
    check("a condition without labels", command_line("train", *options))


def test_a_falling_learning_rate_that_never_arrives(tmp_path: Path) -> None:
    answer = command_line("train", "--schedule", "exponential", "--out", str(tmp_path / "out"))
    check("a falling learning rate that never arrives", answer)


def test_grey_pixels_under_bernoulli(tiny_root: Path) -> None:
    vae = load_checkpoint(tiny_root / "tiny-1d").vae
    with pytest.raises(ValueError) as refused:
        elbo(vae, torch.full((1, 1, 8, 8), 0.5), torch.Generator())
    check("grey pixels under a Bernoulli likelihood", str(refused.value))


PLAIN = np.random.default_rng(0).integers(0, 256, (20, 8, 8), dtype=np.uint8)
BROKEN = np.where(np.arange(20)[:, None, None] == 3, np.nan, PLAIN / 255)


@pytest.mark.parametrize(
    ("tried", "images", "labels"),
    [
        ("NaN or infinite pixels", BROKEN, None),
        ("floats in 0..255", np.linspace(0, 255, 1280).reshape(20, 8, 8), None),
        ("one image", PLAIN[:1], None),
        ("labels of the wrong length", PLAIN, np.zeros(19, int)),
    ],
)
def test_arrays_that_no_model_can_learn_from(tried: str, images: np.ndarray, labels: np.ndarray | None) -> None:
    with pytest.raises(DataError) as refused:
        from_arrays(images, labels)
    check(tried, str(refused.value))


@pytest.mark.parametrize(
    ("tried", "images", "batch_size"),
    [("constant images", np.full_like(PLAIN, 128), 5), ("a batch larger than the data", PLAIN, 1000)],
)
def test_odd_data_that_trains(tried: str, images: np.ndarray, batch_size: int, tmp_path: Path) -> None:
    model = ModelSettings(network="mlp", image_shape=(1, 8, 8), latent_dim=2, likelihood="gaussian", hidden=(8,))
    training = TrainingSettings(epochs=3, batch_size=batch_size, learning_rate=1e-3, patience=9)
    result = train_model(from_arrays(images), model, training, tmp_path / "odd")
    assert result.epochs == 3 and np.isfinite(result.evaluation["negative_elbo"])
    check(tried, "")


def test_a_learning_rate_at_which_the_loss_diverges(tmp_path: Path) -> None:
    tried = "a learning rate at which the loss diverges"
    check(tried, command_line("train", "--lr", "1e20", "--epochs", "2", "--out", str(tmp_path / "wild")))
    assert not (tmp_path / "wild" / "model.safetensors").exists()


def test_no_latent_dimension_at_all(tmp_path: Path) -> None:
    check("latent size 0", command_line("train", "--latent-dim", "0", "--out", str(tmp_path / "none")))
