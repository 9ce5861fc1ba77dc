"""The ELBO of one image under a q that the hand moves, what it lacks to log p(x), and q moved up its ELBO."""

from __future__ import annotations

from typing import Any

import store
from live.anatomy.fields import only, whole_of
from live.anatomy.one_image import batch_of, chosen_posterior, number_of, refuse_without_posterior

LARGEST_EVIDENCE = 1e7  # nats
MOST_STEPS = 10


def gap(model: store.LoadedModel, content: dict[str, Any]) -> dict[str, Any]:
    """{"image", "label", "mean", "std", "evidence"}: {elbo, reconstruction, kl, standard_error, divergence} in nats.

    evidence: log p(x), where it is known of a 2-D model; divergence is KL(q ‖ p(z|x)) summed over a grid, else null.
    """
    from vae_core.metrics import kl_around
    from vae_core.objectives import gaussian_elbo

    only(content, {"image", "label", "mean", "std", "evidence"})
    refuse_without_posterior(model)
    batch, q = batch_of(content, model), chosen_posterior(content, model)
    found = gaussian_elbo(model.vae, batch, q)
    divergence = None
    if content.get("evidence") is not None and model.latent_dim == 2:
        evidence = number_of(content, "evidence", -LARGEST_EVIDENCE, LARGEST_EVIDENCE)
        divergence = kl_around(model.vae, batch, q, evidence)
    return {**vars(found), "divergence": divergence}


def raised(model: store.LoadedModel, content: dict[str, Any]) -> dict[str, Any]:
    """{"image", "label", "mean", "std", "steps"}: {mean, std, elbo, settled} after so many steps up the ELBO."""
    from vae_core.objectives import raised_gaussian

    only(content, {"image", "label", "mean", "std", "steps"})
    refuse_without_posterior(model)
    steps = whole_of(content, "steps", 1, MOST_STEPS, 1)
    found = raised_gaussian(model.vae, batch_of(content, model), chosen_posterior(content, model), steps)
    return {
        "mean": found.mean.tolist(),
        "std": found.std.tolist(),
        "elbo": found.elbo,
        "settled": found.settled,
    }
