"""Models of every kind to start on, and the routes of the live path without a server around them."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
from starlette.applications import Starlette
from starlette.testclient import TestClient

from live.routes import routes
from tests.tiny import tiny_checkpoint
from vae_core.checkpoint import save_density
from vae_core.data import DATA_SETS
from vae_core.latent import LatentDensity
from vae_core.settings import DataSettings


def models_to_start_on(tiny_root: Path, root: Path) -> None:
    """Copies the tiny models and adds a conditional one, a mixture prior, a fitted density, and one of MNIST's kind."""
    shutil.copytree(tiny_root, root)
    tiny_checkpoint(root, "by-class", model={"classes": 10}, count=60, evaluation=False)
    tiny_checkpoint(root, "mixed", model={"prior": "mixture", "prior_components": 3}, count=60, evaluation=False)
    tiny_checkpoint(root, "no-rows", latents=False, evaluation=False)
    tiny_checkpoint(root, "mnist-like", image_shape=(1, 28, 28), count=60, evaluation=False, data=mnist_settings())
    means = np.stack([np.full(8, -2.0), np.full(8, 3.0)])
    save_density(root / "tiny-8d", LatentDensity(np.array([0.4, 0.6]), means, np.ones((2, 8)), "train", rows=1258))


def mnist_settings() -> DataSettings:
    """Settings of a model that was trained on MNIST, whose images need not be on the machine."""
    names = DATA_SETS["mnist"].label_names
    return DataSettings(
        name="mnist", n_train=0, n_validation=0, n_test=60, split_seed=0, fingerprint="0" * 64, label_names=names
    )


def live_web() -> TestClient:
    """A client of the live routes in this process, as of a page of http://testserver."""
    return TestClient(Starlette(routes=routes()))
