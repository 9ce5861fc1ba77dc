"""VampPrior: the average of the posteriors of images that are learned."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import final

import torch
from torch import Tensor, nn

from vae_core.noise import RandomSource, normal
from vae_core.priors.base import Encode
from vae_core.priors.components import Components
from vae_core.priors.learned import LearnedPrior
from vae_core.settings import ModelSettings

DARK = -1.5  # logit of the first pseudo-inputs' mean grey until the training images are seen
NOISE = 0.5  # spread of their logits around it, so that no two are alike
DARKEST = 0.02  # pixels nearer to 0 or 1 than this would hardly learn


@final
class VampPrior(LearnedPrior):
    """p(z) = 1/K Σ_k q(z|u_k) with K = ``prior_components`` pseudo-inputs u_k, learned, in (0, 1) by a sigmoid.

    A sigmoid and not the paper's hard tanh, whose gradient is 0 once a pixel has reached black or white.
    They start near the mean of the training images. Source: Tomczak and Welling 2018, equation 9.
    """

    label = "VampPrior"
    words = "VampPrior, the average posterior of pseudo-inputs that are learned beside the model"

    def __init__(self, settings: ModelSettings) -> None:
        super().__init__(settings)
        shape = (settings.prior_components, *settings.image_shape)
        self.raw_pseudo_inputs = nn.Parameter(DARK + NOISE * torch.randn(shape))

    @classmethod
    def check_settings(cls, settings: ModelSettings) -> None:
        super().check_settings(settings)
        if settings.classes:
            raise ValueError(
                f"prior is vamp with {settings.classes} classes; the pseudo-inputs of a VampPrior have no class to"
                " be encoded under. Choose the prior mixture or normal, or classes 0."
            )

    @property
    def pseudo_inputs(self) -> Tensor:
        """The images u_k, float32 (K, C, H, W) in (0, 1)."""
        return self.raw_pseudo_inputs.sigmoid()

    @torch.no_grad()
    def start_near(self, mean_image: Callable[[], Tensor], source: RandomSource) -> None:
        raw, image = self.raw_pseudo_inputs, mean_image()
        raw.copy_(image.clamp(DARKEST, 1 - DARKEST).logit() + NOISE * normal(source, tuple(raw.shape), raw.device))

    def components(self, encode: Encode) -> Components:
        posterior, count = encode(self.pseudo_inputs), len(self.raw_pseudo_inputs)
        weights = torch.full((count,), -math.log(count), device=posterior.mean.device)
        return Components(weights, posterior.mean, posterior.stddev)
