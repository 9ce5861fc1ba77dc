"""Small messages leave at once: Nagle's algorithm is switched off for what the server accepts.

Streamlit makes its listening socket with `socket.socket(family)`, protocol 0; asyncio sets TCP_NODELAY only on sockets
whose protocol says TCP. So a picture that followed a judgement waited for the browser's delayed acknowledgement: 40 ms.
Source: Nagle, RFC 896; Cheshire 2005, "TCP Performance problems caused by interaction between Nagle's Algorithm and
Delayed ACK".
"""

from __future__ import annotations

import os
import socket
import stat
from contextlib import suppress

MOST_DESCRIPTORS = 1024  # the server listens before it opens much else


def send_at_once() -> int:
    """Sets TCP_NODELAY on the listening TCP sockets of this process; what they accept has it too (Linux, macOS).

    Gives back on how many. Where sockets are no file descriptors (Windows) it finds none, and changes nothing.
    """
    if os.name == "nt":
        return 0
    return sum(_set_on(descriptor) for descriptor in range(MOST_DESCRIPTORS))


def _set_on(descriptor: int) -> bool:
    with suppress(OSError):  # not open, no TCP socket
        if not stat.S_ISSOCK(os.fstat(descriptor).st_mode):
            return False
        with socket.socket(fileno=os.dup(descriptor)) as same:  # the options belong to what both descriptors name
            listens = same.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
            if listens and same.family in (socket.AF_INET, socket.AF_INET6):
                same.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                return True
    return False
