"""What picture processing does without a model: one standard filter per kind of noise, and a smooth fill of holes."""

from __future__ import annotations

import numpy as np

from vae_core.repair.damage import Damage, blur_sigma

WINDOW = 3  # pixels to a side
DECONVOLUTIONS = 10
LEAST = 1e-6


def standard_filter_words(kind: str, has_hidden: bool) -> str:
    """The name of the filter that ``standard_filter`` takes for a kind of noise."""
    by_kind = {
        "gaussian": "Wiener filter",
        "speckle": "Wiener filter",
        "poisson": "Wiener filter",
        "salt-and-pepper": "median filter",
        "blur": "Richardson–Lucy deconvolution",
    }
    names = [by_kind[kind]] if kind in by_kind else []
    if has_hidden:
        names.append("smooth fill")
    return ", then ".join(names) or "nothing to filter"


def standard_filter(images: np.ndarray, visible: np.ndarray, damage: Damage) -> np.ndarray:
    """Pictures float32 (B, C, H, W) in [0, 1] after the filter that is usual for the kind of noise.

    images: damaged, float32 (B, C, H, W); visible: bool (B, 1, H, W). Noise with a spread: scipy's adaptive Wiener
    filter, 3×3, told the spread (Lee 1980). Salt and pepper: the median of 3×3. Blur: Richardson–Lucy, told the width,
    10 rounds (Richardson 1972, Lucy 1974). What is hidden is then filled so that each pixel is the mean of its
    neighbours (Laplace's equation).
    """
    filtered = np.asarray(images, dtype=np.float64)
    if damage.strength > 0 and damage.kind in _FILTERS:
        filter_plane = _FILTERS[damage.kind]
        filtered = np.stack([[filter_plane(plane, damage.strength) for plane in image] for image in filtered])
    shown = np.broadcast_to(visible, images.shape)
    filled = [
        [_filled(plane, there) for plane, there in zip(*pair, strict=True)]
        for pair in zip(filtered, shown, strict=True)
    ]
    return np.clip(np.nan_to_num(filled), 0, 1).astype(np.float32)


def _wiener(plane: np.ndarray, strength: float) -> np.ndarray:
    from scipy.signal import wiener

    with np.errstate(divide="ignore", invalid="ignore"):  # where a window is flat the mean is taken anyway
        return wiener(plane, WINDOW, strength**2)


def _wiener_of_signal(plane: np.ndarray, strength: float) -> np.ndarray:
    """The noise grows with the picture: its mean power over the picture is what the filter is told."""
    from scipy.signal import wiener

    with np.errstate(divide="ignore", invalid="ignore"):
        return wiener(plane, WINDOW, max(strength**2 * float(np.square(plane).mean()), LEAST))


def _median(plane: np.ndarray, strength: float) -> np.ndarray:
    from scipy.ndimage import median_filter

    return median_filter(plane, WINDOW)


def _richardson_lucy(plane: np.ndarray, strength: float) -> np.ndarray:
    from scipy.ndimage import gaussian_filter

    sigma = blur_sigma(*plane.shape, strength)
    found = np.full_like(plane, max(plane.mean(), LEAST))
    for _ in range(DECONVOLUTIONS):
        ratio = plane / np.maximum(gaussian_filter(found, sigma, mode="nearest"), LEAST)
        found = found * gaussian_filter(ratio, sigma, mode="nearest")
    return found


_FILTERS = {
    "gaussian": _wiener,
    "poisson": _wiener_of_signal,
    "speckle": _wiener_of_signal,
    "salt-and-pepper": _median,
    "blur": _richardson_lucy,
}


def _filled(plane: np.ndarray, visible: np.ndarray) -> np.ndarray:
    """The plane (H, W) with each hidden pixel the mean of its neighbours; black where nothing is visible."""
    hidden = np.flatnonzero(~visible)
    if not len(hidden):
        return plane
    if len(hidden) == plane.size:
        return np.zeros_like(plane)
    from scipy.sparse import coo_array
    from scipy.sparse.linalg import spsolve

    height, width = plane.shape
    place = np.full(plane.size, -1)
    place[hidden] = np.arange(len(hidden))
    rows, columns = np.divmod(hidden, width)
    around = [(rows - 1, columns), (rows + 1, columns), (rows, columns - 1), (rows, columns + 1)]
    counts, known, entries = np.zeros(len(hidden)), np.zeros(len(hidden)), []
    for down, right in around:
        inside = np.flatnonzero((down >= 0) & (down < height) & (right >= 0) & (right < width))
        other = down[inside] * width + right[inside]
        counts[inside] += 1
        seen = place[other] < 0
        known[inside[seen]] += plane.flat[other[seen]]
        entries.append((inside[~seen], place[other[~seen]]))
    own = np.arange(len(hidden))
    first = np.concatenate([own, *(pair[0] for pair in entries)])
    second = np.concatenate([own, *(pair[1] for pair in entries)])
    values = np.concatenate([counts, -np.ones(len(first) - len(own))])
    filled = plane.copy()
    filled.flat[hidden] = spsolve(coo_array((values, (first, second))).tocsc(), known)
    return filled
