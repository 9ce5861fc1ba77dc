"""One step of training taken apart: each tensor by hand, the gradient by differences, the run by torch's Adam."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import pytest
import torch

from vae_core.data import load_images
from vae_core.objectives import elbo
from vae_core.training.adam import adam_change, no_moments
from vae_core.training.noise import STEPS, WEIGHTS, stream_seed
from vae_core.training.small_run import BATCH, LEARNING_RATE, SMALL_MODEL, SmallRun, SmallState, SmallStep
from vae_core.vae import LARGEST_LOG_VARIANCE, build_vae

SIGMA = SMALL_MODEL.sigma


@cache
def run() -> SmallRun:
    return SmallRun(load_images())


@cache
def after(steps: int, seed: int = 0) -> SmallState:
    return run().first(seed) if steps == 0 else run().next(after(steps - 1, seed))


@cache
def traced() -> SmallStep:
    return run().traced(after(5))


def layers(weights: np.ndarray) -> list[np.ndarray]:
    """The eight tensors of the 64-24-4, 2-24-64 network, cut out of one vector."""
    shapes = [(24, 64), (24,), (4, 24), (4,), (24, 2), (24,), (64, 24), (64,)]
    ends = np.cumsum([math.prod(shape) for shape in shapes])
    return [part.reshape(shape) for part, shape in zip(np.split(weights, ends[:-1]), shapes, strict=True)]


def encoded(weights: np.ndarray, images: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Hidden layer, mean and std of images (B, 64), with NumPy alone."""
    w1, b1, w2, b2 = layers(weights)[:4]
    hidden = np.tanh(images @ w1.T + b1)
    outputs = hidden @ w2.T + b2
    bounded = LARGEST_LOG_VARIANCE * np.tanh(outputs[:, 2:] / LARGEST_LOG_VARIANCE)
    return hidden, outputs[:, :2], np.exp(bounded / 2)


def elbo_by_hand(weights: np.ndarray, images: np.ndarray, noise: np.ndarray) -> np.ndarray:
    """The ELBO (B,) of a Gaussian decoder of fixed σ, with NumPy alone."""
    _, mean, std = encoded(weights, images)
    return elbo_of(weights, images, mean, std, mean + std * noise)


