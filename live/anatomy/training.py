"""Chapter 6: one step of the small training run taken apart, or how far the run has come towards it."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import numpy as np

import store
from live.anatomy.fields import only, whole_of

if TYPE_CHECKING:
    from vae_core.training.small_run import SmallStep

MOST_SECONDS = 0.015  # a request; a step that lies further ahead is reached by asking again
MOST_SEED = 2**31 - 1


def training_step(_model: store.LoadedModel, content: dict[str, Any]) -> dict[str, Any]:
    """Step number ``step`` (from 1) of the run from ``seed``: its tensors, the ELBO so far and the watched images after
    it; or {"reached": steps} where it is not come that far: ask again. The model of the address has no part in it.

    Raises Refused for a seed or step out of their limits.
    """
    only(content, {"seed", "step"})
    seed = whole_of(content, "seed", 0, MOST_SEED)
    step = whole_of(content, "step", 1, store.MOST_SMALL_STEPS)
    found = store.small_step(seed, step, MOST_SECONDS)
    if isinstance(found, int):
        return {"seed": seed, "step": step, "reached": found}
    return {"seed": seed, "step": step, "most": store.MOST_SMALL_STEPS, **_facts(found)}


def _facts(found: SmallStep) -> dict[str, Any]:
    from vae_core.training.small_run import BATCH, LEARNING_RATE, SMALL_MODEL

    run = store.small_run()
    labels = run.images.labels
    return {
        "batch": BATCH,
        "learning_rate": LEARNING_RATE,
        "sigma": SMALL_MODEL.sigma,
        "images": len(run.images.train),
        "rows": found.rows.tolist(),
        "labels": labels[found.rows].tolist(),
        "tensors": {name: _packed(values) for name, values in _tensors(found).items()},
        "weights": _weights(found),
        "batch_elbo": _packed(found.after.batch_elbo),
        "watched_elbo": _packed(found.after.watched_elbo),
        "watched": _packed(found.watched_means),
        "watched_labels": labels[run.watched].tolist(),
    }


def _tensors(found: SmallStep) -> dict[str, Any]:
    done, looks, gradients, terms = found.done, found.looks, found.gradients, found.done.terms
    return {
        "images": done.images,
        "encoder_hidden": looks.encoder_hidden,
        "mean": done.posterior.mean,
        "std": done.posterior.stddev,
        "noise": done.noise,
        "latents": done.latents,
        "decoder_hidden": looks.decoder_hidden,
        "output": done.output,
        "picture": looks.picture,
        "cost_per_pixel": looks.cost_per_pixel,
        "reconstruction": terms.reconstruction,
        "kl_per_dimension": terms.kl_per_dimension,
        "kl": terms.kl,
        "elbo": terms.elbo,
        "elbo_after": found.elbo_after,
        "gradient_output": gradients.output,
        "gradient_latents": gradients.latents,
        "gradient_mean": gradients.mean,
        "gradient_std": gradients.std,
    }


def _weights(found: SmallStep) -> list[dict[str, Any]]:
    """Each tensor of weights: its name, what it was, the gradient of the ELBO, and what the step adds to it."""
    sizes = [gradient.numel() for gradient in found.gradients.weights]
    parts = zip(
        found.names,
        found.before.weights.split(sizes),
        found.gradients.weights,
        found.change.split(sizes),
        strict=True,
    )
    return [
        {
            "name": name,
            "before": _packed(before.view_as(gradient)),
            "gradient": _packed(gradient),
            "change": _packed(change.view_as(gradient)),
        }
        for name, before, gradient, change in parts
    ]


def _packed(values: Any) -> dict[str, Any]:
    """Shape, and float32 values as base64 of little-endian bytes, of a tensor or an array."""
    array = np.asarray(values if isinstance(values, np.ndarray) else values.detach(), dtype="<f4")
    return {"shape": list(array.shape), "values": base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()}
