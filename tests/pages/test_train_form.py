"""The form through AppTest: presets, a clone, images of one's own, the command, the estimate."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from jobs import own_images as own_images_jobs
from jobs.estimate_task import EstimateJob, EstimateState
from tests.pages.opened import SHELL
from tests.tiny import tiny_checkpoint
from tests.vae_core.data.gathering.own_pictures import two_classes, zip_of
from ui import state
from ui.train_form import estimate_view
from ui.train_form import own_images as own_images_view
from vae_core.data import load_images

FOUND = {
    "start_seconds": 3.0, "epoch_seconds": 2.0, "results_seconds": 5.0, "memory_bytes": 400e6,
    "checkpoint_bytes": 1.9e6, "state_bytes": 5.6e6, "steps": 120, "images_per_second": 9_800.0,
}  # fmt: skip


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LATENT_EXPLORER_CHECKPOINTS", str(tmp_path / "checkpoints"))
    monkeypatch.setenv("LATENT_EXPLORER_DATA", str(tmp_path / "data"))
    tiny_checkpoint(tmp_path / "checkpoints", "tiny")
    return tmp_path


def form() -> AppTest:
    app = AppTest.from_file(SHELL, default_timeout=60).run()
    app.switch_page("../pages/train.py")
    return app.run()


def said(app: AppTest) -> str:
    parts = [*app.markdown, *app.caption, *app.error, *app.info, *app.code]
    return "\n".join(part.value for part in parts).replace("\\", "")


def test_a_preset_fills_the_form_and_what_was_changed_stays_with_other_data(root: Path) -> None:
    app = form()
    app.button_group(key=state.TRAIN_PRESET).set_value("independent").run()
    assert app.selectbox(key="train_objective").value == "beta-tcvae"
    assert "--objective beta-tcvae --beta 4.0 --warmup 0.2" in said(app)
    app.text_input(key=state.TRAIN_RATE).set_value("0.0005").run()
    app.selectbox(key=state.TRAIN_DATA).set_value("shapes").run()
    assert app.text_input(key=state.TRAIN_RATE).value == "0.0005", "a person changed it"
    assert app.text_input(key="train_latent_dim").value == "10", "nobody changed it"
    assert app.text_input(key=state.TRAIN_NAME).value == "my-shapes"
    app.selectbox(key="train_schedule").set_value("exponential").run()
    assert "Final learning rate is 0; an exponential schedule never reaches 0" in said(app)
    assert state.TRAIN_MEASURE not in [button.key for button in app.button]
    assert not app.exception


def test_after_a_run_the_form_offers_a_name_that_is_free(root: Path) -> None:
    app = form()
    assert app.text_input(key=state.TRAIN_NAME).value == "my-digits"
    app.query_params[state.RUN] = "my-digits"
    app.run()
    tiny_checkpoint(root / "checkpoints", "my-digits")
    del app.query_params[state.RUN]
    app.run()
    assert app.text_input(key=state.TRAIN_NAME).value == "my-digits-2"
    assert not app.error


def test_of_drawn_shapes_as_many_are_drawn_as_one_types(root: Path) -> None:
    app = form()
    app.selectbox(key=state.TRAIN_DATA).set_value("shapes").run()
    assert "50,000 images of 64×64" in said(app) and "--data-count" not in said(app)
    app.text_input(key=state.TRAIN_COUNT).set_value("3000").run()
    assert "3,000 images of 64×64" in said(app) and "--data-count 3000" in said(app)
    app.text_input(key=state.TRAIN_COUNT).set_value("7").run()
    assert "Images to draw is “7”; it must be a whole number from 20 to 262144. Type one, such as 50000." in said(app)
    assert app.text_input(key=state.TRAIN_NAME).value == "my-shapes", "the rest of the form stays where it is"
    app.button(key=state.TRAIN_START).click().run()
    assert "The run was not started" in said(app) and not app.exception
    assert "images of 64×64" not in said(app) and not (root / "checkpoints" / "my-shapes").exists()
    app.selectbox(key=state.TRAIN_DATA).set_value("shapes-colour").run()
    assert app.text_input(key=state.TRAIN_COUNT).value == "20000"


def test_a_clone_draws_as_many_shapes_as_the_run_did(root: Path) -> None:
    app = AppTest.from_file(SHELL, default_timeout=60).run()
    app.session_state[state.TRAIN_FILL] = {"from": "first", "name": "again", "data": "shapes", "data_count": 2000}
    app.switch_page("../pages/train.py")
    app.run()
    assert app.text_input(key=state.TRAIN_COUNT).value == "2000"
    assert "--data-count 2000" in said(app) and "Not taken over" not in said(app)


def test_a_run_is_cloned_with_all_its_settings(root: Path) -> None:
    app = AppTest.from_file(SHELL, default_timeout=60).run()
    app.session_state[state.TRAIN_FILL] = {
        "from": "first", "name": "first-again", "data": "digits", "latent_dim": 5, "objective": "capacity",
        "capacity": 12.0, "classes": 10, "hidden": [64, 32], "learning_rate": 0.002, "flavour": "mint",
        "initial_weights": "elder@0123456789abcdef",
    }  # fmt: skip
    app.switch_page("../pages/train.py")
    app.run()
    assert "The settings of “first”; change what you like. Not taken over: flavour" in said(app)
    assert "the weights of elder, with which it began (this run begins at random ones" in said(app)
    command = said(app)
    for words in ("--latent-dim 5", "--lr 0.002", "--objective capacity --capacity 12.0", "--hidden 64,32"):
        assert words in command
    assert "--conditional" in command
    assert app.text_input(key=state.TRAIN_NAME).value == "first-again"


class DoneJob:
    """A job whose task has run already."""

    state, progress, message = "done", 1.0, ""

    def __init__(self, result: Any) -> None:
        self._result = result

    def result(self, timeout: float) -> Any:
        return self._result


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs are done before they are looked at."""

    def submit(task: str, **arguments: Any) -> DoneJob:
        return DoneJob(getattr(own_images_jobs, task)(**arguments, report=lambda *told: None))

    monkeypatch.setattr(own_images_jobs, "submit", submit)


