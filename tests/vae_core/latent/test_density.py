"""The density fitted after training: a density, better than the prior where the means are not normal, safe on disk."""

from __future__ import annotations

import io
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.tiny import tiny_checkpoint
from vae_core.checkpoint import BrokenCheckpoint, load_density, load_evaluation, save_density
from vae_core.data import load_images
from vae_core.latent import LatentDensity, fit_density
from vae_core.model_card import CARD
from vae_core.training.results import write_results


def clusters(count: int, seed: int, dimensions: int = 2) -> np.ndarray:
    """Three clusters on a slant, as classes make them."""
    generator = np.random.default_rng(seed)
    centres = 3 * np.random.default_rng(9).standard_normal((3, dimensions))
    noise = generator.standard_normal((count, dimensions)) * 0.4
    noise[:, 0] += noise[:, -1]
    return (centres[generator.integers(0, 3, count)] + noise).astype(np.float32)


def three_components() -> LatentDensity:
    return LatentDensity(
        np.array([0.2, 0.3, 0.5]),
        np.array([[0.0, 0.0], [2.0, -1.0], [-2.0, 1.0]]),
        np.array([[[1.0, 0.6], [0.6, 0.5]], [[0.3, 0.0], [0.0, 0.2]], [[0.5, -0.3], [-0.3, 0.9]]]),
        "training",
        100,
    )


@pytest.mark.parametrize("diagonal", [False, True])
def test_it_integrates_to_one(diagonal: bool) -> None:
    density = three_components()
    if diagonal:
        density = replace(density, covariances=np.array([[1.0, 0.5], [0.3, 0.2], [0.5, 0.9]]))
    axis = np.linspace(-9, 9, 361)
    plane = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
    assert np.exp(density.log_prob(plane)).sum() * 0.05**2 == pytest.approx(1, abs=1e-4)


def test_one_component_is_the_normal_density() -> None:
    covariance = np.array([[1.0, 0.6], [0.6, 0.5]])
    density = LatentDensity(np.ones(1), np.array([[1.0, 2.0]]), covariance[None], "training", 10)
    point = np.array([[1.5, 1.0]], np.float32)
    step = point[0] - density.means[0]
    determinant = np.linalg.det(covariance)
    wanted = -0.5 * step @ np.linalg.inv(covariance) @ step - 0.5 * math.log((2 * math.pi) ** 2 * determinant)
    assert density.log_prob(point)[0] == pytest.approx(wanted)


def test_samples_have_its_mean_and_covariance_and_come_from_the_seed() -> None:
    density = three_components()
    drawn = density.sample(60_000, seed=1)
    assert drawn.dtype == np.float32 and drawn.shape == (60_000, 2)
    mean = density.weights @ density.means
    spread = density.means - mean
    covariance = np.einsum("k,kij->ij", density.weights, density.covariances + spread[:, :, None] * spread[:, None])
    np.testing.assert_allclose(drawn.mean(axis=0), mean, atol=0.05)
    np.testing.assert_allclose(np.cov(drawn.T), covariance, atol=0.1)
    np.testing.assert_array_equal(density.sample(9, 1), density.sample(9, 1))
    assert (density.sample(9, 1) != density.sample(9, 2)).any()


def test_held_out_means_lie_denser_than_under_a_standard_normal() -> None:
    density, held_out = fit_density(clusters(2000, 0), "training"), clusters(500, 1)
    normal = -0.5 * np.square(held_out).sum(axis=1) - math.log(2 * math.pi)
    assert density.log_prob(held_out).mean() > normal.mean() + 1
    assert len(density.weights) in (2, 4) and density.split == "training" and density.rows == 2000


def test_bic_takes_one_component_for_normal_means() -> None:
    means = np.random.default_rng(0).standard_normal((3000, 3)).astype(np.float32)
    density = fit_density(means, "training")
    assert len(density.weights) == 1
    np.testing.assert_allclose(density.covariances[0], np.eye(3), atol=0.12)


def test_many_dimensions_are_taken_as_independent() -> None:
    means = np.random.default_rng(0).standard_normal((300, 40)).astype(np.float32)
    assert fit_density(means, "training", components=(1, 2)).covariances.shape[1:] == (40,)


@pytest.mark.parametrize("count", [2, 7])
def test_few_images_or_all_alike_still_have_a_density(count: int) -> None:
    for means in (clusters(count, 0), np.ones((count, 3), np.float32)):
        density = fit_density(means, "test")
        assert np.isfinite(density.log_prob(means)).all() and np.isfinite(density.sample(5, 0)).all()


