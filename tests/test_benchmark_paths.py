"""The benchmark of the paths: its summary on figures whose answer is known, and a run on a tiny model."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from benchmarks import paths as benchmark
from tests.tiny import tiny_checkpoint


def pair(linear: float, slerp: float, geodesic: float) -> dict[str, dict[str, float]]:
    lengths = {"linear": linear, "slerp": slerp, "along the data": 9.0, "geodesic": geodesic}
    rest = {"evenness": 1.0, "lowest_log_density": -2.0, "seconds": 0.5, "cpu_seconds": 0.25}
    return {kind: {"length": length, **rest} for kind, length in lengths.items()}


def test_the_ratio_is_to_the_shorter_of_both() -> None:
    found = benchmark.summary([pair(2, 3, 1), pair(5, 4, 3), pair(2, 2, 2.02)])
    assert found["ratio_median"] == 0.75
    assert found["ratio_largest"] == pytest.approx(1.01)
    assert found["longer_than_allowed"] == 1
    assert found["cpu_seconds_median"] == 0.25


def test_it_measures_every_kind_and_keeps_what_was_measured_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    tiny_checkpoint(tmp_path / "models", "tiny", evaluation=False)
    out = tmp_path / "paths.json"
    out.write_text('{"other": 1}', encoding="utf-8")
    options = ["--checkpoints", str(tmp_path / "models"), "--pairs", "3", "--out", str(out)]
    monkeypatch.setattr(sys, "argv", ["paths", *options])
    assert benchmark.main() == 0
    assert "| tiny | 3 |" in capsys.readouterr().out
    kept = json.loads(out.read_text(encoding="utf-8"))
    assert kept["other"] == 1
    lengths = kept["tiny"]["lengths"]
    for linear, slerp, geodesic in zip(lengths["linear"], lengths["slerp"], lengths["geodesic"], strict=True):
        assert 0 < geodesic <= 1.005 * min(linear, slerp)
