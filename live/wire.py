"""Small messages leave at once: Nagle's algorithm is switched off for what the server accepts.

Streamlit makes its listening socket with `socket.socket(family)`, protocol 0; asyncio sets TCP_NODELAY only on sockets
whose protocol says TCP. So a picture that followed a judgement waited for the browser's delayed acknowledgement: 40 ms.
Source: Nagle, RFC 896; Cheshire 2005, "TCP Performance problems caused by interaction between Nagle's Algorithm and
Delayed ACK".
"""

from __future__ import annotations

import gc
import socket
from contextlib import suppress


def send_at_once() -> int:
    """Sets TCP_NODELAY on the listening TCP sockets of this process, whose connections have it from them.

    Gives back on how many. Streamlit hands its socket to nobody, so it is found among all objects (20 ms, once).
    """
    # isinstance asks each object for its class, and some of torch's answer with a warning
    return sum(_set_on(each) for each in gc.get_objects() if issubclass(type(each), socket.socket))


def _set_on(each: socket.socket) -> bool:
    with suppress(OSError):  # closed, no TCP socket
        listens = each.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
        if listens and each.family in (socket.AF_INET, socket.AF_INET6):
            each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return True
    return False
