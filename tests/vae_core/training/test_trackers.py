"""What is carried to TensorBoard and MLflow, and what is said where they are not; the packages: tests/extras."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.vae_core.training.two_processes import MODEL, digits, settings
from vae_core.__main__ import app
from vae_core.checkpoint import append_metrics, load_config
from vae_core.training import TrainingError, train_model
from vae_core.training.tracking import Following, Tracker, check_trackers
from vae_core.training.tracking.figures import Figures, figures_of, scores_of, settings_of
from vae_core.training.tracking.trackers import is_installed


@dataclass
class Notebook(Tracker):
    """A tracker that writes into itself, and can be made to fail."""

    keeps: bool = True
    key: str = "here"
    pages: list[Figures] = field(default_factory=list)
    broken: bool = False
    last: tuple = ()

    def begin(self, config, key: str) -> bool:
        if not key and not self.keeps:
            self.pages.clear()
        return bool(key)

    def write(self, figures: Iterable[Figures]) -> None:
        if self.broken:
            raise OSError("no answer")
        self.pages += figures

    def end(self, state, scores, step: int) -> None:
        self.last = (state, scores, step)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of two epochs of four steps each."""
    place = tmp_path_factory.mktemp("runs") / "run"
    train_model(digits(), MODEL, settings(objective="elbo", epochs=2, batch_size=16), place)
    return place


def following(folder: Path, notebook: Notebook) -> Following:
    one = Following("notebook", folder, load_config(folder), notebook)
    one.begin()
    return one


def steps_of(notebook: Notebook) -> list[tuple[int, str]]:
    return [(page.step, next(iter(page.values)).partition("/")[0]) for page in notebook.pages]


EVERY = [
    *((step, "step") for step in range(1, 5)),
    (4, "epoch"),
    *((step, "step") for step in range(5, 9)),
    (8, "epoch"),
]


def test_every_line_is_carried_once_on_one_axis_of_steps(folder: Path) -> None:
    notebook = Notebook()
    following(folder, notebook).end(
        "finished", {"negative_elbo": 1.5, "seed": 3, "probe": {"linear": 0.5}, "unit": "nats"}
    )
    assert steps_of(notebook) == EVERY
    assert notebook.last == ("finished", {"score/negative_elbo": 1.5, "score/probe/linear": 0.5}, 8)
    again = Notebook()
    following(folder, again).end("finished", {})
    assert again.pages == [], "another start goes on behind what was written"


def test_what_a_tracker_did_not_take_is_carried_when_it_does(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    (folder / "run" / "tracking-notebook.json").unlink(missing_ok=True)
    notebook = Notebook(broken=True)
    one = following(folder, notebook)
    one._try(one._catch_up)
    one._try(one._catch_up)
    assert (
        notebook.pages == [] and caplog.text.count("--log-to notebook: not written for now (OSError: no answer)") == 1
    )
    notebook.broken = False
    one.end("stopped", {})
    assert steps_of(notebook) == EVERY


@pytest.mark.parametrize("keeps", [True, False])
def test_lines_that_a_resumed_run_writes_again_stand_there_once(folder: Path, keeps: bool) -> None:
    (folder / "run" / "tracking-notebook.json").unlink(missing_ok=True)
    notebook, file = Notebook(keeps=keeps), folder / "metrics.jsonl"
    whole = file.read_bytes()
    first = following(folder, notebook)
    first.end("stopped", {})
    file.write_bytes(b"".join(whole.splitlines(keepends=True)[:3]))
    second = following(folder, notebook)
    second._try(second._catch_up)
    file.write_bytes(whole)
    append_metrics(folder, {"kind": "change", "step": 8, "epoch": 2, "beta": 0.5})
    second.end("finished", {})
    file.write_bytes(whole)
    assert steps_of(notebook) == [*EVERY, (8, "change")]


def test_lists_and_parts_have_a_name_for_each_entry() -> None:
    line = {"epoch": 3, "kl_per_dimension": [0.5] * 11, "parts": {"capacity": 2.0}, "beta": None}
    figures = figures_of(line, steps=10)
    assert figures.step == 30 and figures.values["epoch/kl_per_dimension/07"] == 0.5
    assert figures.values["epoch/parts/capacity"] == 2.0 and "epoch/beta" not in figures.values
    assert scores_of({"images": 3, "no_elbo": None, "seed": 0}) == {"score/images": 3.0}


def test_settings_are_flat_and_lists_are_words(folder: Path) -> None:
    flat = settings_of(load_config(folder))
    assert flat["model.image_shape"] == "1, 8, 8" and flat["training.learning_rate"] == 1e-2
    assert {type(value) for value in flat.values()} <= {str, int, float, bool}


def test_the_setting_names_trackers_for_every_run(tmp_path: Path, capfd: pytest.CaptureFixture) -> None:
    command = ["train", "--out", str(tmp_path / "run")]
    done = CliRunner().invoke(app, command, env={"LATENT_EXPLORER_LOG_TO": "wandb mlflow"})
    assert done.exit_code == 1 and "--log-to is 'wandb'" in done.output + capfd.readouterr().err


def test_an_unknown_tracker_is_told() -> None:
    with pytest.raises(TrainingError, match=r"--log-to is 'wandb'; it can be tensorboard or mlflow. Choose one"):
        check_trackers(["wandb"])


@pytest.mark.parametrize("name", ["tensorboard", "mlflow"])
def test_a_tracker_that_is_not_installed_is_told_with_the_way_to_it(name: str) -> None:
    if is_installed(name):  # where somebody installed it, it is taken
        assert check_trackers([name, name]) == (name,)
        return
    with pytest.raises(TrainingError, match=rf"--log-to is {name}; .* Install it \(pip install {name}==\d"):
        check_trackers([name])
