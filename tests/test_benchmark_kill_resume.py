"""The benchmark of kills, small: three kills, and the weights of the run left alone all the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import kill_resume as benchmark


@pytest.mark.usefixtures("warm_processes")
def test_three_kills_change_nothing() -> None:
    outcome = benchmark.measure(benchmark.options_of(["--kills", "3", "--epochs", "12", "--cache"]))
    assert outcome.kills >= 1 and outcome.refused == outcome.damaged == 0
    assert outcome.weights_equal and outcome.metrics_equal


def test_a_damaged_file_is_counted(tmp_path: Path) -> None:
    assert benchmark.broken_files(tmp_path) == 0
    (tmp_path / "model.safetensors").write_bytes(b"half a file")
    (tmp_path / "config.json").write_text('{"format_ver')
    assert benchmark.broken_files(tmp_path) == 2 and not benchmark.half_written(tmp_path)
    (tmp_path / ".model.safetensors.0123abcd").write_bytes(b"")
    assert benchmark.half_written(tmp_path)
