"""The benchmark of faults, small: a folder removed while its run goes; what it would find where something is wrong."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks import fault_checks, faults
from benchmarks.fault_checks import Faults, check_files, expect_state, watch
from jobs.run_queue import waiting_status
from jobs.run_request import KeptRequest, write_request
from vae_core.training import write_status
from vae_core.training.run_folder import first_status


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LATENT_EXPLORER_CHECKPOINTS", str(tmp_path))
    return tmp_path


def test_a_removed_folder_is_the_end_of_its_run() -> None:
    found = Faults()
    faults.WORK["folder"](faults.options_of(["--removals", "1"]), found)
    assert found.done == {"folder removed": 1} and found.notes == []


def test_what_is_damaged_or_shown_wrong_is_counted(root: Path) -> None:
    found, folder = Faults(), root / "run"
    write_status(folder, replace(first_status("running", 1, ""), pid=2**22 + 1, process_started="1"))
    write_request(folder, KeptRequest((), None, 1, 0.0))
    check_files(folder, found)
    assert expect_state("run", ("failed",), found, seconds=0).state == "failed" and found.notes == []
    (folder / "model.safetensors").write_bytes(b"half a file")
    (folder / "metrics.jsonl").write_text("rubbish\n")
    (folder / "run" / "request.json").write_text("{")
    check_files(folder, found)
    assert found.corrupted == 3
    expect_state("run", ("running",), found, seconds=0)
    assert found.wrong == 1 and "run is shown as failed" in found.notes[-1]
    write_status(folder, first_status("failed", 1, "")), watch("run", 0.06, found)
    assert "is shown as failed while its process is there" in found.notes[-1]
    write_status(folder, waiting_status(1))
    assert expect_state("run", ("queued",), found, seconds=0).state == "queued"
    assert fault_checks.kill(2**22 + 1) is False and os.getpid() > 0


def test_a_part_done_in_pieces_adds_up(tmp_path: Path) -> None:
    piece = {"command": "a", "seconds": 5, "faults": {"run killed": 3}, "runs lost": 0, "corrupted files": 1}
    piece |= {"wrong states": 0, "notes": ["x"]}
    for _ in range(2):
        faults.keep(tmp_path / "faults.json", "runs", piece, add=True)
    kept = json.loads((tmp_path / "faults.json").read_text())["runs"]
    assert (kept["seconds"], kept["faults"], kept["corrupted files"]) == (10, {"run killed": 6}, 2)
    faults.keep(tmp_path / "faults.json", "runs", piece, add=False)
    assert json.loads((tmp_path / "faults.json").read_text())["runs"] == piece
