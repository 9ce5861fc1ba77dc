"""One image as the likelihood observes it, the same every time: what a figure of this image is a figure of."""

from __future__ import annotations

import numpy as np
import torch

from vae_core.objectives.terms import Batch
from vae_core.passage import observed
from vae_core.vae import VAE


def observed_image(vae: VAE, pixels: np.ndarray, label: int | None = None) -> Batch:
    """A batch of the one image uint8 (C, H, W) as `vae_core.passage.observed` gives it, float32 (1, C, H, W).

    The encoder sees these pixels too, as in training. label: the class, which a conditional model needs; any other
    takes no notice of it. Raises ValueError when a conditional model is given no label.
    """
    if vae.classes and label is None:
        raise ValueError(f"No label was given; this model is conditional on {vae.classes} classes. Choose one of them.")
    grey = torch.from_numpy(np.array(pixels, dtype=np.float32))[None] / 255
    return Batch(observed(vae, grey), torch.tensor([label]) if vae.classes else None, is_observed=True)
