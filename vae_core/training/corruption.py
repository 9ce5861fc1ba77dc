"""What is done to images before the encoder sees them: the denoising criterion."""

from __future__ import annotations

from torch import Tensor

from vae_core.noise import RandomSource, normal, uniform
from vae_core.settings import TrainingSettings


def corrupted(images: Tensor, training: TrainingSettings, source: RandomSource) -> Tensor | None:
    """Images float32 (B, C, H, W) with noise of the settings' kind and strength s, in [0, 1]; None for none.

    gaussian: normal noise of spread s, cut off at 0 and 1. salt-and-pepper: a share s of the pixel values becomes 0
    or 1. mask: a share s becomes 0. Source: Im, Ahn, Memisevic and Bengio 2017 (denoising criterion), section 4.
    """
    strength = training.corruption_strength
    match training.corruption:
        case "none":
            return None
        case "gaussian":
            noise = normal(source, tuple(images.shape), images.device)
            return (images + strength * noise).clamp(0, 1)
        case "mask":
            return images * (uniform(source, tuple(images.shape), images.device) >= strength)
        case "salt-and-pepper":
            drawn = uniform(source, tuple(images.shape), images.device)
            salted = images.masked_fill(drawn < strength, 1.0)
            return salted.masked_fill(drawn < strength / 2, 0.0)
