"""The reference set in the latent space: where each test image lies, its scores and a hash of its pixels."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from vae_core.latent.ranges import quantile_ranges
from vae_core.objectives import elbo
from vae_core.vae import VAE


@dataclass(frozen=True, eq=False)
class Latents:
    """Posterior and scores of N images, row by row in the order of their split.

    mean, std: float32 (N, D). image_hash: uint64 (N,). kl, reconstruction: float32 (N,), nats per image.
    label: int16 (N,), or None. Raises ValueError when shapes disagree or a value is not finite.
    """

    mean: np.ndarray
    std: np.ndarray
    image_hash: np.ndarray
    kl: np.ndarray
    reconstruction: np.ndarray
    label: np.ndarray | None = None
    split: str = "test"

    def __post_init__(self) -> None:
        if self.mean.ndim != 2 or self.mean.size == 0:
            raise ValueError(f"mean has shape {self.mean.shape}; it must be (N, D) with at least one row")
        for field, wanted in self._wanted_shapes().items():
            found = getattr(self, field).shape
            if found != wanted:
                raise ValueError(f"{field} has shape {found}; it must be {wanted}, as mean has shape {self.mean.shape}")
        for field in ("mean", "std", "kl", "reconstruction"):
            bad = int((~np.isfinite(getattr(self, field))).sum())
            if bad:
                raise ValueError(f"{field} holds {bad} values that are NaN or infinite; all must be finite")
        if not (self.std > 0).all():
            raise ValueError(f"std has the value {self.std.min()}; a spread must be above 0")

    def _wanted_shapes(self) -> dict[str, tuple[int, ...]]:
        rows = self.mean.shape[:1]
        shapes = {"std": self.mean.shape, "image_hash": rows, "kl": rows, "reconstruction": rows}
        return shapes if self.label is None else {**shapes, "label": rows}

    def __len__(self) -> int:
        return len(self.mean)


def image_hashes(images: np.ndarray) -> np.ndarray:
    """One hash per image, uint64 (N,): BLAKE2b of its pixel bytes, 8 bytes long, read little-endian.

    images: uint8 (N, C, H, W). Raises ValueError for another dtype: a hash of scaled pixels matches nothing.
    """
    if images.dtype != np.uint8:
        raise ValueError(f"The images are {images.dtype}; hashes are of uint8 pixels. Pass the images unscaled.")
    digests = b"".join(hashlib.blake2b(image.tobytes(), digest_size=8).digest() for image in images)
    return np.frombuffer(digests, dtype="<u8").astype(np.uint64)


@torch.inference_mode()
def encode_reference(
    vae: VAE,
    images: np.ndarray,
    labels: np.ndarray | None,
    batch: int = 512,
    seed: int = 0,
    split: str = "test",
) -> Latents:
    """Posterior and scores of images uint8 (N, C, H, W); labels int (N,) or None, which a conditional model needs.

    mean and std encode the grey values / 255, for display, under any likelihood. kl and reconstruction are
    the terms of one ELBO draw of what the likelihood observes (binarised pixels under Bernoulli), seeded by
    ``seed``. A plain autoencoder has kl 0. Raises ValueError when a conditional model is given no labels.
    """
    generator = torch.Generator().manual_seed(seed)
    parts = [
        _encode_batch(
            vae, images[start : start + batch], conditions(vae, labels, slice(start, start + batch)), generator
        )
        for start in range(0, len(images), batch)
    ]
    mean, std, kl, reconstruction = (np.concatenate(column) for column in zip(*parts, strict=True))
    label = None if labels is None else np.asarray(labels).astype(np.int16)
    return Latents(mean, std, image_hashes(images), kl, reconstruction, label, split)


@torch.inference_mode()
def posterior_means(vae: VAE, images: np.ndarray, labels: np.ndarray | None, batch: int = 512) -> np.ndarray:
    """Posterior means float32 (N, D) of the grey values of images uint8 (N, C, H, W).

    labels: int (N,) or None, which a conditional model needs.
    """
    parts = []
    for start in range(0, len(images), batch):
        rows = slice(start, start + batch)
        grey = torch.from_numpy(np.require(images[rows], requirements="CW")).float() / 255
        parts.append(vae.encode(grey, conditions(vae, labels, rows)).mean.numpy())
    return np.concatenate(parts)


def conditions(vae: VAE, labels: np.ndarray | None, rows: slice | np.ndarray = slice(None)) -> Tensor | None:
    """The labels of these rows for a conditional model, int64; None for any other, whose images may have labels too."""
    return torch.from_numpy(np.asarray(labels[rows], dtype=np.int64)) if vae.classes and labels is not None else None


def _encode_batch(
    vae: VAE, images: np.ndarray, labels: Tensor | None, generator: torch.Generator
) -> tuple[np.ndarray, ...]:
    grey = torch.from_numpy(np.require(images, requirements="CW")).float() / 255
    posterior = vae.encode(grey, labels)
    terms = elbo(vae, vae.likelihood.observe(grey, generator), generator, labels=labels)
    return tuple(part.numpy() for part in (posterior.mean, posterior.stddev, terms.kl, terms.reconstruction))


def aggregated_draws(latents: Latents, seed: int = 0) -> np.ndarray:
    """Draws from the aggregated posterior, float32 (N, D): one mean + std · ε per row, the same for the same seed."""
    noise = np.random.default_rng(seed).standard_normal(latents.mean.shape, dtype=np.float32)
    return latents.mean + latents.std * noise


def aggregated_range(latents: Latents, seed: int = 0, low: float = 0.005, high: float = 0.995) -> np.ndarray:
    """The range of each dimension, float32 (D, 2): quantiles low and high of the aggregated posterior.

    They are those of `aggregated_draws`, so that a dimension that means nothing keeps the prior's range.
    """
    return quantile_ranges(aggregated_draws(latents, seed), low, high)
