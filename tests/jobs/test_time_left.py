"""The time left: right within a phase, never from the pace of another one."""

from __future__ import annotations

from itertools import pairwise

import pytest

from jobs.time_left import ENOUGH_TO_TELL, TimeLeft

# what t-SNE of 10,000 latents of 16 dimensions told on one idle core: share, message, seconds
TSNE = [
    (0.0, "Finding the nearest neighbours", 0.03),
    (0.02, "Finding the nearest neighbours", 0.7),
    (0.04, "Finding the nearest neighbours", 1.3),
    (0.04, "Weighing the neighbours", 1.33),
    *((0.12 + 0.88 * step / 30, "Laying out the points", 4.1 + 31.3 * step / 30) for step in range(31)),
]
END = 35.4


def told(reports: list[tuple[float, str, float]]) -> list[float | None]:
    left = TimeLeft()
    return [left.after(*report) for report in reports]


def test_nothing_is_said_before_a_phase_has_done_enough() -> None:
    left = TimeLeft()
    assert left.after(0.0, "Searching", 0.0) is None
    assert left.after(ENOUGH_TO_TELL / 2, "Searching", 1.0) is None
    assert left.after(0.25, "Searching", 2.0) == pytest.approx(6.0)


def test_a_phase_is_timed_by_itself() -> None:
    left = TimeLeft()
    left.after(0.0, "Searching", 0.0)
    assert left.after(0.5, "Searching", 1.0) == pytest.approx(1.0)
    assert left.after(0.5, "Laying out", 1.5) == pytest.approx(0.5), "the last figure runs on"
    assert left.after(0.5, "Laying out", 9.0) == 0, "and not below nothing"
    assert left.after(0.6, "Laying out", 11.5) == pytest.approx(40.0)


def test_figures_in_a_message_make_no_other_phase() -> None:
    frames = [(frame / 40, f"Drawing frame {frame + 1} of 40", 0.5 * frame) for frame in range(40)]
    assert told(frames)[20] == pytest.approx(10.0)


def test_the_time_left_of_a_layout_only_falls_and_is_right() -> None:
    said = [(left, at) for left, (_, _, at) in zip(told(TSNE), TSNE, strict=True) if left is not None]
    in_layout = [(left, at) for left, at in said if at > 6]
    assert len(in_layout) > 25 and len(in_layout) == len(said)
    assert all(left == pytest.approx(END - at, abs=0.5) for left, at in in_layout)
    assert all(later <= earlier for (earlier, _), (later, _) in pairwise(said))
