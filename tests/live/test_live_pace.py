"""What counts as short enough for the event loop."""

from __future__ import annotations

import gc
from dataclasses import replace

import pytest

import store
from live.pace import LONGEST_JUDGE_ON_LOOP, LONGEST_ON_LOOP, Pace
from live.protocol import Kind, Message


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch, live_root) -> store.LoadedModel:
    monkeypatch.setenv("LATENT_EXPLORER_CHECKPOINTS", str(live_root))
    return store.model("tiny-2d")


def decode(count: int) -> Message:
    return Message(Kind.DECODE, 1, count, "tiny-2d", None, "", memoryview(b""))


def test_nothing_is_short_before_it_was_measured(model) -> None:
    assert not Pace().is_short(decode(1), model)


def test_the_shortest_time_per_image_decides(model) -> None:
    pace = Pace()
    pace.took(decode(1), model, 1.0)
    assert not pace.is_short(decode(1), model), "the first call of a model is slow"
    pace.took(decode(10), model, LONGEST_ON_LOOP)
    assert pace.is_short(decode(10), model) and not pace.is_short(decode(11), model)


def test_encoding_is_measured_on_its_own(model) -> None:
    pace = Pace()
    pace.took(decode(1), model, 0.0)
    assert not pace.is_short(replace(decode(1), kind=Kind.ENCODE), model)


def test_a_judgement_must_be_shorter_and_the_near_one_is_measured_on_its_own(model) -> None:
    pace, exact = Pace(), replace(decode(1), kind=Kind.JUDGE)
    near = replace(exact, options={"exact": False})
    pace.took(exact, model, LONGEST_ON_LOOP)
    pace.took(near, model, LONGEST_JUDGE_ON_LOOP)
    assert not pace.is_short(exact, model) and pace.is_short(near, model)
    assert not pace.is_short(replace(near, count=2), model)


def test_a_model_that_is_gone_is_forgotten(model) -> None:
    pace, copy = Pace(), replace(model)
    pace.took(decode(1), copy, 0.0)
    assert len(pace) == 1
    del copy
    gc.collect()
    assert len(pace) == 0
