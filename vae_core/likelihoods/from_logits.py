"""Bernoulli's log-probability with the gradient that its formula has, instead of one composed step by step."""

from __future__ import annotations

from typing import Any, final

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable


def log_prob_of_logits(logits: Tensor, pixels: Tensor) -> Tensor:
    """x log σ(a) + (1 − x) log(1 − σ(a)) summed over pixels, (B,), in nats, of logits a and pixels x (B, C, H, W).

    The gradient flows to the logits, once (no second derivative), and not to the pixels.
    About half the time of torch's binary_cross_entropy_with_logits and its gradient, and as exact.
    """
    return _LogProb.apply(logits, pixels)


@final
class _LogProb(torch.autograd.Function):
    """x a − max(a, 0) + log max(p, 1 − p) with p = σ(a), which is right for logits of any size; gradient x − p."""

    @staticmethod
    def forward(ctx: Any, logits: Tensor, pixels: Tensor) -> Tensor:
        means = logits.sigmoid()
        ctx.save_for_backward(means, pixels)
        larger = (means - 0.5).abs_().add_(0.5)
        return torch.addcmul(larger.log_().sub_(logits.clamp_min(0)), logits, pixels).sum(dim=(1, 2, 3))

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
        means, pixels = ctx.saved_tensors
        return (pixels - means).mul_(gradient[:, None, None, None]), None
