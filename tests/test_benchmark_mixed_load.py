"""The benchmark of the mixed load: its figures on drags whose answer is known, and people who really do something."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from benchmarks import mixed_load as benchmark
from benchmarks.other_people import other_people
from tests.tiny import tiny_checkpoint
from tools.running_app import running_app


def log_of(moves: list[float], drawn: list[tuple[float, float]]) -> dict:
    frames = [{"stamp": stamp, "drawn": when, "changed": True} for stamp, when in drawn]
    return {"moves": moves, "frames": frames, "changed": len(frames)}


@pytest.mark.parametrize(
    ("moves", "drawn", "longest"),
    [
        ([0, 16, 32], [2, 18, 34], 2),
        ([0, 500, 516], [2, 502, 518], 2),  # the hand stood still: no freeze
        ([0, 16, 32, 48], [2, 50], 34),  # from the move at 16 on, nothing new until 50
        ([0, 16, 32], [], 32),  # no picture at all
        ([0, 16, 32, 200], [2], 184),  # none until the last move
        ([], [], 0),
    ],
)
def test_a_freeze_is_what_a_moved_hand_waits_for_a_picture(
    moves: list[float], drawn: list[float], longest: float
) -> None:
    assert benchmark.longest_wait(moves, drawn) == longest


def test_the_figures_of_a_drag() -> None:
    figures = benchmark.figures_of_log(log_of([0, 20, 40, 200], [(0, 3), (20, 30), (200, 320)]), seconds=1)
    assert (figures["moves"], figures["pictures"]) == (4, 3)
    assert (figures["p50_ms"], figures["p95_ms"], figures["max_ms"]) == (10, 120, 120)
    assert figures["freeze_ms"] == 280 and figures["hand_rested_ms"] == 160


def test_a_drag_is_good_when_it_keeps_both_goals_and_the_others_are_served() -> None:
    others = {"map_runs": 4.0, "train_runs": 4.0, "projections": 1.0}
    drag = {"p95_ms": 33.0, "freeze_ms": 100.0, "others_per_second": others}
    assert benchmark.is_good(drag)
    assert not benchmark.is_good({**drag, "p95_ms": 33.1})
    assert not benchmark.is_good({**drag, "freeze_ms": 100.1})
    assert not benchmark.is_good({**drag, "p95_ms": None})
    assert not benchmark.is_good({**drag, "others_per_second": {**others, "projections": 0.0}})


def test_the_other_people_change_widgets_and_get_their_projections(tmp_path: Path) -> None:
    names = tuple(tiny_checkpoint(tmp_path, name, latent_dim=4, seed=seed).name for seed, name in enumerate("ab"))
    with running_app(checkpoints=tmp_path) as app, other_people(app.url, names) as people:
        deadline = time.monotonic() + 120
        while not (enough := has_come(people.read())) and time.monotonic() < deadline:
            time.sleep(0.2)
        assert enough, people.read()
        assert people.read()["problems"] == 0


def has_come(counts: dict[str, int]) -> bool:
    return counts["map_runs"] >= 8 and counts["train_runs"] >= 8 and counts["projections"] >= 2


def test_the_untuned_app_is_without_the_tuning(tmp_path: Path) -> None:
    tiny_checkpoint(tmp_path / "checkpoints")
    with benchmark.untuned_app(tmp_path / "checkpoints", tmp_path / "elsewhere") as app:
        facts = benchmark.in_force(app)
    assert facts["settings"] == {"server.fileWatcherType": "auto", "runner.postScriptGC": True}
    assert facts["switch_interval"] == 0.005
    assert facts["frozen_objects"] == 0 and facts["sends_at_once"] is False
