"""Charts show the figures that were measured; sheets show the pixels that were given."""

from __future__ import annotations

import numpy as np
import pytest

from ui.figures import PANELS, curve_points, loss_curves, loss_words, sheet
from ui.run_view import duration

RECORDS = [
    {
        "epoch": epoch,
        "train_loss": 100.0 / epoch,
        "validation_loss": 110.0 / epoch,
        "reconstruction": 90.0 / epoch,
        "validation_reconstruction": -95.0 / epoch,
        "kl": float(epoch),
        "validation_kl": epoch + 0.5,
    }
    for epoch in range(1, 41)
]


def test_the_curves_hold_every_measured_value() -> None:
    figure = loss_curves(RECORDS[:19], 40)
    drawn = {(trace.yaxis, trace.name): dict(zip(trace.x, trace.y, strict=True)) for trace in figure.data}
    assert drawn == {
        ("y" if number == 1 else f"y{number}", curve): {record["epoch"]: record[key] for record in RECORDS[:19]}
        for number, panel in enumerate(PANELS, start=1)
        for curve, key in panel.keys.items()
    }


def test_only_the_first_twentieth_is_left_out() -> None:
    epochs, _ = curve_points(RECORDS, "train_loss", skip_start=True)
    assert epochs == list(range(3, 41))
    epochs, _ = curve_points(RECORDS[:19], "train_loss", skip_start=True)
    assert epochs == list(range(1, 20))
    epochs, _ = curve_points(RECORDS, "kl", skip_start=False)
    assert epochs == list(range(1, 41))


def test_an_absent_figure_leaves_its_curve_empty() -> None:
    records = [{"epoch": 1, "train_loss": 3.0}, {"epoch": 2, "train_loss": 2.0, "kl": 1.0}, {"kl": 5.0}]
    assert curve_points(records, "kl", skip_start=False) == ([2], [1.0])
    assert curve_points(records, "validation_kl", skip_start=False) == ([], [])


def test_only_the_data_changes_from_epoch_to_epoch() -> None:
    """So that the drawn plot takes the new points and nothing else moves, and what a person zoomed stays."""

    def drawing(count: int) -> dict:
        figure = loss_curves(RECORDS[:count], 40).to_plotly_json()
        return {"layout": figure["layout"], "traces": [{**trace, "x": None, "y": None} for trace in figure["data"]]}

    assert drawing(5) == drawing(30)
    assert drawing(5)["layout"]["uirevision"]


def test_the_label_and_the_titles_tell_the_unit() -> None:
    layout = loss_curves(RECORDS, 40).layout
    assert [title.text for title in layout.annotations] == [f"{panel.title}, nats per image" for panel in PANELS]
    assert layout.xaxis.unifiedhovertitle.text.endswith("nats per image")


def test_the_last_values_in_words() -> None:
    assert loss_words(RECORDS[:10]) == (
        "Loss curves, in nats per image. At epoch 10: −ELBO training 10.00, validation 11.00; "
        "Reconstruction training 9.00, validation −9.50; KL training 10.00, validation 10.50."
    )
    assert loss_words([{"epoch": 1, "kl": 2.0}]) == "Loss curves, in nats per image. At epoch 1: KL training 2.00."
    assert loss_words([]) == "Loss curves; no epoch is finished yet."


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
