"""Which latents a card shows: one typical image per class, so that the card tells what the model draws."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from store import LoadedModel

TILES = 10


@dataclass(frozen=True)
class Preview:
    """What a card decodes. weights: 16 hex digits; latents: float32 (TILES, D)."""

    weights: str
    shape: tuple[int, int, int]
    latents: np.ndarray


def preview_latents(model: LoadedModel, seed: int = 0) -> np.ndarray:
    """Latents float32 (TILES, D): of each class the posterior mean nearest to the class's centre.

    Without labels rows spread over the reference set; without a reference set draws from the prior, by the seed.
    """
    if model.latents is None:
        return model.sample_prior(TILES, seed)
    means, labels = model.latents.mean, model.latents.label
    typical = [] if labels is None else [_typical_row(means, labels == label) for label in np.unique(labels)[:TILES]]
    spread = np.linspace(0, len(means) - 1, TILES - len(typical)).astype(int)
    return means[[*typical, *spread]]


def _typical_row(means: np.ndarray, members: np.ndarray) -> int:
    rows = np.flatnonzero(members)
    distances = np.square(means[rows] - means[rows].mean(axis=0)).sum(axis=1)
    return int(rows[distances.argmin()])
