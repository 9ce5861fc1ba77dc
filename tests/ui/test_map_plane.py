"""Planes of the map: a place on them is the latent it says, and links choose them."""

from __future__ import annotations

import numpy as np
import pytest

from ui.latent_map import Plane, chosen_plane, plane_of_dimensions, plane_of_projection
from vae_core.latent import pca

MEANS = np.random.default_rng(0).normal(size=(50, 5)).astype(np.float32) * np.float32([1, 2, 3, 4, 5])


def latents_of(plane: Plane) -> np.ndarray:
    return plane.origin + plane.points @ plane.axes


def test_on_the_plane_of_two_dimensions_the_others_stand_at_the_mean() -> None:
    plane = plane_of_dimensions(MEANS, 1, 3)
    latents = latents_of(plane)
    assert np.allclose(latents[:, [1, 3]], MEANS[:, [1, 3]])
    assert np.allclose(latents[:, [0, 2, 4]], MEANS[:, [0, 2, 4]].mean(axis=0), atol=1e-6)
    assert plane.titles == ("z2", "z4")
    assert "the other 3 dimensions at the mean" in plane.words


def test_the_plane_of_a_two_dimensional_model_is_the_whole_space() -> None:
    plane = plane_of_dimensions(MEANS[:, :2], 0, 1)
    assert np.allclose(latents_of(plane), MEANS[:, :2])
    assert "whole latent space" in plane.words


@pytest.mark.parametrize(("x", "y"), [(1, 1), (0, 5), (-1, 0)])
def test_a_plane_needs_two_different_dimensions_of_the_model(x: int, y: int) -> None:
    with pytest.raises(ValueError, match="two different ones of the 5"):
        plane_of_dimensions(MEANS, x, y)


def test_the_principal_plane_decodes_what_the_projection_says() -> None:
    found = pca(MEANS)
    plane = plane_of_projection(found)
    assert np.allclose(latents_of(plane), found.to_latent(found.points), atol=1e-5)
    assert f"{found.explained[0]:.0%}" in plane.words
    nearer = np.linalg.norm(latents_of(plane) - MEANS, axis=1)
    assert (nearer <= np.linalg.norm(found.mean - MEANS, axis=1) + 1e-5).all(), "a projection is never farther off"


def test_without_a_choice_the_two_that_carry_most_are_shown() -> None:
    choice = chosen_plane([0.1, 3.0, 0.0, 2.0], {})
    assert (choice.kind, choice.x, choice.y, choice.problem) == ("dimensions", 1, 3, "")


def test_a_link_names_dimensions_from_one() -> None:
    choice = chosen_plane([1.0, 1.0, 1.0], {"x": "3", "y": "1"})
    assert (choice.kind, choice.x, choice.y) == ("dimensions", 2, 0)
    assert chosen_plane([1.0, 1.0, 1.0], {"plane": "pca"}).kind == "pca"


@pytest.mark.parametrize("link", [{"x": "1", "y": "1"}, {"x": "0", "y": "2"}, {"x": "4", "y": "1"}, {"x": "a"}])
def test_an_unusable_link_is_said_in_words(link: dict[str, str]) -> None:
    choice = chosen_plane([3.0, 2.0, 1.0], link)
    assert (choice.x, choice.y) == (0, 1)
    assert "two different dimensions from 1 to 3. z1 and z2 are shown" in choice.problem


def test_the_hand_wins_over_the_link_unless_it_asks_for_nonsense() -> None:
    nats, link = [1.0, 1.0, 1.0], {"x": "1", "y": "2"}
    asked = {"kind": "dimensions", "x": 2, "y": 1}
    assert chosen_plane(nats, link, asked).x == 2
    assert chosen_plane(nats, link, asked | {"kind": "pca"}).kind == "pca"
    assert chosen_plane(nats, link, asked | {"x": 7}).x == 0
    assert chosen_plane(nats, link, asked | {"x": 1}).x == 0
