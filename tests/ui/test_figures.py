"""Charts show the figures that were measured; sheets show the pixels that were given."""

from __future__ import annotations

import numpy as np
import pytest

from ui.figures import curve_table, curves, sheet
from ui.run_view import duration

RECORDS = [
    {"epoch": epoch, "train_loss": 100.0 / epoch, "validation_loss": 110.0 / epoch, "kl": float(epoch)}
    for epoch in range(1, 41)
]


def test_the_curves_hold_every_measured_value() -> None:
    table = curve_table(RECORDS, "train_loss", "validation_loss", skip=False)
    assert len(table) == 80
    drawn = table[table["curve"] == "validation"].set_index("epoch")["value"]
    assert drawn.to_dict() == {record["epoch"]: record["validation_loss"] for record in RECORDS}


def test_only_the_first_twentieth_is_left_out() -> None:
    table = curve_table(RECORDS, "train_loss", "validation_loss", skip=True)
    assert sorted(set(table["epoch"])) == list(range(3, 41))
    few = curve_table(RECORDS[:19], "train_loss", "validation_loss", skip=True)
    assert sorted(set(few["epoch"])) == list(range(1, 20))


def test_an_absent_figure_has_no_row() -> None:
    table = curve_table(RECORDS[:3], "kl", "validation_kl", skip=False)
    assert set(table["curve"]) == {"training"}


def test_only_the_data_changes_from_epoch_to_epoch() -> None:
    """Streamlit updates a chart in its place only then; otherwise it blinks."""

    def drawing(count: int) -> dict:
        table = curve_table(RECORDS[:count], "train_loss", "validation_loss", skip=True)
        chart = curves(table, 40, "loss", 200, legend=True).to_dict()
        return {name: part for name, part in chart.items() if name not in ("data", "datasets")}

    assert drawing(5) == drawing(30)


@pytest.mark.parametrize("shape", [(1, 8, 8), (3, 8, 12), (1, 128, 100)])
def test_a_sheet_holds_each_picture_in_hard_pixels(shape: tuple[int, int, int]) -> None:
    pictures = np.random.default_rng(0).integers(0, 256, (5, *shape), dtype=np.uint8)
    whole = sheet([pictures, pictures[::-1]], tile=64, gap=4)
    scale = max(1, 64 // max(shape[1:]))
    height, width = shape[1] * scale + 4, shape[2] * scale + 4
    assert whole.shape == (2 * height, 5 * width, 4)
    second = whole[:height, width : 2 * width][:-4:scale, :-4:scale]
    np.testing.assert_array_equal(second[..., :3], np.broadcast_to(pictures[1].transpose(1, 2, 0), (*shape[1:], 3)))
    assert (whole[height - 4 : height, :, 3] == 0).all(), "the gap is not clear"


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.2, "0 s"), (59.4, "59 s"), (80, "1 min 20 s"), (3_900, "1 h 5 min"), (-3, "0 s")]
)
def test_durations_in_words(seconds: float, words: str) -> None:
    assert duration(seconds) == words
