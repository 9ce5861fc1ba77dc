"""Encoded data sets on disk, by id: those that are larger than the reference set of a checkpoint."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from store.cache_files import is_kept, move_aside, read_kept, write_kept

LATENTS = "latents"


@dataclass(frozen=True, eq=False)
class Encoded:
    """N encoded images of a data set, row by row.

    mean, std: float32 (N, D), of the posteriors. kl, reconstruction: float32 (N,), nats per image. image_hash:
    uint64 (N,). label: int16 (N,) or None. split: int8 (N,), 0 train, 1 validation, 2 test. data_row: int64 (N,), the
    row in the data set. Raises ValueError when shapes disagree or a mean is not finite.
    """

    mean: np.ndarray
    std: np.ndarray
    kl: np.ndarray
    reconstruction: np.ndarray
    image_hash: np.ndarray
    split: np.ndarray
    data_row: np.ndarray
    label: np.ndarray | None = None

    def __post_init__(self) -> None:
        if self.mean.ndim != 2 or self.mean.size == 0:
            raise ValueError(f"mean has shape {self.mean.shape}; it must be (N, D) with at least one row")
        for field, values in self.arrays().items():
            wanted = self.mean.shape if field in ("mean", "std") else self.mean.shape[:1]
            if values.shape != wanted:
                raise ValueError(f"{field} has shape {values.shape}; it must be {wanted}")
        if not np.isfinite(self.mean).all():
            raise ValueError("mean holds NaN or infinite numbers; all must be finite")

    def __len__(self) -> int:
        return len(self.mean)

    def arrays(self) -> dict[str, np.ndarray]:
        """What there is, by field."""
        found = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: values for name, values in found.items() if values is not None}


def is_encoded(name: str) -> bool:
    """Whether there is a file of this id; it is not opened."""
    return is_kept(LATENTS, name)


def load_encoded(name: str) -> Encoded | None:
    """The encoded images of this id; None when there are none, or the file was damaged (logged and moved aside)."""
    arrays = read_kept(LATENTS, name)
    if arrays is None:
        return None
    try:
        return Encoded(**arrays)
    except (ValueError, TypeError) as problem:
        move_aside(LATENTS, name, problem)
        return None


def save_encoded(name: str, encoded: Encoded) -> None:
    """Keeps encoded images under an id. Raises CacheError when the folder cannot be written."""
    write_kept(LATENTS, name, encoded.arrays())
