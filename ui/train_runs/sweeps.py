"""Sweeps: runs that were started together over a grid of settings, and what came out at each place of it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from ui.train_runs.differences import number_text, setting_name, setting_text
from ui.train_runs.filters import state_words
from ui.train_runs.rows import HIGHER_IS_BETTER, LOWER_IS_BETTER, SCORES, RunRow

ENDED = ("finished", "stopped", "failed")
SINGLE = ""  # the only row of a grid over one setting


@dataclass(frozen=True)
class Sweep:
    """The runs of a sweep on its grid: the settings that vary (the second may be absent), and a run for each pair.

    columns, lines: the values in order. runs: (column's value, line's value) -> the run.
    """

    name: str
    across: str
    down: str | None
    columns: tuple[Any, ...]
    lines: tuple[Any, ...]
    runs: Mapping[tuple[Any, Any], RunRow]

    @property
    def ended(self) -> int:
        """How many of the runs have ended, in whichever way."""
        return sum(run.state in ENDED for run in self.runs.values())


def sweeps_of(rows: Sequence[RunRow]) -> dict[str, Sweep]:
    """The sweeps among the runs, by name; the settings that vary are those in which the runs' requests differ."""
    names = sorted({row.sweep for row in rows if row.sweep})
    return {name: _sweep(name, [row for row in rows if row.sweep == name]) for name in names}


def _sweep(name: str, rows: Sequence[RunRow]) -> Sweep:
    settings = dict.fromkeys(setting for row in rows for setting in row.asked)
    varied = [setting for setting in settings if len({row.asked.get(setting) for row in rows}) > 1]
    across, down = ([*varied, None, None])[:2]
    across = across or "seed"
    places = {(row.asked.get(across), row.asked.get(down) if down else SINGLE): row for row in rows}
    columns, lines = (tuple(sorted({place[which] for place in places}, key=_order)) for which in (0, 1))
    return Sweep(name, across, down, columns, lines, places)


def _order(value: Any) -> tuple:
    try:
        return 0, float(value), ""
    except (TypeError, ValueError):
        return 1, 0.0, str(value)


def measures(sweep: Sweep) -> tuple[str, ...]:
    """The scores that some run of the sweep has and that can be ranked, the best validation loss first."""
    ranked = [name for name in SCORES if name in LOWER_IS_BETTER | HIGHER_IS_BETTER]
    ranked.sort(key=lambda name: name != "Best validation loss")
    return tuple(name for name in ranked if any(name in run.scores for run in sweep.runs.values()))


def best_run(sweep: Sweep, measure: str) -> RunRow | None:
    """The run whose score is best; None where no run has one."""
    scored = [run for run in sweep.runs.values() if measure in run.scores]
    sign = -1 if measure in HIGHER_IS_BETTER else 1
    return min(scored, key=lambda run: sign * run.scores[measure], default=None)


def heat_map(sweep: Sweep, measure: str) -> go.Figure:
    """The measure at each place of the grid, the better the brighter; a run without it says its state.

    Places are numbers, with the values as their labels: Plotly takes the text of a value for a number.
    """
    cells = [[sweep.runs.get((column, line)) for column in sweep.columns] for line in sweep.lines]
    figure = go.Figure(
        go.Heatmap(
            x=list(range(len(sweep.columns))),
            y=list(range(len(sweep.lines))),
            z=[[_score(run, measure) for run in line] for line in cells],
            text=[[_text(run, measure) for run in line] for line in cells],
            customdata=[[run.name if run else "" for run in line] for line in cells],
            texttemplate="%{text}",
            hovertemplate="%{customdata}: %{text}<extra></extra>",
            colorscale="Cividis",
            reversescale=measure in LOWER_IS_BETTER,
            xgap=3,
            ygap=3,
            colorbar={"title": {"text": measure, "side": "right"}, "thickness": 12},
        )
    )
    _say_states(figure, sweep, cells, measure)
    figure.update_layout(
        margin={"l": 8, "r": 8, "t": 12, "b": 8},
        xaxis=_axis(sweep.across, sweep.columns),
        yaxis=_axis(sweep.down, sweep.lines),
    )
    return figure


def _axis(setting: str | None, values: Sequence[Any]) -> dict[str, Any]:
    return {
        "title": {"text": setting_name(setting) if setting else ""},
        "tickvals": list(range(len(values))),
        "ticktext": [_tick(value) for value in values],
        "range": [-0.5, len(values) - 0.5],
        "showgrid": False,
        "zeroline": False,
    }


def _say_states(figure: go.Figure, sweep: Sweep, cells: Sequence[Sequence[RunRow | None]], measure: str) -> None:
    """Words at the places that have no colour: Plotly writes no text there."""
    for line, runs in enumerate(cells):
        for column, run in enumerate(runs):
            if _score(run, measure) is None:
                figure.add_annotation(x=column, y=line, text=_text(run, measure), showarrow=False)


def heat_words(sweep: Sweep, measure: str) -> str:
    """The heat map in a sentence, for those who do not see it."""
    best = best_run(sweep, measure)
    if best is None:
        return f"Sweep {sweep.name}: no run has a score yet."
    figure = number_text(best.scores[measure])
    return f"Sweep {sweep.name}, {measure}: best {figure} by {best.name}, {place_words(sweep, best)}."


def place_words(sweep: Sweep, run: RunRow) -> str:
    """Where a run stands on the grid, such as `learning rate 0.003, β 4`."""
    settings = [sweep.across, *([sweep.down] if sweep.down else [])]
    return ", ".join(f"{setting_name(name)} {_tick(run.asked.get(name))}" for name in settings)


def _tick(value: Any) -> str:
    return "" if value == SINGLE else setting_text(value)


def _score(run: RunRow | None, measure: str) -> float | None:
    value = run.scores.get(measure) if run else None
    return value if value is not None and math.isfinite(value) else None


def _text(run: RunRow | None, measure: str) -> str:
    if run is None:
        return "–"
    value = _score(run, measure)
    if value is not None:
        return number_text(float(value)) if run.state in ENDED else f"{number_text(float(value))} …"
    if run.alive and run.share_done:
        return f"{run.share_done:.0%}"
    return state_words(run.state)
