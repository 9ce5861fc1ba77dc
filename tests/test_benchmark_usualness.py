"""The gauge's benchmark: its figures on spreads whose answer is known, and a run on the bundled digits."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks import usualness as benchmark
from tests.tiny import tiny_checkpoint
from vae_core.latent import measure_usualness


def test_figures_of_the_images_themselves_and_of_a_far_place() -> None:
    mean = np.random.default_rng(0).standard_normal((400, 1)).astype(np.float32)
    gauge = measure_usualness(mean, np.full_like(mean, 0.3))
    further = np.random.default_rng(1).standard_normal((400, 1)).astype(np.float32)
    even = benchmark.figures(gauge, further)
    assert even["ks"] < 0.12 and even["median"] == pytest.approx(50, abs=8) and 0 < even["rare"] < 12
    away = benchmark.figures(gauge, np.full((10, 1), 40, np.float32))
    assert away == {"lower": 0, "median": 0, "upper": 0, "ks": 1, "rare": 0, "never seen": 100}


def test_it_judges_validation_images_prior_and_noise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    tiny_checkpoint(tmp_path, "tiny", evaluation=False)
    monkeypatch.setattr(benchmark, "NOISE_IMAGES", 20)
    monkeypatch.setattr(benchmark, "MOST_IMAGES", 50)
    monkeypatch.setattr(sys, "argv", ["usualness", "--checkpoints", str(tmp_path), "--models", "tiny"])
    assert benchmark.main() == 0
    rows = [line.split(" | ") for line in capsys.readouterr().out.splitlines() if line.startswith("| tiny")]
    assert [(row[1], row[2]) for row in rows] == [
        ("validation images", "50"),
        ("uniform noise", "20"),
        ("shuffled pixels", "20"),
        ("prior samples", "50"),
        ("posterior draws of validation images", "50"),
    ]
