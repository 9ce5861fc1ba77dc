"""How strange an image is to a VAE: scores to rank images by, each higher for a stranger image.

−ELBO alone calls simple images normal even where they never occurred (a 1 for a model of the other digits), so every
cost is also given per unit of what the picture holds by itself; the latent says what the cost cannot: whether images
of the training set lie nearby.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields

import numpy as np
import torch
from torch import Tensor

from vae_core.metrics.anomaly_reference import (
    AnomalyReference,
    nearest,
    neighbour_distance,
    neighbour_reconstruction,
)
from vae_core.metrics.complexity import code_length, ink
from vae_core.metrics.likelihood import importance_weighted_nll
from vae_core.objectives import elbo
from vae_core.vae import VAE

BATCH = 256
SMALLEST_INK = 1.0
LATENTS_FROM = 0.75  # share of the time after which the costs are there


@dataclass(frozen=True, eq=False)
class AnomalyScores:
    """Scores of N images, float32 (N,) each, higher for a stranger image; costs in nats per image.

    reconstruction, kl, negative_elbo: averaged over the draws of z. importance_weighted_nll: −log p̂(x) from as many.
    ink: in inked pixels, code_length: in nats; these two rank by content alone, to compare with.
    ..._per_ink, ..._per_code_length: a cost divided by one of them (ink counts as 1 at least, so that a blank image
    keeps its whole cost); nll_minus_code_length: the difference (Serrà et al. 2020, equation 2, in nats).
    neighbour_distance: of the posterior mean to the nearest means of training images, averaged; scaled_...: in
    posterior spreads; mahalanobis_...: in spreads of the training means; ..._per_root_code_length: divided by the
    root of the code length, since it is the square of a distance that grows with content as a cost does.
    neighbour_reconstruction: −log p(x|z) with z the latents of these neighbours, not the image's own.
    latent_surprise: −log density of the posterior mean under the mixture fitted to the training means.
    Costs of a density may be negative; a ratio of them ranks nothing, and is NaN throughout.
    """

    reconstruction: np.ndarray
    kl: np.ndarray
    negative_elbo: np.ndarray
    importance_weighted_nll: np.ndarray
    ink: np.ndarray
    code_length: np.ndarray
    reconstruction_per_ink: np.ndarray
    negative_elbo_per_ink: np.ndarray
    reconstruction_per_code_length: np.ndarray
    negative_elbo_per_code_length: np.ndarray
    nll_per_code_length: np.ndarray
    nll_minus_code_length: np.ndarray
    neighbour_distance: np.ndarray
    scaled_neighbour_distance: np.ndarray
    mahalanobis_neighbour_distance: np.ndarray
    neighbour_distance_per_root_code_length: np.ndarray
    neighbour_reconstruction: np.ndarray
    neighbour_reconstruction_per_code_length: np.ndarray
    latent_surprise: np.ndarray

    def named(self) -> dict[str, np.ndarray]:
        """Every score under its name."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


@torch.inference_mode()
def anomaly_scores(
    vae: VAE,
    reference: AnomalyReference,
    images: np.ndarray,
    seed: int = 0,
    samples: int = 8,
    progress: Callable[[float], None] = lambda share: None,
) -> AnomalyScores:
    """The scores of images uint8 (N, C, H, W), repeatable by ``seed``; ``samples`` draws of z per image.

    The costs are of one seeded draw of what the likelihood observes (binarised pixels under Bernoulli), ink and code
    length of the same pixels; the latent scores are of the grey values, as in the map. ``progress`` hears which share
    of the work is done. Raises ValueError when there
    is no image, or samples is below 1.
    """
    if len(images) == 0:
        raise ValueError("There are 0 images to score; at least 1 is needed. Give images.")
    generator = torch.Generator().manual_seed(seed)
    grey = torch.from_numpy(np.require(images, requirements="CW")).float() / 255
    observed = vae.likelihood.observe(grey, generator)
    means = torch.cat([vae.encode(part).mean for part in grey.split(BATCH)]).numpy()
    costs = _costs(vae, observed, generator, samples, lambda share: progress(LATENTS_FROM * share))
    length = code_length(reference.contexts, observed.numpy())
    progress(LATENTS_FROM)
    return AnomalyScores(
        **costs,
        **_content_scores(costs, ink(observed.numpy()), length, is_discrete=vae.likelihood.measure == "discrete"),
        **_latent_scores(vae, reference, means, observed, length),
    )


def inked_pixels(content: np.ndarray) -> np.ndarray:
    """Ink float32 (N,) with at least one inked pixel in each image, so that a blank one keeps its whole cost."""
    return np.maximum(content, SMALLEST_INK)


