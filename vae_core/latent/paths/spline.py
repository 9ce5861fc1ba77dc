"""One smooth curve through all keys."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from vae_core.latent.paths.keyed import KeyedPath, checked_keys, key_places

SMALLEST_GAP = 0.1  # of the average gap: between two keys that are one place, the curve has room to turn


def spline_through(keys: np.ndarray, steps: int) -> KeyedPath:
    """The natural cubic spline through keys float32 (K, D), in ``steps`` points altogether; straight for two keys.

    Its parameter grows with the square root of the distance from key to key ("centripetal"), so that unequal
    distances make no loops. Where all keys are one place, so is the path. Errors as ``linear_through``.
    Source: de Boor 1978; Lee 1989 (*Choosing nodes in parametric curve interpolation*), equation 4 with exponent 1/2.
    """
    from scipy.interpolate import CubicSpline  # takes a third of a second to import: only where it is used

    keys = checked_keys(keys)
    at = key_places(len(keys), steps)
    nodes = _nodes(keys.astype(np.float64))
    curve = CubicSpline(nodes, keys.astype(np.float64), bc_type="natural")
    parts = [
        np.linspace(start, end, int(stop - first), endpoint=False)
        for (start, end), (first, stop) in zip(pairwise(nodes), pairwise(at), strict=True)
    ]
    latents = curve(np.concatenate([*parts, nodes[-1:]])).astype(np.float32)
    latents[at] = keys
    return KeyedPath(latents, at)


def _nodes(keys: np.ndarray) -> np.ndarray:
    gaps = np.sqrt(np.linalg.norm(np.diff(keys, axis=0), axis=1))
    least = SMALLEST_GAP * gaps.mean() if gaps.any() else 1.0
    return np.concatenate([[0.0], np.cumsum(np.maximum(gaps, least))])
