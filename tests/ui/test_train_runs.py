"""The runs as a whole: what the list says of each, and how several are compared."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from store import RunNotes
from ui.epoch_log import EpochLogs
from ui.theme import CLASS_COLOURS
from ui.train_runs.actions import clone_of
from ui.train_runs.compare import column_names, line_table
from ui.train_runs.differences import comparability, score_lines, settings_lines
from ui.train_runs.filters import Filter
from ui.train_runs.overlay import EPOCH, TIME, View, linear_parts, overlay, overlay_words, points, smoothed
from ui.train_runs.rows import RunRow
from ui.train_runs.table import SPARK_POINTS, spark, table
from vae_core.checkpoint import append_metrics

SETTINGS = {"data": "digits", "likelihood": "gaussian", "objective": "elbo", "beta": 1.0, "learning_rate": 1e-3}
EPOCHS = tuple(
    {
        "epoch": epoch,
        "train_loss": 90.0 / epoch,
        "validation_loss": 100.0 / epoch,
        "reconstruction": 80.0 / epoch,
        "validation_reconstruction": -95.0 / epoch,
        "kl": float(epoch),
        "validation_kl": epoch + 0.5,
        "seconds": 30.0,
    }
    for epoch in range(1, 41)
)


def a_row(name: str = "one", **changes: object) -> RunRow:
    row = RunRow(name, Path(name), "finished", settings=SETTINGS, epochs=EPOCHS, fingerprint="a" * 64)
    return replace(row, **changes)


ONE = a_row(scores={"−ELBO": 30.0, "KL": 4.0, "PSNR, dB": 14.0})
TWO = a_row("two", settings={**SETTINGS, "learning_rate": 3e-3}, scores={"−ELBO": 28.5, "PSNR, dB": 13.0})


def test_settings_that_differ_come_first_and_are_marked() -> None:
    first, *others = settings_lines([ONE, TWO])
    assert (first.name, first.texts, first.marked) == ("learning rate", ("0.001", "0.003"), (True, True))
    assert not any(line.differs or any(line.marked) for line in others)
    assert [line.name for line in others] == ["data set", "likelihood", "objective", "β"]
    assert not any(line.differs for line in settings_lines([ONE]))


def test_a_setting_that_one_run_lacks_differs() -> None:
    older = a_row("older", settings={name: value for name, value in SETTINGS.items() if name != "beta"})
    (line,) = [line for line in settings_lines([ONE, older]) if line.differs]
    assert (line.name, line.texts) == ("β", ("1", "–"))


def test_what_a_run_that_waits_does_not_say_yet_is_no_difference() -> None:
    waiting = a_row("waiting", state="queued", fingerprint="", settings={"data": "digits", "learning_rate": 3e-3})
    assert [line.name for line in settings_lines([ONE, waiting]) if line.differs] == ["learning rate"]
    assert comparability([ONE, waiting]) == ()


def test_the_best_score_is_marked_higher_or_lower_as_the_score_wants() -> None:
    marked = {line.name: (line.texts, line.marked) for line in score_lines([ONE, TWO])}
    assert marked == {
        "−ELBO": (("30.00", "28.50"), (False, True)),
        "KL": (("4.000", "–"), (False, False)),
        "PSNR, dB": (("14.00", "13.00"), (True, False)),
    }


def test_nothing_is_the_best_of_runs_that_measure_different_things() -> None:
    other = replace(TWO, settings={**SETTINGS, "likelihood": "bernoulli"})
    assert not any(any(line.marked) for line in score_lines([ONE, other]))
    beta = replace(TWO, settings={**SETTINGS, "beta": 4.0}, scores={"−ELBO": 28.5, "Best validation loss": 9.0})
    scored = replace(ONE, scores={"−ELBO": 30.0, "Best validation loss": 8.0})
    marked = {line.name: line.marked for line in score_lines([scored, beta])}
    assert marked == {"−ELBO": (False, True), "Best validation loss": (False, False)}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"fingerprint": "b" * 64}, "different images"),
        ({"settings": {**SETTINGS, "likelihood": "bernoulli"}}, "Their likelihoods differ"),
        ({"settings": {**SETTINGS, "beta": 4.0}}, "weigh the parts differently"),
    ],
)
def test_what_makes_losses_no_comparison_is_said(changes: dict, sentence: str) -> None:
    (said,) = comparability([ONE, replace(TWO, **changes)])
    assert sentence in said
    assert comparability([ONE, TWO]) == ()


def test_a_table_marks_in_bold_and_acts_on_no_text_of_a_person() -> None:
    row = a_row("one", notes=RunNotes(1, "**mine** [x](y)"))
    columns = line_table(settings_lines([row, TWO]), [row, TWO])
    names = list(columns)
    assert names[1].replace("\\", "") == "**mine** [x](y)"
    assert "**" not in names[1].replace("\\*", "")
    assert columns[names[2]][0] == ":primary-background[**0.003**]"


def test_runs_of_one_title_are_told_apart_by_their_folders() -> None:
    rows = [a_row("one", notes=RunNotes(1, "same")), a_row("two", notes=RunNotes(1, "same")), a_row("three")]
    assert column_names(rows) == ["same (one)", "same (two)", "three"]


def test_the_overlay_holds_every_measured_value_in_a_colour_for_each_run() -> None:
    short = a_row("short", epochs=EPOCHS[:19])
    figure = overlay([ONE, short], View(logarithmic=True, splits=("validation", "training")))
    assert len(figure.data) == 2 * 2 * 3
    for trace in figure.data:
        source = EPOCHS if trace.name == "one" else EPOCHS[:19]
        assert trace.line.color == CLASS_COLOURS[0 if trace.name == "one" else 1]
        assert list(trace.x) == [line["epoch"] for line in source]
    kl = {trace.line.dash: list(trace.y) for trace in figure.data if trace.yaxis == "y3" and trace.name == "one"}
    assert kl == {
        "solid": [line["validation_kl"] for line in EPOCHS],
        "dot": [line["kl"] for line in EPOCHS],
    }


def test_on_a_linear_scale_the_steep_start_is_left_out_and_kl_is_not() -> None:
    firsts = {trace.yaxis: trace.x[0] for trace in overlay([ONE], View()).data}
    assert firsts == {"y": 3, "y2": 3, "y3": 1} or firsts == {"y1": 3, "y2": 3, "y3": 1}


def test_by_time_a_curve_is_drawn_over_the_minutes_trained() -> None:
    assert points(EPOCHS[:4], "kl", TIME) == ([0.5, 1.0, 1.5, 2.0], [1.0, 2.0, 3.0, 4.0])
    broken = [{"epoch": 1, "kl": 2.0, "seconds": None}, {"epoch": 2, "seconds": 60.0}, {"epoch": 3, "kl": 5.0}]
    assert points(broken, "kl", TIME) == ([0.0, 1.0], [2.0, 5.0])
    assert points(broken, "kl", EPOCH) == ([1, 3], [2.0, 5.0])


def test_a_logarithmic_scale_is_left_to_parts_that_are_above_zero() -> None:
    view = View(logarithmic=True)
    assert linear_parts([ONE], view) == ("Reconstruction",)
    layout = overlay([ONE], view).layout
    assert [layout.yaxis.type, layout.yaxis2.type, layout.yaxis3.type] == ["log", "linear", "log"]


def test_smoothing_is_the_unbiased_running_average() -> None:
    assert smoothed([5.0] * 4, 0.9) == pytest.approx([5.0] * 4)
    # by hand: weights 0.5, 0.25, ... normalised
    assert smoothed([1.0, 3.0, 9.0], 0.5) == pytest.approx([1.0, (3 + 0.5) / 1.5, (9 + 1.5 + 0.25) / 1.75])
    assert smoothed([1.0, 3.0], 0.0) == [1.0, 3.0]
    faint, smooth = overlay([ONE], View(smoothing=0.5)).data[-2:]
    assert list(faint.y) == [line["validation_kl"] for line in EPOCHS]
    assert list(smooth.y) == pytest.approx(smoothed(list(faint.y), 0.5))
    assert faint.opacity < 0.5
    assert faint.hoverinfo == "skip"


def test_the_overlay_in_words() -> None:
    words = overlay_words([a_row(epochs=EPOCHS[:10])])
    expected = "one at epoch 10: Loss 10.00, Reconstruction −9.50, KL 10.50."
    assert words == f"Curves of 1 runs, in nats per image. {expected}"
    assert overlay_words([a_row(epochs=())]) == "No curves yet."


@pytest.mark.parametrize(
    ("wanted", "passes"),
    [
        (Filter(), True),
        (Filter("DIG wide"), True),
        (Filter("lr=0.001 β=1.0"), True),
        (Filter("digits conv"), False),
        (Filter(states=("finished", "failed")), True),
        (Filter(states=("under way",)), False),
        (Filter(tags=("keep",)), True),
        (Filter(tags=("keep", "drop")), False),
    ],
)
def test_the_filter_takes_runs_that_have_every_word_and_tag(wanted: Filter, passes: bool) -> None:
    assert wanted.takes(a_row(notes=RunNotes(1, "Wide encoder", ("keep",), "a note"))) is passes


def test_the_table_has_a_value_for_each_run_in_each_column() -> None:
    rows = [ONE, RunRow("new", Path("new"), "queued")]
    columns = table(rows)
    assert {len(values) for values in columns.values()} == {2}
    assert columns["learning_rate"] == [0.001, None]
    assert columns["−ELBO"] == [30.0, None]
    assert columns["state"] == [["finished"], ["waiting"]]


def test_the_small_curve_is_the_validation_loss_thinned() -> None:
    assert spark(ONE) == [round(line["validation_loss"], 3) for line in EPOCHS[2:]]
    long = a_row(epochs=tuple({"epoch": n, "validation_loss": 1.0} for n in range(1, 1001)))
    assert SPARK_POINTS <= len(spark(long)) < 2 * SPARK_POINTS


def test_a_clone_takes_every_setting_under_a_free_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LATENT_EXPLORER_CHECKPOINTS", str(tmp_path))
    (tmp_path / "one").mkdir()
    assert clone_of("one", SETTINGS) == {**SETTINGS, "from": "one", "name": "one-2"}


def test_epochs_are_read_as_they_come_and_steps_are_left_out(tmp_path: Path) -> None:
    logs = EpochLogs(most=2)
    assert logs.read(tmp_path) == []
    append_metrics(
        tmp_path, {"epoch": 1, "kl": 1.0, "kl_per_dimension": [1.0]}, {"kind": "step", "step": 1, "epoch": 2}
    )
    assert logs.read(tmp_path) == [{"epoch": 1, "kl": 1.0}]
    append_metrics(tmp_path, {"epoch": 2, "kl": 2.0})
    with (tmp_path / "metrics.jsonl").open("a") as file:
        file.write('not json\n[1]\n{"epoch": 3, "kl"')
    assert [line["epoch"] for line in logs.read(tmp_path)] == [1, 2]
    (tmp_path / "metrics.jsonl").write_text('{"epoch": 1, "kl": 9.0}\n')
    assert logs.read(tmp_path) == [{"epoch": 1, "kl": 9.0}], "cut back and written anew"


def test_the_memory_of_epochs_is_bounded(tmp_path: Path) -> None:
    logs = EpochLogs(most=2)
    for name in ("a", "b", "c"):
        (tmp_path / name).mkdir()
        append_metrics(tmp_path / name, {"epoch": 1})
        assert logs.read(tmp_path / name) == [{"epoch": 1}]
    assert len(logs._logs) == 2
