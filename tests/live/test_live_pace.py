"""What counts as short enough for the event loop."""

from __future__ import annotations

import gc
from dataclasses import replace

import pytest

import store
from live.pace import DECODE, LONGEST_JUDGE_ON_LOOP, LONGEST_ON_LOOP, Pace, work_of
from live.protocol import Kind, Message


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch, live_root) -> store.LoadedModel:
    monkeypatch.setenv("LATENT_EXPLORER_CHECKPOINTS", str(live_root))
    return store.model("tiny-2d")


def test_nothing_is_short_before_it_was_measured(model) -> None:
    assert not Pace().is_short(DECODE, 1, model)


def test_the_shortest_time_per_image_decides(model) -> None:
    pace = Pace()
    pace.took(DECODE, 1, model, 1.0)
    assert not pace.is_short(DECODE, 1, model), "the first call of a model is slow"
    pace.took(DECODE, 10, model, LONGEST_ON_LOOP)
    assert pace.is_short(DECODE, 10, model) and not pace.is_short(DECODE, 11, model)


def test_encoding_is_measured_on_its_own(model) -> None:
    pace = Pace()
    pace.took(DECODE, 1, model, 0.0)
    assert not pace.is_short((Kind.ENCODE, False), 1, model)


def test_a_judgement_must_be_shorter_and_the_near_one_is_measured_on_its_own(model) -> None:
    pace = Pace()
    exact, near = ((Kind.JUDGE, near) for near in (False, True))
    pace.took(exact, 1, model, LONGEST_ON_LOOP)
    pace.took(near, 1, model, LONGEST_JUDGE_ON_LOOP)
    assert not pace.is_short(exact, 1, model) and pace.is_short(near, 1, model)
    assert not pace.is_short(near, 2, model)


def test_a_judgement_by_the_nearest_is_work_of_its_own() -> None:
    message = Message(Kind.JUDGE, 1, 1, "tiny-2d", None, "", memoryview(b""))
    assert work_of(message) == work_of(replace(message, options={"exact": True})) == (Kind.JUDGE, False)
    assert work_of(replace(message, options={"exact": False})) == (Kind.JUDGE, True)
    assert work_of(replace(message, kind=Kind.DECODE)) == DECODE


def test_a_model_that_is_gone_is_forgotten(model) -> None:
    pace, copy = Pace(), replace(model)
    pace.took(DECODE, 1, copy, 0.0)
    assert len(pace) == 1
    del copy
    gc.collect()
    assert len(pace) == 0