def anomaly_auroc(normal: np.ndarray, anomalous: np.ndarray) -> float:
    """The share of pairs (normal, anomalous) in which the anomalous score is the higher, ties counting half.

    normal (N,), anomalous (M,): scores. 1: all anomalies above, 0.5: chance, 0: all below. Raises ValueError when
    either is empty or a score is not finite. Source: Hanley and McNeil 1982 (the area under the ROC curve).
    """
    from sklearn.metrics import roc_auc_score

    for name, scores in (("normal", normal), ("anomalous", anomalous)):
        if len(scores) == 0:
            raise ValueError(f"There are 0 {name} scores; the AUROC needs at least 1 of each kind. Give more images.")
        if not np.isfinite(scores).all():
            bad = int((~np.isfinite(scores)).sum())
            raise ValueError(f"{bad} {name} scores are not finite; all must be. Choose another score.")
    truth = np.repeat([0, 1], [len(normal), len(anomalous)])
    return float(roc_auc_score(truth, np.concatenate([normal, anomalous])))


def standardised_sum(scores: tuple[np.ndarray, ...], of_normal: tuple[np.ndarray, ...]) -> np.ndarray:
    """The sum of several scores float32 (N,), each in standard deviations from its mean over normal images.

    of_normal: the same scores (M,) of images known to be normal that were not trained on. A score that is constant
    over them counts in its own unit. Raises ValueError when the counts differ or there is no normal image.
    """
    if len(scores) != len(of_normal):
        raise ValueError(f"There are {len(scores)} scores and {len(of_normal)} of normal images; give one for each.")
    if any(len(values) == 0 for values in of_normal):
        raise ValueError("There are 0 normal images to standardise by; at least 1 is needed. Give held-out images.")
    total = np.zeros(len(scores[0]), np.float64) if scores else np.zeros(0)
    for values, normal in zip(scores, of_normal, strict=True):
        total += (values - normal.mean(dtype=np.float64)) / (normal.std(dtype=np.float64) or 1.0)
    return total.astype(np.float32)


def _costs(
    vae: VAE, observed: Tensor, generator: torch.Generator, samples: int, progress: Callable[[float], None]
) -> dict[str, np.ndarray]:
    parts = observed.split(BATCH)
    bounds = []
    for number, part in enumerate(parts):
        progress(0.5 * number / len(parts))
        bounds.append(elbo(vae, part, generator, samples))
    reconstruction = torch.cat([bound.reconstruction for bound in bounds]).numpy()
    kl = torch.cat([bound.kl for bound in bounds]).numpy()
    return {
        "reconstruction": reconstruction,
        "kl": kl,
        "negative_elbo": reconstruction + kl,
        "importance_weighted_nll": importance_weighted_nll(vae, observed, samples, generator),
    }


def _content_scores(
    costs: dict[str, np.ndarray], content: np.ndarray, length: np.ndarray, is_discrete: bool
) -> dict[str, np.ndarray]:
    none = np.float32(1 if is_discrete else np.nan)
    inked = inked_pixels(content)
    return {
        "ink": content,
        "code_length": length,
        "reconstruction_per_ink": none * costs["reconstruction"] / inked,
        "negative_elbo_per_ink": none * costs["negative_elbo"] / inked,
        "reconstruction_per_code_length": none * costs["reconstruction"] / length,
        "negative_elbo_per_code_length": none * costs["negative_elbo"] / length,
        "nll_per_code_length": none * costs["importance_weighted_nll"] / length,
        "nll_minus_code_length": costs["importance_weighted_nll"] - length,
    }


def _latent_scores(
    vae: VAE, reference: AnomalyReference, means: np.ndarray, observed: Tensor, length: np.ndarray
) -> dict[str, np.ndarray]:
    known, spread, whitening, count = reference.means, reference.spread, reference.whitening, reference.neighbours
    near = nearest(known, means, count)
    distance = near.distances.mean(axis=1)
    reconstruction = neighbour_reconstruction(vae, known, near, observed)
    none = np.float32(1 if vae.likelihood.measure == "discrete" else np.nan)
    return {
        "neighbour_distance": distance,
        "scaled_neighbour_distance": neighbour_distance(known / spread, means / spread, count),
        "mahalanobis_neighbour_distance": neighbour_distance(known @ whitening, means @ whitening, count),
        "neighbour_distance_per_root_code_length": distance / np.sqrt(length),
        "neighbour_reconstruction": reconstruction,
        "neighbour_reconstruction_per_code_length": none * reconstruction / length,
        "latent_surprise": -reference.mixture.score_samples(means).astype(np.float32),
    }
