"""What `evaluate` writes beyond what the end of a training does."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from tests.tiny import tiny_checkpoint
from vae_core.checkpoint import load_evaluation, load_latents
from vae_core.data import ImageSet, load_images
from vae_core.metrics import mutual_information_gap
from vae_core.training.results import write_results


def digits_with_factors() -> ImageSet:
    """The bundled digits, with two factors made of their labels."""
    digits = load_images("digits")
    factors = np.stack([digits.labels // 5, digits.labels % 5], axis=1)
    return replace(digits, factors=factors, factor_names=("shape", "scale"), factor_sizes=(2, 5))


def test_thorough_results_score_the_factors_of_the_test_images(tmp_path: Path) -> None:
    folder, images = tiny_checkpoint(tmp_path, latent_dim=3), digits_with_factors()
    write_results(folder, images, None, "evaluate", thorough=True)
    written = load_evaluation(folder)
    gap = mutual_information_gap(load_latents(folder).mean, images.factors[images.test])
    assert written["factors"]["mig"] == gap.score
    assert [factor["name"] for factor in written["factors"]["factors"]] == ["shape", "scale"]
    assert written["generation"]["generated_images"] == len(images.test)
    card = (folder / "README.md").read_text(encoding="utf-8")
    assert f"| MIG | {gap.score:.3f} | mean gap; shape" in card
    assert "| recall of generated images |" in card


def test_a_training_ends_without_what_takes_long(tmp_path: Path) -> None:
    folder = tiny_checkpoint(tmp_path, latent_dim=3)
    written = write_results(folder, digits_with_factors(), None, "train")
    assert (written["factors"], written["generation"]) == (None, None)
    assert written["probe"]["linear"] > written["probe"]["chance"]
