"""Pictures along a path or of a palette as a file to take away: a film, a strip, a grid, or a folder of frames."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch

from jobs.progress import Report
from vae_core.checkpoint import checkpoint_folder, load_checkpoint
from vae_core.pictures import enlarged, gif_file, mp4_file, plain_board, png_file, triangle_board, webp_file
from vae_core.pixels import to_pixels
from vae_core.vae import VAE

FRAMES_AT_ONCE = 16
DRAWING = 0.95  # share of the time in which the frames are drawn, and most of the file is written


def film_task(
    root: str | Path,
    name: str,
    what: str,
    latents: np.ndarray,
    label: int | None,
    scale: int,
    smooth: bool,
    fps: float,
    report: Report,
    columns: int | None = None,
) -> bytes:
    """The file of frames decoded at latents float32 (N, D), each pixel `scale` wide.

    what: "gif", "mp4", "webp", "strip" (a PNG of all frames side by side), "zip" (a PNG for each), "picture" (of one
    latent), "sheet" (rows of `columns` pictures) or "triangle" (rows of 1 to `columns`). label: the class under which a
    conditional model decodes. Raises CheckpointError for a model that cannot be opened, ValueError for
    latents of another shape or not finite.
    """
    path = np.asarray(latents, dtype=np.float32)
    vae = load_checkpoint(checkpoint_folder(Path(root), name)).vae
    if path.ndim != 2 or path.shape[1] != vae.latent_dim or len(path) == 0 or not np.isfinite(path).all():
        raise ValueError(f"latents have shape {path.shape}; they must be finite, (N, {vae.latent_dim}) with N ≥ 1.")
    frames = _frames(vae, path, label, scale, smooth, report)
    if what in _BOARDS:
        return _grid(list(frames), what, columns or len(path))
    return WRITERS[what](frames, fps)


def _frames(
    vae: VAE, latents: np.ndarray, label: int | None, scale: int, smooth: bool, report: Report
) -> Iterator[np.ndarray]:
    """The frames uint8 (h, w, C), one after the other."""
    for start in range(0, len(latents), FRAMES_AT_ONCE):
        report(DRAWING * start / len(latents), f"Frame {start + 1} of {len(latents)}")
        yield from enlarged(_pictures(vae, latents[start : start + FRAMES_AT_ONCE], label), scale, smooth)
    report(DRAWING, "Writing the file")


@torch.inference_mode()
def _pictures(vae: VAE, latents: np.ndarray, label: int | None) -> np.ndarray:
    labels = torch.full((len(latents),), label or 0) if vae.classes else None
    return to_pixels(vae.decode_mean(torch.from_numpy(latents), labels)).permute(0, 2, 3, 1).numpy()


def _grid(pictures: list[np.ndarray], what: str, columns: int) -> bytes:
    board = _BOARDS[what](len(pictures), columns, pictures[0].shape)
    return png_file(board.filled(pictures), compress_level=3)


def _zip(frames: Iterator[np.ndarray], _fps: float) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as folder:  # PNG is compressed already
        for number, frame in enumerate(frames, 1):
            folder.writestr(f"frame-{number:03d}.png", png_file(frame, compress_level=3))
    return file.getvalue()


WRITERS = {"gif": gif_file, "mp4": mp4_file, "webp": webp_file, "zip": _zip}
_BOARDS = {
    "strip": lambda count, _columns, cell: plain_board(1, count, cell),
    "picture": lambda count, _columns, cell: plain_board(1, count, cell),
    "sheet": lambda count, columns, cell: plain_board(count // columns, columns, cell),
    "triangle": lambda _count, columns, cell: triangle_board(columns, cell),
}
