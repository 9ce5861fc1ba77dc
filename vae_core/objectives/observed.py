"""One image as the likelihood observes it, the same every time: what a figure of this image is a figure of."""

from __future__ import annotations

import numpy as np
import torch

from vae_core.objectives.terms import Batch
from vae_core.vae import VAE

SEED = 0


def observed_image(vae: VAE, pixels: np.ndarray, label: int | None = None, seed: int = SEED) -> Batch:
    """A batch of the one image uint8 (C, H, W), as the model's likelihood observes it; float32 (1, C, H, W).

    Grey values / 255; a Bernoulli likelihood draws each pixel as 0 or 1 with the numbers of ``seed``, so that an image
    is binarised in the same way each time (Burda et al. 2015, section 5, with the seed held). The encoder sees these
    pixels too, as in training. label: the class, which a conditional model needs; any other takes no notice of it.
    Raises ValueError when a conditional model is given no label.
    """
    if vae.classes and label is None:
        raise ValueError(f"No label was given; this model is conditional on {vae.classes} classes. Choose one of them.")
    grey = torch.from_numpy(np.array(pixels, dtype=np.float32))[None] / 255
    images = vae.likelihood.observe(grey, torch.Generator().manual_seed(seed))
    return Batch(images, torch.tensor([label]) if vae.classes else None, is_observed=True)
