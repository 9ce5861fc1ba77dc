"""Maps by every method: seeded, whole, and a clear sentence for what cannot be mapped."""

from __future__ import annotations

import numpy as np
import pytest

from tests.vae_core.latent.maps.known_latents import groups
from vae_core.latent.maps import MapError, fit_map, map_quality, place_on_map

UMAP = {"components": 2, "neighbours": 15, "min_dist": 0.1, "seed": 0}
TSNE = {"perplexity": 30, "seed": 0}
METHODS = [
    ("dimensions", {"x": 2, "y": 0}),
    ("pca", {"components": 2}),
    ("pca", {"components": 3}),
    ("umap", UMAP),
    ("umap", {**UMAP, "components": 3}),
    ("tsne", TSNE),
]
LAYOUTS = [("umap", UMAP), ("tsne", TSNE)]


@pytest.mark.parametrize(("method", "parameters"), METHODS)
def test_a_map_has_a_finite_place_for_each_latent(method: str, parameters: dict) -> None:
    means, _ = groups()
    heard: list[float] = []
    fitted = fit_map(means, method, parameters, lambda share, message: heard.append(share))
    assert fitted.points.shape == (len(means), parameters.get("components", 2))
    assert fitted.points.dtype == np.float32
    assert np.isfinite(fitted.points).all()
    assert len(fitted.titles) == fitted.points.shape[1]
    assert heard == sorted(heard)
    assert fitted.exact == (method in ("dimensions", "pca"))


@pytest.mark.parametrize(("method", "parameters"), LAYOUTS)
def test_a_layout_keeps_groups_together_and_apart(method: str, parameters: dict) -> None:
    means, kind = groups()
    points = fit_map(means, method, parameters).points
    centres = np.stack([points[kind == each].mean(axis=0) for each in range(3)])
    nearest = np.linalg.norm(points[:, None] - centres, axis=2).argmin(axis=1)
    assert (nearest == kind).all()
    assert map_quality(means, points).trustworthiness > 0.8


@pytest.mark.parametrize(("method", "parameters"), LAYOUTS)
def test_the_same_seed_gives_the_same_map_and_another_seed_another(method: str, parameters: dict) -> None:
    means, _ = groups()
    first, again = (fit_map(means, method, parameters).points for _ in range(2))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, fit_map(means, method, {**parameters, "seed": 1}).points)


@pytest.mark.parametrize(("method", "parameters"), METHODS)
def test_what_is_on_the_map_is_placed_where_it_is(method: str, parameters: dict) -> None:
    means, _ = groups()
    fitted = fit_map(means, method, parameters)
    np.testing.assert_allclose(place_on_map(fitted, means[:7]), fitted.points[:7], atol=1e-4)


@pytest.mark.parametrize(("method", "parameters"), LAYOUTS)
def test_a_new_image_lands_in_its_group(method: str, parameters: dict) -> None:
    means, kind = groups()
    fitted = fit_map(means, method, parameters)
    new, new_kind = groups(30, seed=5)
    places = place_on_map(fitted, new)
    centres = np.stack([fitted.points[kind == each].mean(axis=0) for each in range(3)])
    assert (np.linalg.norm(places[:, None] - centres, axis=2).argmin(axis=1) == new_kind).all()


def test_many_points_are_laid_out_on_a_grid_as_well_as_by_a_tree(monkeypatch: pytest.MonkeyPatch) -> None:
    from vae_core.latent.maps import tsne_layout

    means, _ = groups(300)
    by_tree = map_quality(means, fit_map(means, "tsne", TSNE).points)
    monkeypatch.setattr(tsne_layout, "MANY", 100)
    by_grid = map_quality(means, fit_map(means, "tsne", TSNE).points)
    assert by_grid.trustworthiness == pytest.approx(by_tree.trustworthiness, abs=0.02)
    assert by_grid.continuity == pytest.approx(by_tree.continuity, abs=0.02)


def test_a_plane_decodes_back_to_its_latent() -> None:
    means, _ = groups(dimensions=3)
    fitted = fit_map(means, "pca", {"components": 3})
    np.testing.assert_allclose(fitted.origin + fitted.points @ fitted.axes, means, atol=1e-4)
    assert fitted.explained.sum() == pytest.approx(1, abs=1e-5)


def test_a_layout_can_begin_where_an_earlier_one_was() -> None:
    means, _ = groups()
    earlier = fit_map(means, "umap", UMAP).points
    turned = earlier @ np.float32([[0, 1], [-1, 0]])
    later = fit_map(means, "umap", UMAP, start=turned).points
    assert np.corrcoef(later[:, 0], turned[:, 0])[0, 1] > 0.9
    assert np.corrcoef(later[:, 1], turned[:, 1])[0, 1] > 0.9


@pytest.mark.parametrize(("method", "parameters"), LAYOUTS)
def test_three_points_are_too_few_for_a_layout(method: str, parameters: dict) -> None:
    with pytest.raises(MapError, match=r"There are 3 images to map; .* needs at least 10.*or PCA"):
        fit_map(groups(3)[0], method, parameters)


def test_three_points_have_a_plane() -> None:
    assert fit_map(groups(3)[0], "pca", {"components": 2}).points.shape == (3, 2)


@pytest.mark.parametrize(("method", "parameters"), LAYOUTS)
def test_identical_points_are_refused_by_a_layout(method: str, parameters: dict) -> None:
    with pytest.raises(MapError, match=r"All 50 latents are the same.*choose another model"):
        fit_map(np.full((50, 4), 0.3, dtype=np.float32), method, parameters)


def test_identical_points_have_a_plane_in_one_place() -> None:
    fitted = fit_map(np.full((50, 4), 0.3, dtype=np.float32), "pca", {"components": 2})
    np.testing.assert_allclose(fitted.points, 0, atol=1e-6)
    assert np.isfinite(fitted.explained).all()


@pytest.mark.parametrize(("method", "parameters"), LAYOUTS)
def test_many_equal_latents_among_others_are_laid_out(method: str, parameters: dict) -> None:
    means, _ = groups()
    means[:60] = means[0]
    means[60:100] = means[1]
    assert np.isfinite(fit_map(means, method, parameters).points).all()


@pytest.mark.parametrize(("method", "parameters"), METHODS)
def test_a_latent_that_is_no_number_is_named_by_its_row(method: str, parameters: dict) -> None:
    means, _ = groups()
    means[[7, 9], 1] = np.nan, np.inf
    with pytest.raises(MapError, match=r"2 of 120 latents hold NaN or infinite numbers, the first in row 7.*Leave"):
        fit_map(means, method, parameters)


def test_one_latent_dimension_can_be_laid_out() -> None:
    line = np.linspace(0, 10, 40, dtype=np.float32)[:, None]
    points = fit_map(line, "umap", UMAP).points
    assert np.isfinite(points).all()


def test_latents_of_another_model_are_not_placed() -> None:
    fitted = fit_map(groups()[0], "umap", UMAP)
    with pytest.raises(MapError, match="have 3 dimensions; this map was made of 6"):
        place_on_map(fitted, np.zeros((1, 3), dtype=np.float32))


def test_an_unknown_method_is_named() -> None:
    with pytest.raises(MapError, match="method is 'isomap'; it must be one of dimensions, pca, umap, tsne"):
        fit_map(groups()[0], "isomap", {})
