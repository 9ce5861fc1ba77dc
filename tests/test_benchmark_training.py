"""The training benchmark: it runs, and its ratio is of the figures that it prints."""

from __future__ import annotations

import json
import statistics
import sys
from pathlib import Path

import pytest

from benchmarks import training as benchmark


def test_the_benchmark_measures_both_sides_and_says_on_what(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "figures.json"
    monkeypatch.setattr(sys, "argv", ["training", "--data", "digits", "--rounds", "3", "--out", str(out)])
    assert benchmark.main() == 0
    figures = json.loads(out.read_text())
    assert len(figures["rounds"]) == 3
    ratios = [entry["loop"] / entry["fixed_batch"] for entry in figures["rounds"]]
    assert figures["ratio"] == pytest.approx(statistics.median(ratios), abs=0.001)
    assert figures["command"].startswith("python -m benchmarks.training --data digits")
    assert figures["machine"] and figures["date"] and "bernoulli" in figures["model"]
    assert "round 3: loop" in capsys.readouterr().out


def test_without_its_data_the_benchmark_says_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["training", "--data-dir", str(tmp_path)])
    assert benchmark.main() == 1
    assert "an IDX folder holds train-images-idx3-ubyte" in capsys.readouterr().err
