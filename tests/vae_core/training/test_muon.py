"""Muon: singular values near one, a step of the stated size, Adam for all else, and what a VAE gains from it."""

from __future__ import annotations

import copy

import numpy as np
import pytest
import torch
from torch import nn

from vae_core import VAE, ModelSettings
from vae_core.training.muon import Muon, orthogonalised


def random_matrix(rows: int, columns: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(rows, columns, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("shape", [(20, 60), (60, 20), (30, 30), (1, 7)])
def test_singular_values_come_near_one_and_their_directions_stay(shape: tuple[int, int]) -> None:
    matrix = random_matrix(*shape)
    found = orthogonalised(matrix)
    assert found.shape == matrix.shape
    left, values, right = torch.linalg.svd(matrix, full_matrices=False)
    rotated = left.T @ found @ right.T
    large = values > 0.05 * values.norm()  # what is small beside the rest is drawn to one more slowly
    assert (rotated.diagonal()[large] > 0.6).all() and (rotated.diagonal() < 1.3).all()
    assert (rotated - rotated.diagonal().diag()).abs().max() < 2e-3


def test_it_is_the_quintic_iterated_on_the_matrix_itself() -> None:
    matrix = random_matrix(16, 48)
    iterate = matrix.double() / matrix.double().norm()
    for _ in range(5):
        gram = iterate @ iterate.T
        iterate = 3.4445 * iterate + (-4.7750 * gram + 2.0315 * gram @ gram) @ iterate
    assert torch.allclose(orthogonalised(matrix).double(), iterate, atol=2e-4)


def test_a_matrix_of_zeros_stays_one() -> None:
    assert (orthogonalised(torch.zeros(3, 5)) == 0).all()


def test_scale_of_the_gradient_does_not_matter_and_the_step_has_the_stated_size() -> None:
    gradient = random_matrix(40, 160)
    steps = []
    for factor in (1e-3, 1.0, 1e3):
        layer = nn.Linear(160, 40, bias=False)
        before = layer.weight.detach().clone()
        layer.weight.grad = gradient * factor
        Muon(layer, lr=0.01).step()
        steps.append(before - layer.weight.detach())
    assert torch.allclose(steps[0], steps[1], atol=1e-6) and torch.allclose(steps[1], steps[2], atol=1e-6)
    assert steps[1].square().mean().sqrt().item() == pytest.approx(0.01, rel=0.25)


def test_biases_and_parameters_outside_layers_get_adam() -> None:
    class Mixed(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layer = nn.Linear(5, 3)
            self.means = nn.Parameter(random_matrix(4, 2))

    ours, theirs = Mixed(), None
    theirs = copy.deepcopy(ours)
    muon, adam = Muon(ours, lr=0.1, epsilon=1e-6), torch.optim.Adam(theirs.parameters(), lr=0.1, eps=1e-6)
    for seed in range(3):
        for (_, mine), (_, other) in zip(ours.named_parameters(), theirs.named_parameters(), strict=True):
            mine.grad = torch.randn(mine.shape, generator=torch.Generator().manual_seed(seed))
            other.grad = mine.grad.clone()
        muon.step(), adam.step()
    assert torch.allclose(ours.layer.bias, theirs.layer.bias, atol=1e-6)
    assert torch.allclose(ours.means, theirs.means, atol=1e-6)
    assert not torch.allclose(ours.layer.weight, theirs.layer.weight, atol=1e-3)


def test_weights_without_a_gradient_stay() -> None:
    layer = nn.Linear(4, 4)
    before = copy.deepcopy(layer.state_dict())
    Muon(layer, lr=0.1).step()
    assert all(torch.equal(before[name], value) for name, value in layer.state_dict().items())


@pytest.mark.parametrize("network", ["mlp", "conv"])
def test_fewer_steps_to_the_same_loss(network: str) -> None:
    from vae_core.objectives import elbo

    pixels = (torch.rand(64, 1, 8, 8, generator=torch.Generator().manual_seed(1)).round() * 0.98) + 0.01
    pixels = pixels.round()

    def loss_after(muon: bool) -> float:
        torch.manual_seed(0)
        hidden = (32, 16) if network == "mlp" else (8, 16)
        vae = VAE(
            ModelSettings(network=network, image_shape=(1, 8, 8), latent_dim=4, likelihood="bernoulli", hidden=hidden)
        )
        optimizer = Muon(vae, 2e-3) if muon else torch.optim.Adam(vae.parameters(), 2e-3)
        source, losses = torch.Generator().manual_seed(2), []
        for _ in range(150):
            optimizer.zero_grad()
            loss = elbo(vae, pixels, source).loss
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        return float(np.mean(losses[-10:]))

    assert loss_after(muon=True) < loss_after(muon=False) - 0.5
