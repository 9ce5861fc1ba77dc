"""Maps in memory: what is asked for is checked, planes are exact, the memory is bounded."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import store
from store.maps import Maps
from vae_core.latent.maps import plane


def asked(name: str = "tiny-8d", method: str = "pca", rows=None, **parameters):
    model = store.model(name)
    return store.map_request(model, store.source_of(model, "reference"), method, parameters, rows)


@pytest.mark.parametrize(
    ("method", "parameters", "components"),
    [("dimensions", {"x": 5, "y": 2}, 2), ("pca", {}, 2), ("pca", {"components": 3}, 3)],
)
def test_a_place_of_a_plane_is_the_latent_that_lies_there(root: Path, method, parameters, components) -> None:
    made = store.exact_map(asked(method=method, **parameters))
    means = made.request.source.mean
    assert made.points.shape == (len(means), components) and made.points.dtype == np.float32
    latents = made.origin + made.points @ made.axes
    back = (latents - made.origin) @ made.axes.T
    np.testing.assert_allclose(back, made.points, atol=1e-4)
    # what the plane does not show is all that lies between an image and the place of its dot
    np.testing.assert_allclose((means - latents) @ made.axes.T, 0, atol=1e-4)


def test_the_plane_of_a_model_of_two_dimensions_is_its_whole_space(root: Path) -> None:
    made = store.exact_map(asked("tiny-2d", "dimensions"))
    np.testing.assert_array_equal(made.origin + made.points @ made.axes, made.request.source.mean)
    assert "whole latent space" in made.words


def test_the_same_request_has_the_same_id_and_any_other_has_another(root: Path) -> None:
    first = asked()
    assert first.id == asked(components=2).id and len(first.id) == 16 and int(first.id, 16) >= 0
    others = [
        asked(components=3), asked(rows=np.arange(9)), asked(rows=np.arange(8)), asked("tiny-colour"),
        asked(method="dimensions"), asked(method="dimensions", x=1, y=0),
    ]  # fmt: skip
    assert len({first.id, *(each.id for each in others)}) == 7
    assert asked(rows=np.array([4, 2, 2, 9])).id == asked(rows=np.array([2, 4, 9])).id, "a selection has no order"


BAD = {
    "unknown method": ({"method": "magic"}, "bad-map", "'magic'; it must be one of dimensions, pca"),
    "unknown parameter": ({"colour": 3}, "bad-map", "pca has no parameter 'colour'; it takes components"),
    "four components": ({"components": 4}, "bad-map", "components of pca is 4; it must be 2 or 3"),
    "true is no number": ({"components": True}, "bad-map", "components of pca is True"),
    "beyond the model": ({"method": "dimensions", "x": 8}, "bad-map", "x of dimensions is 8; it must be a dimension"),
    "twice the same": ({"method": "dimensions", "x": 3, "y": 3}, "bad-map", "a plane needs two different ones"),
    "one dimension": ({"name": "tiny-1d"}, "bad-map", "a map needs 2. Choose a model with more"),
    "NaN": (
        {"method": "umap", "min_dist": float("nan")},
        "bad-map",
        "min_dist of umap is nan; it must be a number from",
    ),
    "a huge number": ({"method": "umap", "min_dist": 10**400}, "bad-map", "it must be a number from"),
    "two rows": ({"rows": np.array([1, 2, 2])}, "too-few-rows", "There are 2 images to map; a map needs 3"),
    "a row that is not there": ({"rows": np.array([1, 2, 9999])}, "no-such-row", "row is 9999; the source reference"),
    "a negative row": ({"rows": np.array([1, 2, -1])}, "no-such-row", "The row is -1"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_cannot_be_mapped_is_refused_in_a_sentence(root: Path, case: str) -> None:
    arguments, reason, words = BAD[case]
    with pytest.raises(store.NoMap) as refused:
        asked(**arguments)
    assert refused.value.reason == reason and words in str(refused.value)


def test_bounds_hold_nearly_all_points_and_have_a_size_even_where_all_are_one(root: Path) -> None:
    made = store.exact_map(asked())
    x0, _y0, x1, _y1 = made.bounds
    inside = (made.points[:, 0] >= x0) & (made.points[:, 0] <= x1)
    assert 0.99 <= inside.mean() < 1
    same = store.LatentMap(made.request, np.full((5, 2), 3, dtype=np.float32), ("a", "b"), "")
    assert same.bounds == (2.5, 2.5, 3.5, 3.5)


def test_identical_latents_give_a_map_whose_axes_hold_nothing() -> None:
    found = plane(np.ones((7, 4), dtype=np.float32), "pca", {"components": 2})
    assert (found.points == 0).all() and "hold 0% and 0% of the variance" in found.words


def test_the_map_used_longest_ago_leaves_when_all_take_too_much(root: Path) -> None:
    made = [store.exact_map(asked(method="dimensions", x=x, y=x + 1)) for x in range(3)]
    memory = Maps(most_bytes=2 * made[0].nbytes)
    memory.keep(made[0]), memory.keep(made[1])
    assert memory.get(made[0].id) is made[0]  # used again
    memory.keep(made[2])
    assert memory.get(made[1].id) is None and len(memory) == 2
    small = Maps(most_bytes=1)
    assert small.keep(made[0]) is small.get(made[0].id), "the newest always stays"


def test_there_is_no_other_source_and_a_model_without_latents_has_none(root: Path) -> None:
    model = store.model("tiny-8d")
    with pytest.raises(store.NoMap, match="The source is 'attic'; it must be reference, all, or data:"):
        store.source_of(model, "attic")
    (root / "tiny-8d" / "latents.npz").unlink()
    model = store.model("tiny-8d")
    with pytest.raises(store.NoMap, match="train it again to get its reference set") as refused:
        store.source_of(model, "reference")
    assert refused.value.reason == "no-reference"
    (summary,) = [each for each in store.list_sources(model) if each.id == "reference"]
    assert not summary.ready and "train it again" in summary.why_not
