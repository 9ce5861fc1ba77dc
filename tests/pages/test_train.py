"""The train page through AppTest: opens, starts, refuses, shows a run in each of its states."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

import jobs
from tests.pages.opened import SHELL
from tests.tiny import digit_images, tiny_checkpoint
from ui import state
from vae_core.checkpoint import append_metrics
from vae_core.training.run_folder import (
    Preview,
    first_status,
    run_folder,
    write_preview,
    write_status,
)

LENGTH = state.TRAIN_LENGTH
NAME = state.TRAIN_NAME


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LATENT_EXPLORER_CHECKPOINTS", str(tmp_path))
    monkeypatch.setenv("LATENT_EXPLORER_DATA", str(tmp_path / "no-data"))
    tiny_checkpoint(tmp_path, "tiny")
    return tmp_path


def train(**parameters: str) -> AppTest:
    app = AppTest.from_file(SHELL, default_timeout=30).run()
    app.switch_page("../pages/train.py")
    for name, value in parameters.items():
        app.query_params[name] = value
    return app.run()


def a_run(root: Path, name: str = "mine", **changes: object) -> Path:
    """A run under way, as this very process would write it, with two epochs behind it."""
    folder = root / name
    write_status(folder, replace(first_status("running", 20, ""), epoch=2, **changes))
    for epoch in (1, 2):
        append_metrics(folder, {"epoch": epoch, "train_loss": 9.0 / epoch, "validation_loss": 8.0 / epoch, "kl": 1.0})
    images, _ = digit_images(count=24)
    write_preview(folder, Preview(images[:12], images[:12], images, epoch=2))
    return folder


def text_of(app: AppTest) -> str:
    parts = [*app.markdown, *app.caption, *app.error, *app.success, *app.code]
    return "\n".join(part.value for part in parts).replace("\\", "")


def watched(app: AppTest) -> dict | None:
    """What the component of a run is told; None where no run is shown."""
    found = [each.proto for each in app.get("bidi_component") if "train_watch" in each.proto.component_name]
    return json.loads(found[0].json) if found else None


def keys(app: AppTest) -> list[str]:
    return [button.key for button in app.button]


def test_it_opens_ready_to_start_with_a_name_that_is_free(root: Path) -> None:
    app = train()
    assert not app.exception
    assert "press Start" in text_of(app)
    assert app.text_input(key=NAME).value == "my-digits"
    assert not app.error


def test_start_starts_what_was_chosen_and_the_address_names_it(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[jobs.RunRequest] = []

    def start(request: jobs.RunRequest) -> jobs.RunHandle:
        asked.append(request)
        a_run(root, request.name)
        return jobs.find_run(request.name)

    monkeypatch.setattr(jobs, "start_run", start)
    app = train()
    app.text_input(key=state.TRAIN_LATENT).set_value("5")
    app.text_input(key=LENGTH).set_value(" 3 ")
    app.text_input(key=NAME).set_value("five")
    app.run()
    app.button(key=state.TRAIN_START).click().run()
    assert not app.exception
    assert asked == [jobs.RunRequest("five", "digits", "mlp", 5, "gaussian", 3, 64)]
    assert app.query_params[state.RUN] in ("five", ["five"])
    assert watched(app)["run"] == "five"


@pytest.fixture
def nothing_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    def start(request: jobs.RunRequest) -> None:
        raise AssertionError(f"started: {request}")

    monkeypatch.setattr(jobs, "start_run", start)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("", "The name is empty; a model is found by its name. Type one, such as my-digits."),
        ("My digits", "The name has a capital M and a space; a name takes small letters a–z"),
        ("tiny", "The name tiny is taken"),
    ],
)
def test_a_bad_or_taken_name_is_told_and_starts_nothing(
    root: Path, nothing_starts: None, name: str, sentence: str
) -> None:
    app = train()
    app.text_input(key=NAME).set_value(name).run()
    assert sentence in text_of(app)
    app.button(key=state.TRAIN_START).click().run()
    assert not app.exception
    assert "The run was not started" in text_of(app)


@pytest.mark.parametrize(
    ("key", "typed", "sentence"),
    [
        (LENGTH, "1e9", "Length is “1e9”; it must be a whole number from 1 to 2000. Type one, such as 200."),
        (LENGTH, "9999999999", "Length is “9999999999”; it must be a whole number from 1 to 2000."),
        (LENGTH, "", "Length is empty; it must be a whole number from 1 to 2000."),
        (state.TRAIN_LATENT, "2.5", "Size is “2.5”; it must be a whole number from 1 to 512."),
        (state.TRAIN_BATCH, "0", "Batch size is “0”; it must be a whole number from 1 to 4096."),
        (state.TRAIN_RATE, "-1", "Learning rate is “-1”; it must be a number from 0.00001 to 0.1."),
        (state.TRAIN_SEED, "12345678901234567890", "it must be a whole number from 0 to 2147483647."),
    ],
)
def test_a_number_that_cannot_be_used_is_told_and_starts_nothing(
    root: Path, nothing_starts: None, key: str, typed: str, sentence: str
) -> None:
    app = train()
    app.text_input(key=key).set_value(typed).run()
    assert sentence in text_of(app)
    assert app.text_input(key=key).value == typed, "what was typed stays in its field"
    app.button(key=state.TRAIN_START).click().run()
    assert not app.exception
    assert "The run was not started" in text_of(app)
    assert state.RUN not in app.query_params


def test_absent_images_are_told_with_the_folder_and_the_files_to_put_there(root: Path) -> None:
    said = text_of(train())
    assert str(root / "no-data" / "mnist") in said
    assert str(root / "no-data" / "fashion") in said
    assert "train-images-idx3-ubyte.gz" in said
    assert "t10k-labels-idx1-ubyte.gz" in said


def test_an_epoch_is_explained_and_every_detail_has_its_sentence(root: Path) -> None:
    app = train()
    assert "Epochs: passes over the training images." in text_of(app)
    for key in (state.TRAIN_BATCH, state.TRAIN_RATE, state.TRAIN_SEED):
        assert app.text_input(key=key).help
    assert app.button_group(key=state.TRAIN_NETWORK).help
    assert app.selectbox(key=state.TRAIN_LIKELIHOOD).help


def test_the_figures_of_the_chosen_model_do_not_stand_above_a_run(root: Path) -> None:
    a_run(root)
    app = train(run="mine", model="tiny")
    assert "dimensions" not in text_of(app)
    app.switch_page("../pages/sliders.py").run()
    assert "2 dimensions" in text_of(app)


def test_a_run_that_is_refused_after_all_is_told(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(request: jobs.RunRequest) -> None:
        raise jobs.RunRefused("2 runs are under way; at most 2 may be.")

    monkeypatch.setattr(jobs, "start_run", refuse)
    app = train()
    app.button(key=state.TRAIN_START).click().run()
    assert "2 runs are under way" in text_of(app)
    assert not app.exception


def test_a_link_finds_a_run_again_in_a_new_session(root: Path) -> None:
    a_run(root, seconds_left=80.0, images_per_second=9_800.0)
    app = train(run="mine")
    assert not app.exception
    assert watched(app)["run"] == "mine"
    assert watched(app)["live"] == "/live/"
    assert state.TRAIN_START not in keys(app), "the form stands beside the run"


def test_runs_under_way_are_found_without_a_link(root: Path) -> None:
    a_run(root)
    app = train()
    found = app.button(key=f"{state.TRAIN_WATCH}_mine")
    assert found.label == "mine: under way"
    found.click().run()
    assert watched(app)["run"] == "mine"
    assert app.query_params[state.RUN] in ("mine", ["mine"])


@pytest.mark.parametrize("name", ["nothing", "../tiny", "<b>"])
def test_an_unknown_run_in_the_url_is_left_to_the_component_to_tell(root: Path, name: str) -> None:
    app = train(run=name)
    assert not app.exception
    assert watched(app)["run"] == name


def test_damaged_curves_do_not_take_the_page_down(root: Path) -> None:
    folder = a_run(root)
    (folder / "metrics.jsonl").write_text("not json\n{}\n")
    (run_folder(folder) / "preview.npz").write_bytes(np.random.default_rng(0).bytes(50))
    assert not train(run="mine").exception
    assert not train().exception
