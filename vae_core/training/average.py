"""The running average of the weights."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.optim.swa_utils import AveragedModel

from vae_core.vae import VAE

YOUNG = 10  # steps after which the average forgets its first weights about as fast as it takes in new ones


def running_average(vae: VAE, decay: float) -> AveragedModel:
    """A model whose weights follow those of ``vae``: average ← d · average + (1 − d) · weights at each update.

    d is ``decay``, and less in the first steps, min(decay, (1 + n) / (10 + n)) after n updates, so that the weights
    of the start are forgotten. Source: Polyak and Juditsky 1992; the warm-up as in TensorFlow's moving average.
    """

    @torch.no_grad()
    def update(averages: list[Tensor], weights: list[Tensor], count: Tensor | int) -> None:
        young = (1 + int(count)) / (YOUNG + int(count))
        torch._foreach_lerp_(averages, weights, 1 - min(decay, young))

    return AveragedModel(vae, multi_avg_fn=update)
