"""TensorBoard and MLflow against the packages themselves: what they hold is what metrics.jsonl holds.

Run by tests/test_extras.py with the interpreter of .venv-extras.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from pathlib import Path

import mlflow
import numpy as np
import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.plugins.hparams import plugin_data_pb2

from vae_core.checkpoint import load_config, load_evaluation
from vae_core.data import ImageSet, from_arrays, load_images
from vae_core.settings import ModelSettings, TrainingSettings
from vae_core.training import TrainingError, train_model
from vae_core.training.tracking import following
from vae_core.training.tracking.figures import figures_of, scores_of, settings_of, steps_per_epoch

MODEL = ModelSettings(network="mlp", image_shape=(1, 8, 8), latent_dim=2, likelihood="bernoulli", hidden=(8,))
BOTH = ("tensorboard", "mlflow")


def digits() -> ImageSet:
    return from_arrays(load_images("digits").images[:200, 0], name="few")


def settings(epochs: int) -> TrainingSettings:
    return TrainingSettings(epochs=epochs, batch_size=16, learning_rate=1e-2, patience=99)


@pytest.fixture(scope="module", autouse=True)
def server(tmp_path_factory: pytest.TempPathFactory):
    """MLflow's own data base in a file; its default experiment is ours."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path_factory.mktemp('mlflow')}/runs.db")
        mlflow.set_tracking_uri(None)
        yield


@pytest.fixture(scope="module")
def stopped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run that was stopped, followed by both."""
    folder = tmp_path_factory.mktemp("runs") / "my-digits"
    done: list[int] = []
    train_model(
        digits(),
        MODEL,
        settings(200),
        folder,
        progress=lambda record: done.append(record.epoch),
        should_stop=lambda: len(done) >= 2,
        log_to=BOTH,
    )
    return folder


@pytest.fixture(scope="module")
def resumed(stopped: Path) -> tuple[Path, str]:
    """The same folder after two more epochs, and what MLflow said of the run before."""
    before = mlflow_run().info.status
    epochs = epochs_of(stopped) + 2
    train_model(digits(), MODEL, settings(epochs), stopped, resume=True, log_to=BOTH)
    return stopped, before


def epochs_of(folder: Path) -> int:
    return sum("kind" not in line for line in lines_of(folder))


def lines_of(folder: Path) -> list[dict]:
    return [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]


def expected(folder: Path) -> dict[str, list[tuple[int, float]]]:
    """Name -> step and value, of everything in metrics.jsonl and of the scores."""
    steps, series = steps_per_epoch(load_config(folder)), {}
    every = [figures_of(line, steps) for line in lines_of(folder)]
    for figures in every:
        for name, value in figures.values.items():
            series.setdefault(name, []).append((figures.step, value))
    return series | {name: [(every[-1].step, value)] for name, value in scores_of(load_evaluation(folder)).items()}


def events(folder: Path) -> EventAccumulator:
    accumulator = EventAccumulator(str(folder / "run" / "tensorboard"), size_guidance={"scalars": 0, "tensors": 0})
    accumulator.Reload()
    return accumulator


def mlflow_run() -> mlflow.entities.Run:
    experiment = mlflow.MlflowClient().get_experiment_by_name("latent-space-explorer")
    (run,) = mlflow.MlflowClient().search_runs([experiment.experiment_id])
    return run


def test_tensorboard_holds_every_figure_of_every_line_once(resumed: tuple[Path, str]) -> None:
    folder, read = resumed[0], events(resumed[0])
    wanted = expected(folder)
    found = {name: [(event.step, event.value) for event in read.Scalars(name)] for name in read.Tags()["scalars"]}
    scores = {name for name in wanted if name.startswith("score/")}
    assert found.keys() == wanted.keys() and len(scores) > 10
    for name in wanted.keys() - scores:
        assert found[name] == [(step, float(np.float32(value))) for step, value in wanted[name]], name
    for name in scores:  # those of the first part, and the final ones
        assert found[name][-1] == (wanted[name][0][0], float(np.float32(wanted[name][0][1])))


def test_tensorboard_shows_settings_beside_scores(resumed: tuple[Path, str]) -> None:
    read = events(resumed[0])
    text = read.Tensors("settings/text_summary")[-1].tensor_proto.string_val[0].decode()
    assert "| training.learning_rate | 0.01 |" in text and "| model.latent_dim | 2 |" in text
    content = read.SummaryMetadata("_hparams_/session_start_info").plugin_data.content
    hparams = plugin_data_pb2.HParamsPluginData.FromString(content).session_start_info.hparams
    assert hparams["training.learning_rate"].number_value == 0.01
    assert hparams.keys() == settings_of(load_config(resumed[0])).keys()


def test_mlflow_holds_every_figure_of_every_line_once(resumed: tuple[Path, str]) -> None:
    run, wanted = mlflow_run(), expected(resumed[0])
    assert run.data.metrics.keys() == wanted.keys()
    for name, values in wanted.items():
        found = mlflow.MlflowClient().get_metric_history(run.info.run_id, name)
        last = [(metric.step, metric.value) for metric in found][-len(values) :]
        assert last == values, name
        if not name.startswith("score/"):
            assert Counter(metric.step for metric in found).most_common(1)[0][1] == 1, f"{name} was written twice"


def test_mlflow_knows_settings_name_and_how_it_ended(resumed: tuple[Path, str]) -> None:
    run, before = mlflow_run(), resumed[1]
    assert before == "KILLED" and run.info.status == "FINISHED" and run.info.run_name == "my-digits"
    given = {name: str(value) for name, value in settings_of(load_config(resumed[0])).items()}
    assert run.data.params == given | {"training.epochs": "200"}  # MLflow keeps the parameters that a run began with


def test_lines_that_a_resumed_run_writes_again_stand_once(resumed: tuple[Path, str]) -> None:
    """As after a kill: metrics.jsonl was cut back behind what the trackers had taken."""
    folder = resumed[0]
    content = (folder / "metrics.jsonl").read_text().splitlines(keepends=True)
    (folder / "metrics.jsonl").write_text("".join(content[:-7]))
    config = load_config(folder)
    again = [following.Following(name, folder, config) for name in BOTH]
    for one in again:
        one.begin()
        one._try(one._catch_up)
    (folder / "metrics.jsonl").write_text("".join(content))
    for one in again:
        one.end("finished", load_evaluation(folder))
    test_tensorboard_holds_every_figure_of_every_line_once(resumed)
    test_mlflow_holds_every_figure_of_every_line_once(resumed)


def test_a_server_that_does_not_answer_is_told_before_anything_is_trained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    with pytest.raises(TrainingError, match=r"http://127.0.0.1:9 refuses or does not answer .*Start it, set MLFLOW"):
        train_model(digits(), MODEL, settings(1), tmp_path / "run", log_to=("mlflow",))
    assert not (tmp_path / "run" / "metrics.jsonl").exists()


def test_a_tracker_that_fails_on_the_way_does_not_end_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from vae_core.training.tracking.tensorboard_tracker import TensorBoardTracker

    def full(self, figures) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(TensorBoardTracker, "write", full)
    result = train_model(digits(), MODEL, settings(1), tmp_path / "run", log_to=("tensorboard",))
    assert result.state == "finished" and math.isfinite(result.facts.best_loss)
    assert "--log-to tensorboard: not written for now (OSError: [Errno 28] No space left" in caplog.text
