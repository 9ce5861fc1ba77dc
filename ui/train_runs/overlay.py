"""The curves of several runs in one figure: loss, reconstruction and KL, a colour for each run."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from ui.theme import class_colour
from ui.train_runs.rows import RunRow

LEFT_OUT_SHARE = (
    20  # of what falls steeply one epoch in so many is left out at the start, unless the scale is logarithmic
)
EPOCH, TIME = "epoch", "time"
MARGIN = {"l": 52, "r": 12, "t": 28, "b": 40}  # pixels: room for figures such as −1,234, titles, and epochs
TRAINING, VALIDATION = "training", "validation"


@dataclass(frozen=True)
class Part:
    """A part of the loss: its title, its key in `metrics.jsonl` for each split, whether its start is left out."""

    title: str
    keys: Mapping[str, str]
    steep: bool
    low: float
    high: float


PARTS = (
    Part("Loss", {TRAINING: "train_loss", VALIDATION: "validation_loss"}, True, 0.68, 1.0),
    Part("Reconstruction", {TRAINING: "reconstruction", VALIDATION: "validation_reconstruction"}, True, 0.34, 0.6),
    Part("KL", {TRAINING: "kl", VALIDATION: "validation_kl"}, False, 0.0, 0.26),
)


@dataclass(frozen=True)
class View:
    """How curves are drawn. across: "epoch" or "time". smoothing: 0 to below 1, the share of the past in each value."""

    across: str = EPOCH
    splits: tuple[str, ...] = (VALIDATION,)
    smoothing: float = 0.0
    logarithmic: bool = False


def smoothed(values: Sequence[float], share: float) -> list[float]:
    """The running average of the values with exponential weights, unbiased at the start (Kingma and Ba 2015, sec. 3).

    share: of the past, from 0 (the values themselves) to below 1.
    """
    average, result = 0.0, []
    for count, value in enumerate(values, start=1):
        average = share * average + (1 - share) * value
        result.append(average / (1 - share**count))
    return result


def points(
    epochs: Sequence[Mapping[str, Any]], key: str, across: str, skip: int = 0
) -> tuple[list[float], list[float]]:
    """Places and values of one figure of the epochs where it is present, without those of the first `skip` epochs.

    across: "epoch" gives the epochs' numbers; "time" the minutes trained, validation included, until each was over.
    """
    minutes, xs, ys = 0.0, [], []
    for number, line in enumerate(epochs):
        minutes += _finite(line.get("seconds")) / 60
        value = line.get(key)
        if number >= skip and isinstance(value, int | float):
            xs.append(minutes if across == TIME else line["epoch"])
            ys.append(value)
    return xs, ys


def overlay(rows: Sequence[RunRow], view: View) -> go.Figure:
    """The figure: validation drawn through, training dotted; smoothed curves above their faint originals.

    A part of which some value is not above zero keeps its linear scale; `linear_parts` names these.
    """
    figure = go.Figure(layout=_layout(view, linear_parts(rows, view)))
    for number, part in enumerate(PARTS, start=1):
        for place, row in enumerate(rows):
            for split in view.splits:
                figure.add_traces(_lines(row, class_colour(place), part, split, view, f"y{number}"))
    return figure


def linear_parts(rows: Sequence[RunRow], view: View) -> tuple[str, ...]:
    """Titles of the parts that a logarithmic scale cannot show, since they have values of zero or below."""
    keys = [(part.title, part.keys[split]) for part in PARTS for split in view.splits]
    low = [title for title, key in keys for row in rows if min(points(row.epochs, key, EPOCH)[1], default=1) <= 0]
    return tuple(dict.fromkeys(low))


def overlay_words(rows: Sequence[RunRow]) -> str:
    """The figure in a sentence, for those who do not see it."""
    parts = [f"{row.short_label} at epoch {row.epochs[-1]['epoch']}: {_last(row)}" for row in rows if row.epochs]
    return f"Curves of {len(rows)} runs, in nats per image. {'; '.join(parts)}." if parts else "No curves yet."


def _last(row: RunRow) -> str:
    values = [(part.title, row.epochs[-1].get(part.keys[VALIDATION])) for part in PARTS]
    return ", ".join(f"{title} {value:.2f}" for title, value in values if isinstance(value, int | float)).replace(
        "-", "−"
    )


def _lines(row: RunRow, colour: str, part: Part, split: str, view: View, axis: str) -> list[go.Scatter]:
    skip = len(row.epochs) // LEFT_OUT_SHARE if part.steep and not view.logarithmic else 0
    xs, ys = points(row.epochs, part.keys[split], view.across, skip)
    label = f"{part.title}, {split}"
    if not view.smoothing:
        return [_line(row, colour, split, xs, ys, axis, label)]
    faint = _line(row, colour, split, xs, ys, axis, label)
    faint.update(opacity=0.25, hoverinfo="skip", hovertemplate=None)
    return [faint, _line(row, colour, split, xs, smoothed(ys, view.smoothing), axis, f"{label}, smoothed")]


def _line(row: RunRow, colour: str, split: str, xs: list[float], ys: list[float], axis: str, label: str) -> go.Scatter:
    return go.Scatter(
        x=xs,
        y=ys,
        name=row.short_label,
        yaxis=axis,
        mode="lines" if len(xs) > 1 else "markers",  # a line needs two
        line={"color": colour, "width": 2, "dash": "dot" if split == TRAINING else "solid"},
        hovertemplate=f"%{{y:,.2f}} {label}, %{{fullData.name}}<extra></extra>",
    )


def _layout(view: View, linear: tuple[str, ...]) -> dict[str, Any]:
    up = {}
    for number, part in enumerate(PARTS, start=1):
        kind = "log" if view.logarithmic and part.title not in linear else "linear"
        up[f"yaxis{number}"] = {
            "domain": [part.low, part.high],
            "nticks": 5,
            "tickformat": ",~f",
            "zeroline": False,
            "type": kind,
        }
    return {
        "template": "none",
        "uirevision": f"{view.across} {view.logarithmic}",
        "showlegend": False,
        "hovermode": "x unified",
        "margin": MARGIN,
        "xaxis": _across(view.across),
        **up,
        "annotations": [_title(part) for part in PARTS],
    }


def _across(across: str) -> dict[str, Any]:
    unit = "minutes of training" if across == TIME else "epoch"
    label = "%{x:.2f} minutes, nats per image" if across == TIME else "Epoch %{x}, nats per image"
    return {
        "anchor": f"y{len(PARTS)}",
        "title": {"text": unit, "standoff": 6, "font": {"size": 12}},
        "tickformat": ",~f" if across == TIME else ",d",
        "zeroline": False,
        "showspikes": True,
        "spikemode": "across",
        "spikethickness": 1,
        "spikedash": "solid",
        "unifiedhovertitle": {"text": label},
    }


def _title(part: Part) -> dict[str, Any]:
    return {
        "text": f"{part.title}, nats per image",
        "xref": "paper",
        "yref": "paper",
        "x": 0,
        "y": part.high,
        "xanchor": "left",
        "yanchor": "bottom",
        "xshift": -MARGIN["l"],
        "yshift": 5,  # clear of the uppermost tick's figure
        "showarrow": False,
    }


def _finite(value: Any) -> float:
    return float(value) if isinstance(value, int | float) and math.isfinite(value) else 0.0
