"""A wire that is long: a proxy on 127.0.0.1 that hands every byte on after a delay, in both directions."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tools.running_app import free_port

CHUNK = 65_536


@contextmanager
def long_wire(url: str, seconds: float) -> Iterator[str]:
    """The address of a proxy to ``url`` (http://127.0.0.1:PORT) that adds ``seconds`` to each direction."""
    port, own = int(url.rsplit(":", 1)[1]), free_port()
    loop, ready = asyncio.new_event_loop(), threading.Event()
    tasks: set[asyncio.Task] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", port)
        for source, target in ((reader, back), (there, writer)):
            task = asyncio.create_task(_carry(source, target, seconds))
            tasks.add(task)
            task.add_done_callback(tasks.discard)

    async def run() -> None:
        server = await asyncio.start_server(serve, "127.0.0.1", own)
        ready.set()
        async with server:
            await server.serve_forever()

    def hold() -> None:
        try:
            loop.run_until_complete(run())
        except asyncio.CancelledError:
            pass
        finally:
            loop.close()

    thread = threading.Thread(target=hold, name="long-wire", daemon=True)
    thread.start()
    ready.wait(10)
    try:
        yield f"http://127.0.0.1:{own}"
    finally:
        loop.call_soon_threadsafe(lambda: [task.cancel() for task in asyncio.all_tasks(loop)])
        thread.join(5)


async def _carry(source: asyncio.StreamReader, target: asyncio.StreamWriter, seconds: float) -> None:
    """Bytes from one end to the other, each chunk after its delay; many are on their way at once."""
    loop = asyncio.get_running_loop()
    on_their_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

    async def deliver() -> None:
        while True:
            due, data = await on_their_way.get()
            await asyncio.sleep(max(0.0, due - loop.time()))
            if not data:
                target.close()
                return
            target.write(data)
            await target.drain()

    delivering = asyncio.create_task(deliver())
    try:
        data = b"begin"
        while data:
            data = await source.read(CHUNK)
            on_their_way.put_nowait((loop.time() + seconds, data))
        await delivering
    except (ConnectionError, asyncio.CancelledError):
        delivering.cancel()
        target.close()
