"""What a run leaves beside the weights: latents of the test split, scores, and the model card."""

from __future__ import annotations

import platform
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from pydantic import TypeAdapter, ValidationError

from vae_core.checkpoint import BrokenCheckpoint, load_checkpoint, load_evaluation, save_evaluation, save_latents
from vae_core.data import ImageSet
from vae_core.latents import encode_reference
from vae_core.metrics import evaluate_model
from vae_core.model_card import write_card


@dataclass(frozen=True)
class TrainingFacts:
    """How the weights came about, kept in evaluation.json. best_loss is the validation loss in nats per image."""

    command: str
    epochs: int
    best_epoch: int
    best_loss: float | None
    seconds: float
    images_per_second: float
    machine: str


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


def machine_words(threads: int) -> str:
    """The kind of machine in a few words, without its name: system, processor, threads used."""
    plural = "" if threads == 1 else "s"
    return f"{platform.system()} {platform.machine()}, {threads} thread{plural}, torch {torch.__version__}"


def write_results(
    folder: Path,
    images: ImageSet,
    training: dict[str, Any] | None,
    command: str,
    seed: int = 0,
    importance_samples: int = 0,
    importance_images: int = 1000,
) -> dict[str, Any]:
    """Measure the kept weights on the test split; write latents.npz, evaluation.json and README.md.

    `training` is TrainingFacts as a dict. Gives back what evaluation.json holds. Raises CheckpointError when the
    weights cannot be loaded.
    """
    checkpoint = load_checkpoint(folder)
    pixels = images.pixels(images.test)
    labels = None if images.labels is None else images.labels[images.test]
    save_latents(folder, encode_reference(checkpoint.vae, pixels, labels, seed=seed))
    scores = evaluate_model(
        checkpoint.vae,
        pixels,
        seed=seed,
        importance_samples=importance_samples,
        importance_images=importance_images,
    )
    evaluation = {
        **scores.as_dict(),
        "command": command,
        "data": images.name,
        "fingerprint": images.fingerprint,
        "weights": checkpoint.weights_hash,
        "training": training,
    }
    save_evaluation(folder, evaluation)
    write_card(folder, checkpoint.config, evaluation)
    return evaluation
