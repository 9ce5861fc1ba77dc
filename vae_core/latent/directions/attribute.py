"""The direction in which an attribute grows: from latents that lack it to latents that have it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

Method = Literal["means", "classifier"]

METHODS: tuple[Method, ...] = ("means", "classifier")
HELD_OUT = 0.3
LEAST_LEFT = 1e-3  # of a direction's length: less is what rounding leaves of one that lies within the others


@dataclass(frozen=True)
class Consistency:
    """How well a direction tells held-out images apart, which had no part in making it.

    auc: share of pairs (one that has the attribute, one that lacks it) in the right order along the direction, in
    [0, 1], ties half. cohens_d: distance of the two groups' means along it in pooled standard deviations; infinite
    where neither group has any spread. fitted, held_out: how many images (having, lacking) made and judged it.
    """

    auc: float
    cohens_d: float
    fitted: tuple[int, int]
    held_out: tuple[int, int]


@dataclass(frozen=True, eq=False)
class AttributeDirection:
    """A direction in latent space and how far along it the two groups stand apart.

    direction: float32 (D,), of length 1. span: from the mean of those that lack the attribute to that of those that
    have it, along the direction, in latent units. method: how it was made. consistency: on held-out images.
    """

    direction: np.ndarray
    span: float
    method: Method
    consistency: Consistency

    def applied(self, latents: np.ndarray, amount: float) -> np.ndarray:
        """Latents float32 (..., D) moved by so many spans: 1 leads from lacking to having, −1 back."""
        return (np.asarray(latents) + np.float32(amount * self.span) * self.direction).astype(np.float32)


def attribute_direction(
    means: np.ndarray,
    having: np.ndarray,
    lacking: np.ndarray | None = None,
    method: Method = "means",
    orthogonal_to: Sequence[np.ndarray] = (),
    seed: int = 0,
) -> AttributeDirection:
    """The direction that leads from images that lack an attribute to images that have it.

    means: float (N, D), latents of images. having, lacking: int rows of them; lacking is all others where None.
    method: "means" for the difference of the groups' means; "classifier" for the normal of a logistic regression on
    standardised latents, both groups weighing the same. orthogonal_to: directions (D,) along which it must not move.
    A seeded 70 % of each group makes it, the rest judges it.
    Raises ValueError for a group of fewer than 2 images, an image in both, an unknown method, values that are not
    finite, groups with the same mean, and where nothing is left beside the other directions.
    Source: Larsen et al. 2016 (*Autoencoding beyond pixels*), section 4.1; White 2016 (*Sampling Generative Networks*),
    section 3; the normal: Shen et al. 2020 (*Interpreting the Latent Space of GANs*), section 3.
    """
    means = np.asarray(means, dtype=np.float64)
    groups = _checked_groups(means, having, lacking, method)
    allowed = _projection(orthogonal_to, means.shape[1])
    generator = np.random.default_rng(seed)
    (fit_having, judge_having), (fit_lacking, judge_lacking) = (_split(group, generator) for group in groups)
    made_of = means[fit_having], means[fit_lacking]
    wanted = (made_of[0].mean(axis=0) - made_of[1].mean(axis=0)) if method == "means" else _normal(*made_of, allowed)
    direction = _unit(wanted, allowed)
    along = [means[rows] @ direction for rows in (fit_having, fit_lacking, judge_having, judge_lacking)]
    consistency = _consistency(*along[2:], (len(along[0]), len(along[1])))
    span = float(along[0].mean() - along[1].mean())
    return AttributeDirection(direction.astype(np.float32), span, method, consistency)


def _checked_groups(
    means: np.ndarray, having: np.ndarray, lacking: np.ndarray | None, method: str
) -> tuple[np.ndarray, np.ndarray]:
    if method not in METHODS:
        raise ValueError(f"The method is {method!r}; it must be one of {', '.join(METHODS)}. Choose among these.")
    if means.ndim != 2 or not np.isfinite(means).all():
        raise ValueError(
            f"The means have shape {means.shape}; they must be (N, D) and finite. Encode the images again."
        )
    having = _rows(having, len(means))
    if lacking is None and len(having) == len(means):
        raise ValueError(
            f"All {len(means):,} images have the attribute; a direction needs others that lack it."
            " Choose a second group."
        )
    lacking = np.setdiff1d(np.arange(len(means)), having) if lacking is None else _rows(lacking, len(means))
    for group, name in ((having, "have the attribute"), (lacking, "lack it")):
        if len(group) < 2:
            raise ValueError(
                f"{len(group)} images {name}; a direction needs 2 or more, one to make it and one to judge it."
                " Add images to the group."
            )
    both = np.intersect1d(having, lacking)
    if len(both):
        raise ValueError(f"{len(both):,} images are in both groups, such as row {both[0]}. Take them out of one.")
    return having, lacking


def _rows(group: np.ndarray, count: int) -> np.ndarray:
    rows = np.unique(np.asarray(group, dtype=np.int64))
    if len(rows) and not (rows[0] >= 0 and rows[-1] < count):
        raise ValueError(f"A group names rows {rows[0]} to {rows[-1]}; there are 0 to {count - 1}. Choose among these.")
    return rows


def _split(rows: np.ndarray, generator: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Rows that make the direction and rows that judge it, each at least one."""
    shuffled = generator.permutation(rows)
    held_out = min(max(1, round(HELD_OUT * len(rows))), len(rows) - 1)
    return shuffled[held_out:], shuffled[:held_out]


