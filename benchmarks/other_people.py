"""Other people on the same server, for benchmarks: sessions of its pages that speak Streamlit's own protocol.

A second person moves ordinary widgets on Map and on Train, four times a second on each; a third has a UMAP of one model
after the other computed, a quarter of a second after the one before was there. They run in a process of their own: in
the server they are what browsers would be, script runs and messages, without a browser's need of the cores.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import multiprocessing
import time
import urllib.request
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any

from streamlit.proto.Alert_pb2 import Alert
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect

from ui import state

EVERY = 0.25  # seconds between two changes of a widget
PEOPLE = 3  # sessions: on Map, on Train, and the one that has maps computed
ASK_AGAIN = 0.25  # seconds until a page asks again for a map that is not there yet, as Map does
COUNTED = ("map_changes", "map_runs", "train_changes", "train_runs", "projections", "at_work", "problems")


@dataclass(frozen=True)
class OtherPeople:
    """Counts that grow while the other people are there, by the names in COUNTED.

    Changes of a widget; runs of the page's script that came to their end (Streamlit cuts one short when the next change
    comes first); maps that were computed; problems: errors that a page has shown.
    """

    counts: dict[str, Any]

    def read(self) -> dict[str, int]:
        """The counts at this moment."""
        return {name: count.value for name, count in self.counts.items()}


class PageSession:
    """One browser tab: what its page drew last, and its widgets' states, all sent with each run as a browser does."""

    def __init__(self, socket: ClientConnection, page: str, query: str, problems: Any) -> None:
        self.socket, self.page, self.query = socket, page, query
        self.elements: dict[str, Any] = {}  # by the widget's key
        self.states: dict[str, WidgetState] = {}  # by the widget's id
        self.finished = 0
        self._problems = problems
        self._finish = asyncio.Condition()

    def set(self, key: str, field: str, value: Any) -> None:
        """Moves the widget with this key: `field` is the kind of value it has in the protocol."""
        known = self.elements[key].id
        changed = WidgetState(id=known)
        if isinstance(value, list):
            getattr(changed, field).data.extend(value)
        else:
            setattr(changed, field, value)
        self.states[known] = changed

    async def run(self) -> None:
        """Asks for a run of the page's script; does not wait for it."""
        request = BackMsg()
        rerun = request.rerun_script
        rerun.query_string, rerun.page_name = self.query, self.page
        rerun.widget_states.widgets.extend(self.states.values())
        await self.socket.send(request.SerializeToString())

    async def run_and_wait(self) -> None:
        """Runs the script and waits until it, or a run after it, is through."""
        before = self.finished
        await self.run()
        async with self._finish:
            await self._finish.wait_for(lambda: self.finished > before)

    async def listen(self) -> None:
        """Reads what the server sends, for as long as the session lasts."""
        async for data in self.socket:
            message = ForwardMsg()
            message.ParseFromString(data)
            kind = message.WhichOneof("type")
            if kind == "delta" and message.delta.WhichOneof("type") == "new_element":
                self._see(message.delta.new_element)
            elif kind == "script_finished":
                await self._end_run(message.script_finished)

    def _see(self, element: Any) -> None:
        kind = element.WhichOneof("type")
        shown = getattr(element, kind)
        if kind == "exception" or (kind == "alert" and shown.format == Alert.ERROR):
            self._problems.value += 1
        elif getattr(shown, "id", "").count("-") >= 2:  # $$ID-hash-key
            self.elements[shown.id.split("-", 2)[2]] = shown

    async def _end_run(self, how: int) -> None:
        self._problems.value += how == ForwardMsg.FINISHED_WITH_COMPILE_ERROR
        if how == ForwardMsg.FINISHED_SUCCESSFULLY:
            async with self._finish:
                self.finished += 1
                self._finish.notify_all()


Change = Callable[[PageSession, int], None]


@contextmanager
def other_people(url: str, models: tuple[str, str], seconds: float = 120.0) -> Iterator[OtherPeople]:
    """The people at the server's pages, each past the first run when this gives them back, gone on leaving.

    models: two names, of 10 encoded images or more each, else there would be no UMAP.
    Raises RuntimeError when they are not all at work within `seconds`.
    """
    spawn = multiprocessing.get_context("spawn")
    counts = {name: spawn.Value("q", 0) for name in COUNTED}
    process = spawn.Process(target=be_people, args=(url, models, counts), daemon=True)
    process.start()
    people, deadline = OtherPeople(counts), time.monotonic() + seconds
    try:
        while people.read()["at_work"] < PEOPLE:
            if not process.is_alive() or time.monotonic() > deadline:
                raise RuntimeError(f"the other people are not at work at {url}: {people.read()}")
            time.sleep(0.05)
        yield people
    finally:
        process.terminate()
        process.join()


