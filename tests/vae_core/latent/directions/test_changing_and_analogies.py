"""Directions by the Jacobian on decoders whose Jacobian is known, and analogies."""

from __future__ import annotations

import sys

import numpy as np
import pytest
import torch

from tests.vae_core.latent.curved import decoder_of, onto_sphere
from vae_core.latent import ImageMetric, analogy, jacobian_directions

STRETCH = torch.tensor([[3.0, 0, 0], [0, 0.5, 0], [0, 0, 1.0]])


def test_a_linear_decoder_has_its_singular_vectors_everywhere() -> None:
    metric = ImageMetric(decoder_of(lambda latents: latents @ STRETCH, 3))
    found = jacobian_directions(metric, np.random.default_rng(0).standard_normal((70, 3)))
    np.testing.assert_allclose(found.change, [3, 1, 0.5], rtol=1e-5)
    np.testing.assert_allclose(found.directions, [[1, 0, 0], [0, 0, 1], [0, 1, 0]], atol=1e-6)
    assert len(jacobian_directions(metric, np.zeros((1, 3)), most=2).directions) == 2


def test_on_the_sphere_all_directions_are_alike_and_change_less_far_out() -> None:
    """The stereographic projection keeps angles: at distance r from the centre each direction changes 2 / (1 + r²)."""
    metric = ImageMetric(decoder_of(onto_sphere, 2))
    for r in (0.0, 1.0, 2.0):
        found = jacobian_directions(metric, np.array([[r, 0]]))
        np.testing.assert_allclose(found.change, 2 / (1 + r * r), rtol=1e-5)


def test_the_first_of_a_process_loads_no_symbolic_algebra(monkeypatch: pytest.MonkeyPatch) -> None:
    """PyTorch imports it to check a given outer gradient: two seconds before the first picture of a visitor."""
    monkeypatch.setitem(sys.modules, "torch.fx.experimental.symbolic_shapes", None)  # an import of it would fail
    jacobian_directions(ImageMetric(decoder_of(onto_sphere, 2)), np.zeros((1, 2)))


def test_several_latents_count_by_their_mean_square() -> None:
    metric = ImageMetric(decoder_of(onto_sphere, 2))
    found = jacobian_directions(metric, np.array([[0, 0], [1, 0]]))
    np.testing.assert_allclose(found.change, np.sqrt((4 + 1) / 2), rtol=1e-5)


def test_latents_of_another_model() -> None:
    metric = ImageMetric(decoder_of(onto_sphere, 2))
    for latents in (np.zeros((1, 3)), np.zeros((0, 2)), np.zeros(2)):
        with pytest.raises(ValueError, match=r"this model takes \(B, 2\) with one row or more"):
            jacobian_directions(metric, latents)


def test_analogies() -> None:
    a, b, c = np.random.default_rng(0).standard_normal((3, 6)).astype(np.float32)
    np.testing.assert_allclose(analogy(a, b, c), c + b - a, atol=1e-6)
    assert analogy(a, a, c).tobytes() == c.tobytes()
    assert analogy(a, b, a).tobytes() == b.tobytes()
    with pytest.raises(ValueError, match="all must be"):
        analogy(a, b, c[:3])
    with pytest.raises(ValueError, match="NaN or infinity; an analogy needs finite ones"):
        analogy(a, b, np.full(6, np.nan))
