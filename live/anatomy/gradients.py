"""The gradient of one image's ELBO by μ and σ: single draws of three estimators, and the chain rule at one draw."""

from __future__ import annotations

from typing import Any

import numpy as np

import store
from live.anatomy.fields import numbers_of, only, whole_of
from live.anatomy.one_image import (
    BLOCK,
    LONGEST_STREAM,
    base64_of,
    batch_of,
    number_of,
    posterior_of,
    refuse_without_posterior,
)

ESTIMATORS = ("reparameterised", "score", "score_baseline")


def gradients(model: store.LoadedModel, content: dict[str, Any]) -> dict[str, Any]:
    """{"image", "label", "seed", "block", "dimension", "spread"}: 256 draws of each estimator.

    {values: base64 float32 (3, 2, 256) of the dimension; sums, squares: base64 float32 (3, 2, D) over the draws;
    exact: [[by μ] * D, [by σ] * D] by a quadrature rule, of block 0 and up to 2 dimensions, else null}.
    """
    import torch

    from vae_core.objectives import gradient_draws, quadrature_gradient

    only(content, {"image", "label", "seed", "block", "dimension", "spread"})
    refuse_without_posterior(model, needs_likelihood=False)
    dimension = whole_of(content, "dimension", 0, model.latent_dim - 1, 0)
    block = whole_of(content, "block", 0, LONGEST_STREAM // BLOCK, 0)
    seed = whole_of(content, "seed", 0, 2**31 - 1, 0)
    batch = batch_of(content, model)
    q = posterior_of(model, batch, number_of(content, "spread", 0.05, 20, 1.0))
    generator = torch.Generator().manual_seed(seed * LONGEST_STREAM + block)
    draws = gradient_draws(model.vae, batch, q, BLOCK, generator)
    found = np.stack([getattr(draws, name).numpy() for name in ESTIMATORS]).astype(np.float64)  # (3, K, 2, D)
    known = block == 0 and model.latent_dim <= 2
    return {
        "values": base64_of(found[..., dimension].swapaxes(1, 2)),
        "sums": base64_of(found.sum(axis=1)),
        "squares": base64_of((found**2).sum(axis=1)),
        "exact": quadrature_gradient(model.vae, batch, q).tolist() if known else None,
    }


def path(model: store.LoadedModel, content: dict[str, Any]) -> dict[str, Any]:
    """{"image", "label", "noise", "spread"}: {latents, slope: [D], gradient: [[by μ] * D, [by σ] * D], mean, std}."""
    import torch

    from vae_core.objectives import noise_path

    only(content, {"image", "label", "noise", "spread"})
    refuse_without_posterior(model, needs_likelihood=False)
    batch = batch_of(content, model)
    q = posterior_of(model, batch, number_of(content, "spread", 0.05, 20, 1.0))
    noise = torch.from_numpy(numbers_of(content, "noise", model.latent_dim))
    found = noise_path(model.vae, batch, q, noise)
    return {
        "latents": found.latents.tolist(),
        "slope": found.slope.tolist(),
        "gradient": found.gradient.tolist(),
        "mean": q.mean[0].tolist(),
        "std": q.stddev[0].tolist(),
    }
