"""What is asked of a run that it has not, or cannot do."""

from __future__ import annotations

import httpx
import pytest

from tests.bad_input.rows import check
from tests.live.conftest import latents_bytes, live_client
from tools.running_app import RunningApp

ASKED = {
    "a run that is not there": (404, "no-such-run"),
    "a byte below 0 of a log": (400, "tiny-2d/metrics?from=-5"),
    "a byte below 0 of a log for curves": (400, "tiny-2d/log?from=-5"),
    "an epoch that is no number": (404, "tiny-2d/snapshot/latest1"),
    "the map of a run that kept no snapshots": (404, "tiny-2d/fixed"),
}
SENT = {
    "an order that no run knows": (400, "orders", {"order": "jump"}),
    "a number that no order takes": (400, "orders", {"order": "pause", "speed": 3}),
    "a film of a run without snapshots": (404, "film", {"what": "gif"}),
}


@pytest.mark.parametrize("tried", ASKED)
def test_what_a_run_has_not(tried: str, server: RunningApp) -> None:
    status, place = ASKED[tried]
    answer = httpx.get(f"{server.url}/live/run/{place}")
    assert answer.status_code == status
    check(tried, answer.json()["message"])


@pytest.mark.parametrize("tried", SENT)
def test_what_cannot_be_asked_of_a_run(tried: str, server: RunningApp) -> None:
    status, room, content = SENT[tried]
    answer = httpx.post(f"{server.url}/live/run/tiny-2d/{room}", json=content)
    assert answer.status_code == status
    check(tried, answer.json()["message"])


def test_a_decode_by_an_epoch_that_is_not_kept(server: RunningApp) -> None:
    with live_client(server.url) as client:
        reply = client.ask(body=latents_bytes([[0, 0]]), model="tiny-2d", epoch=7)
        check("a decode by an epoch that is not kept", f"{reply.options['reason']} {reply.options['message']}")
