"""What p(z) is."""

from __future__ import annotations

from vae_core.priors.base import Encode, Prior
from vae_core.priors.components import Components
from vae_core.priors.mixture import MixturePrior
from vae_core.priors.normal import StandardNormal
from vae_core.priors.vamp import VampPrior
from vae_core.registry import Registry

PRIORS: Registry[type[Prior]] = Registry("prior")
PRIORS.register("normal", StandardNormal)
PRIORS.register("mixture", MixturePrior)
PRIORS.register("vamp", VampPrior)

__all__ = ["PRIORS", "Components", "Encode", "MixturePrior", "Prior", "StandardNormal", "VampPrior"]
