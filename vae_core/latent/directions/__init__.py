"""Directions that mean something: of an attribute, of the largest change, and from one image to another."""

from __future__ import annotations

from vae_core.latent.directions.analogy import analogy
from vae_core.latent.directions.attribute import (
    METHODS,
    AttributeDirection,
    Consistency,
    attribute_direction,
    cohens_d,
)
from vae_core.latent.directions.changing import ChangingDirections, jacobian_directions

__all__ = [
    "METHODS",
    "AttributeDirection",
    "ChangingDirections",
    "Consistency",
    "analogy",
    "attribute_direction",
    "cohens_d",
    "jacobian_directions",
]
