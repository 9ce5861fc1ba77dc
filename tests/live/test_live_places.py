"""Places on a map over the socket: their pictures and their latents."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

import store
from live.protocol import Kind
from tests.live.conftest import Reply, latents_bytes
from tests.live.test_live_conversation import conversation, request_bytes


@pytest.fixture(autouse=True)
def tiny_models(monkeypatch: pytest.MonkeyPatch, live_root) -> None:
    monkeypatch.setenv("LATENT_EXPLORER_CHECKPOINTS", str(live_root))


def a_map(name: str = "tiny-8d", method: str = "pca", **parameters) -> store.LatentMap:
    model = store.model(name)
    return store.exact_map(store.map_request(model, store.source_of(model, "reference"), method, parameters))


def ask(places, **options) -> Reply:
    places = np.atleast_2d(np.asarray(places, dtype=np.float32))
    message = {"kind": Kind.PLACE, "model": "tiny-8d", "count": len(places), "body": latents_bytes(places), **options}
    (reply,) = conversation([request_bytes(**message)])
    return reply


def taken_apart(reply: Reply) -> tuple[np.ndarray, np.ndarray]:
    """Pixels (count, H, W, C) and latents (count, D) of a reply."""
    shape, dimensions = reply.options["shape"], reply.options["latent_dim"]
    size = reply.count * int(np.prod(shape))
    latents = np.frombuffer(reply.body, dtype="<f4", offset=-(-size // 4) * 4).reshape(reply.count, dimensions)
    return np.frombuffer(reply.body[:size], np.uint8).reshape(reply.count, *shape), latents


@pytest.mark.parametrize("count", [1, 3, 40])
def test_a_place_of_a_plane_is_decoded_exactly(count: int) -> None:
    found = a_map(components=3)
    places = np.random.default_rng(0).standard_normal((count, 3)).astype(np.float32)
    reply = ask(places, map=found.id)
    assert reply.kind == Kind.PLACE and reply.count == count and reply.options["support"] is None
    pixels, latents = taken_apart(reply)
    np.testing.assert_allclose(latents, found.origin + places @ found.axes, rtol=1e-6)
    np.testing.assert_array_equal(pixels, store.model("tiny-8d").decode(latents))


def test_pixels_that_are_no_multiple_of_four_are_padded() -> None:
    found = a_map("tiny-colour", "dimensions", x=3, y=1)
    reply = ask([[0.5, -0.5]], map=found.id, model="tiny-colour")
    pixels, latents = taken_apart(reply)
    assert pixels.shape == (1, 12, 16, 3)
    assert latents[0, 3] == 0.5 and latents[0, 1] == -0.5


BAD = {
    "no map": ({}, [[0, 0]], "bad-options", "The option map is None; it must be the id of a map"),
    "a number": ({"map": 5}, [[0, 0]], "bad-options", "The option map is 5"),
    "an unknown map": ({"map": "0" * 16}, [[0, 0]], "no-such-map", "it may have left the memory. Ask for it anew"),
    "three coordinates": ({"map": "{id}"}, [[0, 0, 0]], "bad-shape", "takes 8 for (1, 2)"),
    "not finite": ({"map": "{id}"}, [[0, float("nan")]], "not-finite", "all must be finite"),
    "far away": ({"map": "{id}"}, [[0, 1e6]], "out-of-range", "1e+06"),
    "a class": ({"map": "{id}", "label": 3}, [[0, 0]], "bad-label", "is not conditional"),
    "another model": ({"map": "{id}", "model": "tiny-2d"}, [[0, 0]], "no-such-map", "of tiny-2d"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_place_is_answered_with_a_reason(case: str) -> None:
    options, places, reason, words = BAD[case]
    known = a_map().id
    reply = ask(places, **{name: known if value == "{id}" else value for name, value in options.items()})
    assert reply.kind == Kind.ERROR and reply.options["reason"] == reason
    assert words in reply.options["message"]


def test_a_map_is_that_of_a_copy_of_the_model_too(
    live_root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("tiny-8d", "copy"):
        shutil.copytree(live_root / "tiny-8d", tmp_path / name)
    monkeypatch.setenv("LATENT_EXPLORER_CHECKPOINTS", str(tmp_path))
    found = a_map()
    assert a_map("copy").id == found.id, "a map is named by what it depends on"
    assert ask([[0.5, 0]], map=found.id, model="copy").kind == Kind.PLACE


def test_of_places_in_one_lane_the_newest_wins() -> None:
    found = a_map()
    message = {"kind": Kind.PLACE, "model": "tiny-8d", "map": found.id, "lane": "map", "body": latents_bytes([[0, 0]])}
    replies = conversation([request_bytes(request=number, **message) for number in (1, 2, 3)])
    assert [reply.options.get("reason") for reply in replies] == ["superseded", "superseded", None]
