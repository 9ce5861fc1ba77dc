"""Pictures drawn from p(x|z): repeatable, of the values that the likelihood knows, and right on average."""

from __future__ import annotations

import pytest
import torch

from tests.tiny import tiny_vae
from vae_core.likelihoods import LIKELIHOODS
from vae_core.settings import ModelSettings

DRAWN = [name for name, kind in LIKELIHOODS.items() if kind.measure != "none"]
MANY = 4000


def settings(likelihood: str) -> ModelSettings:
    levels = {"levels": 8} if likelihood == "categorical" else {}
    return ModelSettings(
        network="mlp", image_shape=(1, 8, 8), latent_dim=2, likelihood=likelihood, hidden=(8,), **levels
    )


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize("likelihood", DRAWN)
def test_a_draw_is_repeatable_within_the_range_and_has_the_mean_of_the_likelihood(likelihood: str) -> None:
    vae = tiny_vae(settings(likelihood))
    latent = torch.tensor([[0.3, -0.7]])
    one, same, other = (vae.draw(latent, seeded(seed)) for seed in (1, 1, 2))
    assert torch.equal(one, same) and not torch.equal(one, other)
    many = vae.draw(latent.expand(MANY, 2), seeded())
    assert many.shape == (MANY, 1, 8, 8) and many.min() >= 0 and many.max() <= 1
    mean = vae.decode_mean(latent)
    spread = many.std(dim=0) / MANY**0.5
    # values beyond black and white are cut, which moves the mean of pixels near the ends alone
    inside = (mean[0] > 0.35) & (mean[0] < 0.65) if vae.likelihood.measure == "density" else mean[0] >= 0
    gap = (many.mean(dim=0) - mean[0]).abs() / (spread + 1e-3)
    assert inside.any() and gap[inside].max() < 6


GREY_LEVELS = [("bernoulli", 2), ("categorical", 8), ("discretised-logistic", 256)]


@pytest.mark.parametrize(("likelihood", "levels"), GREY_LEVELS)
def test_discrete_likelihoods_draw_their_own_grey_levels(likelihood: str, levels: int) -> None:
    drawn = tiny_vae(settings(likelihood)).draw(torch.randn(20, 2, generator=seeded()), seeded())
    steps = drawn * (levels - 1)
    assert torch.allclose(steps, steps.round(), atol=1e-3)


def test_a_cost_that_is_no_likelihood_has_nothing_to_draw() -> None:
    with pytest.raises(ValueError, match="Cross-entropy is no likelihood that a picture could be drawn from"):
        tiny_vae(settings("cross-entropy")).draw(torch.zeros(1, 2), seeded())
