"""The pictures a model makes, for the metrics that judge pictures."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from vae_core.vae import VAE

BATCH = 256


@torch.inference_mode()
def reconstructed(vae: VAE, images: np.ndarray, labels: np.ndarray | None = None) -> np.ndarray:
    """E[x|z] at each posterior's mean, float32 (N, C, H, W) in [0, 1], of images uint8 (N, C, H, W) as they are.

    labels: int64 (N,), for a conditional model. Raises ValueError as ``VAE.encode``.
    """
    parts = []
    for start in range(0, len(images), BATCH):
        part, condition = slice(start, start + BATCH), _condition(vae, labels, start)
        latents = vae.encode(scaled(images[part]).to(vae.device), condition).mean
        parts.append(vae.decode_mean(latents, condition).cpu().numpy())
    return np.concatenate(parts)


@torch.inference_mode()
def generated(vae: VAE, count: int, seed: int, labels: np.ndarray | None = None) -> np.ndarray:
    """E[x|z] at z drawn from the prior, float32 (count, C, H, W) in [0, 1], repeatable by ``seed``.

    labels: int64 (count,), for a conditional model. The global random state is left as it was.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        latents = vae.prior().sample((count,))
    parts = [
        vae.decode_mean(latents[start : start + BATCH], _condition(vae, labels, start)).cpu().numpy()
        for start in range(0, count, BATCH)
    ]
    return np.concatenate(parts)


def scaled(images: np.ndarray) -> Tensor:
    """Images uint8 (N, C, H, W) as float32 in [0, 1]."""
    return torch.from_numpy(np.require(images, requirements="CW")).float() / 255


def _condition(vae: VAE, labels: np.ndarray | None, start: int) -> Tensor | None:
    if not vae.classes or labels is None:
        return None
    return torch.from_numpy(np.asarray(labels[start : start + BATCH], np.int64)).to(vae.device)
