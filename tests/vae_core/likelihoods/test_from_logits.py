"""Bernoulli's log-probability and its gradient, against torch's own."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from vae_core.likelihoods.from_logits import log_prob_of_logits


def reference(logits: Tensor, pixels: Tensor) -> Tensor:
    return -binary_cross_entropy_with_logits(logits, pixels, reduction="none").sum(dim=(1, 2, 3))


@pytest.mark.parametrize("pixel", [0.0, 1.0, 0.3])
def test_it_is_that_of_torch_for_logits_of_any_size(pixel: float) -> None:
    logits = torch.tensor([-1e4, -90, -20, -1e-3, 0, 2, 20, 90, 1e4], dtype=torch.float64).view(-1, 1, 1, 1)
    logits.requires_grad_(True)
    pixels = torch.full_like(logits, pixel)
    found, expected = log_prob_of_logits(logits, pixels), reference(logits, pixels)
    torch.testing.assert_close(found, expected, rtol=1e-12, atol=1e-12)
    (slope,) = torch.autograd.grad(found.sum(), logits)
    (expected_slope,) = torch.autograd.grad(expected.sum(), logits)
    torch.testing.assert_close(slope, expected_slope, rtol=1e-12, atol=1e-12)


def test_the_gradient_passes_a_numerical_check_with_a_weight_for_each_image() -> None:
    source = torch.Generator().manual_seed(0)
    logits = torch.randn(3, 1, 2, 2, generator=source, dtype=torch.float64, requires_grad=True)
    pixels = torch.rand(3, 1, 2, 2, generator=source, dtype=torch.float64)
    weights = torch.tensor([0.5, -2.0, 3.0], dtype=torch.float64)
    assert torch.autograd.gradcheck(lambda a: log_prob_of_logits(a, pixels) * weights, (logits,))


def test_it_is_as_exact_in_float32_as_that_of_torch() -> None:
    source = torch.Generator().manual_seed(0)
    logits = 4 * torch.randn(50, 1, 28, 28, generator=source)
    pixels = (torch.rand(50, 1, 28, 28, generator=source) < 0.3).float()
    exact = reference(logits.double(), pixels.double())
    error = (log_prob_of_logits(logits, pixels) - exact).abs().max().item()
    assert error < 2 * (reference(logits, pixels) - exact).abs().max().item() + 1e-4


def test_a_second_derivative_is_refused_instead_of_wrong() -> None:
    logits = torch.zeros(1, 1, 1, 1, requires_grad=True)
    (slope,) = torch.autograd.grad(log_prob_of_logits(logits, torch.ones(1, 1, 1, 1)).sum(), logits, create_graph=True)
    with pytest.raises(RuntimeError, match="does not require grad"):
        slope.sum().backward()
