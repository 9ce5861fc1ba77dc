"""The task that finds the direction of an attribute among a model's stored latents."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from jobs.progress import Report
from jobs.source_latents import encoded_images
from store.sources import REFERENCE

if TYPE_CHECKING:
    from vae_core.latent import AttributeDirection


def direction_task(
    root: str | Path,
    model: str,
    having: np.ndarray,
    lacking: np.ndarray | None,
    method: str,
    orthogonal_to: list[np.ndarray],
    report: Report,
    seed: int = 0,
) -> AttributeDirection:
    """The direction from images that lack an attribute to images that have it; see vae_core.latent.directions.

    having, lacking: rows int (n,) of the model's reference set; lacking is all others where None. Raises ValueError for
    groups that no direction can be made of, MapError without a reference set.
    """
    from vae_core.latent import attribute_direction

    report(0.1, "Reading the encoded images")
    means = encoded_images(root, model, REFERENCE).mean
    report(0.3, f"Finding the direction among {len(means):,} images")
    return attribute_direction(means, having, lacking, method, orthogonal_to, seed)
