"""What keeps the hand smooth is in force in a really running server, and the test can tell when it is not."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import httpx
import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from live.tuning import SWITCH_INTERVAL
from tests.live.conftest import latents_bytes, live_client, refused_for_its_size, wait_until_ready
from tools.running_app import RunningApp, running_app

RUNS = 10


@pytest.fixture(scope="module")
def untuned_server(live_root) -> Iterator[RunningApp]:
    """The app with Streamlit's collection after each run, below a base path."""
    arguments = ("--runner.postScriptGC", "true")
    with running_app(checkpoints=live_root, arguments=arguments, base_path="explorer") as app:
        wait_until_ready(app.url)
        yield app


def page_session(url: str) -> ClientConnection:
    """A session of a page, as a browser opens one."""
    return connect(url.replace("http", "ws", 1) + "/_stcore/stream", subprotocols=["streamlit"], max_size=None)


def run_page(session: ClientConnection) -> None:
    """Runs the entry script once and waits for its end."""
    request = BackMsg()
    request.rerun_script.query_string = ""
    session.send(request.SerializeToString())
    while True:
        message = ForwardMsg()
        message.ParseFromString(session.recv(timeout=30))
        if message.WhichOneof("type") == "script_finished":
            return


def full_collections_in_runs(url: str) -> int:
    """How many full collections the server does while a page's script runs ten times."""
    with page_session(url) as session:
        run_page(session)  # the first imports what the page needs
        before = httpx.get(url + "/live/health").json()["full_collections"]
        for _ in range(RUNS):
            run_page(session)
        return httpx.get(url + "/live/health").json()["full_collections"] - before


def test_the_options_of_the_shipped_config_are_in_force(live_server) -> None:
    assert httpx.get(live_server.url + "/live/health").json()["settings"] == {
        "server.fileWatcherType": "none",
        "runner.postScriptGC": False,
        "server.maxMessageSize": 8,
        "browser.gatherUsageStats": False,
    }


def test_what_start_up_loaded_is_frozen_and_the_collector_is_on_again(live_server) -> None:
    facts = wait_until_ready(live_server.url)
    assert facts["frozen_objects"] > 100_000, "torch alone brings more"
    assert facts["garbage_collection"] is True
    assert facts["models"], "a first model is loaded and frozen too"


def test_the_interpreter_switches_threads_often(live_server) -> None:
    assert wait_until_ready(live_server.url)["switch_interval"] == pytest.approx(SWITCH_INTERVAL)
    assert round(SWITCH_INTERVAL, 9) == 0.0002


def test_a_decode_uses_one_thread(live_server) -> None:
    assert wait_until_ready(live_server.url)["torch_threads"] == 1


def test_numpy_too_uses_one_thread_from_the_start_of_the_server_on() -> None:
    """In a process of its own: the tests' servers start with one thread by their environment."""
    program = (
        "import numpy, threadpoolctl, live.tuning\n"
        "counts = lambda: [each['num_threads'] for each in threadpoolctl.threadpool_info()"
        " if each['user_api'] == 'blas']\n"
        "threadpoolctl.threadpool_limits(2, user_api='blas')\n"
        "before = counts()\n"
        "live.tuning._one_thread_each()\n"
        "print(before, counts())"
    )
    environment = {**os.environ, "OMP_NUM_THREADS": "2"}
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=environment, timeout=120)
    assert run.stdout == "[2] [1]\n", run.stderr


def test_no_full_collection_follows_a_script_run(live_server, untuned_server) -> None:
    assert full_collections_in_runs(live_server.url) < RUNS / 2
    assert full_collections_in_runs(untuned_server.url) >= RUNS, "with the option on, each run does one"


def test_pages_too_refuse_a_message_above_the_limit(live_server) -> None:
    with page_session(live_server.url) as session, pytest.raises(ConnectionClosed) as closed:
        session.send(bytes(10_000_000))
        while True:
            session.recv(timeout=10)
    assert refused_for_its_size(closed.value)
    assert httpx.get(live_server.url + "/_stcore/health").text == "ok"


def test_everything_moves_below_a_base_path(untuned_server) -> None:
    root, base = untuned_server.url.removesuffix("/explorer"), untuned_server.url
    module = "/live/static/latent-socket.js"
    assert "LatentSocket" in httpx.get(base + module).text
    assert "LatentSocket" not in httpx.get(root + module).text
    with live_client(base) as client:
        assert client.ask(model="tiny-2d", body=latents_bytes([0, 0])).options["shape"] == [8, 8, 1]
