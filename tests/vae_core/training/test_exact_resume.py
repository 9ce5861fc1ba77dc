"""What a state must hold for a resumed run to be the run left alone, and what a kill at a bad moment may leave."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from tests.vae_core.training.two_processes import MODEL, compared, digits, settings
from vae_core.checkpoint import load_checkpoint, read_metrics
from vae_core.training import TrainingError, train_model
from vae_core.training import run as run_module


@pytest.fixture(scope="module", autouse=True)
def objective_of_these_tests() -> Iterator[None]:
    with compared():
        yield


CLOCKS = {"images_per_second", "seconds"}
STATE = Path("state") / "state.safetensors"


@pytest.fixture(autouse=True)
def looks_and_saves_at_every_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_module, "PULSE_SECONDS", -1.0)
    monkeypatch.setattr(run_module, "SAVE_SECONDS", -1.0)


def same(one: Path, other: Path, file: Path) -> bool:
    first, second = load_file(one / file), load_file(other / file)
    return first.keys() == second.keys() and all(torch.equal(first[name], second[name]) for name in first)


def train(folder: Path, steps: int | None = None, resume: bool = False, **changes) -> None:
    """A run of 12 steps whose objective has an adversary; stopped after so many steps."""
    looks = iter(range(1, 1000))
    training = settings(batch_size=16, **changes)
    train_model(
        digits(), MODEL, training, folder, resume=resume, should_stop=lambda: steps is not None and next(looks) >= steps
    )


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"ema": 0.9},
        {"clip_norm": 1.0, "schedule": "cosine"},
        {"corruption": "mask"},
        {"precision": "bf16"},
        {"optimizer": "muon"},
    ],
    ids=str,
)
@pytest.mark.parametrize("steps", [2, 4, 7])  # 4: between the last step of an epoch and its end
def test_an_adversary_and_every_option_resume_exactly(tmp_path: Path, changes: dict, steps: int) -> None:
    train(tmp_path / "whole", **changes)
    train(tmp_path / "broken", steps, **changes)
    train(tmp_path / "broken", resume=True, **changes)
    assert same(tmp_path / "whole", tmp_path / "broken", Path("model.safetensors"))
    assert same(tmp_path / "whole", tmp_path / "broken", STATE)
    lines, theirs = (
        [{name: line[name] for name in line if name not in CLOCKS} for line in read_metrics(tmp_path / run)]
        for run in ("whole", "broken")
    )
    assert lines == theirs
    assert any(name.startswith("adversary_moments.") for name in load_file(tmp_path / "whole" / STATE))


def test_a_run_killed_between_its_first_state_and_its_first_weights_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(run) -> None:
        raise RuntimeError("killed")

    train(tmp_path / "whole", epochs=1)
    monkeypatch.setattr(run_module, "SAVE_SECONDS", 1e9)
    with monkeypatch.context() as patch, pytest.raises(RuntimeError):
        patch.setattr(run_module.Run, "keep_best", killed)
        train(tmp_path / "killed", epochs=1)
    assert (tmp_path / "killed" / STATE).exists() and not (tmp_path / "killed" / "model.safetensors").exists()
    train(tmp_path / "killed", resume=True, epochs=1)
    assert same(tmp_path / "whole", tmp_path / "killed", Path("model.safetensors"))
    assert load_checkpoint(tmp_path / "killed").config.name == "killed"


def test_half_written_files_of_a_killed_process_are_cleared_away_and_others_are_not(tmp_path: Path) -> None:
    folder = tmp_path / "killed"
    for name in ("run/.status.json.0a1b2c3d", "state/.state.safetensors.00ff00ff", ".config.json.12345678"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"half")
    train(folder, resume=True, epochs=1)
    assert not list(folder.rglob(".*"))
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / ".gitignore").write_text("notes")
    with pytest.raises(TrainingError, match=r"holds a run or other files \(\.gitignore\)"):
        train(tmp_path / "mine", resume=True)
