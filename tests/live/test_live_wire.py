"""Small messages leave at once, in a process that listens as Streamlit does and in the running server."""

from __future__ import annotations

import socket

import httpx

from live.wire import send_at_once


def no_delay(connection: socket.socket) -> bool:
    return connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0


def accepted_by(listener: socket.socket) -> socket.socket:
    with socket.create_connection(listener.getsockname()):
        return listener.accept()[0]


def test_what_a_listening_socket_accepts_sends_at_once() -> None:
    with socket.socket(socket.AF_INET) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        with accepted_by(listener) as before:
            assert not no_delay(before)  # else this test could not fail
        assert send_at_once() >= 1
        with accepted_by(listener) as after:
            assert no_delay(after)


def test_other_sockets_are_left_alone() -> None:
    with socket.socket(socket.AF_INET) as idle, socket.socket(socket.AF_INET) as closed:
        closed.close()
        send_at_once()
        assert not no_delay(idle)


def test_the_running_server_sends_at_once(live_server) -> None:
    assert httpx.get(live_server.url + "/live/health").json()["sends_at_once"] is True
