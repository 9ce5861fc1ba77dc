"""The form knows every setting of a run, and asks the command line for exactly what it shows."""

from __future__ import annotations

import dataclasses
import itertools
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from jobs import run_command
from ui.train_form.checks import checked, request_of, settings_of
from ui.train_form.fields import fields
from ui.train_form.values import fill_from
from ui.train_form.words import WORDS, label_of, words_of
from vae_core.__main__ import app
from vae_core.command_line import choices as choices_module
from vae_core.command_line import train as train_module
from vae_core.command_line.options import Choices
from vae_core.data import DataOutline, ImageSet, load_images
from vae_core.settings import TrainingSettings

DIGITS = DataOutline("digits", 1797, (1, 8, 8), True, ())
UNLABELLED = dataclasses.replace(DIGITS, labelled=False)


def raw(**changed: Any) -> dict[str, Any]:
    """What the widgets hold where nothing but this was changed."""
    return {name: field.text(field.default) for name, field in fields().items()} | {
        name: fields()[name].text(value) if not isinstance(value, str) else value for name, value in changed.items()
    }


def test_the_form_has_a_field_for_every_option_of_the_command_line() -> None:
    assert set(fields()) == {field.name for field in dataclasses.fields(Choices)}


def test_every_field_and_every_choice_is_explained_in_a_sentence() -> None:
    for field in fields().values():
        assert field.words.endswith("."), field.name
        for choice in field.choices():
            assert words_of(field.name, choice).endswith("."), (field.name, choice)
            assert label_of(field.name, choice)[0].isupper() or label_of(field.name, choice)[0] == "β"
    assert {name for name, field in fields().items() if field.kind == "choice"} == set(WORDS)


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"objective": "beta-tcvae", "beta": 6.0, "warmup": 0.2, "estimator": "weighted"},
        {"objective": "autoencoder", "likelihood": "gaussian-fixed", "sigma": 0.2, "dequantise": True},
        {"conditional": True, "prior": "mixture", "prior_components": 5, "hidden": "32, 16", "activation": "elu"},
        {"objective": "iwae", "samples": 4, "schedule": "exponential", "final_learning_rate": 1e-5, "ema": 0.99},
        {"corruption": "mask", "corruption_strength": 0.25, "optimizer": "muon", "clip_norm": 1.5, "patience": 7},
    ],
)
def test_the_command_trains_what_the_form_shows(changed: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    found = checked(raw(**changed), DIGITS)
    assert found.problems == {}
    command = run_command(request_of("mine", DIGITS, found), __import__("pathlib").Path("checkpoints/mine"))
    given: list[Choices] = []

    def caught(choices: Choices, images: ImageSet, *more: object) -> None:
        given.append(choices)
        raise SystemExit(7)

    monkeypatch.setattr(train_module, "_train", caught)
    assert CliRunner().invoke(app, command[3:]).exit_code == 7
    model, training = choices_module.settings_from(given[0], load_images("digits"), None)
    shown_model, shown_training = settings_of(found.values, DIGITS)
    assert training == shown_training
    classes = 10 if changed.get("conditional") else 0
    assert model == shown_model.model_copy(update={"classes": classes})


@pytest.mark.parametrize(
    ("changed", "field", "sentence"),
    [
        ({"conditional": True}, "conditional", "digits has no labels. Switch it off, or choose data with labels"),
        ({"schedule": "exponential"}, "final_learning_rate", "an exponential schedule never reaches 0. Type one"),
        ({"free_bits": 0.5, "prior": "vamp"}, "objective", "Free bits is 0.5 and the prior is vamp; "),
        ({"hidden": "a few"}, "hidden", "Layers is “a few”; it must be 1 to 8 whole numbers up to 4096"),
        ({"hidden": "8,0"}, "hidden", "Layers is “8,0”; it must be 1 to 8 whole numbers up to 4096"),
        ({"objective": "autoencoder", "prior": "vamp"}, None, "autoencoder"),
    ],
)
def test_what_does_not_fit_together_names_a_field_and_the_way_out(
    changed: dict[str, Any], field: str | None, sentence: str
) -> None:
    problems = checked(raw(**changed), UNLABELLED).problems
    assert len(problems) == 1
    (name, said), *_ = problems.items()
    assert field in (name, None)
    assert sentence in said


def test_every_objective_with_every_prior_is_trained_or_refused_in_a_sentence() -> None:
    for objective, prior in itertools.product(fields()["objective"].choices(), fields()["prior"].choices()):
        found = checked(raw(objective=objective, prior=prior), DIGITS)
        assert all(said.endswith(".") and ". " in said for said in found.problems.values()), (objective, prior)


def test_numbers_are_refused_by_their_bounds_in_every_field() -> None:
    for name, field in fields().items():
        if field.kind != "number" or not field.shown(raw()):
            continue
        for text in ("", "x", "-1", "1e99", "nan"):
            said = checked(raw(**{name: text}), DIGITS).problems[name]
            assert said.startswith(f"{field.label} is ")
            assert np.char.endswith(said, ".")


@pytest.mark.parametrize(("began_with", "untaken"), [("", []), ("mine@0123456789abcdef", ["initial_weights"])])
def test_a_clone_names_what_it_does_not_take_over_and_nothing_else(began_with: str, untaken: list[str]) -> None:
    training = TrainingSettings(
        epochs=1, batch_size=1, learning_rate=1e-3, patience=1, initial_weights=began_with
    ).model_dump()
    assert fill_from({"from": "mine", "name": "mine-2", "data": "digits", **training}) == untaken