def be_people(url: str, models: tuple[str, str], counts: dict[str, Any]) -> None:
    """Runs in a process of its own: the three sessions, until it is ended."""

    async def everybody() -> None:
        together = asyncio.Barrier(PEOPLE)  # nobody begins before the pages of all are there
        given = (counts, together)
        await asyncio.gather(on_map(url, models, *given), on_train(url, *given), projecting(url, models, *given))

    asyncio.run(everybody())


async def on_map(url: str, models: tuple[str, str], counts: dict[str, Any], together: asyncio.Barrier) -> None:
    """Goes from model to model: all else on the map is no widget of the page's script."""

    def change(session: PageSession, turn: int) -> None:
        pick(session, models[(turn + 1) % 2])

    async with opened(url, "map", f"model={models[0]}", counts) as session:
        await begin(counts, together)
        await four_times_a_second(session, change, counts["map_changes"], counts["map_runs"])


async def on_train(url: str, counts: dict[str, Any], together: asyncio.Barrier) -> None:
    """Goes through the form's choices: data, network, likelihood, size."""

    def change(session: PageSession, turn: int) -> None:
        if turn % 4 < 3:
            begins = (state.TRAIN_DATA, state.TRAIN_NETWORK, state.TRAIN_LIKELIHOOD)[turn % 4]
            key = next(key for key in reversed(session.elements) if key.startswith(begins))
            options = session.elements[key].options
            option = options[turn // 4 % len(options)]
            if isinstance(option, str):  # a select box; else one of a row of buttons
                session.set(key, "string_value", option)
            else:
                session.set(key, "string_array_value", [option.content])
        else:
            session.set(state.TRAIN_LATENT, "string_value", str(2 + turn // 4 % 30))

    async with opened(url, "train", "", counts) as session:
        await begin(counts, together)
        await four_times_a_second(session, change, counts["train_changes"], counts["train_runs"])


async def four_times_a_second(session: PageSession, change: Change, changes: Any, runs: Any) -> None:
    """Moves a widget every quarter of a second by `change(session, turn)`; counts that, and the runs that ended."""
    first, due = session.finished, time.monotonic()
    for turn in itertools.count():
        change(session, turn)
        await session.run()
        due = max(due + EVERY, time.monotonic())
        await asyncio.sleep(due - time.monotonic())
        changes.value, runs.value = turn + 1, session.finished - first


async def projecting(url: str, models: tuple[str, str], counts: dict[str, Any], together: asyncio.Barrier) -> None:
    """Has a UMAP of one model after the other computed, each with a seed of its own, and counts those that came."""
    async with opened(url, "map", f"model={models[1]}", counts) as session:
        weights = await weights_of(session, models)
        seeds = itertools.count(time.time_ns() // 1_000_000 % 1_000_000_000)
        await projected(url, models[0], weights[models[0]], next(seeds))  # the first has the worker started
        await begin(counts, together)
        for model in itertools.cycle(models[::-1]):
            await projected(url, model, weights[model], next(seeds))
            counts["projections"].value += 1
            await asyncio.sleep(EVERY)


async def weights_of(session: PageSession, models: tuple[str, str]) -> dict[str, str]:
    """The weights hash of each model, as its map page is told."""
    found = {}
    for model in models:
        pick(session, model)
        await session.run_and_wait()
        found[model] = json.loads(session.elements[state.MAP].json)["weights"]
    return found


async def projected(url: str, model: str, weights: str, seed: int) -> None:
    """Asks for the map until it is ready, as the page does; raises RuntimeError when it fails."""
    wanted = {"source": "reference", "method": "umap", "parameters": {"seed": seed}}
    address = f"{url}/live/map/{model}/{weights}"
    while (reply := await asyncio.to_thread(posted, address, wanted))["state"] != "ready":
        if reply["state"] in ("failed", "cancelled"):
            raise RuntimeError(f"the map of {model} is {reply['state']}: {reply.get('message')}")
        await asyncio.sleep(ASK_AGAIN)


def posted(address: str, content: dict[str, Any]) -> dict[str, Any]:
    """The JSON that a POST of JSON gives back."""
    body = json.dumps(content).encode()
    request = urllib.request.Request(address, body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as reply:
        return json.load(reply)


async def begin(counts: dict[str, Any], together: asyncio.Barrier) -> None:
    """Waits until everybody has come so far."""
    counts["at_work"].value += 1
    await together.wait()


@asynccontextmanager
async def opened(url: str, page: str, query: str, counts: dict[str, Any]) -> AsyncIterator[PageSession]:
    """A session whose page is there, listened to until it is left."""
    address = url.replace("http", "ws", 1) + "/_stcore/stream"
    async with connect(address, subprotocols=["streamlit"], max_size=None, compression=None) as socket:
        session = PageSession(socket, page, query, counts["problems"])
        listening = asyncio.create_task(session.listen())
        try:
            await session.run_and_wait()
            yield session
        finally:
            listening.cancel()


def pick(session: PageSession, model: str) -> None:
    """Chooses a model in the picker; the address follows, as the browser sees to."""
    session.set(state.MODEL, "string_value", model)
    session.query = f"model={model}"
