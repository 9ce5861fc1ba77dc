"""Sweeps: what is asked for, and what came out on the grid."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from jobs import RunRequest
from ui.train_runs.queue_view import entries
from ui.train_runs.rows import RunRow
from ui.train_runs.sweeps import best_run, heat_map, heat_words, measures, sweeps_of
from ui.train_sweep import Axis, BadSweep, example_values, offered, read_values, sweep_requests

REQUEST = RunRequest("mine", "digits", "mlp", 2, "gaussian", 20, 64, 1e-3, 0, options={"objective": "beta-vae"})


@pytest.fixture(autouse=True)
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LATENT_EXPLORER_CHECKPOINTS", str(tmp_path))
    return tmp_path


def test_a_run_for_each_pair_of_values_under_a_name_of_its_own() -> None:
    requests = sweep_requests(REQUEST, [Axis("learning_rate", ("0.001", "0.003")), Axis("beta", ("1", "4", "8"))])
    assert [request.name for request in requests] == [f"mine-{number}" for number in range(1, 7)]
    assert {request.sweep for request in requests} == {"mine"}
    assert [(request.learning_rate, request.options["beta"]) for request in requests] == [
        (rate, beta) for rate in (0.001, 0.003) for beta in ("1", "4", "8")
    ]
    assert all(request.options["objective"] == "beta-vae" for request in requests)
    assert len({(request.data, request.epochs, request.batch_size, request.seed) for request in requests}) == 1


def test_one_setting_alone_makes_a_sweep_and_whole_numbers_stay_whole() -> None:
    requests = sweep_requests(REQUEST, [Axis("latent_dim", ("2", "8"))])
    assert [request.latent_dim for request in requests] == [2, 8]
    assert all(type(request.latent_dim) is int for request in requests)


@pytest.mark.parametrize(
    ("axes", "sentence"),
    [
        ([Axis("seed", ("1",))], r"The sweep has 1 run; it may have 2 to 25\. Type more values, or fewer"),
        ([Axis("seed", ())], "The sweep has 0 runs"),
        ([Axis("seed", tuple("123456")), Axis("beta", tuple("12345"))], "The sweep has 30 runs; it may have 2 to 25"),
        ([Axis("seed", ("1", "2")), Axis("seed", ("3",))], "Both settings of the sweep are the same"),
    ],
)
def test_what_is_no_sweep_is_refused_with_its_rule(axes: list[Axis], sentence: str) -> None:
    with pytest.raises(BadSweep, match=sentence):
        sweep_requests(REQUEST, axes)


def test_a_name_that_is_taken_is_told_before_anything_starts(root: Path) -> None:
    (root / "mine-2").mkdir()
    with pytest.raises(BadSweep, match="The name mine-2 is taken"):
        sweep_requests(REQUEST, [Axis("seed", ("1", "2"))])


def test_values_are_read_as_the_setting_takes_them() -> None:
    assert read_values("learning_rate", " 1e-3, 0.003,,0.001") == ("0.001", "0.003")
    assert read_values("latent_dim", "2,16") == ("2", "16")
    for setting, text, sentence in [
        ("learning_rate", "0", "Learning rate has the value “0”: input should be greater than 0. Separate"),
        ("latent_dim", "2.5", "Latent dimensions has the value “2.5”: input should be a valid integer"),
        ("batch_size", "lots", "Batch size has the value “lots”"),
        ("warmup", "2", "Warmup has the value “2”: input should be less than or equal to 1"),
        ("learning_rate", "nan", "Learning rate has the value “nan”"),
    ]:
        with pytest.raises(BadSweep) as refused:
            read_values(setting, text)
        assert sentence in str(refused.value)


def test_only_what_the_objective_takes_is_offered_and_every_example_can_be_used() -> None:
    assert "beta" in offered(REQUEST)
    assert "capacity" not in offered(REQUEST)
    assert "beta" not in offered(replace(REQUEST, options={"objective": "iwae"}))
    for setting in offered(REQUEST):
        if setting not in ("network", "likelihood", "activation", "optimizer", "schedule"):
            assert read_values(setting, example_values(REQUEST, setting)), setting


def a_run(name: str, rate: float, beta: str, loss: float | None, **changes: object) -> RunRow:
    scores = {} if loss is None else {"Best validation loss": loss, "PSNR, dB": -loss}
    asked = {"learning_rate": rate, "beta": beta, "seed": 0}
    return replace(RunRow(name, Path(name), "finished", scores=scores, asked=asked, sweep="grid"), **changes)


RUNS = (
    a_run("grid-1", 0.01, "1", 9.0),
    a_run("grid-2", 0.001, "10", 7.5),
    a_run("grid-3", 0.001, "4", 8.0, state="running", alive=True),
    a_run("grid-4", 0.01, "10", None, state="queued"),
)


def test_a_sweep_lays_its_runs_on_the_grid_of_what_varies() -> None:
    (sweep,) = sweeps_of([*RUNS, RunRow("other", Path("other"), "finished")]).values()
    assert (sweep.name, sweep.across, sweep.down) == ("grid", "learning_rate", "beta")
    assert sweep.columns == (0.001, 0.01)
    assert sweep.lines == ("1", "4", "10"), "in the order of numbers, not of letters"
    assert sweep.runs[0.001, "10"].name == "grid-2"
    assert sweep.ended == 2


def test_the_heat_map_holds_every_score_and_says_the_state_of_the_others() -> None:
    (sweep,) = sweeps_of(RUNS).values()
    figure = heat_map(sweep, "Best validation loss")
    (heat,) = figure.data
    assert list(figure.layout.xaxis.ticktext) == ["0.001", "0.01"]
    assert list(figure.layout.yaxis.ticktext) == ["1", "4", "10"]
    assert [list(line) for line in heat.z] == [[None, 9.0], [8.0, None], [7.5, None]]
    assert [list(line) for line in heat.text] == [["–", "9.000"], ["8.000 …", "–"], ["7.500", "waiting"]]
    assert [(note.x, note.y, note.text) for note in figure.layout.annotations] == [
        (0, 0, "–"), (1, 1, "–"), (1, 2, "waiting")
    ]  # fmt: skip


def test_the_best_run_is_the_one_the_score_wants() -> None:
    (sweep,) = sweeps_of(RUNS).values()
    assert measures(sweep) == ("Best validation loss", "PSNR, dB")
    assert best_run(sweep, "Best validation loss").name == "grid-2"
    assert best_run(sweep, "PSNR, dB").name == "grid-2"
    assert heat_words(sweep, "Best validation loss") == (
        "Sweep grid, Best validation loss: best 7.500 by grid-2, learning rate 0.001, β 10."
    )
    assert best_run(sweep, "SSIM") is None


def test_a_sweep_is_one_entry_of_the_queue() -> None:
    queue = entries([("a", ""), ("grid-1", "grid"), ("grid-2", "grid"), ("b", "")])
    assert [(entry.name, entry.runs) for entry in queue] == [
        ("a", ("a",)), ("grid", ("grid-1", "grid-2")), ("b", ("b",))
    ]  # fmt: skip
    assert [entry.words for entry in queue] == ["a", "grid: 2 runs", "b"]
