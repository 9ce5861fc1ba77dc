"""The form as a whole: its left half with the choices, its right half with the name and what comes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from jobs import RunRequest
from ui import state
from ui.errors import plain, quoted
from ui.train_form.checks import Checked, checked, request_of, run_name_problem
from ui.train_form.data_choice import OWN, choose_data, count_problem
from ui.train_form.drawing import draw_field, draw_part, part_label
from ui.train_form.fields import fields
from ui.train_form.number_fields import show_field_problem
from ui.train_form.values import chosen, fill_from, key_of, use_defaults
from vae_core.data import DataOutline
from vae_core.presets import FIRST, PRESETS, presets_for

PARTS = (("model", "Model"), ("objective", "Objective"), ("optimizer", "Optimizer"))
ICONS = {"model": ":material/account_tree:", "objective": ":material/target:", "optimizer": ":material/speed:"}


@dataclass(frozen=True)
class FormChoices:
    """What was chosen: the data (None while images of one's own are being brought) and what became of the fields."""

    data: DataOutline | None
    found: Checked


def form_choices() -> FormChoices:
    """Draws the choices; under each field what is wrong with it."""
    cloned = _cloned()
    data = choose_data(cloned)
    if data is None:
        return FormChoices(None, Checked({}))
    preset = _preset(data)
    use_defaults(data, preset)
    if cloned:
        unknown = tuple(_not_taken(name, cloned) for name in fill_from(cloned))
        st.session_state[state.TRAIN_CLONE] = (str(cloned.get("from", "")), unknown)
    _say_cloned()
    found = _with_count(checked(chosen(), data), count_problem(data))
    for place, name in zip(st.columns(2), ("latent_dim", "epochs"), strict=True):
        with place:
            draw_field(fields()[name], found.problems.get(name), caption=True)
    for part, title in PARTS:
        with st.expander(part_label(part, title, found.problems), icon=ICONS[part], key=f"{state.TRAIN_PART}_{part}"):
            draw_part(part, found.problems)
    return FormChoices(data, found)


def _with_count(found: Checked, problem: str | None) -> Checked:
    return replace(found, problems={**found.problems, "data_count": problem}) if problem else found


def run_request(choices: FormChoices) -> RunRequest | None:
    """Draws the name, and what is still to be mended; gives back what the form asks for, or None until it is whole."""
    if choices.data is None:
        first = "Bring the images" if st.session_state.get(state.TRAIN_DATA) == OWN else "Choose the data"
        st.caption(f"{first} first; then the model can be chosen and the run started.")
        return None
    name = st.text_input("Name", key=key_of("name"), autocomplete="off").strip()
    problem = run_name_problem(name)
    show_field_problem(problem)
    for each in choices.found.problems.values():
        st.caption(f":red[:material/error:] {plain(each)}")
    if problem or choices.found.problems:
        return None
    return request_of(name, choices.data, choices.found)


def _preset(data: DataOutline) -> str:
    offered = [preset.name for preset in presets_for(data)]
    if st.session_state.get(state.TRAIN_PRESET) not in offered:
        st.session_state[state.TRAIN_PRESET] = FIRST
    preset = st.pills(
        "What for",
        offered,
        format_func=lambda name: PRESETS[name].label,
        required=True,
        key=state.TRAIN_PRESET,
        wrap=True,
        help="Settings that go well together for what you want. Each can be changed below.",
    )
    st.caption(plain(PRESETS[preset].words))
    return preset


def _cloned() -> dict:
    """The settings of a run that is to be trained again with changes; taken once."""
    found = dict(st.session_state.pop(state.TRAIN_FILL, None) or {})
    if found:
        st.session_state[state.TRAIN_PRESET] = FIRST
        st.session_state.pop(state.TRAIN_DEFAULTS, None)
    return found


def _not_taken(name: str, cloned: Mapping[str, Any]) -> str:
    if name != "initial_weights":
        return name
    model = str(cloned[name]).partition("@")[0]
    return f"the weights of {model}, with which it began (this run begins at random ones; --initial-weights sets them)"


def _say_cloned() -> None:
    source, unknown = st.session_state.get(state.TRAIN_CLONE, ("", ()))
    if not source:
        return
    text = f"The settings of {quoted(source)}; change what you like."
    if unknown:
        text += f" Not taken over: {', '.join(unknown)}."
    st.info(plain(text), icon=":material/content_copy:")
