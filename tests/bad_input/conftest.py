"""A server over tiny models, several of them broken, for all tests of bad input."""

from __future__ import annotations

import json
import pickle
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.live.conftest import wait_until_ready
from tests.tiny import digit_images, tiny_checkpoint
from tools.running_app import RunningApp, running_app
from vae_core.training.run_folder import first_status, write_status


@pytest.fixture(scope="package")
def models(tiny_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Tiny models, of which several are broken."""
    root = tmp_path_factory.mktemp("bad") / "checkpoints"
    shutil.copytree(tiny_root, root)
    for name in ("cut-off", "pickled", "wrong-shape", "newer"):
        tiny_checkpoint(root, name)
    tiny_checkpoint(root, "no-latents", latents=False, evaluation=False)
    weights = root / "cut-off" / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-100])
    (root / "pickled" / "model.safetensors").write_bytes(pickle.dumps({"weights": [1.0]}))
    change_config(root / "wrong-shape", lambda config: config["model"].update(image_shape=[1, 12, 12]))
    change_config(root / "newer", lambda config: config.update(format_version=99))
    point = {"posterior": "point"}
    tiny_checkpoint(root, "point", likelihood="cross-entropy", model=point, count=40, evaluation=False)
    tiny_checkpoint(root, "by-class", model={"classes": 10}, count=40, evaluation=False)
    images, labels = digit_images(count=40)
    tiny_checkpoint(root, "one-class", images=images, labels=np.zeros_like(labels))
    for name in ("one-place", "nan-latents"):
        change_latents(tiny_checkpoint(root, name), 0.5 if name == "one-place" else np.nan)
    return root


@pytest.fixture(scope="package")
def server(models: Path) -> Iterator[RunningApp]:
    """The app over these models."""
    with running_app(checkpoints=models) as app:
        wait_until_ready(app.url)
        yield app


def change_latents(folder: Path, value: float) -> None:
    """All stored means are 0.5, or one of them is NaN."""
    with np.load(folder / "latents.npz") as stored:
        arrays = dict(stored)
    arrays["mean"][... if np.isfinite(value) else (0, 0)] = value
    np.savez(folder / "latents.npz", **arrays)


def change_config(folder: Path, change) -> None:
    file = folder / "config.json"
    config = json.loads(file.read_text())
    change(config)
    file.write_text(json.dumps(config))


@pytest.fixture
def own_models(models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two models of this test's own, the first of which has a run that ended."""
    for name in ("tiny-2d", "tiny-8d"):
        shutil.copytree(models / name, tmp_path / name, ignore=shutil.ignore_patterns("notes"))
    monkeypatch.setenv("LATENT_EXPLORER_CHECKPOINTS", str(tmp_path))
    write_status(tmp_path / "tiny-2d", first_status("finished", 1, ""))
    return tmp_path
