"""The form of training, names, data and images of one's own that are no good."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import jobs
from jobs.own_images import ImagesRefused, allowed_folder, keep_upload
from tests.bad_input.rows import check, rows
from tests.vae_core.data.gathering.own_pictures import picture, two_classes, zip_of
from ui.train_form import name_problem
from ui.train_form.checks import checked
from ui.train_form.data_choice import count_rule
from ui.train_form.estimate_view import room_problem
from ui.train_form.fields import fields
from vae_core.data import DataError, DataOutline, data_outline
from vae_core.data.gathering import gather, look_at, writing

FORM_ROWS = [tried for tried, (where, _) in rows().items() if where == "Train, the form" and " as " in tried]


@pytest.mark.parametrize("tried", FORM_ROWS)
def test_a_field_of_the_form_says_what_is_wrong_with_it(tried: str) -> None:
    text, label = tried.split(" as ")
    text = {"nothing": "", "letters": "a few"}.get(text, text)
    field = next(each for each in fields().values() if each.label == label)
    raw = next(each for each in every_form() if field.shown(each))
    check(tried, checked({**raw, field.name: text}, data_outline("digits")).problems[field.name])


def every_form() -> Iterator[dict]:
    """The form with nothing changed, then with each choice of each field."""
    plain = {name: field.text(field.default) for name, field in fields().items()}
    yield plain
    for field in fields().values():
        yield from ({**plain, field.name: choice} for choice in field.choices())


@pytest.mark.parametrize(
    ("tried", "changed"),
    [
        ("a width of 0 among the layers", {"hidden": "0,8"}),
        ("conditional on labels that the data has not", {"conditional": True}),
        ("a schedule that never arrives", {"schedule": "exponential"}),
        ("free bits under a prior that is none of one dimension each", {"free_bits": "0.5", "prior": "vamp"}),
    ],
)
def test_what_does_not_go_together_in_the_form(tried: str, changed: dict) -> None:
    faces = DataOutline("faces", 100, (1, 8, 8), False, ())
    (said,) = checked({**next(every_form()), **changed}, faces).problems.values()
    check(tried, said)


def test_names_and_data_that_training_does_not_take(own_models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LATENT_EXPLORER_DATA", str(own_models / "data"))
    check("a name with a capital and a space", name_problem("My model"))
    check("no name", name_problem(""))
    check("7 drawn shapes", count_rule(data_outline("shapes")).problem("7"))
    with pytest.raises(jobs.RunRefused) as refused:
        jobs.start_run(jobs.RunRequest("fresh", "faces"))
    check("data that disappear before Start", str(refused.value))
    (own_models / "data" / "faces").mkdir(parents=True)
    (own_models / "data" / "faces" / "cache.json").write_text("{}")
    with pytest.raises(DataError) as damaged:
        data_outline("faces")
    check("data whose files are damaged", str(damaged.value))


def test_images_of_ones_own_that_cannot_be_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LATENT_EXPLORER_DATA", str(tmp_path / "data"))
    good = zip_of(tmp_path / "good.zip", two_classes() | {"all/cats/cut.png": picture(1)[:60]})
    (tmp_path / "cut.zip").write_bytes(good.read_bytes()[:200])
    (tmp_path / "a.txt").write_text("a")
    np.save(tmp_path / "objects.npy", np.array([{}]), allow_pickle=True)
    np.savez(tmp_path / "other.npz", a=np.zeros(3), b=np.zeros(4))
    np.save(tmp_path / "codes.npy", np.zeros((12, 7)))
    few = zip_of(tmp_path / "few.zip", {f"{number}.png": picture(number) for number in range(3)})
    for tried, refuse in {
        "a folder outside the data folder": lambda: allowed_folder("/etc"),
        "a folder that is not there": lambda: allowed_folder("nothing"),
        "a ZIP that is cut off": lambda: look_at([tmp_path / "cut.zip"]),
        "a text file in place of images": lambda: look_at([tmp_path / "a.txt"]),
        "three pictures": lambda: look_at([few]),
        "an array of objects": lambda: look_at([tmp_path / "objects.npy"]),
        "an .npz without images": lambda: look_at([tmp_path / "other.npz"]),
        "rows of numbers that are no picture": lambda: look_at([tmp_path / "codes.npy"]),
        "a size that no model takes": lambda: gather([good], "mine", (1, 4, 300)),
        "a name of data that is taken": lambda: gather([good], "mnist", (1, 8, 8)),
    }.items():
        with pytest.raises((DataError, ImagesRefused)) as refused:
            refuse()
        check(tried, str(refused.value))
    left_out = gather([good], "mine", (1, 8, 8)).left_out
    check("broken files among pictures", str(left_out))


def test_no_space_for_images_of_ones_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*arguments: object, **more: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setenv("LATENT_EXPLORER_DATA", str(tmp_path / "data"))
    good = zip_of(tmp_path / "good.zip", two_classes())
    monkeypatch.setattr(writing, "write_cache", full)
    with pytest.raises(DataError) as refused:
        gather([good], "mine", (1, 8, 8))
    check("no space for the data", str(refused.value))
    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(ImagesRefused) as no_upload:
        keep_upload([("a.zip", b"content")])
    check("no space for an upload", str(no_upload.value))
    found = {"checkpoint_bytes": 1.9e6, "state_bytes": 5.6e6}
    check("no space for the run", room_problem(found, 640_000))
    assert room_problem(found, 40_000_000) is None
