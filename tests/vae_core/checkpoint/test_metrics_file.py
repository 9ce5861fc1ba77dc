"""metrics.jsonl: three kinds of lines, appended whole, and read on from where one left off."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from vae_core.checkpoint import (
    MetricsTail,
    append_metrics,
    keep_lines,
    read_changes,
    read_metrics,
    read_metrics_from,
    read_steps,
)
from vae_core.checkpoint import metrics_file as module
from vae_core.training.step_record import ChangeRecord, StepRecord, is_logged


def step(number: int) -> dict:
    return StepRecord(number, 1, 5.0, 4.0, 1.0, 1e-3, 1.0, 2.5, 900.0).as_line()


def test_each_kind_is_read_by_itself(tmp_path: Path) -> None:
    change = ChangeRecord(step=2, epoch=1, beta=0.5).as_line()
    append_metrics(tmp_path, step(1), step(2))
    append_metrics(tmp_path, change, {"epoch": 1, "train_loss": 4.0})
    assert read_steps(tmp_path) == [step(1), step(2)]
    assert read_changes(tmp_path) == [change] == [{"kind": "change", "step": 2, "epoch": 1, "beta": 0.5}]
    assert read_metrics(tmp_path) == [{"epoch": 1, "train_loss": 4.0}]


def test_lines_are_cut_back(tmp_path: Path) -> None:
    append_metrics(tmp_path, step(1), step(2), {"epoch": 1}, step(3))
    before = (tmp_path / "metrics.jsonl").read_bytes()
    keep_lines(tmp_path, lambda record: True)
    assert (tmp_path / "metrics.jsonl").read_bytes() == before
    keep_lines(tmp_path, lambda record: record.get("step", 0) <= 1)
    assert read_steps(tmp_path) == [step(1)] and read_metrics(tmp_path) == [{"epoch": 1}]


def test_a_long_half_line_is_dropped(tmp_path: Path) -> None:
    append_metrics(tmp_path, step(1))
    with (tmp_path / "metrics.jsonl").open("a") as file:
        file.write("x" * 10_000)
    append_metrics(tmp_path, step(2))
    assert read_steps(tmp_path) == [step(1), step(2)]


def test_a_full_disk_leaves_no_part_of_a_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    append_metrics(tmp_path, step(1))
    before = (tmp_path / "metrics.jsonl").read_bytes()

    class Full:
        """A stream that takes 10 bytes, then no more."""

        def __init__(self, stream) -> None:
            self.stream, self.truncate, self.written = stream, stream.truncate, 0

        def write(self, content: memoryview) -> int:
            if self.written:
                raise OSError(28, "No space left on device")
            self.written = self.stream.write(content[:10])
            return self.written

    write_all = module._write_all
    monkeypatch.setattr(module, "_write_all", lambda stream, *rest: write_all(Full(stream), *rest))
    with pytest.raises(OSError, match="No space left"):
        append_metrics(tmp_path, step(2))
    assert (tmp_path / "metrics.jsonl").read_bytes() == before


def test_a_tail_reads_what_was_added_and_no_half_line(tmp_path: Path) -> None:
    tail = MetricsTail(tmp_path)
    assert tail.read().records == [] and tail.offset == 0
    append_metrics(tmp_path, step(1), {"epoch": 1})
    assert tail.read().records == [step(1), {"epoch": 1}]
    with (tmp_path / "metrics.jsonl").open("a") as file:
        file.write('{"kind": "st')
    piece = tail.read()
    assert piece.records == [] and not piece.restarted
    append_metrics(tmp_path, step(2))
    assert tail.read().records == [step(2)]
    later = MetricsTail(tmp_path, tail.offset, tail.mark)
    append_metrics(tmp_path, step(3))
    assert later.read().records == [step(3)]


def test_a_tail_sees_that_lines_were_written_again(tmp_path: Path) -> None:
    tail = MetricsTail(tmp_path)
    append_metrics(tmp_path, *(step(number) for number in range(1, 9)))
    tail.read()
    keep_lines(tmp_path, lambda record: record["step"] <= 2)
    piece = tail.read()
    assert piece.restarted and piece.start == 0 and [record["step"] for record in piece.records] == [1, 2]
    keep_lines(tmp_path, lambda record: record["step"] <= 1)  # and has grown beyond that place before the next look
    append_metrics(tmp_path, *(step(number) | {"loss": 7.0} for number in range(2, 9)))
    piece = tail.read()
    assert piece.restarted and [record["step"] for record in piece.records] == list(range(1, 9))


def test_a_long_file_comes_in_pieces(tmp_path: Path) -> None:
    append_metrics(tmp_path, *(step(number) for number in range(1, 101)))
    size = (tmp_path / "metrics.jsonl").stat().st_size
    found, offset, more, pieces = [], 0, True, 0
    while more:
        piece = read_metrics_from(tmp_path, offset, most=1000)
        offset, more, pieces = piece.offset, piece.more, pieces + 1
        found += piece.records
        assert piece.lines == b"".join(json.dumps(record).encode() + b"\n" for record in piece.records)
    assert [record["step"] for record in found] == list(range(1, 101)) and offset == size and pieces > 10


@pytest.mark.parametrize("total", [50, 2_600, 90_000, 400_000, 10_000_000])
def test_first_steps_are_logged_and_at_most_a_hundred_thousand(total: int) -> None:
    logged = sum(is_logged(number, total) for number in range(1, min(total, 1_000_000) + 1))
    assert all(is_logged(number, total) for number in range(1, min(total, 100) + 1))
    assert logged * total / min(total, 1_000_000) <= 100_000 * 1.11
