"""What counts as short enough for the event loop."""

from __future__ import annotations

import gc
from dataclasses import replace

import pytest

import store
from live.pace import LONGEST_ON_LOOP, Pace
from live.protocol import Kind


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch, live_root) -> store.LoadedModel:
    monkeypatch.setenv("LATENT_EXPLORER_CHECKPOINTS", str(live_root))
    return store.model("tiny-2d")


def test_nothing_is_short_before_it_was_measured(model) -> None:
    assert not Pace().is_short(Kind.DECODE, 1, model)


def test_the_shortest_time_per_image_decides(model) -> None:
    pace = Pace()
    pace.took(Kind.DECODE, 1, model, 1.0)
    assert not pace.is_short(Kind.DECODE, 1, model), "the first call of a model is slow"
    pace.took(Kind.DECODE, 10, model, LONGEST_ON_LOOP)
    assert pace.is_short(Kind.DECODE, 10, model) and not pace.is_short(Kind.DECODE, 11, model)


def test_encoding_is_measured_on_its_own(model) -> None:
    pace = Pace()
    pace.took(Kind.DECODE, 1, model, 0.0)
    assert not pace.is_short(Kind.ENCODE, 1, model)


def test_a_model_that_is_gone_is_forgotten(model) -> None:
    pace, copy = Pace(), replace(model)
    pace.took(Kind.DECODE, 1, copy, 0.0)
    assert len(pace) == 1
    del copy
    gc.collect()
    assert len(pace) == 0
