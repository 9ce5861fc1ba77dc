"""A mixture of normal densities whose places, spreads and weights are learned beside the model."""

from __future__ import annotations

from typing import final

import torch
from torch import nn

from vae_core.priors.base import Encode
from vae_core.priors.components import Components
from vae_core.priors.learned import LearnedPrior
from vae_core.settings import ModelSettings

LARGEST_LOG_STD = 3.0  # a component's spread stays between e⁻³ and e³: none can fall onto a single latent


@final
class MixturePrior(LearnedPrior):
    """p(z) = Σ_k π_k N(z; μ_k, diag σ_k²) with ``prior_components`` components.

    Source: Dilokthanakul et al. 2016 and Tomczak and Welling 2018, section 3 (the mixture it is compared with).
    """

    label = "Gaussian mixture"
    words = "mixture of normal densities, learned beside the model"

    def __init__(self, settings: ModelSettings) -> None:
        super().__init__(settings)
        shape = (settings.prior_components, settings.latent_dim)
        self.logits = nn.Parameter(torch.zeros(settings.prior_components))
        self.mean = nn.Parameter(torch.randn(shape))
        self.raw_log_std = nn.Parameter(torch.zeros(shape))

    def components(self, encode: Encode) -> Components:
        log_std = LARGEST_LOG_STD * (self.raw_log_std / LARGEST_LOG_STD).tanh()
        return Components(self.logits.log_softmax(dim=0), self.mean, log_std.exp())
