"""Decodes of several connections at once: one batch, each its own picture, errors to whom they belong."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

import store
from live.batches import FEW, LARGEST, Batches
from live.pace import DECODE, Pace
from live.protocol import BadMessage, Kind, Message
from tests.live.conftest import take_apart
from tests.tiny import tiny_checkpoint


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch, live_root) -> store.LoadedModel:
    monkeypatch.setenv("LATENT_EXPLORER_CHECKPOINTS", str(live_root))
    return store.model("tiny-2d")


class Watched:
    """A model that remembers how many latents each decode had."""

    def __init__(self, model: store.LoadedModel) -> None:
        self.model, self.sizes = model, []

    def __getattr__(self, name: str):
        return getattr(self.model, name)

    def decode(self, latents: np.ndarray, labels: np.ndarray) -> np.ndarray:
        self.sizes.append(len(latents))
        return self.model.decode(latents, labels)


def message(latents: np.ndarray, number: int = 1, label: int | None = None) -> Message:
    latents = np.asarray(latents, dtype="<f4")
    return Message(Kind.DECODE, number, len(latents), "tiny", None, "", memoryview(latents.tobytes()), {"label": label})


def together(model, messages: list[Message], short: bool = True) -> list[bytes | Exception]:
    """The replies to messages that all wait at the same moment."""

    async def ask() -> list[bytes | Exception]:
        pace = Pace()
        pace.took(DECODE, 1, model, 0.0 if short else 1.0)
        with ThreadPoolExecutor(1) as thread:
            batches = Batches(pace, thread)
            return await asyncio.gather(*(batches.decode(each, model) for each in messages), return_exceptions=True)

    return asyncio.run(ask())


@pytest.mark.parametrize("short", [True, False])
def test_each_gets_its_own_pictures_out_of_one_batch(model: store.LoadedModel, short: bool) -> None:
    watched = Watched(model)
    random = np.random.default_rng(0)
    asked = [random.standard_normal((count, 2)) for count in (1, 3, 1, 2)]
    replies = together(watched, [message(latents, number) for number, latents in enumerate(asked)], short)
    assert watched.sizes == [7]
    for number, (latents, reply) in enumerate(zip(asked, map(take_apart, replies), strict=True)):
        assert (reply.request, reply.count) == (number, len(latents))
        pictures = np.frombuffer(reply.body, np.uint8).reshape(len(latents), *reply.options["shape"])
        alone = model.decode(np.float32(latents))
        assert np.abs(pictures.astype(int) - alone.astype(int)).max() <= 1  # a batch rounds its sums otherwise


def test_a_request_that_does_not_fit_fails_alone(model: store.LoadedModel) -> None:
    good, bad = message([[0, 0]], 1), replace(message([[0, 0, 0]], 2), count=1)
    replies = together(model, [good, bad, message([[np.nan, 0]], 3), message([[0, 0]], 4, label=1)])
    assert take_apart(replies[0]).kind == Kind.DECODE
    assert [reply.reason for reply in replies[1:]] == ["bad-shape", "not-finite", "bad-label"]
    assert all(isinstance(reply, BadMessage) for reply in replies[1:])


def test_a_failing_decode_is_told_to_everybody_in_the_batch(model: store.LoadedModel) -> None:
    class Broken(Watched):
        def decode(self, latents: np.ndarray, labels: np.ndarray) -> np.ndarray:
            raise MemoryError("no room")

    replies = together(Broken(model), [message([[0, 0]]), message([[1, 1]])])
    assert [type(reply) for reply in replies] == [MemoryError, MemoryError]


def test_long_lists_go_apart_from_hands_and_no_batch_is_without_bound(model: store.LoadedModel) -> None:
    watched = Watched(model)
    lists = [message(np.zeros((100, 2)), number) for number in range(4)]
    hands = [message([[0, 0]], 10 + number) for number in range(5)]
    replies = together(watched, [*lists, *hands], short=False)
    assert len(replies) == 9 and all(take_apart(reply).kind == Kind.DECODE for reply in replies)
    assert sorted(watched.sizes) == [5, 200, 200]
    assert max(watched.sizes) <= LARGEST and FEW < 100


def test_people_with_different_classes_share_a_batch(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LATENT_EXPLORER_CHECKPOINTS", str(tmp_path))
    tiny_checkpoint(tmp_path, "conditional", model={"classes": 10})
    watched = Watched(store.model("conditional"))
    replies = together(watched, [message([[0.5, 0.5]], label, label) for label in (0, 3, 9)])
    assert watched.sizes == [3]
    for label, reply in zip((0, 3, 9), map(take_apart, replies), strict=True):
        alone = watched.model.decode(np.float32([[0.5, 0.5]]), label)
        assert np.abs(np.frombuffer(reply.body, np.uint8).astype(int) - alone.ravel().astype(int)).max() <= 1
    wrong = together(watched, [message([[0, 0]], 1, label=10)])[0]
    assert wrong.reason == "bad-label" and "knows 0 to 9" in str(wrong)
