"""``latents.npz``: the reference set in the latent space, without pixels."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np

from vae_core.checkpoint.arrays import WAY_OUT, as_type, read_arrays
from vae_core.checkpoint.config_file import load_config
from vae_core.checkpoint.errors import BrokenCheckpoint, shown
from vae_core.checkpoint.folder import write_atomic
from vae_core.latents import Latents

LATENTS_FILE = "latents.npz"
REQUIRED = ("mean", "std", "image_hash", "kl", "reconstruction", "split")


def save_latents(folder: Path, latents: Latents) -> None:
    """Writes ``latents.npz`` atomically; means and spreads as float16 where that holds their range."""
    arrays = {
        "mean": _compact(latents.mean),
        "std": _compact(latents.std),
        "image_hash": latents.image_hash.astype(np.uint64),
        "kl": latents.kl.astype(np.float32),
        "reconstruction": latents.reconstruction.astype(np.float32),
        "split": np.array(latents.split),
    }
    if latents.label is not None:
        arrays["label"] = latents.label.astype(np.int16)
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    write_atomic(Path(folder) / LATENTS_FILE, buffer.getvalue())


def load_latents(folder: Path) -> Latents | None:
    """The reference set of a checkpoint, its arrays read-only; None when it has no ``latents.npz``.

    Raises BrokenCheckpoint when the file is damaged, holds pickled objects or NaN, or has another latent
    dimension than ``config.json``; and what ``load_config`` raises.
    """
    file = Path(folder) / LATENTS_FILE
    config = load_config(folder)
    latent_dim, names = config.model.latent_dim, config.data.label_names
    if not file.exists():
        return None
    latents = _latents(file, read_arrays(file))
    if latents.mean.shape[1] != latent_dim:
        raise BrokenCheckpoint(
            f"{shown(file)} holds latents of {latents.mean.shape[1]} dimensions;"
            f" config.json says {latent_dim}. {WAY_OUT}"
        )
    if latents.label is not None and names and len(latents) and not _all_named(latents.label, len(names)):
        raise BrokenCheckpoint(
            f"{shown(file)} holds labels from {latents.label.min()} to {latents.label.max()};"
            f" config.json names {len(names)}, from 0 on. {WAY_OUT}"
        )
    return latents


def _all_named(labels: np.ndarray, names: int) -> bool:
    return bool(labels.min() >= 0 and labels.max() < names)


def _latents(file: Path, arrays: dict[str, np.ndarray]) -> Latents:
    missing = [name for name in REQUIRED if name not in arrays]
    if missing:
        raise BrokenCheckpoint(f"{shown(file)} has no array {missing[0]!r}. {WAY_OUT}")
    try:
        return Latents(
            mean=as_type(arrays["mean"], np.float32),
            std=as_type(arrays["std"], np.float32),
            image_hash=as_type(arrays["image_hash"], np.uint64),
            kl=as_type(arrays["kl"], np.float32),
            reconstruction=as_type(arrays["reconstruction"], np.float32),
            label=as_type(arrays["label"], np.int16) if "label" in arrays else None,
            split=str(arrays["split"]),
        )
    except (ValueError, TypeError) as error:
        raise BrokenCheckpoint(f"{shown(file)} does not fit: {error}. {WAY_OUT}") from None


def _compact(values: np.ndarray) -> np.ndarray:
    """float16 where no value overflows and no spread rounds to 0; float32 otherwise."""
    with np.errstate(over="ignore"):
        small = values.astype(np.float16)
    fits = np.isfinite(small).all() and (small > 0).all() == (values > 0).all()
    return small if fits else values.astype(np.float32)
