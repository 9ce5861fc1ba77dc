"""One image of a row is changed, and each one's costs are those of the formula."""

from __future__ import annotations

import math

import numpy as np
import torch

from tests.tiny import digit_images, tiny_vae
from vae_core.metrics.odd_one import mirrored, opposite_quarters_swapped, row_costs
from vae_core.settings import ModelSettings

SIGMA = 0.3


def model(**more) -> ModelSettings:
    return ModelSettings(
        network="mlp",
        image_shape=(1, 8, 8),
        latent_dim=2,
        likelihood="gaussian-fixed",
        sigma=SIGMA,
        hidden=(16,),
        **more,
    )


def test_the_quarters_change_places_crosswise_and_no_pixel_is_lost() -> None:
    image = np.arange(64).reshape(1, 8, 8)
    moved = opposite_quarters_swapped(image)
    assert np.array_equal(moved[0, :4, :4], image[0, 4:, 4:])
    assert np.array_equal(moved[0, :4, 4:], image[0, 4:, :4])
    assert sorted(moved.flatten()) == list(range(64))
    assert np.array_equal(opposite_quarters_swapped(moved), image)
    odd_sides = np.arange(15).reshape(1, 3, 5)
    assert sorted(opposite_quarters_swapped(odd_sides).flatten()) == list(range(15))


def test_a_mirror_exchanges_left_and_right() -> None:
    assert mirrored(np.array([[[1, 2, 3], [4, 5, 6]]])).tolist() == [[[3, 2, 1], [6, 5, 4]]]


def test_the_costs_are_those_of_the_formula_with_very_many_draws() -> None:
    vae = tiny_vae(model())
    images = digit_images(count=3)[0]
    found = row_costs(vae, images, seed=5, samples=4000)
    generator = torch.Generator().manual_seed(77)
    pixels = torch.from_numpy(images).double() / 255
    posterior = vae.encode(pixels.float())
    mean, std = posterior.mean.double(), posterior.stddev.double()
    kl = ((std**2 + mean**2 - 1) / 2 - std.log()).sum(1)
    latents = mean + std * torch.randn(4000, 3, 2, generator=generator).double()
    picture = vae.decode_mean(latents.flatten(0, 1).float()).double().view(4000, 3, 64)
    error = (pixels.flatten(1) - picture).square() / (2 * SIGMA**2) + math.log(SIGMA) + math.log(2 * math.pi) / 2
    spread = error.sum(2).std(0) / math.sqrt(4000)
    torch.testing.assert_close(found.kl.double(), kl, rtol=1e-4, atol=1e-4)
    assert (found.reconstruction.double() - error.sum(2).mean(0)).abs().lt(8 * spread).all()
    torch.testing.assert_close(found.elbo, -found.reconstruction - found.kl)


def test_they_are_the_same_for_the_same_seed_and_a_plain_autoencoder_has_no_kl() -> None:
    images = digit_images(count=4)[0]
    vae = tiny_vae(model())
    assert torch.equal(row_costs(vae, images, 3).elbo, row_costs(vae, images, 3).elbo)
    assert not torch.equal(row_costs(vae, images, 3).elbo, row_costs(vae, images, 4).elbo)
    assert row_costs(tiny_vae(model(posterior="point")), images).kl.tolist() == [0.0] * 4
