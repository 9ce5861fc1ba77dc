"""A damaged picture and its repairs by a model, as bytes: what a hand that moves a strength sees at each step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from store.models import LoadedModel

if TYPE_CHECKING:
    from vae_core.repair import Damage

NAMES = ("damaged", "reconstruction", "average", "chained", "filter")


@dataclass(frozen=True, eq=False)
class Repaired:
    """Pictures uint8 (5, H, W, C) by the order of NAMES, each with its PSNR in dB and SSIM against the clean one.

    mean, std: float32 (D,), the posterior of the damaged picture. visible: bool (H, W).
    noise, filter: what was added and which filter was taken, in words.
    """

    pictures: np.ndarray
    psnr: np.ndarray
    ssim: np.ndarray
    mean: np.ndarray
    std: np.ndarray
    visible: np.ndarray
    noise: str
    filter: str


def repair_picture(
    model: LoadedModel,
    clean: np.ndarray,
    damage: Damage,
    hole: np.ndarray | None = None,
    draws: int = 16,
    keep: bool = True,
    label: int = 0,
) -> Repaired:
    """Damages a picture uint8 (C, H, W), with a hole bool (H, W) on top, and repairs it in every way that is fast.

    draws: of z in the posterior average. keep: visible pixels stay as they are where others are hidden. label: the
    class, of a conditional model. Raises ValueError when the picture has another shape than the model's.
    """
    import torch

    from vae_core.pixels import to_pixels
    from vae_core.repair import (
        chained_reconstruction,
        damaged,
        kept_where_visible,
        noise_words,
        posterior_average,
        quality,
        reconstruction,
        standard_filter,
        standard_filter_words,
    )

    image = torch.from_numpy(np.array(clean)).float()[None] / 255
    labels = torch.tensor([label]) if model.config.model.classes else None
    found = damaged(image, damage, None if hole is None else torch.from_numpy(np.array(hole)))
    filtered = torch.from_numpy(standard_filter(found.images.numpy(), found.visible.numpy(), damage))
    made = [
        reconstruction(model.vae, found.images, labels),
        posterior_average(model.vae, found.images, damage.seed, draws, labels),
        chained_reconstruction(model.vae, found, labels=labels),
    ]
    hidden = int((~found.visible).sum())
    if keep and hidden:
        made = [kept_where_visible(found, picture) for picture in made]
    pictures = to_pixels(torch.cat([found.images, *made, filtered])).float() / 255  # judged as they are shown
    near = quality(image.expand_as(pictures), pictures)
    with torch.inference_mode():
        posterior = model.vae.encode(found.images, labels)
    return Repaired(
        pictures=np.ascontiguousarray(to_pixels(pictures).numpy().transpose(0, 2, 3, 1)),
        psnr=near.psnr,
        ssim=near.ssim,
        mean=posterior.mean[0].numpy(),
        std=posterior.stddev[0].numpy(),
        visible=found.visible[0, 0].numpy(),
        noise=noise_words(damage.kind, damage.strength, model.image_shape),
        filter=standard_filter_words(damage.kind if damage.strength > 0 else "none", hidden > 0),
    )
