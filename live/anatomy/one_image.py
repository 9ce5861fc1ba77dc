"""What the figures of one image have in common: the image as observed, a q of one's choice, arrays in the answer."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import numpy as np

import store
from live.anatomy.fields import image_of, label_of, numbers_of
from live.answers import Refused

if TYPE_CHECKING:
    from torch.distributions import Normal

    from vae_core.objectives import Batch

BLOCK = 256  # draws from one seed: a request begins and ends with whole blocks
MOST_BLOCKS = 4
SMALLEST_SPREAD, LARGEST_SPREAD = 1e-6, 1e3
LONGEST_STREAM = 2**20


def batch_of(content: dict[str, Any], model: store.LoadedModel) -> Batch:
    """The image of the fields "image" and "label", as the model's likelihood observes it. Raises Refused."""
    from vae_core.objectives import observed_image

    return observed_image(model.vae, image_of(content, model), label_of(content, model))


def posterior_of(model: store.LoadedModel, batch: Batch, spread: float = 1.0) -> Normal:
    """q(z|x) of the encoder, Normal (1, D), its σ times ``spread``."""
    import torch
    from torch.distributions import Normal

    with torch.no_grad():
        q = model.vae.encode(batch.images, batch.labels)
    return Normal(q.mean, q.stddev * spread, validate_args=False)


def chosen_posterior(content: dict[str, Any], model: store.LoadedModel) -> Normal:
    """The q of the fields "mean" and "std", lists of D numbers. Raises Refused."""
    import torch
    from torch.distributions import Normal

    mean, std = (numbers_of(content, name, model.latent_dim) for name in ("mean", "std"))
    if not ((std >= SMALLEST_SPREAD) & (std <= LARGEST_SPREAD)).all():
        raise Refused("out-of-range", f"A spread is {float(std.min()):.3g}; each lies in 0.000001 to 1,000.")
    return Normal(torch.from_numpy(mean)[None], torch.from_numpy(std)[None], validate_args=False)


def number_of(content: dict[str, Any], name: str, low: float, high: float, default: float | None = None) -> float:
    """The field as a number from low to high; `default` where it is left out. Raises Refused."""
    given = content.get(name, default)
    if not isinstance(given, int | float) or isinstance(given, bool) or not low <= given <= high:
        raise Refused("bad-request", f"{name} is {str(given)[:30]}; it must be a number from {low:g} to {high:g}.")
    return float(given)


def base64_of(values: np.ndarray) -> str:
    """float32, little-endian."""
    return base64.b64encode(np.ascontiguousarray(values, dtype="<f4").tobytes()).decode()


def refuse_without_posterior(model: store.LoadedModel, needs_likelihood: bool = True) -> None:
    """Raises Refused for a plain autoencoder, and for a mere cost where a likelihood is needed."""
    problem = model.vae.no_elbo
    if problem and (needs_likelihood or model.vae.is_point):
        raise Refused("bad-request", f"{model.name} has no such figure: {problem}. Choose a VAE with a likelihood.")