def test_where_uploads_are_off_the_form_says_so_and_takes_none(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LATENT_EXPLORER_UPLOADS", "off")
    app = form()
    app.selectbox(key=state.TRAIN_DATA).set_value("+").run()
    assert "This server takes no images of visitors" in said(app)
    assert state.TRAIN_FROM not in [choice.key for choice in app.button_group], "no way to choose files"
    for taken in (lambda: own_images_jobs.keep_upload([("a.zip", b"x")]), lambda: own_images_jobs.allowed_folder(".")):
        with pytest.raises(own_images_jobs.ImagesRefused, match="started with LATENT_EXPLORER_UPLOADS=off"):
            taken()


def test_pictures_in_a_folder_of_the_server_become_data_that_can_be_trained_on(root: Path, at_once: None) -> None:
    (root / "data").mkdir()
    zip_of(root / "data" / "pets.zip", two_classes(20) | {"all/cats/broken.png": b"xx"})
    app = form()
    app.selectbox(key=state.TRAIN_DATA).set_value("+").run()
    assert "Bring the images first" in said(app)
    app.button_group(key=state.TRAIN_FROM).set_value(own_images_view.FOLDER).run()
    app.text_input(key=state.TRAIN_FOLDER).set_value("../..").run()
    assert "pictures are read only below" in said(app)
    app.text_input(key=state.TRAIN_FOLDER).set_value("pets.zip").run()
    assert "21 images in a ZIP of pictures: cats (11), dogs (10)." in said(app)
    assert "Suggested: 30×40, colour." in said(app)
    name = next(field for field in app.text_input if field.label == "Name of the data")
    name.set_value("My pets").run()
    assert "The data's name has a capital M and a space" in said(app)
    name.set_value("pets").run()
    app.button(key=state.TRAIN_MAKE).click().run()
    assert not app.exception
    assert app.selectbox(key=state.TRAIN_DATA).value == "pets"
    assert "20 images of 40×30 pixels, colour, with labels." in said(app)
    assert "**all/cats/broken.png**" in said(app)
    assert len(load_images("pets")) == 20


def test_data_that_disappear_are_said_and_the_form_goes_on(root: Path, at_once: None) -> None:
    folder = root / "data" / "faces"
    folder.mkdir(parents=True)
    (folder / "cache.json").write_text("{}")
    app = form()
    app.selectbox(key=state.TRAIN_DATA).set_value("faces").run()
    assert "The data “faces” cannot be read" in said(app)
    (folder / "cache.json").unlink()
    app.run()
    assert app.selectbox(key=state.TRAIN_DATA).value == "digits"
    assert not app.exception


class Known:
    """Estimates of which one is in a given state."""

    def __init__(self) -> None:
        self.now = EstimateState("queued")
        self.job: EstimateJob | None = None

    def known(self, request: object) -> EstimateJob | None:
        return self.job

    def ask(self, request: object) -> EstimateJob:
        self.job = EstimateJob([])
        self.job._now = self.now
        return self.job


def test_an_estimate_is_asked_for_shown_and_follows_the_length(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known = Known()
    monkeypatch.setattr(estimate_view, "estimates", lambda: known)
    known.now = EstimateState("done", 1.0, "", FOUND)
    app = form()
    app.button(key=state.TRAIN_MEASURE).click().run()
    assert "**6 min 48 s** for all epochs · **400 MB** of memory · **1.9 MB** on disk" in said(app)
    app.text_input(key=state.TRAIN_LENGTH).set_value("10").run()
    assert "**28 s** for all epochs" in said(app)
    known.job._now = EstimateState("failed", message="The images are gone. Put them back.")
    app.run()
    assert "The images are gone. Put them back." in said(app)
    known.job._now = EstimateState("running", 0.4, "Measuring steps 8 of 20 in an epoch")
    app.run()
    assert app.get("progress")[0].proto.text == "Measuring steps 8 of 20 in an epoch"
    assert app.button(key=state.TRAIN_START).disabled is False, "it never blocks the form"
    app.button(key=state.TRAIN_MEASURE_CANCEL).click().run()
    assert known.job.now.state == "cancelled"
    assert not app.exception
