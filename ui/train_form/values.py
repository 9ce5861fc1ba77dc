"""The values of the form between script runs: defaults of a data set and a preset, what a person changed, a clone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from ui import state
from ui.train_form.fields import Field, fields
from ui.train_form.names import free_name
from vae_core.data import DataOutline
from vae_core.presets import preset_values


def key_of(field: str) -> str:
    """The session key of a field's widget."""
    return f"train_{field}"


def use_defaults(data: DataOutline, preset: str) -> None:
    """Puts the preset's values for these data into the fields, before they are drawn.

    Another preset sets all of them; other data only those that nobody changed.
    """
    wanted = {name: field.text(field.default) for name, field in fields().items()}
    wanted |= {name: fields()[name].text(value) for name, value in preset_values(preset, data).items()}
    wanted["name"] = free_name(f"my-{data.name}")
    before: dict[str, Any] = st.session_state.get(state.TRAIN_DEFAULTS) or {}
    all_anew = before.get("preset") != preset
    known = before.get("values", {})
    if before.get("data") == data.name and not all_anew:
        _fill_what_was_dropped(known, wanted["name"])
        return
    for name, value in wanted.items():
        key = key_of(name)
        untouched = key not in st.session_state or st.session_state[key] == known.get(name)
        if untouched or (all_anew and name != "name"):
            st.session_state[key] = value
    st.session_state[state.TRAIN_DEFAULTS] = {"data": data.name, "preset": preset, "values": wanted}


def _fill_what_was_dropped(values: dict[str, Any], free: str) -> None:
    """Streamlit forgets a widget that was not drawn; it begins at its default again, the name at one that is free."""
    if key_of("name") not in st.session_state:
        values["name"] = free
    for name, value in values.items():
        st.session_state.setdefault(key_of(name), value)


def fill_from(run: Mapping[str, Any]) -> list[str]:
    """Takes settings of another run over: fields by their names, as config.json has them. Gives the unknown ones."""
    unknown = []
    for name, value in run.items():
        if name == "classes":
            st.session_state[key_of("conditional")] = bool(value)
        elif name == "hidden" and not isinstance(value, str):
            st.session_state[key_of(name)] = ",".join(map(str, value))
        elif name in fields():
            st.session_state[key_of(name)] = _as_typed(fields()[name], value)
        elif name == "name":
            st.session_state[key_of(name)] = str(value)
        elif value != "" and name not in ("from", "data", "data_count", "image_shape", "posterior"):
            unknown.append(name)
    return unknown


def _as_typed(field: Field, value: Any) -> Any:
    if field.kind == "switch":
        return value in (True, "true", "True")
    if field.kind != "number":
        return str(value)
    try:
        return field.text(type(field.rule.example)(value))
    except (TypeError, ValueError):
        return str(value)


def typed(field: str) -> Any:
    """What a field's widget holds now."""
    return st.session_state.get(key_of(field), fields()[field].text(fields()[field].default))


def chosen() -> dict[str, Any]:
    """The raw values of all fields: texts of numbers, choices, switches."""
    return {name: typed(name) for name in fields()}
