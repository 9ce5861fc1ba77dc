"""``density.npz``: the density fitted to the posterior means after training. Optional."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np

from vae_core.checkpoint.arrays import WAY_OUT, as_type, read_arrays
from vae_core.checkpoint.config_file import load_config
from vae_core.checkpoint.errors import BrokenCheckpoint, shown
from vae_core.checkpoint.folder import write_atomic
from vae_core.latent.density import LatentDensity

DENSITY_FILE = "density.npz"
REQUIRED = ("weights", "means", "covariances", "split", "rows")


def save_density(folder: Path, density: LatentDensity) -> None:
    """Writes ``density.npz`` atomically."""
    buffer = io.BytesIO()
    np.savez_compressed(
        buffer,
        weights=density.weights,
        means=density.means,
        covariances=density.covariances,
        split=np.array(density.split),
        rows=np.array(density.rows),
    )
    write_atomic(Path(folder) / DENSITY_FILE, buffer.getvalue())


def load_density(folder: Path) -> LatentDensity | None:
    """The density of a checkpoint, its arrays read-only; None when it has no ``density.npz``, as older ones.

    Raises BrokenCheckpoint when the file is damaged, holds pickled objects or no density, or has another latent
    dimension than ``config.json``; and what ``load_config`` raises.
    """
    file = Path(folder) / DENSITY_FILE
    latent_dim = load_config(folder).model.latent_dim
    if not file.exists():
        return None
    density = _density(file, read_arrays(file))
    if density.means.shape[1] != latent_dim:
        raise BrokenCheckpoint(
            f"{shown(file)} holds a density of {density.means.shape[1]} dimensions; config.json says {latent_dim}."
            f" {WAY_OUT}"
        )
    return density


def _density(file: Path, arrays: dict[str, np.ndarray]) -> LatentDensity:
    missing = [name for name in REQUIRED if name not in arrays]
    if missing:
        raise BrokenCheckpoint(f"{shown(file)} has no array {missing[0]!r}. {WAY_OUT}")
    try:
        numbers = [as_type(arrays[name], np.float64) for name in ("weights", "means", "covariances")]
        return LatentDensity(*numbers, split=str(arrays["split"]), rows=int(arrays["rows"]))
    except (ValueError, TypeError) as error:
        raise BrokenCheckpoint(f"{shown(file)} does not fit: {error}. {WAY_OUT}") from None
