"""The convolutional benchmark: both sides learn the same thing, and its figures are of what it measured."""

from __future__ import annotations

import pytest

from benchmarks import conv_training as benchmark
from vae_core import ModelSettings, TrainingSettings


def test_the_images_are_drawn_by_seed_at_64_pixels() -> None:
    images = benchmark.draw_shapes(20, 3, seed=4)
    assert images.image_shape == (3, 64, 64)
    assert images.fingerprint == benchmark.draw_shapes(20, 3, seed=4).fingerprint
    assert images.fingerprint != benchmark.draw_shapes(20, 3, seed=5).fingerprint
    black_and_white = benchmark.draw_shapes(20, 1, seed=4).images
    assert set(black_and_white.flatten().tolist()) == {0, 255}
    assert ((black_and_white > 0).mean(axis=(1, 2, 3)) > 0.005).all()


def test_both_sides_start_alike_train_and_are_judged_alike() -> None:
    images = benchmark.draw_shapes(40, 1, seed=0)
    model = ModelSettings(
        network="conv", image_shape=(1, 64, 64), latent_dim=2, likelihood="bernoulli", hidden=(4, 4, 4, 4)
    )
    training = TrainingSettings(epochs=1, batch_size=14, learning_rate=1e-9, seed=0, patience=9)
    entry = benchmark.measure(images, model, training, rounds=1)[0]
    assert entry.our_loss == pytest.approx(entry.plain_loss, rel=1e-4)  # the rate is so small that weights stay
    assert entry.ours > 0 and entry.plain > 0
    _, vae = benchmark.train_plain(images, model, training.model_copy(update={"learning_rate": 1e-2}))
    untrained = benchmark.train_plain(images, model, training)[1]
    losses = [benchmark.held_out_loss(one, images, model, training) for one in (vae, untrained)]
    assert losses[0] < losses[1]


def test_the_summary_is_the_median_and_compares_the_losses_of_all_rounds() -> None:
    rounds = [benchmark.Round(20, 10, 99, 100), benchmark.Round(50, 10, 101, 100), benchmark.Round(30, 10, 101.2, 100)]
    figures = benchmark.summary(rounds)
    assert figures["ratio"] == 3.0
    assert figures["loss_difference"] == pytest.approx(0.004) and figures["losses_agree"]
    assert not benchmark.summary([benchmark.Round(1, 1, 100.6, 100)])["losses_agree"]
