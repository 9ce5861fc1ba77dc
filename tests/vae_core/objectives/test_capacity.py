"""The KL drawn to a capacity."""

from __future__ import annotations

import pytest
import torch

from tests.vae_core.objectives.small import digits, generator, learning_vae, model_settings, training_settings
from vae_core.objectives import Batch, Moment, build_objective
from vae_core.objectives.capacity import capacity_cost


@pytest.mark.parametrize(("capacity", "wanted"), [(0.0, 20.0), (1.0, 10.0), (2.0, 0.0), (5.0, 30.0)])
def test_the_cost_is_the_distance_of_the_mean_kl(capacity: float, wanted: float) -> None:
    assert capacity_cost(torch.tensor([1.0, 3.0]), capacity, 10.0).item() == pytest.approx(wanted)


@pytest.mark.parametrize(
    ("progress", "warmup", "wanted"),
    [(0.0, 0.0, 0.0), (0.5, 0.0, 4.0), (1.0, 0.0, 8.0), (0.25, 0.5, 4.0), (0.5, 0.5, 8.0), (0.9, 0.5, 8.0)],
)
def test_the_capacity_rises_over_the_warm_up_or_the_whole_run(progress: float, warmup: float, wanted: float) -> None:
    vae, images = learning_vae(), digits()[0]
    settings = training_settings("capacity", capacity=8.0, penalty=3.0, warmup=warmup)
    terms = build_objective(model_settings(), settings)(vae, Batch(images), generator(), Moment(progress))
    assert terms.parts["capacity"].item() == pytest.approx(wanted)
    cost = 3.0 * (terms.elbo.kl.mean() - wanted).abs()
    torch.testing.assert_close(terms.loss, terms.elbo.reconstruction.mean() + cost)


def test_training_brings_the_kl_to_the_capacity() -> None:
    vae, (images, _) = learning_vae(), digits(60)
    objective = build_objective(model_settings(), training_settings("capacity", capacity=4.0, penalty=100.0))
    optimizer = torch.optim.Adam(vae.parameters(), lr=3e-3)
    noise = generator()
    for _ in range(300):
        optimizer.zero_grad()
        terms = objective(vae, Batch(images), noise, Moment())
        terms.loss.backward()
        optimizer.step()
    assert terms.elbo.kl.mean().item() == pytest.approx(4.0, abs=0.5)
