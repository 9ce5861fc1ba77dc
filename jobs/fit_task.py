"""The task that searches the latent of a damaged picture, and shows its picture while it searches."""

from __future__ import annotations

import base64
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch

from jobs.progress import Report
from vae_core.checkpoint import checkpoint_folder, load_checkpoint
from vae_core.pixels import to_pixels
from vae_core.repair import Damage, damaged, fit_starts, kept_where_visible, latent_fit, quality

BETWEEN = 0.08  # seconds from one picture to the next


def latent_fit_task(
    root: str | Path,
    model: str,
    image: bytes,
    hole: bytes | None,
    kind: str,
    strength: float,
    noise_seed: int,
    seed: int,
    keep: bool,
    label: int,
    report: Report,
) -> dict[str, Any]:
    """The most probable latent of what is visible, and its picture: {latent: [D], picture: base64 uint8 (H, W, C),
    psnr, ssim, cost in nats, step, steps}; while it searches the same as a partial result.

    image: uint8 (C, H, W) as bytes, the clean picture; hole: uint8 (H, W), not 0 where it is painted over. keep:
    visible pixels stay as they are where others are hidden. Raises CheckpointError, and ValueError where nothing is
    visible.
    """
    report(0.0, "Opening the model")
    vae = load_checkpoint(checkpoint_folder(Path(root), model)).vae
    clean = torch.from_numpy(np.frombuffer(image, np.uint8).reshape(vae.image_shape).copy()).float()[None] / 255
    mask = None if hole is None else torch.from_numpy(np.frombuffer(hole, np.uint8).reshape(vae.image_shape[1:]) > 0)
    found = damaged(clean, Damage(kind, strength, noise_seed), mask)
    labels = torch.tensor([label]) if vae.classes else None
    starts = fit_starts(vae, found, seed, labels=labels)
    shown = 0.0
    for state in latent_fit(vae, found, starts, labels=labels):
        if time.monotonic() - shown < BETWEEN and state.step < state.steps:
            continue
        facts = _facts(vae, found, clean, state, keep, labels)
        report(state.step / state.steps, f"Step {state.step} of {state.steps}", facts)
        shown = time.monotonic()
    return facts


@torch.inference_mode()
def _facts(vae: Any, found: Any, clean: Any, state: Any, keep: bool, labels: Any) -> dict[str, Any]:
    picture = vae.decode_mean(state.best[None], labels)
    if keep:  # where nothing is hidden, nothing is kept
        picture = picture if found.visible.all() else kept_where_visible(found, picture)
    pixels = to_pixels(picture)
    near = quality(clean, pixels.float() / 255)
    return {
        "latent": state.best.tolist(),
        "picture": base64.b64encode(np.ascontiguousarray(pixels[0].permute(1, 2, 0).numpy()).tobytes()).decode(),
        "psnr": round(float(near.psnr[0]), 3),
        "ssim": round(float(near.ssim[0]), 4),
        "cost": round(float(state.costs.min()), 3),
        "step": state.step,
        "steps": state.steps,
    }
