"""How likely a damaged pixel is, given the picture behind it, when the kind of noise and its strength are known."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.distributions import Normal

from vae_core.repair.damage import Damage, blurred

UNDRAWN = 0.1  # spread of what the decoder's picture leaves out, in pixel values


def is_noise(damage: Damage) -> bool:
    """Whether the damage changes pixels without hiding them."""
    return damage.kind in _MODELS and damage.strength > 0


def observation_log_prob(damage: Damage, pictures: Tensor, images: Tensor) -> Tensor:
    """log p(damaged pixel | picture) in nats, float32 (K, C, H, W), up to the cut-off at 0 and 1.

    pictures: E[x|z], float32 (K, C, H, W) in [0, 1]; images: damaged, float32 (1, C, H, W). Around the picture lies
    the noise that was added and what no decoder draws (spread 0.1), as one normal; salt and pepper is a mixture with
    black and white. Raises KeyError where ``is_noise`` is False.
    """
    return _MODELS[damage.kind](damage.strength, pictures, images)


def _added(strength: float, pictures: Tensor, images: Tensor) -> Tensor:
    """Normal noise that was cut off at 0 and 1: compared with what is left of the picture on average."""
    unit = Normal(0.0, 1.0)
    low, high = -pictures / strength, (1 - pictures) / strength
    inside = pictures * (unit.cdf(high) - unit.cdf(low))
    inside = inside + strength * (unit.log_prob(low).exp() - unit.log_prob(high).exp())
    return _normal(images, inside + 1 - unit.cdf(high), strength**2)


def _multiplied(strength: float, pictures: Tensor, images: Tensor) -> Tensor:
    return _normal(images, pictures, strength**2 * pictures.square())


def _counted(strength: float, pictures: Tensor, images: Tensor) -> Tensor:
    return _normal(images, pictures, strength**2 * pictures)


def _blurred(strength: float, pictures: Tensor, images: Tensor) -> Tensor:
    return _normal(images, blurred(pictures, strength), 0.0)


def _salted(strength: float, pictures: Tensor, images: Tensor) -> Tensor:
    own = _normal(images, pictures, 0.0) + torch.tensor(max(1 - strength, 1e-6)).log()
    black, white = (_normal(images, torch.full_like(images, value), 0.0) for value in (0.0, 1.0))
    other = torch.logaddexp(black, white) + torch.tensor(strength / 2).log()
    return torch.logaddexp(own, other.expand_as(own))


def _normal(images: Tensor, means: Tensor, variance: Tensor | float) -> Tensor:
    spread = (torch.as_tensor(variance) + UNDRAWN**2).sqrt()
    return Normal(means, spread, validate_args=False).log_prob(images)


_MODELS = {
    "gaussian": _added,
    "speckle": _multiplied,
    "poisson": _counted,
    "blur": _blurred,
    "salt-and-pepper": _salted,
}