def output_of(weights: np.ndarray, latents: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    w3, b3, w4, b4 = layers(weights)[4:]
    hidden = np.tanh(latents @ w3.T + b3)
    return hidden, hidden @ w4.T + b4


def costs_of(images: np.ndarray, output: np.ndarray) -> np.ndarray:
    picture = 1 / (1 + np.exp(-output))
    return (images - picture) ** 2 / (2 * SIGMA**2) + math.log(SIGMA) + math.log(2 * math.pi) / 2


def elbo_of(weights, images, mean, std, latents) -> np.ndarray:
    kl = (std**2 + mean**2 - 1) / 2 - np.log(std)
    return -costs_of(images, output_of(weights, latents)[1]).sum(1) - kl.sum(1)


def doubles(*tensors: torch.Tensor) -> list[np.ndarray]:
    return [tensor.detach().double().flatten(1).numpy() for tensor in tensors]


def given() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    step = traced()
    images, noise = doubles(step.done.images, step.done.noise)
    return step.before.weights.double().numpy(), images, noise


def test_adam_is_torchs_adam() -> None:
    generator = torch.Generator().manual_seed(3)
    weights = torch.randn(50, generator=generator)
    theirs = torch.nn.Parameter(weights.clone())
    optimizer = torch.optim.Adam([theirs], lr=0.02)
    moments = no_moments(weights)
    for _ in range(6):
        theirs.grad = torch.randn(50, generator=generator)
        change, moments = adam_change(theirs.grad, moments, 0.02)
        weights = weights + change
        optimizer.step()
    torch.testing.assert_close(weights, theirs.detach())
    assert moments.steps == 6


def test_the_run_is_that_of_torchs_adam_on_the_elbo() -> None:
    vae = build_vae(SMALL_MODEL, stream_seed(0, WEIGHTS))
    optimizer = torch.optim.Adam(vae.parameters(), lr=LEARNING_RATE)
    for step in range(5):
        images = torch.from_numpy(run().images.pixels(run().rows(0, step))).float() / 255
        loss = elbo(vae, images, torch.Generator().manual_seed(stream_seed(0, STEPS, step))).loss
        assert -loss.item() == pytest.approx(after(5).batch_elbo[step], abs=1e-3)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    theirs = torch.cat([parameter.detach().flatten() for parameter in vae.parameters()])
    torch.testing.assert_close(after(5).weights, theirs, atol=2e-5, rtol=1e-4)


def test_every_tensor_on_the_way_is_what_numpy_makes_of_it() -> None:
    step, (weights, images, noise) = traced(), given()
    hidden, mean, std = encoded(weights, images)
    latents = mean + std * noise
    decoder_hidden, output = output_of(weights, latents)
    kl = (std**2 + mean**2 - 1) / 2 - np.log(std)
    done, looks = step.done, step.looks
    for found, wanted in (
        (looks.encoder_hidden, hidden),
        (done.posterior.mean, mean),
        (done.posterior.stddev, std),
        (done.latents, latents),
        (looks.decoder_hidden, decoder_hidden),
        (done.output, output),
        (looks.picture, 1 / (1 + np.exp(-output))),
        (looks.cost_per_pixel, costs_of(images, output)),
        (done.terms.kl_per_dimension, kl),
    ):
        np.testing.assert_allclose(doubles(found)[0], wanted, atol=2e-4)
    np.testing.assert_allclose(done.terms.reconstruction.detach(), costs_of(images, output).sum(1), rtol=1e-4)
    np.testing.assert_allclose(done.terms.elbo.detach(), elbo_by_hand(weights, images, noise), rtol=1e-4)


def test_the_gradient_of_the_weights_is_that_of_finite_differences() -> None:
    step, (weights, images, noise) = traced(), given()
    found = torch.cat([gradient.flatten() for gradient in step.gradients.weights]).numpy()
    places = np.random.default_rng(0).choice(len(weights), 60, replace=False)
    for place in [*places, 64 * 24 + 24 + 3, len(weights) - 1]:
        nudge = np.zeros_like(weights)
        nudge[place] = 1e-5
        higher, lower = (elbo_by_hand(weights + way * nudge, images, noise).mean() for way in (1, -1))
        assert found[place] == pytest.approx((higher - lower) / 2e-5, rel=2e-3, abs=2e-4)


def test_the_gradients_on_the_way_are_those_of_finite_differences() -> None:
    step, (weights, images, noise) = traced(), given()
    _, mean, std = encoded(weights, images)
    gradients = step.gradients

    def by_differences(of) -> np.ndarray:
        found = np.empty_like(mean)
        for dimension in range(2):
            nudge = np.zeros_like(mean)
            nudge[:, dimension] = 1e-5
            found[:, dimension] = (of(nudge) - of(-nudge)) / 2e-5
        return found

    def along(mean: np.ndarray, std: np.ndarray) -> np.ndarray:
        return elbo_of(weights, images, mean, std, mean + std * noise)

    latents = mean + std * noise
    for found, wanted in (
        (gradients.mean, by_differences(lambda nudge: along(mean + nudge, std))),
        (gradients.std, by_differences(lambda nudge: along(mean, std + nudge))),
        (gradients.latents, by_differences(lambda nudge: elbo_of(weights, images, mean, std, latents + nudge))),
    ):
        np.testing.assert_allclose(doubles(found)[0], wanted, rtol=1e-3, atol=1e-3)
    picture = 1 / (1 + np.exp(-output_of(weights, latents)[1]))
    wanted = (images - picture) / SIGMA**2 * picture * (1 - picture)
    np.testing.assert_allclose(doubles(gradients.output)[0], wanted, atol=1e-3)


def test_what_the_same_images_gain_is_measured_with_the_same_noise() -> None:
    step, (_, images, noise) = traced(), given()
    wanted = elbo_by_hand(step.after.weights.double().numpy(), images, noise)
    np.testing.assert_allclose(step.elbo_after, wanted, rtol=1e-4)
    assert step.elbo_after.mean() > step.done.terms.elbo.mean()
    torch.testing.assert_close(step.after.weights, step.before.weights + step.change)


def test_the_watched_images_are_those_of_the_test_split_and_judged_after_the_step() -> None:
    step, images = traced(), run().images
    watched = run().watched
    assert set(watched) <= set(images.test)
    assert np.bincount(images.labels[watched]).tolist() == [20] * 10
    pixels = images.pixels(watched).reshape(len(watched), -1) / 255
    weights = step.after.weights.double().numpy()
    _, mean, std = encoded(weights, pixels)
    np.testing.assert_allclose(step.watched_means, mean, atol=1e-3)
    noise = run()._watched_noise.double().numpy()
    wanted = elbo_of(weights, pixels, mean, std, mean + std * noise).mean()
    assert step.after.watched_elbo[-1] == pytest.approx(wanted, rel=1e-4)
    assert len(step.after.watched_elbo) == len(step.after.batch_elbo) + 1 == 7


def test_a_state_is_a_function_of_seed_and_step() -> None:
    again = SmallRun(load_images())
    state = again.next(again.first(0))
    assert torch.equal(state.weights, after(1).weights)
    assert torch.equal(again.traced(again.first(0)).after.weights, state.weights)
    assert not torch.equal(after(1, seed=1).weights, state.weights)
    assert not np.array_equal(run().rows(0, 0), run().rows(1, 0))


def test_an_epoch_takes_each_image_once_and_the_next_begins_anew() -> None:
    train = run().images.train
    epoch = np.concatenate([run().rows(0, step) for step in range(len(train) // BATCH)])
    assert len(set(epoch)) == len(epoch)
    assert set(epoch) <= set(train)
    assert len(epoch) > len(train) - BATCH
    assert len(run().rows(0, len(train) // BATCH)) == BATCH


def test_it_learns() -> None:
    state = after(100)
    assert state.watched_elbo[-1] > state.watched_elbo[0] + 80


def test_a_seed_below_0_is_refused() -> None:
    with pytest.raises(ValueError, match=r"The seed is -1; it must be 0 or more. Choose another"):
        run().first(-1)
