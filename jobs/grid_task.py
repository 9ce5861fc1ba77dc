"""The task that finds log p(x) and the true posterior of one image of a 2-D model on a grid."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import numpy as np
import torch

from jobs.progress import Report
from vae_core.checkpoint import checkpoint_folder, load_checkpoint
from vae_core.metrics import grid_kl, grid_posterior, log_joint_window
from vae_core.objectives import observed_image

SIDE = 96  # cells along each axis of the window that is drawn
SPREADS = 4.5  # of q and of the true posterior, to each side, that it shows


def grid_task(root: str | Path, model: str, image: bytes, label: int, report: Report) -> dict[str, Any]:
    """{log_evidence, error, kl in nats; mean, std, correlation of p(z|x); points; plane, window}, the last two
    {low: [2], high: [2], side, log_posterior: base64 float32 (side, side), rows from low z₂ up}.

    image: uint8 (C, H, W) as bytes. Raises CheckpointError, and ValueError as `grid_posterior`.
    """
    report(0.0, "Opening the model")
    vae = load_checkpoint(checkpoint_folder(Path(root), model)).vae
    batch = observed_image(vae, np.frombuffer(image, np.uint8).reshape(vae.image_shape), label)
    with torch.inference_mode():
        q = vae.encode(batch.images, batch.labels)
        found = grid_posterior(vae, batch, q, lambda share: report(0.8 * share, "Integrating over all z"))
        kl = grid_kl(found, q)
        low, high = _window(q.mean[0], q.stddev[0], found.mean, found.std)
        near = log_joint_window(vae, batch, low, high, SIDE)
    reach = (found.reach, found.reach)
    return {
        "log_evidence": found.log_evidence,
        "error": found.error,
        "kl": kl,
        "mean": found.mean.tolist(),
        "std": found.std.tolist(),
        "correlation": found.correlation,
        "points": len(found.sides),
        "plane": _field((-reach[0], -reach[1]), reach, found.first_log_joint - found.log_evidence),
        "window": _field(low, high, near - found.log_evidence),
    }


def _window(*parts: torch.Tensor) -> tuple[tuple[float, float], tuple[float, float]]:
    """A square that holds q and the true posterior, each with so many spreads: corners (z₁, z₂)."""
    q_mean, q_std, mean, std = (part.double() for part in parts)
    low = torch.minimum(q_mean - SPREADS * q_std, mean - SPREADS * std)
    high = torch.maximum(q_mean + SPREADS * q_std, mean + SPREADS * std)
    centre, half = (low + high) / 2, float((high - low).max()) / 2
    first, second = (float(value) for value in centre)
    return (first - half, second - half), (first + half, second + half)


def _field(low: tuple[float, float], high: tuple[float, float], values: torch.Tensor) -> dict[str, Any]:
    content = np.ascontiguousarray(values.float().numpy(), dtype="<f4").tobytes()
    return {"low": low, "high": high, "side": len(values), "log_posterior": base64.b64encode(content).decode()}
