"""How good a model is: likelihood, latents, reconstruction, factors, labels, generation; how strange an image is."""

from __future__ import annotations

from vae_core.metrics.activity import active_units, kl_per_dimension
from vae_core.metrics.anomaly import AnomalyScores, anomaly_auroc, anomaly_scores, standardised_sum
from vae_core.metrics.anomaly_reference import (
    AnomalyReference,
    anomaly_reference,
    nearest,
    neighbour_distance,
    neighbour_reconstruction,
)
from vae_core.metrics.complexity import ContextModel, code_length, fit_context_model, ink
from vae_core.metrics.disentanglement import (
    Dci,
    FactorVaeScore,
    MutualInformationGap,
    SeparatedAttributePredictability,
    dci,
    factor_vae_score,
    factor_vae_score_of_sampler,
    mutual_information_gap,
    separated_attribute_predictability,
)
from vae_core.metrics.evaluation import Evaluation, Extent, TrainingImages, evaluate_model
from vae_core.metrics.factor_scores import FactorScore, FactorScores, KnownFactors, known_factors, score_factors
from vae_core.metrics.generation import (
    FeatureMap,
    GenerationQuality,
    ImageClassifier,
    PrecisionRecall,
    classifier_features,
    frechet_distance,
    generation_quality,
    precision_recall,
    principal_component_features,
    train_classifier,
)
from vae_core.metrics.grid_evidence import (
    GridPosterior,
    grid_kl,
    grid_posterior,
    grid_steps,
    kl_around,
    log_joint_window,
    window_steps,
)
from vae_core.metrics.importance import (
    BoundOfCount,
    EvidenceEstimate,
    WeighedDraws,
    bounds_by_count,
    evidence_estimate,
    log_joint_of,
    weighed_from_posterior,
    weighed_from_prior,
)
from vae_core.metrics.likelihood import importance_weighted_nll
from vae_core.metrics.mutual_information import KlDecomposition, kl_decomposition
from vae_core.metrics.prior_fit import prior_coverage, prior_radius, variety
from vae_core.metrics.probe import Probe, probe_labels
from vae_core.metrics.reconstruction import psnr, ssim, ssim_window_side

__all__ = [
    "AnomalyReference",
    "AnomalyScores",
    "BoundOfCount",
    "ContextModel",
    "Dci",
    "Evaluation",
    "EvidenceEstimate",
    "Extent",
    "FactorScore",
    "FactorScores",
    "FactorVaeScore",
    "FeatureMap",
    "GenerationQuality",
    "GridPosterior",
    "ImageClassifier",
    "KlDecomposition",
    "KnownFactors",
    "MutualInformationGap",
    "PrecisionRecall",
    "Probe",
    "SeparatedAttributePredictability",
    "TrainingImages",
    "WeighedDraws",
    "active_units",
    "anomaly_auroc",
    "anomaly_reference",
    "anomaly_scores",
    "bounds_by_count",
    "classifier_features",
    "code_length",
    "dci",
    "evaluate_model",
    "evidence_estimate",
    "factor_vae_score",
    "factor_vae_score_of_sampler",
    "fit_context_model",
    "frechet_distance",
    "generation_quality",
    "grid_kl",
    "grid_posterior",
    "grid_steps",
    "importance_weighted_nll",
    "ink",
    "kl_around",
    "kl_decomposition",
    "kl_per_dimension",
    "known_factors",
    "log_joint_of",
    "log_joint_window",
    "mutual_information_gap",
    "nearest",
    "neighbour_distance",
    "neighbour_reconstruction",
    "precision_recall",
    "principal_component_features",
    "prior_coverage",
    "prior_radius",
    "probe_labels",
    "psnr",
    "score_factors",
    "separated_attribute_predictability",
    "ssim",
    "ssim_window_side",
    "standardised_sum",
    "train_classifier",
    "variety",
    "weighed_from_posterior",
    "weighed_from_prior",
    "window_steps",
]
