"""Clusters of latents: those that are there, numbered by size."""

from __future__ import annotations

import numpy as np
import pytest

from tests.vae_core.latent.maps.known_latents import groups
from vae_core.latent.maps import NOISE, MapError, clusters
from vae_core.latent.maps import clusters as cluster_function


@pytest.mark.parametrize(("method", "size"), [("kmeans", 3), ("hdbscan", 10)])
def test_groups_that_lie_apart_are_found(method: str, size: int) -> None:
    means, kind = groups(130, dimensions=3)  # of 44, 43 and 43
    found = clusters(means, method, size)
    assert found.dtype == np.int16
    kept = found >= 0
    assert kept.mean() > 0.8
    pairs = {(int(a), int(b)) for a, b in zip(found[kept], kind[kept], strict=True)}
    assert len(pairs) == 3, "a group is torn, or two are one"


def test_the_largest_is_first_and_the_seed_decides() -> None:
    means, _ = groups(130)
    found = clusters(means, "kmeans", 6, seed=3)
    assert (np.diff(np.bincount(found)) <= 0).all()
    np.testing.assert_array_equal(found, clusters(means, "kmeans", 6, seed=3))


def test_what_lies_alone_is_noise() -> None:
    means, _ = groups(120)
    means[0] = 500
    assert clusters(means, "hdbscan", 10)[0] == NOISE


def test_of_very_many_a_sample_is_clustered(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setattr(sys.modules[cluster_function.__module__], "MOST_ROWS", 200)
    means, kind = groups(600, dimensions=3)
    found = clusters(means, "hdbscan", 60)
    kept = found >= 0
    assert kept.mean() > 0.7
    assert len({(int(a), int(b)) for a, b in zip(found[kept], kind[kept], strict=True)}) == 3


@pytest.mark.parametrize("count", [1, 121, 300])
def test_a_number_that_does_not_fit_is_refused(count: int) -> None:
    with pytest.raises(MapError, match=f"{count} clusters are asked for; k-means makes 2 to 255.*Choose another"):
        clusters(groups()[0], "kmeans", count)


def test_identical_latents_are_one_cluster_and_no_more() -> None:
    with pytest.raises(MapError, match=r"no more than there are different latents \(1\)"):
        clusters(np.ones((50, 3), np.float32), "kmeans", 2)


def test_an_unknown_method_and_a_wrong_size_are_refused() -> None:
    with pytest.raises(MapError, match="is 'dbscan'; it must be kmeans or hdbscan"):
        clusters(groups()[0], "dbscan", 3)
    with pytest.raises(MapError, match="shall have 121 latents; HDBSCAN takes 2 to 120"):
        clusters(groups()[0], "hdbscan", 121)
