"""Charts and sheets of pictures that pages share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go

from ui.theme import CLASS_COLOURS

LEFT_OUT_SHARE = 20  # of a loss one epoch in so many is left out at the start, which would flatten all that follows
CURVES = {"training": CLASS_COLOURS[1], "validation": CLASS_COLOURS[0]}
MARGIN = {"l": 52, "r": 12, "t": 28, "b": 40}  # pixels: room for figures such as −1,234, titles, and epochs


@dataclass(frozen=True)
class Panel:
    """One part of the loss: its title, its key in `metrics.jsonl` for each curve, its share of the height."""

    title: str
    keys: Mapping[str, str]
    skip_start: bool
    low: float
    high: float


PANELS = (
    Panel("−ELBO", {"training": "train_loss", "validation": "validation_loss"}, True, 0.68, 1.0),
    Panel("Reconstruction", {"training": "reconstruction", "validation": "validation_reconstruction"}, True, 0.34, 0.6),
    Panel("KL", {"training": "kl", "validation": "validation_kl"}, False, 0.0, 0.26),
)


def loss_curves(records: Sequence[Mapping[str, Any]], epochs: int) -> go.Figure:
    """The loss and its two parts over epochs 1 to `epochs`, one above the other, for training and validation.

    records: the lines of `metrics.jsonl`, figures in nats per image. A figure that is absent leaves its curve out at
    that epoch; of a part whose first epochs would flatten the rest, the first twentieth of the epochs is left out.
    """
    figure = go.Figure(layout=_layout(epochs))
    for number, panel in enumerate(PANELS, start=1):
        for curve, key in panel.keys.items():
            x, y = curve_points(records, key, panel.skip_start)
            figure.add_trace(_line(f"{panel.title}, {curve}", curve, x, y, f"y{number}"))
    return figure


def curve_points(records: Sequence[Mapping[str, Any]], key: str, skip_start: bool) -> tuple[list[int], list[float]]:
    """Epochs and values of one figure of `metrics.jsonl`, where it is present."""
    shown = records[len(records) // LEFT_OUT_SHARE if skip_start else 0 :]
    points = [(record["epoch"], record[key]) for record in shown if "epoch" in record and key in record]
    return [epoch for epoch, _ in points], [value for _, value in points]


def loss_words(records: Sequence[Mapping[str, Any]]) -> str:
    """The last values as a sentence, for those who do not see the curves."""
    if not records:
        return "Loss curves; no epoch is finished yet."
    last = records[-1]
    parts = []
    for panel in PANELS:
        values = [f"{curve} {last[key]:.2f}".replace("-", "−") for curve, key in panel.keys.items() if key in last]
        if values:
            parts.append(f"{panel.title} {', '.join(values)}")
    return f"Loss curves, in nats per image. At epoch {last.get('epoch', len(records))}: {'; '.join(parts)}."


def _line(label: str, curve: str, x: list[int], y: list[float], axis: str) -> go.Scatter:
    return go.Scatter(
        x=x,
        y=y,
        name=curve,
        yaxis=axis,
        mode="lines" if len(x) > 1 else "markers",  # a line needs two
        line={"color": CURVES[curve], "width": 2},
        hovertemplate=f"%{{y:,.2f}} {label}<extra></extra>",
    )


def _layout(epochs: int) -> dict[str, Any]:
    """All but the data; it stays the same from epoch to epoch, so that nothing but the curves moves."""
    up = {
        f"yaxis{number}": {
            "domain": [panel.low, panel.high],
            "nticks": 5,
            "tickformat": ",~f",
            "zeroline": False,
        }
        for number, panel in enumerate(PANELS, start=1)
    }
    across = {
        "range": [1, max(epochs, 2)],
        "anchor": f"y{len(PANELS)}",
        "title": {"text": "epoch", "standoff": 6, "font": {"size": 12}},
        "tickformat": ",d",
        "zeroline": False,
        "showspikes": True,
        "spikemode": "across",
        "spikethickness": 1,
        "spikedash": "solid",
        "unifiedhovertitle": {"text": "Epoch %{x}, nats per image"},
    }
    return {
        "template": "none",
        "uirevision": "kept",
        "showlegend": False,
        "hovermode": "x unified",
        "hoversubplots": "axis",
        "margin": MARGIN,
        "xaxis": across,
        **up,
        "annotations": [_title(panel) for panel in PANELS],
    }


def _title(panel: Panel) -> dict[str, Any]:
    return {
        "text": f"{panel.title}, nats per image",
        "xref": "paper",
        "yref": "paper",
        "x": 0,
        "y": panel.high,
        "xanchor": "left",
        "yanchor": "bottom",
        "xshift": -MARGIN["l"],
        "yshift": 5,  # clear of the uppermost tick's figure
        "showarrow": False,
    }


def sheet(rows: Sequence[np.ndarray], tile: int = 64, gap: int = 4) -> np.ndarray:
    """Rows of pictures as one picture, uint8 (height, width, 4), clear between them.

    rows: uint8 (n, C, H, W) each, the same C, H, W. A picture is enlarged by the largest whole factor with which its
    longer side fits in `tile` pixels, at least 1, so that its pixels stay hard-edged squares.
    """
    return np.concatenate([_strip(row, tile, gap) for row in rows], axis=0)


def _strip(pictures: np.ndarray, tile: int, gap: int) -> np.ndarray:
    count, channels, height, width = pictures.shape
    scale = max(1, tile // max(height, width))
    large = pictures.repeat(scale, axis=2).repeat(scale, axis=3)
    framed = np.zeros((count, 4, height * scale + gap, width * scale + gap), dtype=np.uint8)
    framed[:, :3, : height * scale, : width * scale] = large if channels == 3 else large.repeat(3, axis=1)
    framed[:, 3, : height * scale, : width * scale] = 255
    return framed.transpose(2, 0, 3, 1).reshape(height * scale + gap, count * (width * scale + gap), 4)
