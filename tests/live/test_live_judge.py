"""What the socket says about how usual latents are, and under which class it decodes and encodes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import store
from live.protocol import Kind
from tests.live.conftest import latents_bytes
from tests.tiny import digit_images, tiny_checkpoint


@pytest.fixture(scope="module", autouse=True)
def more_models(live_root: Path) -> None:
    """A conditional model, and one without a reference set."""
    tiny_checkpoint(live_root, "conditional", model={"classes": 10}, evaluation=False)
    tiny_checkpoint(live_root, "no-latents", latents=False, evaluation=False)


@pytest.fixture(autouse=True)
def same_folder(monkeypatch: pytest.MonkeyPatch, live_root: Path) -> None:
    """The test computes with the server's models."""
    monkeypatch.setenv("LATENT_EXPLORER_CHECKPOINTS", str(live_root))


@pytest.mark.parametrize("exact", [True, False])
@pytest.mark.parametrize("count", [1, 40])
def test_judge_gives_what_the_gauge_says(client, count: int, exact: bool) -> None:
    model = store.model("tiny-8d")
    latents = (2 * np.random.default_rng(count).standard_normal((count, 8))).astype("<f4")
    options = {"model": "tiny-8d", "weights": model.weights, "exact": exact, "nearest": 3}
    reply = client.ask(kind=Kind.JUDGE, count=count, request=5, body=latents.tobytes(), **options)
    wanted = store.usualness(model).judge(latents, nearest=3)
    assert (reply.kind, reply.request, reply.count, reply.body) == (Kind.JUDGE, 5, count, b"")
    found = reply.options
    assert set(found) == {
        *("percentile", "log_density", "distance", "verdict", "words", "nearest", "distances"),
        *("typical_distance", "exact", "basis", "ms"),
    }
    for name in ("percentile", "log_density", "distance", "distances"):
        np.testing.assert_allclose(found[name], getattr(wanted, name), atol=1e-3)
    assert found["nearest"] == wanted.nearest.tolist()
    assert (found["verdict"], found["words"]) == (list(wanted.verdict), list(wanted.words))
    assert found["basis"] == "aggregated posterior of 359 held-out images"


def test_eight_are_named_unless_another_number_is_asked_for(client) -> None:
    body = latents_bytes([[0, 0]])
    assert len(client.ask(kind=Kind.JUDGE, model="tiny-2d", body=body).options["nearest"][0]) == 8
    for count in (0, 24):
        found = client.ask(kind=Kind.JUDGE, model="tiny-2d", body=body, nearest=count).options
        assert len(found["nearest"][0]) == count and found["distance"][0] >= 0


def test_an_image_is_not_scored_against_itself(client) -> None:
    body = latents_bytes(store.model("tiny-8d").latents.mean[12])
    itself = client.ask(kind=Kind.JUDGE, model="tiny-8d", body=body).options
    others = client.ask(kind=Kind.JUDGE, model="tiny-8d", body=body, without=12).options
    assert itself["nearest"][0][0] == 12 and 12 not in others["nearest"][0]
    assert itself["log_density"][0] > others["log_density"][0]


def test_a_class_is_decoded_and_encoded_under(client) -> None:
    model, latents = store.model("conditional"), np.zeros((3, 2), "<f4")
    pixels = [client.ask(count=3, model="conditional", body=latents.tobytes(), label=label).body for label in (0, 7)]
    assert pixels[1] == model.decode(latents, 7).tobytes() != pixels[0]
    assert client.ask(count=3, model="conditional", body=latents.tobytes()).body == pixels[0], "class 0 unless told"
    images, _ = digit_images(count=3)
    reply = client.ask(kind=Kind.ENCODE, count=3, body=images.tobytes(), model="conditional", label=7)
    np.testing.assert_allclose(
        np.frombuffer(reply.body, "<f4").reshape(2, 3, 2)[0], model.encode(images, 7)[0], atol=1e-5
    )
    judged = [client.ask(kind=Kind.JUDGE, model="conditional", body=bytes(8), label=label).options for label in (0, 7)]
    assert judged[0]["percentile"] == judged[1]["percentile"], "one mixture over all classes"


JUDGE = {"kind": Kind.JUDGE, "model": "tiny-2d", "body": bytes(8)}
REFUSED = {
    "no reference set": (
        {**JUDGE, "model": "no-latents"},
        "no-reference",
        "no-latents has no reference set; train it again",
    ),
    "body of another length": ({**JUDGE, "body": bytes(4)}, "bad-shape", "4 bytes; tiny-2d takes 8"),
    "NaN": ({**JUDGE, "body": latents_bytes([0, np.nan])}, "not-finite", "NaN or infinite"),
    "25 nearest": ({**JUDGE, "nearest": 25}, "bad-options", "nearest is 25; from 0 to 24 are named"),
    "nearest a text": ({**JUDGE, "nearest": "all"}, "bad-options", "nearest is 'all'; it must be a whole number"),
    "exact a number": ({**JUDGE, "exact": 1}, "bad-options", "exact is 1; it must be true or false"),
    "without no row": ({**JUDGE, "without": 359}, "bad-options", "without is 359; the reference set has rows 0 to 358"),
    "label of a model without classes": (
        {"model": "tiny-2d", "body": bytes(8), "label": 3},
        "bad-label",
        "tiny-2d is not conditional. Leave the label out",
    ),
    "class that there is not": (
        {"model": "conditional", "body": bytes(8), "label": 10},
        "bad-label",
        "The label is 10; conditional knows 0 to 9. Choose among these.",
    ),
    "class below 0 for a judgement": ({**JUDGE, "model": "conditional", "label": -1}, "bad-label", "label is -1"),
    "label a truth": ({"model": "conditional", "body": bytes(8), "label": True}, "bad-options", "label is True"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_judged_is_answered_with_a_reason(client, case: str) -> None:
    parts, reason, words = REFUSED[case]
    reply = client.ask(request=9, **parts)
    assert (reply.kind, reply.request, reply.options["reason"]) == (Kind.ERROR, 9, reason)
    assert words in reply.options["message"]
    assert client.ask(**JUDGE).kind == Kind.JUDGE
