"""The scores of a model on one split, as ``evaluation.json`` keeps them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch
from torch.distributions import Normal

from vae_core.latents import Latents, conditions, encode_reference
from vae_core.likelihoods import bits_per_dimension
from vae_core.metrics.activity import active_units, kl_per_dimension
from vae_core.metrics.likelihood import importance_weighted_nll
from vae_core.objectives import draw_latents
from vae_core.vae import VAE


@dataclass(frozen=True)
class Evaluation:
    """Scores averaged over images, in nats per image.

    negative_elbo = reconstruction + kl; None where that is no bound on −log p(x), and ``no_elbo`` says why.
    importance_weighted_nll: over the first ``importance_images``; None when it was not asked for, or does not exist.
    pixels: what the likelihood judged. kl_per_dimension: of the display encoding; under a prior with no closed form
    of one draw of it, to the prior's marginals. measure: "discrete", "density" or "none". bits_per_dimension: of
    −ELBO, where the likelihood allows such a figure.
    """

    split: str
    images: int
    seed: int
    pixels: str
    negative_elbo: float | None
    reconstruction: float
    kl: float
    kl_per_dimension: tuple[float, ...]
    active_units: int
    importance_weighted_nll: float | None
    importance_samples: int
    importance_images: int
    measure: str = "density"
    bits_per_dimension: float | None = None
    no_elbo: str | None = None
    unit: str = "nats per image"

    def as_dict(self) -> dict[str, Any]:
        """All fields under their names, ready for JSON."""
        return {**asdict(self), "kl_per_dimension": list(self.kl_per_dimension)}


def evaluate_model(
    vae: VAE,
    images: np.ndarray,
    seed: int = 0,
    split: str = "test",
    importance_samples: int = 0,
    importance_images: int = 1000,
    labels: np.ndarray | None = None,
) -> Evaluation:
    """The scores of ``vae`` on all images uint8 (N, C, H, W) of a split, repeatable by ``seed``.

    labels: int (N,), which a conditional model needs. With importance_samples > 0 the tighter estimate too, on the
    first ``importance_images`` of them.
    Raises ValueError when there is no image.
    """
    if len(images) == 0:
        raise ValueError("There are 0 images to evaluate on; at least 1 is needed. Choose a split that holds images.")
    latents = encode_reference(vae, images, labels, seed=seed, split=split)
    part = images[:importance_images] if importance_samples and not vae.no_elbo else images[:0]
    reconstruction, kl = float(latents.reconstruction.mean()), float(latents.kl.mean())
    negative_elbo = None if vae.no_elbo else reconstruction + kl
    bits = None if negative_elbo is None else bits_per_dimension(vae.likelihood, negative_elbo, vae.image_shape)
    return Evaluation(
        split=split,
        images=len(images),
        seed=seed,
        pixels=vae.likelihood.pixels,
        negative_elbo=negative_elbo,
        reconstruction=reconstruction,
        kl=kl,
        kl_per_dimension=tuple(_kl_per_dimension(vae, latents, seed).tolist()),
        active_units=int(active_units(latents.mean).sum()),
        importance_weighted_nll=_importance_weighted(vae, part, labels, importance_samples, seed),
        importance_samples=importance_samples,
        importance_images=len(part),
        measure=vae.likelihood.measure,
        bits_per_dimension=bits,
        no_elbo=vae.no_elbo,
    )


@torch.inference_mode()
def _kl_per_dimension(vae: VAE, latents: Latents, seed: int) -> np.ndarray:
    if vae.is_point:
        return np.zeros(vae.latent_dim, np.float32)
    posterior = Normal(torch.from_numpy(latents.mean), torch.from_numpy(latents.std), validate_args=False)
    if vae.latent_prior.kl_per_dimension(posterior) is not None:
        return kl_per_dimension(latents.mean, latents.std)
    drawn = draw_latents(posterior, torch.Generator().manual_seed(seed))[0]
    return (posterior.log_prob(drawn) - vae.log_prior_marginals(drawn)).mean(dim=0).numpy()


def _importance_weighted(
    vae: VAE, images: np.ndarray, labels: np.ndarray | None, samples: int, seed: int
) -> float | None:
    if len(images) == 0:
        return None
    generator = torch.Generator().manual_seed(seed)
    observed = vae.likelihood.observe(torch.from_numpy(images.copy()).float() / 255, generator)
    given = conditions(vae, labels, slice(len(images)))
    return float(importance_weighted_nll(vae, observed, samples, generator, labels=given).mean(dtype=np.float64))
