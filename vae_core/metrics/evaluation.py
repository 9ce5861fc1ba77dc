"""The scores of a model on one split, as ``evaluation.json`` keeps them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch

from vae_core.latents import Latents, conditions, encode_reference
from vae_core.likelihoods import bits_per_dimension
from vae_core.metrics.activity import active_units
from vae_core.metrics.factor_scores import FactorScores, KnownFactors, score_factors
from vae_core.metrics.generation import (
    GenerationQuality,
    classifier_features,
    generation_quality,
    principal_component_features,
    train_classifier,
)
from vae_core.metrics.generation.classifier import STEPS
from vae_core.metrics.likelihood import importance_weighted_nll
from vae_core.metrics.mutual_information import KlDecomposition, kl_decomposition
from vae_core.metrics.pictures import generated, reconstructed, scaled
from vae_core.metrics.probe import Probe, probe_labels
from vae_core.metrics.reconstruction import psnr, ssim
from vae_core.vae import VAE

FEWEST_FOR_FACTORS = 300


@dataclass(frozen=True)
class Extent:
    """On how many of the first images the dear figures are computed.

    importance_samples: per image, 0 for none. decomposition_images: mutual information and its fellows, whose time
    grows with the square. picture_images: PSNR, SSIM. generation_images: generated ones, and as many real ones;
    classifier_steps: of the training of the classifier whose features compare them.
    """

    importance_samples: int = 0
    importance_images: int = 1000
    decomposition_images: int = 2000
    picture_images: int = 1000
    generation_images: int = 2000
    classifier_steps: int = STEPS


@dataclass(frozen=True, eq=False)
class TrainingImages:
    """What the features of generation quality are made from: images uint8 (N, C, H, W), labels int (N,) or None."""

    images: np.ndarray
    labels: np.ndarray | None


@dataclass(frozen=True)
class Evaluation:
    """Scores averaged over images, in nats per image where no other unit is named.

    negative_elbo = reconstruction + kl; None where that is no bound on −log p(x), and ``no_elbo`` says why. measure:
    "discrete", "density" or "none". bits_per_dimension: of −ELBO, where the likelihood allows such a figure.
    importance_weighted_nll: over the first ``importance_images``; None when it was not asked for, or does not exist.
    pixels: what the likelihood judged. kl_per_dimension: of the display encoding, as are mutual_information,
    total_correlation and dimension_wise_kl, over the first ``decomposition_images`` (see KlDecomposition for what a
    finite number does); None for a plain autoencoder. psnr in dB, ssim: E[x|z] at the posterior mean against the
    images as they are, over the first ``picture_images``. probe, factors, generation: None where labels, factors or
    training images were not given; factors also of fewer than 300 images, whose scores would be mostly chance.
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
    mutual_information: float | None
    total_correlation: float | None
    dimension_wise_kl: float | None
    decomposition_images: int
    psnr: float
    ssim: float
    picture_images: int
    probe: Probe | None = None
    factors: FactorScores | None = None
    generation: GenerationQuality | None = None
    measure: str = "density"
    bits_per_dimension: float | None = None
    no_elbo: str | None = None
    unit: str = "nats per image"

    def as_dict(self) -> dict[str, Any]:
        """All fields under their names, ready for JSON."""
        factors = None if self.factors is None else self.factors.as_dict()
        return {**asdict(self), "kl_per_dimension": list(self.kl_per_dimension), "factors": factors}


def evaluate_model(
    vae: VAE,
    images: np.ndarray,
    seed: int = 0,
    split: str = "test",
    extent: Extent | None = None,
    labels: np.ndarray | None = None,
    factors: KnownFactors | None = None,
    training: TrainingImages | None = None,
) -> Evaluation:
    """The scores of ``vae`` on all images uint8 (N, C, H, W) of a split, repeatable by ``seed``.

    labels: int (N,), for the probe, and for a conditional model. factors: for MIG, DCI, SAP and FactorVAE score.
    training: for the quality of generated images; a classifier is trained on its labels, or principal components are
    fitted where it has none. Raises ValueError when there is no image, or as the metrics do.
    """
    if len(images) == 0:
        raise ValueError("There are 0 images to evaluate on; at least 1 is needed. Choose a split that holds images.")
    extent = extent or Extent()
    latents = encode_reference(vae, images, labels, seed=seed, split=split)
    part = slice(extent.importance_images if extent.importance_samples else 0)
    reconstruction, kl = float(latents.reconstruction.mean()), float(latents.kl.mean())
    negative_elbo = None if vae.no_elbo else reconstruction + kl
    bits = None if negative_elbo is None else bits_per_dimension(vae.likelihood, negative_elbo, vae.image_shape)
    parts = None if vae.is_point else _decomposed(vae, latents, extent.decomposition_images, seed)
    pictures = slice(extent.picture_images)
    likeness = _likeness(vae, images[pictures], None if labels is None else labels[pictures])
    return Evaluation(
        split=split,
        images=len(images),
        seed=seed,
        pixels=vae.likelihood.pixels,
        negative_elbo=negative_elbo,
        reconstruction=reconstruction,
        kl=kl,
        kl_per_dimension=_kl_per_dimension(vae, latents, seed),
        active_units=int(active_units(latents.mean).sum()),
        importance_weighted_nll=_importance_weighted(vae, images[part], labels, extent.importance_samples, seed),
        importance_samples=extent.importance_samples,
        importance_images=len(images[part]),
        mutual_information=parts and parts.mutual_information,
        total_correlation=parts and parts.total_correlation,
        dimension_wise_kl=parts and parts.dimension_wise_kl,
        decomposition_images=parts.images if parts else 0,
        psnr=likeness[0],
        ssim=likeness[1],
        picture_images=len(images[pictures]),
        probe=_probed(latents, labels, seed),
        factors=_factor_scores(latents, factors, seed),
        generation=None if training is None else _generation(vae, images, labels, training, extent, seed),
        measure=vae.likelihood.measure,
        bits_per_dimension=bits,
        no_elbo=vae.no_elbo,
    )


