"""What the figures of the Anatomy page answer for models and numbers that cannot have them."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest

import store
from tests.bad_input.rows import check
from tests.live.starting import live_web
from tests.tiny import digit_images, tiny_checkpoint

MODELS: dict[str, dict[str, Any]] = {
    "plane": {},
    "three": {"latent_dim": 3},
    "classes": {"model": {"classes": 10}},
    "cost": {"likelihood": "cross-entropy"},
    "point": {"model": {"posterior": "point"}},
}
TRIED = [
    ("a grid over the latents of a model with three dimensions", "three", "grid", {}),
    ("log p(x) of a plain autoencoder", "point", "weights", {}),
    ("the ELBO of a model that was trained by a mere cost", "cost", "gap", {"mean": [0, 0], "std": [1, 1]}),
    ("a class that a conditional model does not know, in a figure", "classes", "weights", {"label": 10}),
    ("a q without spread", "plane", "gap", {"mean": [0, 0], "std": [0, 0]}),
    ("a gradient by a dimension that is not there", "plane", "gradients", {"dimension": 2}),
]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("figures")
    for name, fields in MODELS.items():
        tiny_checkpoint(folder, name, latents=False, evaluation=False, **fields)
    return folder


@pytest.mark.parametrize(("tried", "name", "figure", "body"), TRIED, ids=[row[0] for row in TRIED])
def test_each_is_refused_in_words(
    root: Path, monkeypatch: pytest.MonkeyPatch, tried: str, name: str, figure: str, body: dict[str, Any]
) -> None:
    monkeypatch.setenv("LATENT_EXPLORER_CHECKPOINTS", str(root))
    image = base64.b64encode(digit_images(count=1)[0][0].tobytes()).decode()
    with live_web() as web:
        answer = web.post(f"/live/anatomy/{name}/{store.model(name).weights}/{figure}", json={"image": image} | body)
    assert answer.status_code == 400
    check(tried, answer.text)
