"""The figures of benchmarks/map_pan.py and map_first_draw.py on cases whose answer is known."""

from __future__ import annotations

import pytest

from benchmarks.map_first_draw import behind
from benchmarks.map_pan import PanFigures, pan_figures, verdicts


def test_frames_and_new_places_are_counted_per_second() -> None:
    stamps = [0.0, 100.0, 200.0, 500.0, 1000.0]
    figures = pan_figures("own", 7, stamps, [1.0, 1.0, 2.0, 2.5, 2.5])
    assert figures == PanFigures("own", 7, frames_per_second=4.0, new_places_per_second=2.0, longest_ms=500.0)


def test_a_map_that_did_not_move_is_no_measurement() -> None:
    with pytest.raises(ValueError, match="scattergl with 10 points did not move in 3 frames"):
        pan_figures("scattergl", 10, [0.0, 16.0, 33.0], [1.0, 1.0, 1.0])


def test_the_ratio_of_medians_is_held_against_the_goal() -> None:
    rates = {("own", 70_000): (50, 60, 40), ("scattergl", 70_000): (20, 40, 30), ("own", 1_000_000): (14, 16, 20)}
    results = [PanFigures(page, points, rate, rate, 1.0) for (page, points), each in rates.items() for rate in each]
    fewer, million = verdicts(results)
    assert fewer == {"points": 70_000, "own": 50, "scattergl": 30, "ratio": 1.67, "goal": 1.8, "met": False}
    assert million == {"points": 1_000_000, "own": 16, "scattergl": None, "goal": 15, "met": True}


@pytest.mark.parametrize(("late", "met"), [(900.0, True), (1100.0, False)])
def test_the_map_is_held_against_the_bare_page_of_the_same_run(late: float, met: bool) -> None:
    draws = [{"map_ms": 500.0 + late, "bare_ms": 500.0}, {"map_ms": 9000.0, "bare_ms": 8000.0}]
    draws.append({"map_ms": 500.0 + late, "bare_ms": 500.0})
    assert behind(draws) == {"map_ms": 500 + late, "bare_ms": 500, "behind_ms": late, "goal_ms": 1000, "met": met}
