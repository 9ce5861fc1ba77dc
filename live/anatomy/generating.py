"""From the prior to a picture: how likely a z is, how likely the x drawn under it, and what one pixel of x may be."""

from __future__ import annotations

from typing import Any

import store
from live.anatomy.fields import label_of, numbers_of, only, whole_of
from live.answers import Refused


def log_densities(model: store.LoadedModel, content: dict[str, Any]) -> dict[str, Any]:
    """{"latent", "seed", "label"}: {log_prior, log_likelihood}: log p(z), and log p(x|z) of the x that this seed draws.

    x is the picture that the live path draws for the same latent and seed: values beyond black or white are cut.
    log_likelihood is null where the model's cost is no likelihood.
    """
    import torch

    only(content, {"latent", "seed", "label"})
    latents, labels = _latents(model, content)
    seed, vae = whole_of(content, "seed", 0, 2**53 - 1, 0), model.vae
    with torch.inference_mode():
        log_prior = float(vae.log_prior(latents))
        if vae.likelihood.measure == "none":
            return {"log_prior": log_prior, "log_likelihood": None}
        drawn = vae.draw(latents, torch.Generator().manual_seed(seed), labels)
        return {"log_prior": log_prior, "log_likelihood": float(vae.log_likelihood(latents, drawn, labels))}


def pixel(model: store.LoadedModel, content: dict[str, Any]) -> dict[str, Any]:
    """{"latent", "label", "place": [channel, row, column]}: p(x|z) of that pixel: {kind, values, weights, mean}."""
    import torch

    from vae_core.likelihoods import pixel_values

    only(content, {"latent", "label", "place"})
    latents, labels = _latents(model, content)
    place = content.get("place")
    if not isinstance(place, list) or len(place) != 3 or not all(type(number) is int for number in place):
        raise Refused("bad-request", f"place is {str(place)[:40]}; it must be [channel, row, column].")
    with torch.inference_mode():
        output = model.vae.decoder_output(latents, labels)
    try:
        found = pixel_values(model.vae.likelihood, output, tuple(place))
    except IndexError as problem:
        raise Refused("out-of-range", str(problem)) from problem
    return {
        "kind": found.kind,
        "values": found.values.tolist(),
        "weights": found.weights.tolist(),
        "mean": found.mean,
    }


def _latents(model: store.LoadedModel, content: dict[str, Any]) -> tuple[Any, Any]:
    """The latent of a request, float32 (1, D), and its class where the model is conditional."""
    import torch

    latents = torch.from_numpy(numbers_of(content, "latent", model.latent_dim))[None]
    return latents, torch.tensor([label_of(content, model)]) if model.classes else None
