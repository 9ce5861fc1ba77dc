"""Images found by what they are called, and by where they lie."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import store
from store import nearest, search


@pytest.fixture
def source(root: Path) -> store.Source:
    return store.source_of(store.model("tiny-8d"), "reference")


def found(source: store.Source, query: str) -> list[tuple[str, str, list[int]]]:
    return [(each.what, each.words, each.rows.tolist()) for each in search(source, query)]


def test_a_number_is_a_row_and_a_class(source: store.Source) -> None:
    threes = np.flatnonzero(source.label == 3).tolist()
    assert found(source, " 3 ") == [("number", "image 3", [3]), ("label", "label 3", threes)]
    assert found(source, "#3") == [("number", "image 3", [3])]
    assert found(source, "99999") == []


def test_an_image_is_found_by_its_name(source: store.Source) -> None:
    for query in ("test-00012", "Test 12", "test_00012.png"):
        assert found(source, query) == [("name", "test-00012", [12])]
    assert found(source, "train-00012") == [], "the image is no training image"
    assert found(source, "test-99999") == []


def test_a_class_is_found_by_its_name_or_the_beginning_of_a_word(source: store.Source) -> None:
    named = replace(source, label_names=("T-shirt/top", "Ankle boot", "Bag", *"3456789"))
    rows = {number: np.flatnonzero(source.label == number).tolist() for number in range(3)}
    assert found(named, "ankle BOOT") == [("label", "label Ankle boot", rows[1])]
    assert found(named, "boot") == [("label", "label Ankle boot", rows[1])]
    assert found(named, "b") == [("label", "label Ankle boot", rows[1]), ("label", "label Bag", rows[2])]
    assert found(named, "oot") == []
    assert found(named, "(") == [] == found(named, "  ")
    assert found(replace(source, label=None), "ankle") == []


def test_neighbours_are_those_of_brute_force(source: store.Source) -> None:
    generator = np.random.default_rng(0)
    for latent in generator.standard_normal((20, 8)).astype(np.float32) * 2:
        distances = np.linalg.norm(source.mean.astype(np.float64) - latent, axis=1)
        wanted = np.lexsort((np.arange(len(distances)), distances))[:12]
        near = nearest(source, latent, 12)
        np.testing.assert_array_equal(near.rows, wanted)
        np.testing.assert_allclose(near.distances, distances[wanted], rtol=1e-9)


def test_neighbours_of_an_image_leave_it_out_and_ties_go_by_row(source: store.Source) -> None:
    assert nearest(source, source.mean[5], 1).rows.tolist() == [5]
    near = nearest(source, source.mean[5], 3, without=5)
    assert 5 not in near.rows and near.distances[0] > 0
    same = replace(source, mean=np.zeros_like(source.mean))
    assert nearest(same, np.zeros(8, dtype=np.float32), 4).rows.tolist() == [0, 1, 2, 3]
    everybody = nearest(source, source.mean[5], 10**6, without=5)
    assert len(everybody.rows) == len(source) - 1 and (np.diff(everybody.distances) >= 0).all()


def test_distinct_values_are_those_of_numpy() -> None:
    generator = np.random.default_rng(0)
    for values in (generator.integers(0, 50, 200), np.array([7, 7]), np.zeros(0, dtype=np.int64)):
        np.testing.assert_array_equal(store.distinct(values), np.unique(values))
