"""Adam as a pure function, so that a single step of it can be looked at.

Training itself takes torch's own. That one imports torch's compiler with its first step, two seconds of Python: too
long for a server in whose process hands are followed.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

DECAYS = (0.9, 0.999)
EPSILON = 1e-8


@dataclass(frozen=True, eq=False)
class AdamMoments:
    """What Adam remembers of P weights: float32 (P,) each, and how many steps they were gathered over.

    first: running mean of the gradient. second: running mean of its square.
    """

    first: Tensor
    second: Tensor
    steps: int


def no_moments(weights: Tensor) -> AdamMoments:
    """The moments before the first step of weights float32 (P,): all zero."""
    return AdamMoments(torch.zeros_like(weights), torch.zeros_like(weights), 0)


def adam_change(gradient: Tensor, moments: AdamMoments, learning_rate: float) -> tuple[Tensor, AdamMoments]:
    """What Adam adds to the weights, float32 (P,), for the gradient float32 (P,) of a cost, and the moments after it.

    Source: Kingma and Ba 2015, algorithm 1, with its β₁ = 0.9, β₂ = 0.999 and ε = 1e-8.
    """
    steps = moments.steps + 1
    first = torch.lerp(gradient, moments.first, DECAYS[0])
    second = torch.lerp(gradient.square(), moments.second, DECAYS[1])
    unbiased_first, unbiased_second = first / (1 - DECAYS[0] ** steps), second / (1 - DECAYS[1] ** steps)
    change = -learning_rate * unbiased_first / (unbiased_second.sqrt() + EPSILON)
    return change, AdamMoments(first, second, steps)
