"""What a run leaves beside the weights: latents of the test split, scores, and the model card."""

from __future__ import annotations

import math
import platform
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from pydantic import TypeAdapter, ValidationError

from vae_core.checkpoint import (
    BrokenCheckpoint,
    load_checkpoint,
    load_evaluation,
    save_density,
    save_evaluation,
    save_latents,
)
from vae_core.checkpoint.density_file import DENSITY_FILE
from vae_core.data import ImageSet
from vae_core.data.image_set import some_rows
from vae_core.latent.density import MOST_ROWS, fit_density
from vae_core.latents import Latents, encode_reference, posterior_means
from vae_core.metrics import Extent, KnownFactors, TrainingImages, evaluate_model, known_factors
from vae_core.model_card import write_card
from vae_core.vae import VAE

THOROUGH_DECOMPOSITION = 10_000  # images; the time grows with the square
MOST_CLASSIFIER_IMAGES = 20_000


@dataclass(frozen=True)
class TrainingFacts:
    """How the weights came about, kept in evaluation.json. best_loss is the validation loss in nats per image.

    changes: what was changed while it went (ChangeRecord as a dict), beside which the command alone says not all.
    """

    command: str
    epochs: int
    best_epoch: int
    best_loss: float | None
    seconds: float
    images_per_second: float
    machine: str
    changes: tuple[dict[str, Any], ...] = ()


def training_facts(folder: Path) -> dict[str, Any] | None:
    """What evaluation.json keeps of the training, TrainingFacts as a dict; None when it keeps nothing of it.

    Raises BrokenCheckpoint when the file is no JSON object, or these facts are not whole.
    """
    facts = (load_evaluation(folder) or {}).get("training")
    if facts is None:
        return None
    try:
        TypeAdapter(TrainingFacts).validate_python(facts)
    except ValidationError:
        file = f"{folder.name}/evaluation.json"
        raise BrokenCheckpoint(f"{file} does not say whole how the model was trained. Copy the file again.") from None
    return facts


def machine_words(threads: int, device: str | torch.device = "cpu") -> str:
    """The kind of machine in a few words, without its name: system, processor, threads used, graphics card."""
    plural = "" if threads == 1 else "s"
    where, card = torch.device(device), ""
    if where.type == "cuda":
        card = f", {torch.cuda.get_device_name(where)}"
    elif where.type != "cpu":
        card = f", {where.type}"
    return f"{platform.system()} {platform.machine()}, {threads} thread{plural}{card}, torch {torch.__version__}"


def write_results(
    folder: Path,
    images: ImageSet,
    training: dict[str, Any] | None,
    command: str,
    seed: int = 0,
    importance_samples: int = 0,
    importance_images: int = 1000,
    thorough: bool = False,
) -> dict[str, Any]:
    """Measure the kept weights on the test split; write latents.npz, density.npz, evaluation.json and README.md.

    `training` is TrainingFacts as a dict. `thorough` adds what takes a minute or so: the scores of known factors, the
    quality of generated images, mutual information over more images. Gives back what evaluation.json holds. Raises
    CheckpointError when the weights cannot be loaded.
    """
    checkpoint = load_checkpoint(folder)
    pixels = images.pixels(images.test)
    labels = None if images.labels is None else images.labels[images.test]
    latents = encode_reference(checkpoint.vae, pixels, labels, seed=seed)
    save_latents(folder, latents)
    scores = evaluate_model(
        checkpoint.vae,
        pixels,
        seed=seed,
        extent=Extent(
            importance_samples=importance_samples,
            importance_images=importance_images,
            decomposition_images=THOROUGH_DECOMPOSITION if thorough else Extent.decomposition_images,
        ),
        labels=labels,
        factors=_factors(images) if thorough else None,
        training=_training_images(images) if thorough else None,
    )
    evaluation = {
        **scores.as_dict(),
        "density": _keep_density(folder, images, checkpoint.vae, latents, seed),
        "command": command,
        "data": images.name,
        "fingerprint": images.fingerprint,
        "weights": checkpoint.weights_hash,
        "training": training,
    }
    save_evaluation(folder, evaluation)
    write_card(folder, checkpoint.config, evaluation)
    return evaluation


def _factors(images: ImageSet) -> KnownFactors | None:
    if images.factors is None:
        return None
    return known_factors(images.factors[images.test], images.factor_names)


def _training_images(images: ImageSet) -> TrainingImages:
    """Some of them, evenly spread over the rows: a copy that fits in memory whatever the size of the data."""
    rows = images.train[:: -(-len(images.train) // MOST_CLASSIFIER_IMAGES)]
    return TrainingImages(images.pixels(rows), None if images.labels is None else images.labels[rows])


def _keep_density(folder: Path, images: ImageSet, vae: VAE, latents: Latents, seed: int) -> dict[str, Any] | None:
    """Fit a density to the means of training images, or of the test split where there are none; write density.npz.

    Gives back what evaluation.json keeps: nats are the mean log density of the test split's means, under the fitted
    density and under a standard normal. None, and no file, when there are too few images.
    """
    rows = some_rows(images.train, MOST_ROWS, seed)
    means, split = latents.mean, latents.split
    if len(rows):
        means, split = posterior_means(vae, images.pixels(rows), _of(images.labels, rows)), "training"
    density = fit_density(means, split, seed)
    if density is None:
        (folder / DENSITY_FILE).unlink(missing_ok=True)  # of other weights
        return None
    save_density(folder, density)
    dimensions = latents.mean.shape[1]
    return {
        "components": len(density.weights),
        "fitted_to": density.split,
        "rows": density.rows,
        "log_density": float(density.log_prob(latents.mean).mean()),
        "log_density_standard_normal": float(
            -0.5 * (np.square(latents.mean, dtype=np.float64).sum(axis=1).mean() + dimensions * math.log(2 * math.pi))
        ),
    }


def _of(labels: np.ndarray | None, rows: np.ndarray) -> np.ndarray | None:
    return None if labels is None else labels[rows]
