"""How far the sliders reach, along dimensions and principal axes, by the encodings and by the prior."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import store
from tests.tiny import tiny_checkpoint
from ui.latent_sliders.reach import found_axes, prior_ranges, reach_data


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LATENT_EXPLORER_CHECKPOINTS", str(tmp_path))
    return tmp_path


def test_a_normal_prior_reaches_three_sigma_along_any_axis(root: Path) -> None:
    tiny_checkpoint(root, "four", latent_dim=4)
    model = store.model("four")
    assert prior_ranges(model).tolist() == [[-3, 3]] * 4
    axes = found_axes(model)
    centre = -(axes.axes @ axes.mean)
    np.testing.assert_allclose(axes.prior_ranges, centre[:, None] + [-3, 3], atol=1e-5)


def test_a_learned_prior_reaches_as_far_as_its_draws(root: Path) -> None:
    tiny_checkpoint(root, "mixture", latent_dim=3, model={"prior": "mixture", "prior_components": 4}, evaluation=False)
    model = store.model("mixture")
    low, high = prior_ranges(model).T
    draws = model.sample_prior(20_000, seed=5)
    outside = ((draws < low) | (draws > high)).mean(axis=0)
    assert (outside < 0.008).all(), "0.27 % lies outside"
    assert (outside > 0).all()


def test_the_axes_hold_the_encodings_that_they_were_made_of(root: Path) -> None:
    tiny_checkpoint(root, "four", latent_dim=4)
    model = store.model("four")
    axes = found_axes(model)
    coordinates = (model.latents.mean - axes.mean) @ axes.axes.T
    assert (np.diff(coordinates.std(axis=0)) < 1e-6).all(), "the widest first"
    inside = (coordinates > axes.ranges[:, 0]) & (coordinates < axes.ranges[:, 1])
    assert (inside.mean(axis=0) > 0.97).all()


def test_no_axes_for_a_plane_and_no_prior_for_a_plain_autoencoder(root: Path) -> None:
    tiny_checkpoint(root, "two")
    assert found_axes(store.model("two")) is None
    two = reach_data(store.model("two"), None)
    assert (two["prior"], two["prior_ranges"], two["axes"]) == ("normal", [[-3, 3]] * 2, None)
    tiny_checkpoint(root, "point", latent_dim=4, model={"posterior": "point"}, evaluation=False)
    assert prior_ranges(store.model("point")) is None
    tiny_checkpoint(root, "bare", latents=False)
    assert reach_data(store.model("bare"), None)["prior_ranges"] is None, "its ranges are the prior's already"
