"""Training that starts from the weights of another model: on further data, or on colour after grey."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from vae_core.checkpoint import Checkpoint, load_evaluation
from vae_core.likelihoods import LIKELIHOODS
from vae_core.settings import ModelSettings
from vae_core.training.errors import TrainingError
from vae_core.vae import VAE

HASH_SHOWN = 16  # hex digits
COLLAPSED = 0.1  # nats of KL below which a dimension carries next to nothing
MAY_DIFFER = {"sigma", "dequantise"}  # how far off a pixel may be; the weights draw the same picture


@dataclass(frozen=True)
class InitialWeights:
    """The model to start from. `words` name it in the settings: its name, and the first digits of its weights' hash.

    collapsed: the dimensions, counted from 0, that carry nothing under its own measurement.
    """

    name: str
    words: str
    settings: ModelSettings
    vae: VAE
    collapsed: tuple[int, ...] = ()


def initial_weights_of(checkpoint: Checkpoint) -> InitialWeights:
    """A loaded checkpoint as something to start from."""
    config = checkpoint.config
    words = f"{config.name}@{checkpoint.weights_hash[:HASH_SHOWN]}"
    kl = (load_evaluation(checkpoint.folder) or {}).get("kl_per_dimension", [])
    collapsed = tuple(dimension for dimension, nats in enumerate(kl) if nats < COLLAPSED)
    return InitialWeights(config.name, words, config.model, checkpoint.vae, collapsed)


def start_from(vae: VAE, settings: ModelSettings, initial: InitialWeights) -> None:
    """Gives a new model of these settings the weights of another one of the same make, in place.

    A model of colour images (3, H, W) may start from one of grey images (1, H, W): its encoder then sees the mean over
    the channels, and its decoder draws the same in each. Dimensions that had collapsed there begin with random
    weights, so that they can take what is new. Raises TrainingError when the two differ in anything else but a fixed
    sigma and dequantise, also where the weights would fit: under another activation they mean something else.
    """
    difference = _different_setting(initial.settings, settings)
    if difference:
        raise _refusal(settings, initial, difference)
    known, wanted = initial.vae.state_dict(), vae.state_dict()
    if set(known) != set(wanted):
        raise _refusal(settings, initial, _first_difference(set(known), set(wanted)))
    gains_colour = _gains_colour(initial.settings, settings)
    fitted = {}
    for name, here in wanted.items():
        there = known[name]
        axis = _axis_of_channels(there, here) if gains_colour else None
        if there.shape != here.shape and axis is None:
            raise _refusal(settings, initial, f"{name} is {_shape(there)} there and {_shape(here)} here")
        fitted[name] = there if axis is None else _in_three_channels(name, there, axis, initial.settings)
    fresh = {name: weights.clone() for name, weights in wanted.items()}
    vae.load_state_dict(fitted)
    _free_collapsed(vae, initial.collapsed, fresh)


@torch.no_grad()
def _free_collapsed(vae: VAE, collapsed: tuple[int, ...], fresh: dict[str, Tensor]) -> None:
    """Collapsed dimensions get back the random weights they had: a dimension on which no picture depends learns nothing
    of what is new in the data, which would then crowd into those that are taken.
    """
    weights, size = vae.state_dict(), vae.latent_dim
    listening = next((name for name, each in weights.items() if _takes_latents(name, each, size)), None)
    if listening is None:
        return
    for dimension in collapsed:
        weights[listening][:, dimension] = fresh[listening][:, dimension]
        for name in [name for name in weights if name.startswith("encoder")][-2:]:
            weights[name][dimension::size] = fresh[name][dimension::size]


def _takes_latents(name: str, weights: Tensor, size: int) -> bool:
    return name.startswith("decoder") and weights.dim() == 2 and weights.shape[1] >= size


def _in_three_channels(name: str, weights: Tensor, axis: int, settings: ModelSettings) -> Tensor:
    """The weights of a grey model, of these settings, for colour: along the axis each plane stands three times.

    A decoder has as many planes as a pixel value has numbers: (place, scale) becomes (place × 3, scale × 3).
    """
    is_decoder = name.startswith("decoder")
    planes = LIKELIHOODS[settings.likelihood].outputs_per_value(settings) if is_decoder else 1
    in_planes = weights.unflatten(axis, (planes, -1))  # of the mlp a plane is a block of H·W
    channels = in_planes.repeat_interleave(3, dim=axis).flatten(axis, axis + 1)
    return channels / 3 if name.startswith("encoder") else channels


def _axis_of_channels(there: Tensor, here: Tensor) -> int | None:
    """The one axis that is three times as long here; None where the shapes differ in another way, or not at all."""
    if there.dim() != here.dim():
        return None
    differing = [axis for axis in range(here.dim()) if there.shape[axis] != here.shape[axis]]
    trebled = len(differing) == 1 and here.shape[differing[0]] == 3 * there.shape[differing[0]]
    return differing[0] if trebled else None


def _different_setting(there: ModelSettings, here: ModelSettings) -> str | None:
    """The first setting that makes them models of two kinds, with both values; None where they are of one."""
    free = MAY_DIFFER | ({"image_shape"} if _gains_colour(there, here) else set())
    for name in ModelSettings.model_fields:
        was, wanted = getattr(there, name), getattr(here, name)
        if was != wanted and name not in free:
            return f"{name} is {_value(was)} there and {_value(wanted)} here"
    return None


def _gains_colour(there: ModelSettings, here: ModelSettings) -> bool:
    return there.image_shape[0] == 1 and here.image_shape == (3, *there.image_shape[1:])


def _value(value: object) -> str:
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _first_difference(there: set[str], here: set[str]) -> str:
    missing = sorted(here - there)
    return f"{missing[0]} is only here" if missing else f"{sorted(there - here)[0]} is only there"


def _shape(weights: Tensor) -> str:
    return "×".join(map(str, weights.shape)) or "one number"


def _refusal(settings: ModelSettings, initial: InitialWeights, difference: str) -> TrainingError:
    return TrainingError(
        f"the weights of {initial.name} ({_make(initial.settings)}) do not fit the new model ({_make(settings)}): "
        f"{difference}. Give both the same network, hidden widths, activation, latent size, likelihood, prior and "
        "classes, and images of one size; colour may start from grey."
    )


def _make(settings: ModelSettings) -> str:
    hidden = ",".join(map(str, settings.hidden))
    size = "×".join(map(str, settings.image_shape))
    return f"{settings.network} {hidden}, {size} images, {settings.latent_dim} latent dimensions"
