"""What a map may be asked to be: its method with every parameter filled in and checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from store.sources import NoMap

EXACT = ("dimensions", "pca")  # decoding on them needs no approximation
LARGEST_SEED = 2**31 - 1


@dataclass(frozen=True)
class Parameter:
    """A parameter of a method: its default, and the check that gives its value back or says what it must be."""

    default: int | float
    check: Callable[[Any, int], bool]  # of a value and the model's latent_dim
    rule: str


def _whole(low: int, high: int) -> Callable[[Any, int], bool]:
    return lambda value, _: type(value) is int and low <= value <= high


def _between(low: float, high: float) -> Callable[[Any, int], bool]:
    return lambda value, _: type(value) in (int, float) and low <= value <= high


_DIMENSION = "a dimension of the model, a whole number from 0 on"
_SEED = Parameter(0, _whole(0, LARGEST_SEED), f"a whole number from 0 to {LARGEST_SEED}")
_COMPONENTS = Parameter(
    2, lambda value, latent_dim: type(value) is int and 2 <= value <= min(3, latent_dim), "2 or 3, at most latent_dim"
)
METHODS: Mapping[str, Mapping[str, Parameter]] = {
    "dimensions": {
        "x": Parameter(0, lambda value, latent_dim: type(value) is int and 0 <= value < latent_dim, _DIMENSION),
        "y": Parameter(1, lambda value, latent_dim: type(value) is int and 0 <= value < latent_dim, _DIMENSION),
    },
    "pca": {"components": _COMPONENTS},
    "umap": {
        "components": Parameter(2, _whole(2, 3), "2 or 3"),
        "neighbours": Parameter(15, _whole(2, 200), "a whole number from 2 to 200"),
        "min_dist": Parameter(0.1, _between(0, 1), "a number from 0 to 1"),
        "seed": _SEED,
    },
    "tsne": {"perplexity": Parameter(30, _between(2, 200), "a number from 2 to 200"), "seed": _SEED},
}


def checked_parameters(method: str, given: Mapping[str, Any], latent_dim: int) -> dict[str, int | float]:
    """Every parameter of the method, those that were not given at their defaults.

    Raises NoMap for an unknown method or parameter, or a value that it cannot have.
    """
    if method not in METHODS:
        raise NoMap("bad-map", f"The method is {str(method)[:30]!r}; it must be one of {', '.join(METHODS)}.")
    wanted = METHODS[method]
    for name in given:
        if name not in wanted:
            raise NoMap("bad-map", f"{method} has no parameter {str(name)[:30]!r}; it takes {', '.join(wanted)}.")
    if latent_dim < 2:
        raise NoMap("bad-map", "The model has 1 latent dimension; a map needs 2. Choose a model with more.")
    found = {name: given.get(name, parameter.default) for name, parameter in wanted.items()}
    for name, value in found.items():
        if not wanted[name].check(value, latent_dim):
            raise NoMap(
                "bad-map",
                f"The parameter {name} of {method} is {str(value)[:30]}; it must be {wanted[name].rule}"
                f" (this model has {latent_dim} latent dimensions).",
            )
    if method == "dimensions" and found["x"] == found["y"]:
        raise NoMap("bad-map", f"x and y are both dimension {found['x']}; a plane needs two different ones.")
    return found