def _kl_per_dimension(vae: VAE, latents: Latents, seed: int) -> tuple[float, ...]:
    """In closed form where the prior has one, else on one draw per image against the prior's marginals.

    0 for a plain autoencoder, as in its ELBO.
    """
    if vae.is_point:
        return (0.0,) * vae.latent_dim
    mean, std = torch.from_numpy(latents.mean).double(), torch.from_numpy(latents.std).double()
    posterior = torch.distributions.Normal(mean, std, validate_args=False)
    terms = vae.latent_prior.kl_per_dimension(posterior)
    if terms is None:
        noise = torch.randn(mean.shape, generator=torch.Generator().manual_seed(seed), dtype=mean.dtype)
        drawn = mean + std * noise
        terms = posterior.log_prob(drawn) - _log_prior_marginals(vae)(drawn)
    return tuple(terms.mean(dim=0).tolist())


def _decomposed(vae: VAE, latents: Latents, count: int, seed: int) -> KlDecomposition:
    generator = torch.Generator().manual_seed(seed)
    return kl_decomposition(latents.mean[:count], latents.std[:count], generator, _log_prior_marginals(vae))


def _log_prior_marginals(vae: VAE) -> Callable[[torch.Tensor], torch.Tensor]:
    @torch.inference_mode()
    def log_density(drawn: torch.Tensor) -> torch.Tensor:
        return vae.log_prior_marginals(drawn.float().to(vae.device)).cpu().double()

    return log_density


def _importance_weighted(
    vae: VAE, images: np.ndarray, labels: np.ndarray | None, samples: int, seed: int
) -> float | None:
    if len(images) == 0 or vae.no_elbo:
        return None
    generator = torch.Generator().manual_seed(seed)
    observed = vae.likelihood.observe(scaled(images), generator)
    given = conditions(vae, labels, slice(len(images)))
    found = importance_weighted_nll(vae, observed, samples, generator, labels=given)
    return float(found.mean(dtype=np.float64))


def _likeness(vae: VAE, images: np.ndarray, labels: np.ndarray | None) -> tuple[float, float]:
    grey, pictures = scaled(images), torch.from_numpy(reconstructed(vae, images, labels))
    return float(psnr(grey, pictures).double().mean()), float(ssim(grey, pictures).double().mean())


def _probed(latents: Latents, labels: np.ndarray | None, seed: int) -> Probe | None:
    """Over the classes of two images or more; None where there are not two of them."""
    if labels is None:
        return None
    classes, counts = np.unique(labels, return_counts=True)
    kept = np.isin(labels, classes[counts > 1])
    if len(np.unique(labels[kept])) < 2:
        return None
    return probe_labels(latents.mean[kept], labels[kept], seed)


def _factor_scores(latents: Latents, factors: KnownFactors | None, seed: int) -> FactorScores | None:
    if factors is None or len(latents) < FEWEST_FOR_FACTORS:
        return None
    return score_factors(latents.mean, factors, seed)


def _generation(
    vae: VAE, images: np.ndarray, labels: np.ndarray | None, training: TrainingImages, extent: Extent, seed: int
) -> GenerationQuality:
    count = min(extent.generation_images, len(images))
    if training.labels is not None and len(np.unique(training.labels)) > 1:
        feature_map = classifier_features(
            train_classifier(training.images, training.labels, seed, extent.classifier_steps)
        )
    else:
        feature_map = principal_component_features(scaled(training.images[: extent.generation_images]).numpy())
    drawn = generated(vae, count, seed, None if labels is None else labels[:count])
    return generation_quality(scaled(images[:count]).numpy(), drawn, feature_map)
