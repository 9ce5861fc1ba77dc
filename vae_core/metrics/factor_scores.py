"""All disentanglement scores of one model on one set of images, under the factors' names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from vae_core.metrics.disentanglement import (
    dci,
    factor_vae_score,
    mutual_information_gap,
    separated_attribute_predictability,
)
from vae_core.metrics.disentanglement.factor_vae_score import GROUP_SIZE

WITHOUT_ORDER = frozenset({"shape", "orientation", "hue"})  # kinds, and circles, that no line through a latent fits


@dataclass(frozen=True, eq=False)
class KnownFactors:
    """values: int64 (N, F), what made each image. names: of the F factors. ordered: do the values lie on a line?"""

    values: np.ndarray
    names: tuple[str, ...]
    ordered: tuple[bool, ...]


@dataclass(frozen=True)
class FactorScore:
    """What one factor got from each metric, in [0, 1]; mig_latent and sap_latent say which latent holds it."""

    name: str
    mig: float
    mig_latent: int
    sap: float
    sap_latent: int
    sap_measure: str
    completeness: float
    informativeness: float
    factor_vae_accuracy: float | None


@dataclass(frozen=True)
class FactorScores:
    """Means over the factors, and each factor by itself. Disentanglement, completeness, informativeness: DCI.

    images: how many the scores are of; dci_images: how many DCI used. Chance of factor_vae: factor_vae_chance.
    """

    mig: float
    disentanglement: float
    completeness: float
    informativeness: float
    sap: float
    factor_vae: float
    factor_vae_chance: float
    factor_vae_group_size: int
    factors: tuple[FactorScore, ...]
    images: int
    dci_images: int

    def as_dict(self) -> dict[str, Any]:
        """All fields under their names, ready for JSON."""
        return {**vars(self), "factors": [dict(vars(factor)) for factor in self.factors]}


def known_factors(values: np.ndarray, names: tuple[str, ...]) -> KnownFactors | None:
    """The factors that take two values or more, of int64 (N, F); None when there is none.

    Shape, orientation and hue are taken for unordered, all others for ordered.
    """
    kept = [f for f in range(len(names)) if len(np.unique(values[:, f])) > 1]
    if not kept:
        return None
    chosen = tuple(names[f] for f in kept)
    return KnownFactors(values[:, kept], chosen, tuple(name not in WITHOUT_ORDER for name in chosen))


def score_factors(means: np.ndarray, known: KnownFactors, seed: int = 0) -> FactorScores:
    """MIG, DCI, SAP and FactorVAE score of posterior means float (N, D), repeatable by ``seed``.

    FactorVAE's groups hold 64 images, or as many as share a value where that is fewer. Raises ValueError as the
    metrics do.
    """
    gap = mutual_information_gap(means, known.values)
    importance = dci(means, known.values, known.ordered, seed)
    separated = separated_attribute_predictability(means, known.values, known.ordered)
    largest = [np.unique(column, return_counts=True)[1].max() for column in known.values.T]
    votes = factor_vae_score(means, known.values, np.random.default_rng(seed), int(min(GROUP_SIZE, *largest)))
    factors = tuple(
        FactorScore(
            name=name,
            mig=float(gap.gap[f]),
            mig_latent=int(gap.holder[f]),
            sap=float(separated.gap[f]),
            sap_latent=int(separated.holder[f]),
            sap_measure=separated.measure[f],
            completeness=float(importance.completeness_per_factor[f]),
            informativeness=float(importance.informativeness_per_factor[f]),
            factor_vae_accuracy=None if np.isnan(votes.accuracy[f]) else float(votes.accuracy[f]),
        )
        for f, name in enumerate(known.names)
    )
    return FactorScores(
        mig=gap.score,
        disentanglement=importance.disentanglement,
        completeness=importance.completeness,
        informativeness=importance.informativeness,
        sap=separated.score,
        factor_vae=votes.score,
        factor_vae_chance=votes.chance,
        factor_vae_group_size=votes.group_size,
        factors=factors,
        images=len(means),
        dci_images=importance.rows,
    )
