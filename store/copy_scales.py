"""How near a model's pictures of unseen images come to its training images: measured once, kept in the app's cache."""

from __future__ import annotations

import hashlib

import numpy as np

from store.cache_files import move_aside, read_kept, write_kept

SCALES = "scales"
VERSION = "copies-1"  # of what is measured; older files count as not there
FIELD = "distances"


def copy_scale_id(weights: str, data_fingerprint: str, unseen: int) -> str:
    """The id of a scale: of the model's weights, of its data, and of how many held-out images it is made."""
    facts = "/".join([VERSION, weights, data_fingerprint, str(unseen)])
    return hashlib.sha256(facts.encode()).hexdigest()[:16]


def load_copy_scale(name: str) -> np.ndarray | None:
    """The distances float64 (M,) of this id; None when there are none, or the file was damaged (moved aside)."""
    arrays = read_kept(SCALES, name)
    if arrays is None:
        return None
    distances = arrays.get(FIELD)
    if distances is None or distances.ndim != 1 or len(distances) == 0 or not np.isfinite(distances).all():
        move_aside(SCALES, name, f"it holds {sorted(arrays)}; a scale has finite {FIELD}")
        return None
    return distances


def save_copy_scale(name: str, distances: np.ndarray) -> None:
    """Keeps distances float64 (M,) under their id. Raises CacheError when the folder cannot be written."""
    write_kept(SCALES, name, {FIELD: distances})
