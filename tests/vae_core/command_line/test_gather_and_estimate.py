"""`gather` and `estimate` as a person types them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from benchmarks.estimates import row
from tests.vae_core.data.gathering.own_pictures import two_classes, zip_of
from vae_core.__main__ import app
from vae_core.command_line import estimate as estimate_module
from vae_core.command_line.estimate import estimate_table
from vae_core.data import load_images
from vae_core.training.estimate import Estimate

FOUND = Estimate(28.0, 3.0, 2.0, 5.0, 10, 9_800.0, 400_000_000, 1_900_000, 5_600_000, 120)


def typed(*words: str) -> tuple[int, str]:
    """The exit code, and what was said with its line breaks taken out."""
    result = CliRunner().invoke(app, list(words))
    return result.exit_code, re.sub(r"\s+", " ", result.output)


def test_a_zip_is_gathered_and_trained_on_by_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LATENT_EXPLORER_DATA", str(tmp_path / "data"))
    file = zip_of(tmp_path / "pets.zip", two_classes(20) | {"all/cats/broken.png": b"xx"})
    code, said = typed("gather", str(file), "--name", "pets", "--grey", "--size", "12x10")
    assert code == 0
    assert "Left out: all/cats/broken.png: The file is no picture" in said
    assert "20 images of 12x10, grey, are in" in said
    assert load_images("pets").shape == (20, 1, 12, 10)
    assert typed("gather", str(file), "--name", "pets")[0] == 1, "nothing is overwritten"
    assert typed("gather", str(file), "--name", "other", "--size", "big")[0] == 1


def test_the_estimate_is_of_the_run_that_the_same_options_train(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def estimated(images, model, training, report, device, **more: object) -> Estimate:
        asked.append((model, training))
        return FOUND

    monkeypatch.setattr(estimate_module, "estimate_training", estimated)
    code, said = typed("estimate", "--latent-dim", "3", "--objective", "beta-vae", "--beta", "2", "--epochs", "10")
    assert code == 0
    (model, training), *_ = asked
    assert (model.latent_dim, training.beta, training.epochs) == (3, 2.0, 10)
    for words in ("28 s", "400 MB", "1.9 MB", "9,800 images/s", "measured on 120 steps"):
        assert words in said
    assert estimate_table(FOUND).row_count == 7


def test_the_benchmark_says_how_far_off_an_estimate_is() -> None:
    truth = {"seconds": 20.0, "memory_bytes": 5e8, "checkpoint_bytes": 1.9e6}
    guess = {"seconds": 25.0, "memory_bytes": 4e8, "checkpoint_bytes": 1.9e6}
    off = {key: guess[key] / truth[key] - 1 for key in truth}
    shown = row({"run": "digits", "estimate": guess, "truth": truth, "off": off})
    assert shown.startswith("| digits | 25.0 / 20.0 s | +25 % | 400.0 / 500.0 MB | -20 % |")
