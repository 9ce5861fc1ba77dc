"""Charts and sheets of pictures that pages share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from ui.theme import CLASS_COLOURS

LEFT_OUT_SHARE = 20  # of a loss one epoch in so many is left out at the start, which would flatten all that follows
CURVES = {"training": CLASS_COLOURS[1], "validation": CLASS_COLOURS[0]}


def curve_table(records: Sequence[Mapping[str, Any]], training: str, validation: str, skip: bool) -> pd.DataFrame:
    """The two named figures of `metrics.jsonl` as rows (epoch, curve, value); a figure that is absent has no row.

    With `skip` the first twentieth of the epochs is left out.
    """
    keys = {"training": training, "validation": validation}
    rows = [
        (record["epoch"], curve, record[key])
        for record in records[len(records) // LEFT_OUT_SHARE if skip else 0 :]
        for curve, key in keys.items()
        if "epoch" in record and key in record
    ]
    return pd.DataFrame(rows, columns=["epoch", "curve", "value"])


def curves(table: pd.DataFrame, epochs: int, title: str, height: int, legend: bool) -> alt.Chart:
    """Lines over epochs 1 to `epochs`, one for training and one for validation; `height` in pixels, all included.

    Altair, not Plotly: as long as only the data changes, Streamlit brings the drawn chart up to date in its place,
    where `st.plotly_chart` makes a new one each time, and blinks.
    """
    colour = alt.Color(
        "curve:N",
        title=None,
        scale=alt.Scale(domain=list(CURVES), range=list(CURVES.values())),
        legend=alt.Legend(orient="top", direction="horizontal", symbolType="stroke") if legend else None,
    )
    across = alt.X("epoch:Q", title=None if legend else "epoch", scale=alt.Scale(domain=[1, max(epochs, 2)]))
    up = alt.Y("value:Q", title=title, scale=alt.Scale(zero=False), axis=alt.Axis(tickCount=5, minExtent=32))
    hint = ["curve:N", "epoch:Q", alt.Tooltip("value:Q", title=title, format=".2f")]
    lone = table["epoch"].nunique() < 2  # a line needs two
    line = alt.Chart(table, height=height).mark_line(point={"size": 40} if lone else False, strokeWidth=2)
    return line.encode(x=across, y=up, color=colour, tooltip=hint)


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
