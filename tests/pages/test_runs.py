"""The list of runs through AppTest: found, filtered, compared, noted, cloned, and what cannot be done said."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import store
from tests.pages.opened import SHELL
from tests.tiny import tiny_checkpoint
from ui import state
from vae_core.checkpoint import append_metrics
from vae_core.training.run_folder import first_status, write_status

ACTION = state.RUNS_ACTION


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two models that a run made, which differ in their latent dimensions, and a folder without a run."""
    monkeypatch.setenv("LATENT_EXPLORER_CHECKPOINTS", str(tmp_path))
    monkeypatch.setenv("LATENT_EXPLORER_DATA", str(tmp_path / "no-data"))
    for name, latent_dim in (("narrow", 2), ("wide", 8), ("shipped", 3)):
        tiny_checkpoint(tmp_path, name, latent_dim=latent_dim)
    for name in ("narrow", "wide"):
        a_run(tmp_path, name)
    return tmp_path


def a_run(root: Path, name: str, run_state: str = "finished", **changes: object) -> Path:
    folder = root / name
    write_status(folder, replace(first_status(run_state, 2, ""), epoch=2, **changes))
    for epoch in (1, 2):
        lines = {"train_loss": 9.0, "validation_loss": 8.0 / epoch, "validation_kl": 1.0, "seconds": 30.0}
        append_metrics(folder, {"epoch": epoch, **lines})
    return folder


def runs(**link: str | list[str]) -> AppTest:
    app = AppTest.from_file(SHELL, default_timeout=60).run()
    app.switch_page("../pages/train.py")
    for name, value in {state.TRAIN_VIEW: state.RUNS, **link}.items():
        app.query_params[name] = value
    return app.run()


def text_of(app: AppTest) -> str:
    parts = [*app.markdown, *app.caption, *app.error, *app.info, *app.success, *app.toast]
    return "\n".join(part.value for part in parts).replace("\\", "")


def listed(app: AppTest) -> list[str]:
    """The folders in the table of runs."""
    return list(app.dataframe[0].value["folder"]) if len(app.dataframe) else []


def curves_of(app: AppTest) -> dict:
    """What the component of the curves is told."""
    (curves,) = [
        element.proto for element in app.get("bidi_component") if "plotly_figure" in element.proto.component_name
    ]
    return json.loads(curves.json)


def keys(app: AppTest) -> list[str]:
    return [button.key for button in app.button]


def test_runs_and_models_are_listed_with_their_settings_and_scores(root: Path) -> None:
    app = runs()
    assert not app.exception
    assert sorted(listed(app)) == ["narrow", "shipped", "wide"]
    table = app.dataframe[0].value.set_index("folder")
    assert list(table.loc[["narrow", "wide", "shipped"], "latent_dim"]) == [2, 8, 3]
    assert table.loc["narrow", "−ELBO"] == pytest.approx(store.model("narrow").evaluation["negative_elbo"])
    assert list(table.loc["shipped", "state"]) == ["model"]
    assert table.loc["narrow", "progress"] == 1
    assert not len(app.get("bidi_component")), "curves without a choice"


def test_the_form_leads_to_the_list_and_back(root: Path) -> None:
    app = AppTest.from_file(SHELL, default_timeout=60).run().switch_page("../pages/train.py").run()
    assert state.TRAIN_START in keys(app)
    app.button_group(key=state.TRAIN_VIEW).set_value([state.RUNS]).run()
    assert sorted(listed(app)) == ["narrow", "shipped", "wide"]
    assert state.TRAIN_START not in keys(app)


def test_the_filter_narrows_the_table_and_keeps_the_choice(root: Path) -> None:
    app = runs(runs=["wide"])
    app.text_input(key=state.RUNS_FILTER).set_value("latent_dim=2").run()
    assert listed(app) == ["narrow"]
    assert app.multiselect(key=state.RUNS_CHOSEN).value == ["wide"]
    app.text_input(key=state.RUNS_FILTER).set_value("nothing like it").run()
    assert "No run fits the filter" in text_of(app)
    assert not app.exception


def test_several_runs_are_compared_with_the_differences_marked(root: Path) -> None:
    app = runs(runs=["narrow", "wide"])
    assert not app.exception
    figure = json.loads(curves_of(app)["figure"])
    assert {trace["name"] for trace in figure["data"]} == {"narrow", "wide"}
    assert curves_of(app)["words"].startswith("Curves of 2 runs")
    settings = app.table[-1].value
    assert list(settings.iloc[:, 0]) == ["latent dimensions"], "only what differs"
    assert list(settings.iloc[0, 1:]) == [":primary-background[**2**]", ":primary-background[**8**]"]
    app.toggle(key=state.RUNS_ONLY).set_value(False).run()
    assert "batch size" in list(app.table[-1].value.iloc[:, 0])


