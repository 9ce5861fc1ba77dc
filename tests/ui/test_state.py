"""The chosen model: from the URL, from the picker, kept from page to page."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.tiny import tiny_checkpoint
from ui import state
from ui.state import parameter_text

SHELL = str(Path(__file__).resolve().parents[2] / "ui" / "shell.py")


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LATENT_EXPLORER_CHECKPOINTS", str(tmp_path))
    for name in ("beta", "mnist-16d", "alpha"):
        tiny_checkpoint(tmp_path, name)
    return tmp_path


def shell(**parameters: str) -> AppTest:
    app = AppTest.from_file(SHELL, default_timeout=30)
    for name, value in parameters.items():
        app.query_params[name] = value
    return app.run()


def picker(app: AppTest):
    return next(box for box in app.selectbox if box.key == state.MODEL)


def offered(app: AppTest) -> list[str]:
    """The models offered in place of one that cannot be opened."""
    return [button.key.split("_")[-1] for button in app.button if str(button.key).startswith(state.OFFERED_MODEL)]


def test_the_first_visit_needs_no_choice(root: Path) -> None:
    app = shell()
    assert not app.exception
    assert not app.error
    assert picker(app).placeholder == "mnist-16d"
    assert app.query_params == {}, "the address changed although nobody chose"


def test_a_link_names_the_model_on_every_page(root: Path) -> None:
    app = shell(model="beta")
    assert picker(app).value == "beta"
    for page in ("train", "sliders"):
        app.switch_page(f"../pages/{page}.py").run()
        assert not app.exception
        assert picker(app).value == "beta", page


def test_the_picker_puts_its_choice_into_the_session(root: Path) -> None:
    app = shell()
    picker(app).select("alpha").run()
    assert app.session_state[state.MODEL] == "alpha"


@pytest.mark.parametrize("name", ["nobody", "../../etc", "<script>alert(1)</script>", "x" * 300, "Ünï"])
def test_an_unknown_model_in_the_url_is_told_and_the_url_left_alone(root: Path, name: str) -> None:
    app = shell(model=name)
    assert not app.exception
    assert "There is no model" in app.error[0].value
    assert "python -m" not in app.error[0].value
    assert offered(app) == ["alpha", "beta", "mnist-16d"]
    assert "Train a model" in [link.proto.label for link in app.get("page_link")]
    assert app.query_params["model"] in (name, [name])
    app.switch_page("../pages/sliders.py").run()
    assert "There is no model" in app.error[0].value
    app.button(key=f"{state.OFFERED_MODEL}_beta").click().run()
    assert not app.error
    assert not app.exception
    assert picker(app).value == "beta"


def test_a_broken_model_is_told_with_its_file_and_a_way_out(root: Path) -> None:
    (root / "beta" / "model.safetensors").write_bytes(b"truncated")
    app = shell(model="beta")
    assert not app.exception
    text = app.error[0].value.replace("\\", "")
    assert "The model “beta” cannot be opened" in text
    assert "beta/model.safetensors" in text
    assert "Choose another:" in text
    assert offered(app) == ["alpha", "mnist-16d"]


def test_a_model_that_vanishes_while_it_is_chosen_is_told(root: Path) -> None:
    app = shell(model="beta")
    shutil.rmtree(root / "beta")
    app.run()
    assert not app.exception
    assert "There is no model “beta”" in app.error[0].value.replace("\\", "")


def test_without_any_model_the_way_to_the_first_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LATENT_EXPLORER_CHECKPOINTS", str(tmp_path / "nothing"))
    app = shell()
    assert not app.exception
    assert any("no model here yet" in info.value for info in app.info)


def test_going_to_another_page_takes_the_model_and_the_parameters_along(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when the picker is bound to `?model=`: see ui/state.py, `_release_parameters`."""
    monkeypatch.setattr(state, "page", state.page)  # the script below puts its own there

    def script() -> None:
        import streamlit as st

        from ui import state

        def elsewhere() -> None:
            st.write(sorted(st.query_params.to_dict().items()))

        here = st.Page(lambda: st.write("here"), title="Here", url_path="here", default=True)
        there = st.Page(elsewhere, title="There", url_path="there")
        current = st.navigation([here, there], position="top")
        state.page = lambda name: there
        st.selectbox("Model", ["alpha", "beta"], index=None, key=state.MODEL, bind="query-params")
        if st.button("go", key="go"):
            st.session_state[state.SLIDERS_LEFT] = "where the visitor was"
            state.open_page("sliders", image=7, z=[1.0, -0.5], nothing=None)
        current.run()

    app = AppTest.from_function(script)
    app.query_params["model"] = "beta"
    app.run()
    app.button(key="go").click().run()
    assert not app.exception
    shown = "".join(element.value for element in [*app.markdown, *app.json])
    assert all(part in shown for part in ("beta", "7", "1.0000,-0.5000")), shown
    assert "nothing" not in shown
    assert "sliders_left" not in app.session_state, "what was left there would win over what is opened"


def test_numbers_in_a_link_have_four_decimals() -> None:
    assert parameter_text([0.123456, -2]) == "0.1235,-2.0000"
    assert parameter_text(3) == "3"
    assert parameter_text("slerp") == "slerp"
