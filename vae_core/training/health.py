"""What the weights tell of a training gone wrong: units that say the same of every image, and σ at its bounds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import Tensor, nn

from vae_core.networks.base import ACTIVATIONS
from vae_core.vae import LARGEST_LOG_VARIANCE, VAE

DEAD_RANGE = 1e-4  # a unit whose values differ by less over all images says nothing of them
NEAR_BOUND = 0.95  # share of the largest |log σ²|: beyond it the gradient of σ is below a tenth
BATCH = 256


@dataclass(frozen=True)
class LayerHealth:
    """How many units (channels of a convolution) of a hidden layer are dead; layer: such as "encoder 2"."""

    layer: str
    dead: int
    units: int


@dataclass(frozen=True)
class NetworkHealth:
    """layers: each hidden layer, encoder first. saturated: share of the posteriors' σ at their bounds, 0 to 1.

    None for a plain autoencoder, which has no σ.
    """

    layers: tuple[LayerHealth, ...]
    saturated: float | None

    def as_facts(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return asdict(self)

    @classmethod
    def from_facts(cls, facts: Mapping[str, Any]) -> NetworkHealth:
        """The health of such data. Raises KeyError or TypeError for other data."""
        return cls(tuple(LayerHealth(**layer) for layer in facts["layers"]), facts["saturated"])


@torch.inference_mode()
def network_health(vae: VAE, images: Tensor, labels: Tensor | None = None) -> NetworkHealth:
    """The health of a model on images float32 (N, C, H, W) in [0, 1]; labels int64 (N,) for a conditional one.

    A unit is dead when its activation is the same for every image: a ReLU that never fires, a tanh that is always at
    its end. The decoder is judged at the posterior means of the images. σ is at a bound where |log σ²| exceeds 95 % of
    what `vae_core.vae.bounded_log_variance` allows. Source: Lu et al. 2020 (*Dying ReLU*), section 2, for the first.
    """
    parts = [_Ranges("encoder", vae.encoder), _Ranges("decoder", vae.decoder)]
    far = count = 0
    try:
        for rows in torch.arange(len(images)).split(BATCH):
            classes = None if labels is None else labels[rows]
            posterior = vae.encode(images[rows], classes)
            vae.decoder_output(posterior.mean, classes)
            log_variance = 2 * posterior.stddev.log()
            far += int((log_variance.abs() > NEAR_BOUND * LARGEST_LOG_VARIANCE).sum())
            count += log_variance.numel()
            for part in parts:
                part.passed = 0
    finally:
        for part in parts:
            part.close()
    layers = tuple(layer for part in parts for layer in part.layers())
    return NetworkHealth(layers, None if vae.is_point else far / max(count, 1))


class _Ranges:
    """Listens in on the activations of a network: the least and the largest value of each unit over all images."""

    def __init__(self, part: str, network: nn.Module) -> None:
        self.part, self.passed = part, 0  # activations passed in the present pass; a block uses one module twice
        self.ends: list[tuple[Tensor, Tensor]] = []
        found = (module for module in network.modules() if isinstance(module, tuple(ACTIVATIONS.values())))
        self.hooks = [module.register_forward_hook(self._saw) for module in found]

    def _saw(self, _module: nn.Module, _inputs: tuple[Tensor, ...], values: Tensor) -> None:
        units = values.detach().transpose(0, 1).flatten(1)  # (units or channels, everything else)
        low, high = units.amin(dim=1), units.amax(dim=1)
        if self.passed < len(self.ends):
            before = self.ends[self.passed]
            self.ends[self.passed] = torch.minimum(low, before[0]), torch.maximum(high, before[1])
        else:
            self.ends.append((low, high))
        self.passed += 1

    def layers(self) -> list[LayerHealth]:
        return [
            LayerHealth(f"{self.part} {number}", int((high - low < DEAD_RANGE).sum()), len(low))
            for number, (low, high) in enumerate(self.ends, start=1)
        ]

    def close(self) -> None:
        for hook in self.hooks:
            hook.remove()