def test_one_image_has_none_and_what_is_no_number_is_refused() -> None:
    assert fit_density(clusters(1, 0), "test") is None
    means = clusters(20, 0)
    means[3, 1] = np.nan
    with pytest.raises(ValueError, match=r"A posterior mean is NaN or infinite; .*\. Train the model again"):
        fit_density(means, "test")


def test_repeatable_by_seed() -> None:
    one, again = (fit_density(clusters(500, 0), "training", seed=3) for _ in range(2))
    np.testing.assert_array_equal(one.means, again.means)


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("weights", np.array([0.5, 0.3, 0.5]), r"the weights add up to 1\.3; they must be shares"),
        ("weights", np.array([0.5, 0.5]), r"weights has shape \(2,\); it must be \(3,\)"),
        ("means", np.zeros((3, 2, 1)), r"means has shape .*; it must be \(K, D\)"),
        ("means", np.full((3, 2), np.nan), "NaN or infinite; all must be finite"),
        ("covariances", np.ones((3, 3)), r"covariances has shape \(3, 3\); it must be"),
        ("covariances", -np.ones((3, 2)), r"a variance is -1; it must be above 0"),
        ("covariances", -np.ones((3, 2, 2)), "not positive definite"),
    ],
)
def test_what_is_no_density_is_refused(field: str, value: np.ndarray, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        replace(three_components(), **{field: value})


def test_it_comes_back_from_the_disk_read_only(tmp_path: Path) -> None:
    folder = tiny_checkpoint(tmp_path)
    assert load_density(folder) is None
    saved = three_components()
    save_density(folder, saved)
    loaded = load_density(folder)
    for field in ("weights", "means", "covariances"):
        np.testing.assert_array_equal(getattr(loaded, field), getattr(saved, field))
    assert (loaded.split, loaded.rows) == ("training", 100)
    np.testing.assert_array_equal(loaded.sample(5, 0), saved.sample(5, 0))
    with pytest.raises(ValueError, match="read-only"):
        loaded.means[0] = 0


def damage(folder: Path, **changes: object) -> None:
    with np.load(folder / "density.npz") as stored:
        arrays = {name: stored[name] for name in stored.files} | changes
    buffer = io.BytesIO()
    np.savez(buffer, **{name: value for name, value in arrays.items() if value is not None})
    (folder / "density.npz").write_bytes(buffer.getvalue())


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"means": None}, "has no array 'means'"),
        ({"weights": np.array([0.2, 0.3, 0.6])}, "does not fit: the weights add up to 1.1"),
        ({"means": np.array([["a", "b"]])}, "does not fit: an array of type"),
        ({"means": np.array([{}], dtype=object)}, "it holds pickled objects, which are never opened"),
        ({"rows": np.array("many")}, "does not fit"),
        (
            {"means": np.zeros((3, 4)), "covariances": np.ones((3, 4))},
            "holds a density of 4 dimensions; config.json says 2",
        ),
    ],
)
def test_a_damaged_file_is_named(tmp_path: Path, changes: dict, reason: str) -> None:
    folder = tiny_checkpoint(tmp_path)
    save_density(folder, three_components())
    damage(folder, **changes)
    with pytest.raises(BrokenCheckpoint) as caught:
        load_density(folder)
    assert str(caught.value).startswith("tiny/density.npz ") and reason in str(caught.value)


def test_a_file_cut_off_is_named(tmp_path: Path) -> None:
    folder = tiny_checkpoint(tmp_path)
    save_density(folder, three_components())
    content = (folder / "density.npz").read_bytes()
    (folder / "density.npz").write_bytes(content[:200])
    with pytest.raises(BrokenCheckpoint, match=r"tiny/density\.npz cannot be read \(damaged or not an npz file"):
        load_density(folder)


def test_measuring_a_model_fits_it_to_the_training_images_and_says_so(tmp_path: Path) -> None:
    folder, images = tiny_checkpoint(tmp_path), load_images("digits")
    write_results(folder, images, None, "python -m vae_core evaluate checkpoints/tiny")
    density, kept = load_density(folder), load_evaluation(folder)["density"]
    assert (density.split, density.rows) == ("training", len(images.train))
    assert kept["fitted_to"] == "training" and kept["components"] == len(density.weights)
    assert kept["log_density"] > kept["log_density_standard_normal"]
    assert "fitted to 1,258 images of the training split" in (folder / CARD).read_text()


def test_without_training_images_it_is_fitted_to_the_test_split(tmp_path: Path) -> None:
    folder, images = tiny_checkpoint(tmp_path), load_images("digits")
    write_results(folder, replace(images, split=replace(images.split, train=images.train[:0])), None, "evaluate")
    assert load_density(folder).split == "test"