def _projection(others: Sequence[np.ndarray], dimensions: int) -> np.ndarray:
    """The projection (D, D) onto what is orthogonal to all the others."""
    if not len(others):
        return np.eye(dimensions)
    rows = np.asarray(others, dtype=np.float64)
    if rows.shape[1:] != (dimensions,) or not np.isfinite(rows).all():
        raise ValueError(
            f"The other directions have shape {rows.shape}; they must be (K, {dimensions}) and finite."
            " Choose directions of the same model."
        )
    _, sizes, span = np.linalg.svd(rows, full_matrices=False)
    kept = span[sizes > LEAST_LEFT * max(sizes.max(), 1e-12)]
    return np.eye(dimensions) - kept.T @ kept


def _normal(having: np.ndarray, lacking: np.ndarray, allowed: np.ndarray) -> np.ndarray:
    """The normal (D,) of the plane that tells two groups (A, D) and (B, D) apart by what is allowed of them."""
    from sklearn.linear_model import LogisticRegression  # scikit-learn takes two seconds to import

    rows = np.concatenate([having, lacking]) @ allowed
    spread = rows.std(axis=0)
    spread[spread < 1e-9] = 1.0
    has = np.repeat([1, 0], [len(having), len(lacking)])
    reader = LogisticRegression(class_weight="balanced", max_iter=2000)
    return reader.fit((rows - rows.mean(axis=0)) / spread, has).coef_[0] / spread


def _unit(direction: np.ndarray, allowed: np.ndarray) -> np.ndarray:
    length = np.linalg.norm(direction)
    if length < 1e-9:
        raise ValueError(
            "The two groups have the same mean, so that nothing leads from one to the other. Choose others."
        )
    left = allowed @ (direction / length)
    if np.linalg.norm(left) < LEAST_LEFT:
        raise ValueError(
            "The direction lies within those that it must be orthogonal to; nothing is left of it."
            " Take one of them out."
        )
    return left / np.linalg.norm(left)


def _consistency(having: np.ndarray, lacking: np.ndarray, fitted: tuple[int, int]) -> Consistency:
    from sklearn.metrics import roc_auc_score

    has = np.repeat([1, 0], [len(having), len(lacking)])
    auc = float(roc_auc_score(has, np.concatenate([having, lacking])))
    return Consistency(auc, cohens_d(having, lacking), fitted, (len(having), len(lacking)))


def cohens_d(first: np.ndarray, second: np.ndarray) -> float:
    """The difference of two means in pooled standard deviations, of values (A,) and (B,).

    Zero for equal means, infinite for different means without any spread. Source: Cohen 1988, equation 2.5.1.
    """
    difference = float(first.mean() - second.mean())
    squares = np.square(first - first.mean()).sum() + np.square(second - second.mean()).sum()
    spread = float(np.sqrt(squares / max(len(first) + len(second) - 2, 1)))
    if spread > 0:
        return difference / spread
    return 0.0 if difference == 0 else float(np.copysign(np.inf, difference))
