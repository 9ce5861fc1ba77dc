"""What a worker of Ray Train does, as far as it needs no Ray; the cluster itself: tests/extras/ray_launcher.py."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from vae_core.checkpoint import load_evaluation
from vae_core.on_ray.training import _begun_before, run_command_line
from vae_core.training import read_status


@pytest.fixture(autouse=True)
def arguments_of_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", list(sys.argv))


def in_a_thread(*arguments: str) -> int:
    """The exit code of the command line in a thread, as Ray Train runs it."""
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(run_command_line, list(arguments)).result()


def test_the_command_line_trains_in_a_thread_and_quotes_itself(tmp_path: Path) -> None:
    folder = tmp_path / "my-digits"
    assert in_a_thread("train", "--data", "digits", "--epochs", "1", "--hidden", "8", "--out", str(folder)) == 0
    assert read_status(folder).state == "finished"
    command = load_evaluation(folder)["command"]
    assert command == "python -m vae_core train --data digits --epochs 1 --hidden 8 --out checkpoints/my-digits"


def test_a_refusal_is_an_exit_code_and_a_sentence(tmp_path: Path, capfd: pytest.CaptureFixture) -> None:
    assert in_a_thread("train", "--lr", "-1", "--out", str(tmp_path / "run")) == 1
    assert "--lr is -1" in capfd.readouterr().err
    assert in_a_thread("train", "--no-such-option", "--out", str(tmp_path / "run")) == 2


def test_only_the_first_worker_of_a_second_start_claims_the_folder_anew(tmp_path: Path) -> None:
    mark = tmp_path / ".ray" / "run" / "begun"
    assert [_begun_before(mark, is_first=True) for _ in range(3)] == [False, True, True]
    assert _begun_before(tmp_path / "other", is_first=False)
