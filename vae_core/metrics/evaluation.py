"""The scores of a model on one split, as ``evaluation.json`` keeps them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch

from vae_core.latents import encode_reference
from vae_core.metrics.activity import active_units, kl_per_dimension
from vae_core.metrics.likelihood import importance_weighted_nll
from vae_core.vae import VAE


@dataclass(frozen=True)
class Evaluation:
    """Scores averaged over images, in nats per image.

    negative_elbo = reconstruction + kl. importance_weighted_nll: over the first ``importance_images``; None
    when it was not asked for. pixels: what the likelihood judged. kl_per_dimension: of the display encoding.
    """

    split: str
    images: int
    seed: int
    pixels: str
    negative_elbo: float
    reconstruction: float
    kl: float
    kl_per_dimension: tuple[float, ...]
    active_units: int
    importance_weighted_nll: float | None
    importance_samples: int
    importance_images: int
    unit: str = "nats per image"

    def as_dict(self) -> dict[str, Any]:
        """All fields under their names, ready for JSON."""
        return {**asdict(self), "kl_per_dimension": list(self.kl_per_dimension)}


def evaluate_model(
    vae: VAE,
    images: np.ndarray,
    seed: int = 0,
    split: str = "test",
    importance_samples: int = 0,
    importance_images: int = 1000,
    labels: np.ndarray | None = None,
) -> Evaluation:
    """The scores of ``vae`` on all images uint8 (N, C, H, W) of a split, repeatable by ``seed``.

    ``labels``: int (N,), for a conditional model.
    With importance_samples > 0 the tighter estimate too, on the first ``importance_images`` of them.
    Raises ValueError when there is no image.
    """
    if len(images) == 0:
        raise ValueError("There are 0 images to evaluate on; at least 1 is needed. Choose a split that holds images.")
    latents = encode_reference(vae, images, labels, seed=seed, split=split)
    part = images[:importance_images] if importance_samples else images[:0]
    reconstruction, kl = float(latents.reconstruction.mean()), float(latents.kl.mean())
    return Evaluation(
        split=split,
        images=len(images),
        seed=seed,
        pixels=vae.likelihood.pixels,
        negative_elbo=reconstruction + kl,
        reconstruction=reconstruction,
        kl=kl,
        kl_per_dimension=tuple(kl_per_dimension(latents.mean, latents.std).tolist()),
        active_units=int(active_units(latents.mean).sum()),
        importance_weighted_nll=_importance_weighted(vae, part, importance_samples, seed),
        importance_samples=importance_samples,
        importance_images=len(part),
    )


def _importance_weighted(vae: VAE, images: np.ndarray, samples: int, seed: int) -> float | None:
    if len(images) == 0:
        return None
    generator = torch.Generator().manual_seed(seed)
    observed = vae.likelihood.observe(torch.from_numpy(images.copy()).float() / 255, generator)
    return float(importance_weighted_nll(vae, observed, samples, generator).mean(dtype=np.float64))
