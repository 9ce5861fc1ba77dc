"""The tasks that the warm workers know: top-level functions, each with a `report(share, message)` for its progress."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch

from jobs.progress import Report
from vae_core.checkpoint import checkpoint_folder, load_checkpoint
from vae_core.pictures import LARGEST_SCALE, enlarged, gif_file
from vae_core.pixels import to_pixels

FRAMES_AT_ONCE = 32


def morph_gif(
    root: str | Path, name: str, latents: Any, size: int, ms_per_frame: int, report: Report, label: int = 0
) -> bytes:
    """An animated GIF that loops: one frame per latent, float32 (N, D), its longer side `size` pixels.

    Pixels stay hard-edged squares, so the side is the largest whole multiple of the image that fits in `size`.
    ``label`` is the class under which a conditional model decodes.
    Raises CheckpointError for a model that cannot be opened, ValueError for latents of another shape or not finite.
    """
    path = np.asarray(latents, dtype=np.float32)
    vae = load_checkpoint(checkpoint_folder(Path(root), name)).vae
    dimensions = vae.latent_dim
    if path.ndim != 2 or path.shape[1] != dimensions or len(path) == 0 or not np.isfinite(path).all():
        raise ValueError(f"latents have shape {path.shape}; they must be finite, (N, {dimensions}) with N ≥ 1.")
    frames: list[np.ndarray] = []
    for start in range(0, len(path), FRAMES_AT_ONCE):
        report(start / len(path), f"Drawing frame {start + 1} of {len(path)}")
        frames += _frames(vae, path[start : start + FRAMES_AT_ONCE], label, size)
    report(1.0, "Writing the GIF")
    return gif_file(frames, 1000 / ms_per_frame)


@torch.inference_mode()
def _frames(vae: Any, latents: np.ndarray, label: int, size: int) -> list[np.ndarray]:
    labels = torch.full((len(latents),), label) if vae.classes else None
    means = vae.decode_mean(torch.from_numpy(latents), labels)
    pixels = to_pixels(means).permute(0, 2, 3, 1).numpy()
    scale = size // max(pixels.shape[1:3])
    return list(enlarged(pixels, min(max(1, scale), LARGEST_SCALE)))
