"""Task: which classes of the images of a source lie among each other."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from jobs.progress import Report
from jobs.source_latents import encoded_images
from vae_core.latent.maps import ClassMixing, class_mixing


def mixing_task(root: str | Path, model: str, source: str, classes: np.ndarray, report: Report) -> ClassMixing:
    """How far classes int (N,), below 0 for none, of the encoded images mix; see `vae_core.latent.maps.class_mixing`.

    source: "reference" or the id of an encoded set in the cache. Raises MapError, CheckpointError.
    """
    report(0.0, "Comparing the nearest neighbours")
    return class_mixing(encoded_images(root, model, source).mean, classes)
