"""What differs between runs: their settings and scores side by side, and what makes their losses no comparison."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ui.train_runs.rows import HIGHER_IS_BETTER, LOWER_IS_BETTER, SCORES, RunRow

ABSENT = "–"


@dataclass(frozen=True)
class Line:
    """One setting or score of several runs: a text for each run; marked: whether a run's text is the one to see."""

    name: str
    texts: tuple[str, ...]
    differs: bool
    marked: tuple[bool, ...]


def settings_lines(rows: Sequence[RunRow]) -> tuple[Line, ...]:
    """Each setting of the runs as a line, those that differ first; all of a line that differs are marked.

    A run that has not begun knows only what was asked for: what it does not say yet is no difference.
    """
    names = dict.fromkeys(name for row in rows for name in row.settings)
    lines = [_setting(name, rows) for name in names]
    return tuple(sorted(lines, key=lambda line: not line.differs))


def _setting(name: str, rows: Sequence[RunRow]) -> Line:
    texts = tuple(setting_text(row.settings[name]) if name in row.settings else ABSENT for row in rows)
    known = {text for text, row in zip(texts, rows, strict=True) if text != ABSENT or _has_begun(row)}
    differs = len(known) > 1
    return Line(setting_name(name), texts, differs, (differs,) * len(texts))


def _has_begun(row: RunRow) -> bool:
    """Whether it has written its settings, and which images it trains on."""
    return bool(row.fingerprint)


def score_lines(rows: Sequence[RunRow]) -> tuple[Line, ...]:
    """Each score that some run has as a line.

    The best is marked where runs of the same images and likelihood differ; of the validation loss only where their
    objectives weigh its parts alike.
    """
    known = [name for name in SCORES if any(name in row.scores for row in rows)]
    fair = len({_measure(row) for row in rows}) < 2
    alike = fair and len({_weighing(row) for row in rows}) < 2
    return tuple(
        _score(name, [row.scores.get(name) for row in rows], alike if name == "Best validation loss" else fair)
        for name in known
    )


def _score(name: str, values: Sequence[float | None], ranked: bool) -> Line:
    there = [value for value in values if value is not None]
    differs = len(set(there)) > 1
    best = None
    if differs and ranked and name in LOWER_IS_BETTER | HIGHER_IS_BETTER:
        best = max(there) if name in HIGHER_IS_BETTER else min(there)
    texts = tuple(ABSENT if value is None else number_text(value) for value in values)
    return Line(name, texts, differs, tuple(value is not None and value == best for value in values))


def _measure(row: RunRow) -> tuple:
    """What nats are counted of: the images, and the likelihood that judges them."""
    return row.fingerprint, row.settings.get("likelihood"), row.settings.get("dequantise")


def comparability(rows: Sequence[RunRow]) -> tuple[str, ...]:
    """Sentences on what makes the losses of these runs no fair comparison; empty when nothing does."""
    known = [row for row in rows if _has_begun(row)]
    found = []
    if len({row.fingerprint for row in known}) > 1:
        found.append("They were trained on different images: their losses measure different things.")
    if len({_measure(row)[1:] for row in known}) > 1:
        found.append("Their likelihoods differ: nats of one are no nats of the other.")
    elif len({_weighing(row) for row in known}) > 1:
        found.append(
            "Their objectives weigh the parts differently: compare reconstruction and KL, or the scores, not the loss."
        )
    return tuple(found)


def _weighing(row: RunRow) -> tuple:
    names = ("objective", "beta", "free_bits", "capacity", "penalty", "samples", "corruption")
    return tuple(row.settings.get(name) for name in names)


def setting_name(name: str) -> str:
    """A setting's name for people: `latent dim` becomes `latent dimensions`, `beta` becomes `β`."""
    return {"latent_dim": "latent dimensions", "beta": "β", "data": "data set"}.get(name, name.replace("_", " "))


def setting_text(value: Any) -> str:
    """A setting's value as one would type it: `0.0003`, `256, 128`, `yes`."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def number_text(value: float) -> str:
    """A score with figures enough to tell runs apart, and a proper minus sign."""
    digits = 0 if isinstance(value, int) else 3 if abs(value) < 10 else 2
    return f"{value:,.{digits}f}".replace("-", "−")
