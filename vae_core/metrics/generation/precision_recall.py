"""Precision and recall of generated images: are they real-looking, and is every kind of real image among them?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from vae_core.metrics.generation.frechet import check_features

NEIGHBOURS = 3
LARGEST_TABLE = 2**22  # distances held at once


@dataclass(frozen=True)
class PrecisionRecall:
    """precision: share of generated images among the real; recall: of real among the generated; in [0, 1]."""

    precision: float
    recall: float
    neighbours: int


def precision_recall(real: np.ndarray, generated: np.ndarray, neighbours: int = NEIGHBOURS) -> PrecisionRecall:
    """Improved precision and recall of features float (N, M), real, and (K, M), generated.

    A set's region is the union of balls around its points, each reaching to the point's ``neighbours``-th nearest in
    the same set. Raises ValueError when shapes disagree, a feature is not finite, neighbours is below 1 or a set has
    not more rows than neighbours. Source: Kynkäänniemi et al. 2019, equations 1 and 2.
    """
    if neighbours < 1:
        raise ValueError(f"neighbours is {neighbours}; a radius needs at least 1. Choose 1 or more.")
    check_features(real, generated, fewest=neighbours + 1)
    real_points, generated_points = (torch.from_numpy(np.array(part, dtype=np.float64)) for part in (real, generated))
    return PrecisionRecall(
        precision=_share_inside(generated_points, real_points, neighbours),
        recall=_share_inside(real_points, generated_points, neighbours),
        neighbours=neighbours,
    )


def _share_inside(points: Tensor, centres: Tensor, neighbours: int) -> float:
    batch = max(1, LARGEST_TABLE // len(centres))
    # the nearest of all is the point itself, at distance 0
    radii = torch.cat([_distances(part, centres).kthvalue(neighbours + 1).values for part in centres.split(batch)])
    inside = torch.cat([(_distances(part, centres) <= radii).any(dim=1) for part in points.split(batch)])
    return float(inside.double().mean())


def _distances(points: Tensor, centres: Tensor) -> Tensor:
    # without the shortcut by matrix product, which gives equal points a distance that is not 0
    return torch.cdist(points, centres, compute_mode="donot_use_mm_for_euclid_dist")
