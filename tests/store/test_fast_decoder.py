"""The decoder that ONNX Runtime runs gives torch's pictures; where it cannot, torch decodes, and the log says why."""

from __future__ import annotations

import logging
from pathlib import Path

import numpy as np
import pytest
from torch import Tensor, nn

import store
from store.fast_decoder import fast_decoder
from store.inference import decode
from tests.tiny import tiny_checkpoint, tiny_vae
from vae_core.settings import ModelSettings

SETTINGS = ModelSettings(network="mlp", image_shape=(1, 8, 8), latent_dim=3, likelihood="bernoulli", hidden=(16,))


def some_latents(count: int, latent_dim: int) -> np.ndarray:
    return np.random.default_rng(count).normal(0, 1, (count, latent_dim)).astype(np.float32)


@pytest.mark.parametrize("name", ["digits-8d", "fashion-16d", "mnist-16d", "shapes-colour-10d"])
def test_shipped_models_decode_as_under_torch(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LATENT_EXPLORER_CHECKPOINTS", raising=False)
    model = store.model(name)
    for count in (1, 3, 40):
        latents, labels = some_latents(count, model.latent_dim), np.zeros(count, np.int64)
        found, wanted = model.decode(latents), decode(model.vae, latents, labels)
        assert found.dtype == np.uint8 and found.shape == wanted.shape
        assert np.abs(found.astype(int) - wanted).max() <= 1
        assert (found != wanted).mean() < 0.001
        assert found.std() > 10  # a picture, not a blank


def test_it_is_not_torch_that_decodes(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    vae = tiny_vae(SETTINGS)
    fast, latents = fast_decoder(vae, "tiny"), some_latents(2, 3)
    wanted = fast(latents, np.zeros(2, np.int64))
    monkeypatch.setattr("store.fast_decoder.decode", lambda *_: pytest.fail("torch decoded"))
    np.testing.assert_array_equal(fast(latents, np.zeros(2, np.int64)), wanted)


def test_what_does_not_fit_is_told_in_the_words_of_the_model(root: Path) -> None:
    tiny_checkpoint(root, "conditional", model={"classes": 10})
    model = store.model("conditional")
    with pytest.raises(ValueError, match=r"have shape \(1, 5\); this model takes \(B, 2\)"):
        model.decode(np.zeros((1, 5), np.float32))
    with pytest.raises(ValueError, match="this model knows 0 to 9"):
        model.decode(np.zeros((2, 2), np.float32), label=-1)


@pytest.mark.parametrize("count", [1, 27, 28, 100])
def test_a_list_that_threads_share_is_the_same_list(root: Path, monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    tiny_checkpoint(root, "conditional", model={"classes": 10})
    model = store.model("conditional")
    latents, labels = some_latents(count, 2), np.arange(count) % 10
    alone = model.decode(latents, labels)
    monkeypatch.setattr("store.fast_decoder._SHARES.most", 4)
    np.testing.assert_array_equal(model.decode(latents, labels), alone)
    assert len({picture.tobytes() for picture in alone}) > count // 2  # an order to be lost


class ByBatch(nn.Module):
    """Blacker with every row of the batch: a trace of it holds for one number of rows only."""

    def forward(self, pixels: Tensor) -> Tensor:
        return pixels - 3.0 * len(pixels)


class Unwritable(nn.Module):
    """Uses an operator that ONNX has not."""

    def forward(self, pixels: Tensor) -> Tensor:
        return pixels.cumprod(dim=1).frexp().mantissa


@pytest.mark.parametrize(
    ("layer", "why"), [(ByBatch(), "grey levels from torch's"), (Unwritable(), "cannot be written as ONNX")]
)
def test_torch_decodes_what_onnx_runtime_cannot(layer: nn.Module, why: str, caplog: pytest.LogCaptureFixture) -> None:
    vae = tiny_vae(SETTINGS)
    vae.decoder = nn.Sequential(vae.decoder, layer)
    with caplog.at_level(logging.WARNING):
        fast = fast_decoder(vae, "own-network")
    assert "own-network is decoded by torch" in caplog.text and why in caplog.text
    latents, labels = some_latents(4, 3), np.zeros(4, np.int64)
    np.testing.assert_array_equal(fast(latents, labels), decode(vae, latents, labels))
