"""Starts, draws, repairs and rankings that cannot be."""

from __future__ import annotations

import base64
import json
import time

import httpx
import pytest

from live.protocol import Kind
from tests.bad_input.asking import post, weights_of
from tests.bad_input.rows import check
from tests.live.conftest import latents_bytes, live_client
from tools.running_app import RunningApp

BAD_STARTS = {
    "a temperature of 9": (400, "from=prior&temperature=9"),
    "a label that no image has": (404, "from=class&label=x"),
    "a mixture where none was fitted": (404, "from=mixture"),
}


@pytest.mark.parametrize("tried", BAD_STARTS)
def test_a_start_that_is_not_there(tried: str, server: RunningApp) -> None:
    status, parameters = BAD_STARTS[tried]
    answer = httpx.get(f"{server.url}/live/latent/tiny-2d/{weights_of(server)}?{parameters}")
    assert answer.status_code == status
    check(tried, answer.json()["message"])


def test_weights_of_before_for_a_start(server: RunningApp) -> None:
    answer = httpx.get(f"{server.url}/live/latent/tiny-2d/{'0' * 16}?from=prior")
    assert answer.status_code == 410
    check("weights of before for a start", answer.json()["message"])


def test_a_hole_over_everything(server: RunningApp) -> None:
    black, white = (base64.b64encode(bytes([value]) * 64).decode() for value in (0, 1))
    refused = post(server, "repair", image=black, hole=white)
    assert refused.status_code == 400
    check("a hole over everything", refused.json()["message"])


def test_what_cannot_be_repaired_on_the_socket(server: RunningApp) -> None:
    with live_client(server.url) as client:
        noise = client.ask(kind=Kind.REPAIR, model="tiny-2d", body=bytes(64), noise={"kind": "fog", "strength": 1})
        check("noise of a kind that there is not", json.dumps(noise.options))
        other = client.ask(kind=Kind.REPAIR, model="tiny-2d", body=bytes(63))
        check("a picture of another size to repair", json.dumps(other.options))


def test_odd_ones_that_cannot_be_ranked(server: RunningApp) -> None:
    bare = post(server, "odd", "no-latents")
    assert bare.status_code == 404
    check("odd ones of a model without stored images", bare.json()["message"])
    weights = weights_of(server)
    for _ in range(600):
        if post(server, "odd").json()["state"] == "ready":
            break
        time.sleep(0.25)
    fog = httpx.get(f"{server.url}/live/odd/tiny-2d/{weights}/reference/fog")
    assert fog.status_code == 404
    check("a score that there is not", fog.json()["message"])


def test_draws_of_bad_seeds(server: RunningApp) -> None:
    answer = httpx.get(f"{server.url}/live/draws/tiny-2d/{weights_of(server)}?seed=-1")
    assert answer.status_code == 400
    check("a seed below 0 for many draws", answer.json()["message"])
    with live_client(server.url) as client:
        reply = client.ask(kind=Kind.DRAW, model="tiny-2d", seed=2**53, body=latents_bytes([[0, 0]]))
        check("a draw of a picture whose seed is beyond 2^53", f"{reply.options['reason']} {reply.options['message']}")


def test_a_figure_of_anatomy_that_there_is_not(server: RunningApp) -> None:
    refused = httpx.post(f"{server.url}/live/anatomy/tiny-2d/{weights_of(server)}/fog", json={})
    assert refused.status_code == 404
    check("a figure of Anatomy that there is not", refused.json()["message"])


def test_steps_of_training_and_rows_of_anatomy_that_there_are_not(server: RunningApp) -> None:
    beyond = post(server, "anatomy", place="/training_step", seed=0, step=601)
    assert beyond.status_code == 400
    check("a step of training beyond the last of the small run", beyond.json()["message"])
    check(
        "a field that a step of training does not take",
        post(server, "anatomy", place="/training_step", speed=1).json()["message"],
    )
    bare = post(server, "anatomy", "no-latents", place="/odd_row", seed=1)
    assert bare.status_code == 404
    check("a row with an odd one, of a model without stored images", bare.json()["message"])
