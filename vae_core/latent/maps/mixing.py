"""Which classes lie among each other in a latent space, judged by the nearest neighbours of their images."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vae_core.latent.maps.errors import MapError, check_means

AT_MOST = 2000  # images that are judged: of more a sample, each against all
MOST_PAIRS = 12


@dataclass(frozen=True)
class MixedPair:
    """share: of the nearest neighbours of the images of two classes, `one` < `other`, that are of the other class."""

    one: int
    other: int
    share: float


@dataclass(frozen=True)
class ClassMixing:
    """pairs: the most mixed first, none without any. own: share of all neighbours that are of the image's own class.

    neighbours: how many of each image were looked at; judged_on: how many images.
    """

    pairs: tuple[MixedPair, ...]
    own: float
    neighbours: int
    judged_on: int


def class_mixing(
    means: np.ndarray, classes: np.ndarray, neighbours: int = 15, at_most: int = AT_MOST, seed: int = 0
) -> ClassMixing:
    """How far the classes int (N,) of latents float32 (N, D) lie among each other: by the `neighbours` nearest of each.

    Images of a class below 0 have none and are left out, as neighbours too. Of more than `at_most` images a sample
    drawn from the seed is judged; its neighbours are exact, by Euclidean distance, and taken among all. Fewer
    neighbours are taken where there are not enough images. Raises MapError for fewer than 2 images with a class, other
    shapes, or latents that are not finite.
    Source: the vote of k nearest neighbours (Cover and Hart 1967), told by pairs instead of as one error.
    """
    means, classes = check_means(means), np.asarray(classes)
    if classes.shape != (len(means),):
        raise MapError(f"There are {len(means)} latents and classes of shape {classes.shape}; each latent has one.")
    known = np.flatnonzero(classes >= 0)
    if len(known) < 2:
        raise MapError(f"{len(known)} images have a class; neighbours are compared among 2 or more. Label more images.")
    means, classes = means[known], classes[known].astype(np.int64)
    judged = np.sort(np.random.default_rng(seed).permutation(len(means))[:at_most])
    near = classes[_nearest_others(means, judged, min(neighbours, len(means) - 1))]
    own = classes[judged][:, None]
    return ClassMixing(_pairs(own, near), float((near == own).mean()), near.shape[1], len(judged))


def _nearest_others(means: np.ndarray, judged: np.ndarray, count: int) -> np.ndarray:
    """The `count` nearest of some rows but themselves, int (B, count); if equal latents push one out, but the last."""
    from vae_core.latent.maps.many_neighbours import nearest_of_many  # numba takes a second to import

    rows, _ = nearest_of_many(means, means[judged], count + 1)
    itself = rows == judged[:, None]
    itself[~itself.any(axis=1), -1] = True
    return rows[~itself].reshape(len(judged), count)


def _pairs(own: np.ndarray, near: np.ndarray) -> tuple[MixedPair, ...]:
    """Of the class of each judged image, int64 (B, 1), and those of its neighbours, int64 (B, k)."""
    both = np.stack(np.broadcast_arrays(own, near), axis=-1).reshape(-1, 2)
    strangers = np.sort(both[both[:, 0] != both[:, 1]], axis=1)
    pairs, strange = np.unique(strangers, axis=0, return_counts=True)
    looked_at = np.bincount(both[:, 0], minlength=int(near.max()) + 1)
    found = [
        MixedPair(int(one), int(other), float(count / (looked_at[one] + looked_at[other])))
        for (one, other), count in zip(pairs, strange, strict=True)
    ]
    return tuple(sorted(found, key=lambda pair: (-pair.share, pair.one, pair.other))[:MOST_PAIRS])
