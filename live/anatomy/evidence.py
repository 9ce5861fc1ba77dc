"""log p(x) of one image: draws with their weights, a block at a time, and the grid of a 2-D model, also in parts."""

from __future__ import annotations

from typing import Any

import store
from live.anatomy.fields import image_of, label_of, only, whole_of
from live.anatomy.one_image import (
    BLOCK,
    LONGEST_STREAM,
    MOST_BLOCKS,
    base64_of,
    batch_of,
    number_of,
    posterior_of,
    refuse_without_posterior,
)
from live.answers import Refused

BEST = 8  # draws of a request that are told with their latents
SOURCES = ("posterior", "prior")


def weights(model: store.LoadedModel, content: dict[str, Any]) -> dict[str, Any]:
    """{"image", "label", "from": "posterior" or "prior", "spread", "seed", "start", "blocks"}: log w, 256 a block.

    From block number ``start`` on: {log_weights: base64 float32, best: [{log_weight, latent}], the heaviest first}.
    """
    only(content, {"image", "label", "from", "spread", "seed", "start", "blocks"})
    refuse_without_posterior(model)
    source = content.get("from", "posterior")
    if source not in SOURCES:
        raise Refused("bad-request", f"from is {str(source)[:30]}; it must be posterior or prior.")
    spread = number_of(content, "spread", 0.05, 20, 1.0)
    seed = whole_of(content, "seed", 0, 2**31 - 1, 0)
    start = whole_of(content, "start", 0, LONGEST_STREAM // BLOCK, 0)
    blocks = whole_of(content, "blocks", 1, MOST_BLOCKS, 1)
    latents, logs = _drawn(model, content, source, spread, seed, range(start, start + blocks))
    best = logs.argsort()[::-1][:BEST]
    return {
        "log_weights": base64_of(logs),
        "best": [{"log_weight": float(logs[at]), "latent": latents[at].tolist()} for at in best],
    }


def _drawn(model, content, source, spread, seed, numbers):
    import torch

    from vae_core.metrics import weighed_from_posterior, weighed_from_prior

    batch = batch_of(content, model)
    q = posterior_of(model, batch, spread)
    parts = []
    for number in numbers:
        generator = torch.Generator().manual_seed(seed * LONGEST_STREAM + number)
        if source == "prior":
            parts.append(weighed_from_prior(model.vae, batch, BLOCK, generator))
        else:
            parts.append(weighed_from_posterior(model.vae, batch, q, BLOCK, generator))
    return tuple(torch.cat([getattr(part, name) for part in parts]).numpy() for name in ("latents", "log_weights"))


def grid(model: store.LoadedModel, content: dict[str, Any]) -> dict[str, Any]:
    """{"image", "label"}: log p(x), the true posterior and the gap of a 2-D model.

    60 ms of the work at a time: {"state": "running", "progress"} until it is "ready".
    """
    only(content, {"image", "label"})
    refuse_without_posterior(model)
    if model.latent_dim != 2:
        raise Refused(
            "bad-request",
            f"{model.name} has {model.latent_dim} latent dimensions; a grid over all z needs 2. Choose a 2-D model.",
        )
    found = store.grid_of_image(model, image_of(content, model), label_of(content, model))
    if isinstance(found, float):
        return {"state": "running", "progress": round(found, 3)}
    names = ("log_evidence", "error", "kl", "mean", "std", "correlation", "points")
    facts = {name: getattr(found, name) for name in names}
    return {"state": "ready", **facts, "plane": _field(found.plane), "window": _field(found.window)}


def _field(given: store.PlaneField) -> dict[str, Any]:
    side = len(given.log_posterior)
    return {"low": given.low, "high": given.high, "side": side, "log_posterior": base64_of(given.log_posterior)}
