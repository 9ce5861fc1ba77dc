"""A map turned, mirrored and moved onto an earlier one, so that a refit does not flip it."""

from __future__ import annotations

import numpy as np

from vae_core.latent.maps.errors import MapError


def aligned(
    points: np.ndarray,
    to_points: np.ndarray,
    rows: np.ndarray | None = None,
    to_rows: np.ndarray | None = None,
    mirror: bool = True,
) -> np.ndarray:
    """The points float32 (N, K) turned and moved as near as can be to those of another map float32 (M, K).

    rows, to_rows: int (C,), the rows of the two maps that are the same images; None when all rows are, in order.
    mirror: whether the map may also be mirrored. Its scale stays, so distances between points do not change. Without a
    common image the points come back as they are. Raises MapError when the maps have other dimensions, or rows differ
    in number. Source: Schönemann 1966, A generalized solution of the orthogonal Procrustes problem.
    """
    own, other = (
        values if chosen is None else values[chosen] for values, chosen in ((points, rows), (to_points, to_rows))
    )
    if own.shape != other.shape:
        raise MapError(f"The common points have shape {own.shape} and {other.shape}; they must be alike.")
    if len(own) == 0:
        return points.astype(np.float32)
    centre, goal = own.mean(axis=0, dtype=np.float64), other.mean(axis=0, dtype=np.float64)
    left, _, right = np.linalg.svd((own - centre).T @ (other - goal))
    turn = left @ right
    if not mirror and np.linalg.det(turn) < 0:
        left[:, -1] *= -1
        turn = left @ right
    return ((points - centre) @ turn + goal).astype(np.float32)
