"""The list of runs through AppTest: found, filtered, compared, noted, cloned, and what cannot be done said."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import jobs
import store
from jobs.run_request import KeptRequest, write_request
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
    app.button_group(key=state.TRAIN_VIEW).set_value(state.RUNS).run()
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
    app.button_group(key=state.RUNS_ACROSS).set_value("time").run()
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
    assert not app.exception
    assert app.query_params[state.RUN] in ("wide", ["wide"])
    assert not len(app.dataframe), "the run alone"
    assert state.TRAIN_VIEW not in app.query_params, "the address speaks of the run"
    app.query_params = {state.TRAIN_VIEW: state.RUNS}
    app.run()
    assert not app.exception
    assert app.multiselect(key=state.RUNS_CHOSEN).value == ["wide"]


def test_the_list_is_not_left_in_the_address_of_another_page(root: Path) -> None:
    for page, kept in (("gallery", False), ("train", True)):
        app = AppTest.from_file(SHELL, default_timeout=60).run()
        app.switch_page(f"../pages/{page}.py")
        app.query_params = {state.TRAIN_VIEW: state.RUNS}
        assert (state.TRAIN_VIEW in app.run().query_params) == kept, page


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


def a_sweep(root: Path) -> None:
    """Four runs over a grid of two settings: two have ended, one is under way, one waits."""
    places = [(rate, beta) for rate in (0.001, 0.003) for beta in ("1", "4")]
    for number, (rate, beta) in enumerate(places, start=1):
        name = f"grid-{number}"
        state_of = ("finished", "finished", "running", "queued")[number - 1]
        write_status(root / name, replace(first_status(state_of, 2, ""), epoch=2 if number < 3 else 0))
        options = {"objective": "beta-vae", "beta": beta}
        request = jobs.RunRequest(name, learning_rate=rate, options=options, sweep="grid")
        write_request(root / name, KeptRequest((), request, number, 0.0))
        if number < 3:
            append_metrics(root / name, {"epoch": 1, "validation_loss": 10.0 - number})


def test_a_sweep_shows_its_progress_and_a_heat_map(root: Path) -> None:
    a_sweep(root)
    app = runs()
    assert app.selectbox(key=state.RUNS_SWEEP).options == ["grid: 2 of 4"]
    app.selectbox(key=state.RUNS_SWEEP).set_value("grid").run()
    assert not app.exception
    assert listed(app)[:2] == ["grid-3", "grid-4"], "under way, then waiting"
    assert sorted(listed(app)) == [f"grid-{number}" for number in range(1, 5)]
    assert "2 of 4 runs have ended" in app.get("progress")[0].proto.text.replace("\\", "")
    figure = json.loads(app.get("plotly_chart")[0].proto.spec)
    assert figure["layout"]["xaxis"]["ticktext"] == ["0.001", "0.003"]
    assert figure["layout"]["yaxis"]["ticktext"] == ["1", "4"]
    assert figure["data"][0]["text"] == [["9.000", "under way"], ["8.000", "waiting"]]
    assert "Best: 8.000 by grid-2 (learning rate 0.001, β 4)" in text_of(app)
    app.button(key=f"{state.RUNS_SWEEP}_compare").click().run()
    assert sorted(app.multiselect(key=state.RUNS_CHOSEN).value) == [f"grid-{number}" for number in range(1, 5)]


def test_the_order_of_the_queue_is_seen_and_changed(root: Path) -> None:
    a_sweep(root)
    write_status(root / "later", first_status("queued", 2, ""))
    write_request(root / "later", KeptRequest((), jobs.RunRequest("later"), 9, 0.0))
    app = runs()
    assert "1. grid: 1 run" in text_of(app)
    assert "2. later" in text_of(app)
    app.button(key=f"{state.RUNS_QUEUE}_up_later").click().run()
    assert not app.exception
    assert [run.name for run in jobs.queued_runs()] == ["later", "grid-4"]
    app.button(key=f"{state.RUNS_QUEUE}_off_later").click().run()
    assert not app.exception
    assert [run.name for run in jobs.queued_runs()] == ["grid-4"]


def test_a_sweep_is_asked_for_beside_the_form(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[jobs.RunRequest] = []
    monkeypatch.setattr(jobs, "start_run", asked.append)
    app = AppTest.from_file(SHELL, default_timeout=60).run().switch_page("../pages/train.py").run()
    app.selectbox(key=f"{state.SWEEP}_1").set_value("learning_rate").run()
    app.text_input(key=f"{state.SWEEP}_1_learning_rate").set_value("0.001, none").run()
    assert "Learning rate has the value “none”" in text_of(app)
    app.button(key=state.TRAIN_START).click().run()
    assert not asked, "a field is wrong"
    app.text_input(key=f"{state.SWEEP}_1_learning_rate").set_value("0.001, 0.01").run()
    app.selectbox(key=f"{state.SWEEP}_2").set_value("latent_dim").run()
    app.text_input(key=f"{state.SWEEP}_2_latent_dim").set_value("2, 4").run()
    assert "4 runs: my-digits-1 to my-digits-4" in text_of(app)
    app.button(key=state.TRAIN_START).click().run()
    assert not app.exception
    pairs = [(request.learning_rate, request.latent_dim) for request in asked]
    assert pairs == [(0.001, 2), (0.001, 4), (0.01, 2), (0.01, 4)]
    assert {request.sweep for request in asked} == {"my-digits"}
    assert app.button_group(key=state.TRAIN_VIEW).value == state.RUNS


def test_a_run_that_ended_goes_on_to_more_epochs(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple] = []
    monkeypatch.setattr(jobs, "continue_run", lambda name, epochs: asked.append((name, epochs)))
    app = runs(runs=["wide"])
    key = f"{state.RUNS_MORE}_wide_2"
    app.text_input(key=key).set_value("2")
    app.button(key=f"{key}_go").click().run()
    assert "Epochs in all is “2”; it must be a whole number from 3 to 100000" in text_of(app)
    app.text_input(key=key).set_value("40")
    app.button(key=f"{key}_go").click().run()
    assert not app.exception
    assert asked == [("wide", 40)]


def test_what_jobs_refuses_is_said(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise jobs.RunRefused("patience is 30; the run wide ended since 30 epochs brought nothing.")

    monkeypatch.setattr(jobs, "continue_run", refuse)
    app = runs(runs=["wide"])
    app.button(key=f"{state.RUNS_MORE}_wide_2_go").click().run()
    assert "The run was not continued" in text_of(app)
    assert "patience is 30" in text_of(app)
    monkeypatch.setattr(jobs, "bin_run", refuse)
    app.button(key=f"{ACTION}_bin").click().run()
    assert "1 of 1 not moved to the bin" in text_of(app)


def test_a_run_goes_to_the_bin_comes_back_and_the_bin_is_emptied_after_a_question(root: Path) -> None:
    app = runs(runs=["wide"])
    app.button(key=f"{ACTION}_bin").click().run()
    assert not app.exception
    assert sorted(listed(app)) == ["narrow", "shipped"]
    (binned,) = jobs.binned_runs()
    app.button(key=f"{state.RUNS_BIN}_restore_{binned.place}").click().run()
    assert sorted(listed(app)) == ["narrow", "shipped", "wide"]
    jobs.bin_run("wide")
    app.run()
    assert app.button(key=f"{state.RUNS_BIN}_empty").disabled
    app.checkbox(key=f"{state.RUNS_BIN}_sure_1").check().run()
    app.button(key=f"{state.RUNS_BIN}_empty").click().run()
    assert not app.exception
    assert jobs.binned_runs() == ()
    assert "1 run is deleted for good" in text_of(app)
