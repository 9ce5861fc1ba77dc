"""Tiny checkpoints with fixed weights: they stand in for trained models in every test."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import torch

from vae_core.checkpoint import save_config, save_evaluation, save_latents, save_weights
from vae_core.data import ImageSet, load_images
from vae_core.latents import encode_reference
from vae_core.metrics import evaluate_model
from vae_core.settings import Config, DataSettings, ModelSettings, TrainingSettings
from vae_core.vae import VAE

LABEL_NAMES = tuple("0123456789")


def tiny_checkpoints(root: Path) -> list[Path]:
    """Writes one checkpoint of each kind that a page must cope with under ``root``, and gives their paths.

    tiny-2d and tiny-8d: bundled digits, whose originals are on every machine; tiny-colour: convolutional, 3
    channels, not square, no labels, originals on no machine; tiny-1d: Bernoulli, too small for a plane.
    """
    colour, _ = digit_images((3, 12, 16), 40)
    return [
        tiny_checkpoint(root, "tiny-2d"),
        tiny_checkpoint(root, "tiny-8d", latent_dim=8, seed=1),
        tiny_checkpoint(
            root,
            "tiny-colour",
            network="conv",
            image_shape=(3, 12, 16),
            latent_dim=4,
            hidden=(8, 8),
            images=colour,
        ),
        tiny_checkpoint(root, "tiny-1d", latent_dim=1, likelihood="bernoulli"),
    ]


def tiny_checkpoint(
    root: Path,
    name: str = "tiny",
    *,
    network: str = "mlp",
    image_shape: tuple[int, int, int] = (1, 8, 8),
    latent_dim: int = 2,
    likelihood: str = "gaussian",
    hidden: tuple[int, ...] = (16,),
    images: np.ndarray | None = None,
    labels: np.ndarray | None = None,
    data: DataSettings | None = None,
    count: int | None = None,
    seed: int = 0,
    latents: bool = True,
    evaluation: bool = True,
    model: dict[str, Any] | None = None,
) -> Path:
    """Writes a checkpoint folder ``root/name`` and gives its path.

    The reference set is ``images`` uint8 (N, C, H, W) with ``labels`` (N,), or the first ``count`` of the
    bundled digits' test split, enlarged to the image shape. ``data`` tells what they are: by default the
    bundled digits at 8×8, and a set on no machine otherwise. ``model``
    holds further fields of ModelSettings. The weights are drawn from ``seed`` and large,
    so that pictures differ clearly from latent to latent.
    """
    if images is None:
        data = data or (_digits().settings() if image_shape == (1, 8, 8) else None)
        images, labels = digit_images(image_shape, count)
    settings = ModelSettings(
        network=network,
        image_shape=image_shape,
        latent_dim=latent_dim,
        likelihood=likelihood,
        hidden=hidden,
        **(model or {}),
    )
    vae = tiny_vae(settings, seed)
    folder = Path(root) / name
    save_config(folder, tiny_config(name, settings, data or _unknown_data(len(images), labels is not None)))
    save_weights(folder, vae)
    if latents:
        save_latents(folder, encode_reference(vae, images, labels, seed=seed))
    if evaluation:
        scores = evaluate_model(vae, images, seed=seed, labels=labels).as_dict()
        save_evaluation(folder, {**scores, "command": "made by tests/tiny.py"})
    return folder


def tiny_vae(settings: ModelSettings, seed: int = 0) -> VAE:
    """A VAE with fixed weights drawn from ``seed``, for use, whose pictures vary clearly over the prior."""
    generator = torch.Generator().manual_seed(seed)
    vae = VAE(settings).eval().requires_grad_(False)
    for parameter in vae.parameters():
        if parameter.ndim > 1:
            fan_in = parameter[0].numel()
            parameter.copy_(torch.randn(parameter.shape, generator=generator) * (2.5 / fan_in**0.5))
        elif parameter.ndim == 1:
            parameter.copy_(torch.randn(parameter.shape, generator=generator) * 0.3)
    return vae


def tiny_config(name: str, model: ModelSettings, data: DataSettings) -> Config:
    """A whole config around a model: one epoch of training that never took place."""
    training = TrainingSettings(epochs=1, batch_size=32, learning_rate=1e-3, seed=0, patience=1)
    return Config(name=name, model=model, data=data, training=training, created="2026-01-01")


def digit_images(
    image_shape: tuple[int, int, int] = (1, 8, 8), count: int | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """The first ``count`` digits of the bundled test split enlarged to ``image_shape``.

    Gives uint8 (N, C, H, W) and labels int64 (N,).
    """
    digits = _digits()
    test = digits.test[:count]
    channels, height, width = image_shape
    rows, columns = np.arange(height) * 8 // height, np.arange(width) * 8 // width
    enlarged = digits.images[test][:, :, rows][:, :, :, columns]
    return np.repeat(enlarged, channels, axis=1), digits.labels[test]


@cache
def _digits() -> ImageSet:
    return load_images("digits")


def _unknown_data(count: int, labelled: bool) -> DataSettings:
    return DataSettings(
        name="enlarged-digits",
        n_train=0,
        n_validation=0,
        n_test=count,
        split_seed=0,
        fingerprint="0" * 64,
        label_names=LABEL_NAMES if labelled else (),
        licence="CC BY 4.0",
        source="scikit-learn's bundled digits, enlarged",
    )
