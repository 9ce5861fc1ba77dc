"""The anomaly benchmark: the test set has no say in the choice, a run goes on where it stopped, tables add up."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks import anomaly as benchmark
from benchmarks import anomaly_tables as tables
from vae_core.data import load_images

NESTED = {
    (0, 1): {"0": {"a": 0.9, "b": 0.5}, "1": {"a": 0.1, "b": 0.8}},
    (0, 2): {"0": {"a": 0.9, "b": 0.5}, "2": {"a": 0.3, "b": 0.4}},
    (1, 2): {"1": {"a": 0.9, "b": 0.6}, "2": {"a": 0.9, "b": 0.6}},
}


def test_a_target_never_chooses_for_itself() -> None:
    """Score a finds digit 0 best, and b the stand-ins of 0: b is chosen for 0."""
    assert tables.nested_means(NESTED, 0) == pytest.approx({"a": 0.2, "b": 0.6})
    assert tables.nested_means(NESTED, 2) == pytest.approx({"a": 0.9, "b": 0.55})
    assert tables.choose(NESTED, (0, 1, 2)) == {0: "b", 1: "a", 2: "a"}


def test_the_report_reads_the_chosen_score() -> None:
    aurocs = {"a": 0.7, "b": 0.8, "negative_elbo": 0.6}
    nested = {pair: {d: {**a, "negative_elbo": 0.0} for d, a in of_pair.items()} for pair, of_pair in NESTED.items()}
    final = {digit: [aurocs, {**aurocs, "b": 0.9}] for digit in range(3)}
    found = tables.report(nested, final, tables.choose(nested, final))
    assert found["digits"]["0"]["test_auroc"] == [0.8, 0.9]
    assert found["digits"]["1"]["test_auroc"] == [0.7, 0.7]
    assert found["mean_per_seed"] == pytest.approx([(0.8 + 0.7 + 0.7) / 3, (0.9 + 0.7 + 0.7) / 3], abs=1e-4)
    assert found["scores"]["b"]["chosen_for"] == [0]
    assert "| **mean** | | **0.750 ± 0.024** | 0.600 | 0.855 | 0.718 |" in tables.digit_table(found)


def test_rows_that_choose_are_no_test_rows_and_no_rows_learned_from() -> None:
    images = load_images("digits")
    held_out = images.validation[~np.isin(images.labels[images.validation], (3, 5))]
    rows = np.concatenate(benchmark.ranked_rows(images, (3, 5), held_out))
    assert not np.isin(rows, images.test).any()
    assert not np.isin(rows, images.train[~np.isin(images.labels[images.train], (3, 5))]).any()
    normal, strange = benchmark.ranked_rows(images, (3,), held_out)
    np.testing.assert_array_equal(np.sort(np.concatenate([normal, strange])), images.test)
    assert set(images.labels[strange]) == {3} and 3 not in images.labels[normal]


def test_a_model_is_trained_once_and_taken_from_the_cache_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(benchmark, "STANDARDISING", 40)
    images, job = load_images("digits"), benchmark.Job((0, 1), 0)
    assert benchmark.cached(tmp_path, images, job, 1, may_train=False) is None
    first = benchmark.cached(tmp_path, images, job, 1, may_train=True)
    assert set(first["auroc"]) == {"0", "1"}
    assert all(0 <= value <= 1 for aurocs in first["auroc"].values() for value in aurocs.values())
    assert "reconstruction + neighbour_distance" in first["auroc"]["0"]
    monkeypatch.setattr(benchmark, "figures_of", lambda *given: pytest.fail("it was trained again"))
    assert benchmark.cached(tmp_path, images, job, 1, may_train=True) == first
    assert benchmark.cached(tmp_path, images, job, 2, may_train=False) is None  # made with other settings


def test_the_whole_run_writes_its_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def figures(images: object, left_out: tuple[int, ...], seed: int, epochs: int) -> dict:
        aurocs = {"negative_elbo": 0.5, "other": 0.75}
        return {"auroc": {str(d): aurocs for d in left_out}, "processor_seconds": {"training": 6.0, "scoring": 2.0}}

    monkeypatch.setattr(benchmark, "figures_of", figures)
    arguments = ["anomaly", "--data", "digits", "--cache", str(tmp_path / "cache"), "--out", str(tmp_path / "a.json")]
    monkeypatch.setattr(sys, "argv", [*arguments, "--share", "1/2"])
    assert benchmark.main() == 0
    assert "37 of 75 models are still to be trained by the other shares." in capsys.readouterr().out
    monkeypatch.setattr(sys, "argv", arguments)
    assert benchmark.main() == 0
    found = json.loads((tmp_path / "a.json").read_text())
    assert found["mean"] == 0.75 and found["digits"]["9"]["chosen"] == "other"
    assert found["processor_minutes"] == 10.0 and found["date"] and found["machine"]
    assert found["command"].startswith("python -m benchmarks.anomaly --data digits")
    assert "| other | 0.750 | 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 | 0.750 |" in capsys.readouterr().out
