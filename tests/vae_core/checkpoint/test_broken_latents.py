"""Each way to break the reference set or the scores gives an error; no damage gives anything else."""

from __future__ import annotations

import io
import pickle
import random
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.vae_core.checkpoint.breaking import (
    CONFIG,
    LATENTS,
    WEIGHTS,
    Harmful,
    edit_latents,
    message_of,
)
from vae_core.checkpoint import (
    BrokenCheckpoint,
    CheckpointError,
    load_checkpoint,
    load_evaluation,
    load_latents,
    save_latents,
)

# latents.npz


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (
            lambda a: a.update(mean=a["mean"][:, :1], std=a["std"][:, :1]),
            "latents of 1 dimensions; config.json says 2",
        ),
        (lambda a: a.update(mean=a["mean"][:, 0]), r"mean has shape (359,); it must be (N, D)"),
        (lambda a: a.update(std=a["std"][:-1]), "std has shape (358, 2); it must be (359, 2)"),
        (
            lambda a: a.update(image_hash=a["image_hash"][1:]),
            "image_hash has shape (358,); it must be (359,)",
        ),
        (lambda a: a["mean"].__setitem__((5, 1), np.nan), "mean holds 1 values that are NaN or infinite"),
        (lambda a: a["kl"].__setitem__(5, np.inf), "kl holds 1 values that are NaN or infinite"),
        (lambda a: a["std"].__setitem__((0, 0), -1), "a spread must be above 0"),
        (lambda a: a.pop("image_hash"), "has no array 'image_hash'"),
        (lambda a: a.update(mean=a["mean"].astype(str)), "stands where float32 must"),
        (lambda a: a.update(image_hash=a["image_hash"].astype(float)), "float64 stands where uint64 must"),
    ],
)
def test_latents_that_do_not_fit(folder: Path, change: Callable[[dict], object], fault: str) -> None:
    edit_latents(folder, change)
    message = message_of(lambda: load_latents(folder), BrokenCheckpoint)
    assert message.startswith("tiny/latents.npz ")
    assert fault in message
    assert "python -m vae_core evaluate" in message


@pytest.mark.parametrize("field", ["mean", "label"])
def test_pickled_objects_in_latents_are_not_opened(folder: Path, field: str) -> None:
    trace = folder.parent / "harm"
    edit_latents(folder, lambda arrays: arrays.update({field: np.array([Harmful(trace)], dtype=object)}))
    message = message_of(lambda: load_latents(folder), BrokenCheckpoint)
    assert "tiny/latents.npz cannot be read (it holds pickled objects, which are never opened" in message
    assert not trace.exists()


@pytest.mark.parametrize("content", [b"", b"rubbish", b"PK\x03\x04", pickle.dumps([1, 2])])
def test_latents_that_are_no_npz(folder: Path, content: bytes) -> None:
    (folder / LATENTS).write_bytes(content)
    message = message_of(lambda: load_latents(folder), BrokenCheckpoint)
    assert "tiny/latents.npz cannot be read (damaged or not an npz file" in message


def test_truncated_latents(folder: Path) -> None:
    content = (folder / LATENTS).read_bytes()
    (folder / LATENTS).write_bytes(content[: len(content) // 2])
    assert "tiny/latents.npz cannot be read" in message_of(lambda: load_latents(folder), BrokenCheckpoint)


def test_latents_that_unpack_to_far_too_much(folder: Path) -> None:
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "<f4", "fortran_order": False, "shape": (10**12, 2)})
    with zipfile.ZipFile(folder / LATENTS, "w") as archive:
        archive.writestr("mean.npy", header.getvalue())
    assert "tiny/latents.npz cannot be read" in message_of(lambda: load_latents(folder), BrokenCheckpoint)


def test_broken_latents_leave_the_model_usable(folder: Path) -> None:
    (folder / LATENTS).write_bytes(b"")
    assert load_checkpoint(folder).vae.latent_dim == 2


# evaluation.json


def test_broken_evaluation(folder: Path) -> None:
    (folder / "evaluation.json").write_text("{")
    assert "tiny/evaluation.json is not JSON" in message_of(lambda: load_evaluation(folder), BrokenCheckpoint)


# Any damage at all


@settings(deadline=None, max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from([CONFIG, WEIGHTS, LATENTS]), st.integers(0, 2**32), st.integers(1, 8))
def test_random_damage_gives_a_checkpoint_error_or_a_usable_model(
    folder: Path, name: str, seed: int, changes: int
) -> None:
    whole = (folder / name).read_bytes()
    damaged, dice = bytearray(whole), random.Random(seed)
    for _ in range(changes):
        damaged[dice.randrange(min(len(damaged), 1500))] = dice.randrange(256)
    (folder / name).write_bytes(damaged)
    try:
        vae = load_checkpoint(folder).vae
        assert vae.decode_mean(torch.zeros(1, 2)).shape == (1, 1, 8, 8)
        load_latents(folder)
    except CheckpointError as error:
        assert "tiny/" in str(error)
    finally:
        (folder / name).write_bytes(whole)


@pytest.mark.parametrize("label", [-1, 10])
def test_labels_without_a_name_are_told(folder: Path, label: int) -> None:
    latents = load_latents(folder)
    labels = latents.label.copy()
    labels[0] = label
    save_latents(folder, replace(latents, label=labels))
    with pytest.raises(BrokenCheckpoint, match=r"holds labels from .* config.json names 10, from 0 on"):
        load_latents(folder)