def test_the_view_of_the_curves_can_be_changed(root: Path) -> None:
    app = runs(runs=["narrow"])
    app.button_group(key=state.RUNS_ACROSS).set_value(["time"]).run()
    app.toggle(key=state.RUNS_LOG).set_value(True)
    app.button_group(key=state.RUNS_SPLITS).set_value(["training"])
    app.slider(key=state.RUNS_SMOOTHING).set_value(0.5).run()
    assert not app.exception
    figure = json.loads(curves_of(app)["figure"])
    assert figure["data"][0]["x"] == [0.5, 1.0]
    assert figure["layout"]["yaxis"]["type"] == "log"
    assert {trace["line"]["dash"] for trace in figure["data"]} == {"dot"}
    assert len(figure["data"]) == 6, "each curve with its smoothed one"


def test_a_link_to_a_run_that_is_gone_says_so(root: Path) -> None:
    app = runs(runs=["wide", "gone"])
    assert not app.exception
    assert app.multiselect(key=state.RUNS_CHOSEN).value == ["wide"]


def test_title_tags_and_note_are_kept_and_the_folder_keeps_its_name(root: Path) -> None:
    app = runs(runs=["narrow"])
    key = f"{state.RUNS_NOTES}_narrow_0"
    assert "The folder stays narrow" in text_of(app)
    app.text_input(key=f"{key}_title").set_value("The **first**")
    app.text_area(key=f"{key}_note").set_value("as a baseline")
    app.button(key=f"{key}_save").click().run()
    assert not app.exception
    kept = store.read_run_notes("narrow")
    assert (kept.revision, kept.title, kept.note) == (1, "The **first**", "as a baseline")
    assert (root / "narrow" / "config.json").is_file()
    assert "The **first**" in list(app.dataframe[0].value["run"])
    assert "Noted about narrow" in text_of(app)


def test_notes_that_others_changed_meanwhile_are_not_overwritten(root: Path) -> None:
    app = runs(runs=["narrow"])
    store.write_run_notes("narrow", 0, "theirs", [], "")
    key = f"{state.RUNS_NOTES}_narrow_0"
    app.text_input(key=f"{key}_title").set_value("mine")
    app.button(key=f"{key}_save").click().run()
    assert not app.exception
    assert store.read_run_notes("narrow").title == "theirs"
    assert app.text_input(key=f"{state.RUNS_NOTES}_narrow_1_title").value == "theirs"


def test_a_read_only_server_says_that_nothing_was_saved(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LATENT_EXPLORER_NOTES", "read-only")
    app = runs(runs=["narrow"])
    key = f"{state.RUNS_NOTES}_narrow_0"
    app.text_input(key=f"{key}_title").set_value("mine")
    app.button(key=f"{key}_save").click().run()
    assert "The notes were not saved" in text_of(app)
    assert "Notes are read-only on this server" in text_of(app)
    assert store.read_run_notes("narrow").revision == 0


def test_several_runs_get_a_tag_and_are_found_by_it(root: Path) -> None:
    app = runs(runs=["narrow", "wide"])
    app.text_input(key=state.RUNS_TAG_ALL).set_value("baseline")
    app.button(key=f"{state.RUNS_TAG_ALL}_add").click().run()
    assert not app.exception
    assert store.read_run_notes("narrow").tags == store.read_run_notes("wide").tags == ("baseline",)
    app.button_group(key=state.RUNS_TAGS).set_value(["baseline"]).run()
    assert sorted(listed(app)) == ["narrow", "wide"]


def test_a_clone_goes_to_the_form_with_the_settings_of_the_run(root: Path) -> None:
    app = runs(runs=["wide"])
    app.button(key=f"{ACTION}_clone").click().run()
    assert not app.exception
    assert state.TRAIN_START in keys(app)


def test_a_run_is_opened_and_the_list_comes_back_with_the_choice(root: Path) -> None:
    app = runs(runs=["wide"])
    app.button(key=f"{ACTION}_open").click().run()
    assert "Training “wide”" in text_of(app)
    app.button(key=state.TRAIN_ALL).click().run()
    assert not app.exception
    assert app.multiselect(key=state.RUNS_CHOSEN).value == ["wide"]


def test_damaged_files_of_one_run_leave_the_list_whole(root: Path) -> None:
    (root / "narrow" / "metrics.jsonl").write_text("not json\n")
    (root / "narrow" / "evaluation.json").write_text("[]")
    (root / "narrow" / "notes").mkdir()
    (root / "narrow" / "notes" / "run.json").write_text("{")
    (root / "wide" / "config.json").write_text("{}")
    app = runs(runs=["narrow", "wide"])
    assert not app.exception
    assert sorted(listed(app)) == ["narrow", "shipped", "wide"]
    app = runs(runs=["narrow"])
    assert "narrow/notes/run.json cannot be read" in text_of(app)


def test_without_any_run_the_way_to_the_first_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LATENT_EXPLORER_CHECKPOINTS", str(tmp_path / "nothing"))
    app = runs()
    assert not app.exception
    assert "No run and no model yet" in text_of(app)
