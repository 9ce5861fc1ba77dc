"""Models of every kind to start on, and the routes of the live path without a server around them."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
from httpx import Response
from starlette.applications import Starlette
from starlette.testclient import TestClient

import store
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


class StartClient:
    """Asks the live routes in this process where to start; every address has the model's present weights."""

    def __init__(self, web: TestClient) -> None:
        self._web = web

    def get(self, room: str, name: str, query: str = "") -> Response:
        return self._web.get(_place(room, name, query))

    def latent(self, name: str, query: str) -> dict[str, Any]:
        """The latent to start from and what is said about it."""
        return _content(self.get("latent", name, query))

    def rows(self, name: str, query: str = "") -> dict[str, Any]:
        """The rows, and how many images each label has."""
        return _content(self.get("rows", name, query))

    def send(self, name: str, picture: bytes, query: str = "", **headers: str) -> Response:
        """The answer to a picture file."""
        return self._web.post(_place("image", name, query), content=picture, headers=headers)


def floats(values: list[float]) -> np.ndarray:
    """float32 of the numbers in an answer."""
    return np.array(values, dtype=np.float32)


def refusal(answer: Response) -> tuple[int, str]:
    """The status and the reason of an answer that is none."""
    return answer.status_code, answer.json()["reason"]


def _place(room: str, name: str, query: str) -> str:
    return f"/live/{room}/{name}/{store.model(name).weights}{query and '?'}{query}"


def _content(answer: Response) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    return answer.json()
