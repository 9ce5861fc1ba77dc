"""Presets: each can be trained on each data set, and says what it is."""

from __future__ import annotations

import pytest

from ui.train_form.checks import checked
from ui.train_form.fields import fields
from vae_core.command_line.options import Choices
from vae_core.data import DATA_SETS, DataOutline
from vae_core.presets import PRESETS, preset_values, presets_for

OWN = DataOutline("mine", 40, (3, 30, 40), False, ())
ALL = [*(DataOutline(name, each.count, each.shape, True, ()) for name, each in DATA_SETS.items()), OWN]


@pytest.mark.parametrize("data", ALL, ids=lambda data: data.name)
def test_every_preset_that_is_offered_can_be_trained(data: DataOutline) -> None:
    for preset in presets_for(data):
        values = preset_values(preset.name, data)
        assert set(values) <= set(vars(Choices())), "the command line knows them all"
        raw = {name: field.text(values.get(name, field.default)) for name, field in fields().items()}
        assert checked(raw, data).problems == {}, preset.name


def test_a_preset_that_needs_labels_is_offered_only_where_there_are_some() -> None:
    assert "by-class" not in [preset.name for preset in presets_for(OWN)]
    assert "by-class" in [preset.name for preset in presets_for(ALL[0])]


def test_large_sets_are_seen_fewer_times() -> None:
    lengths = [preset_values("first-map", data)["epochs"] for data in ALL[:2]]
    assert lengths == [200, 17]


def test_each_says_what_it_is() -> None:
    assert all(preset.label and preset.words.endswith(".") for preset in PRESETS.values())
