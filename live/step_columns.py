"""Lines of metrics.jsonl taken apart: those of steps as columns of numbers, the others left as they are."""

from __future__ import annotations

import io
import json
from itertools import pairwise
from typing import Any

import numpy as np

STEP = b'{"kind": "step"'
STEP_COLUMNS = (
    *("step", "epoch", "loss", "reconstruction", "kl"),
    *("learning_rate", "beta", "gradient_norm", "images_per_second"),
)
FEW = 200  # lines; below it Python's own parser is sooner done


def step_columns(lines: bytes) -> tuple[np.ndarray, bytes]:
    """Columns float32 (9, n) of the steps among whole lines, in their order, and all other lines.

    What a step lacks, or has as null, is NaN. Where a line of a step cannot be read as such, all lines are given back
    as others: who shows them counts what is broken.
    """
    steps, others = _apart(lines)
    try:
        return _columns(steps), others
    except (ValueError, TypeError):  # pyarrow's own errors are ValueErrors
        return np.empty((len(STEP_COLUMNS), 0), np.float32), lines


def _apart(lines: bytes) -> tuple[bytes, bytes]:
    """The lines of steps and the others. Over bytes as numbers: a log has 100,000 lines, and others read beside it."""
    if not lines:
        return b"", b""
    values = np.frombuffer(lines, np.uint8)
    ends = np.flatnonzero(values == ord("\n")) + 1
    starts = np.concatenate([[0], ends[:-1]])
    long = np.flatnonzero(ends - starts > len(STEP))
    are_steps = np.zeros(len(starts), dtype=bool)
    begun = values[starts[long, None] + np.arange(len(STEP))]
    are_steps[long] = (begun == np.frombuffer(STEP, np.uint8)).all(axis=1)
    changes = np.flatnonzero(np.diff(are_steps)) + 1
    edges = [0, *starts[changes].tolist(), int(ends[-1])]
    blocks = [lines[start:end] for start, end in pairwise(edges)]
    first = 0 if are_steps[0] else 1
    return b"".join(blocks[first::2]), b"".join(blocks[1 - first :: 2])


def _columns(lines: bytes) -> np.ndarray:
    if lines.count(b"\n") < FEW:
        rows = [_row(json.loads(line)) for line in lines.splitlines()]
        return np.array(rows, dtype=np.float32).reshape(-1, len(STEP_COLUMNS)).T
    import pyarrow as pa
    from pyarrow import json as arrow_json

    # without the interpreter lock, so that nobody's hand waits for it
    table = arrow_json.read_json(
        io.BytesIO(lines),
        read_options=arrow_json.ReadOptions(use_threads=False, block_size=max(len(lines), 1)),
        parse_options=arrow_json.ParseOptions(
            explicit_schema=pa.schema([(name, pa.float64()) for name in STEP_COLUMNS]),
            unexpected_field_behavior="ignore",
        ),
    )
    return np.stack([table.column(name).to_numpy().astype(np.float32) for name in STEP_COLUMNS])


def _row(record: dict[str, Any]) -> list[float]:
    values = [record.get(name) for name in STEP_COLUMNS]
    if any(isinstance(value, bool | str | list | dict) for value in values):
        raise ValueError("a figure of a step is no number")
    return [np.nan if value is None else float(value) for value in values]
