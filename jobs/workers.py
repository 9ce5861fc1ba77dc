"""A few warm worker processes: tasks with progress and a result; cancelling one kills its process and starts another.

Workers are spawned, not forked: the server that asks for them has threads. Each imports the heavy libraries before
its first task, so that no task waits for them.
"""

from __future__ import annotations

import atexit
import importlib
import os
import shutil
import sys
import tempfile
import threading
import uuid
from collections.abc import Callable, Mapping
from concurrent.futures import CancelledError
from functools import cache
from multiprocessing.context import SpawnContext, SpawnProcess
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Any, Literal

from pebble import ProcessExpired, ProcessFuture, ProcessPool

from jobs.progress import Progress, read_progress, reporter, write_progress

SETTING = "LATENT_EXPLORER_WORKERS"
WARM_SETTING = "LATENT_EXPLORER_WARM"
WARM_WORDS = ("maps", "libraries")
WORKERS = 2  # a map of many images takes a minute; a place on a map or a film must not wait for it
MOST_WORKERS = 32
NICENESS = 5  # behind the server and its pages, before training runs: somebody waits for the result
MOST_WAITING = 8  # jobs of everybody together, the one under way included
# task -> where its function is: imported in the worker, so that the server needs none of what the tasks need
TASKS: Mapping[str, str] = MappingProxyType(
    {
        "cluster_task": "jobs.map_tasks:cluster_task",
        "copies_task": "jobs.copies_task:copies_task",
        "direction_task": "jobs.direction_task:direction_task",
        "encode_task": "jobs.encode_task:encode_task",
        "film_task": "jobs.film_task:film_task",
        "gather_task": "jobs.own_images:gather_task",
        "latent_fit_task": "jobs.fit_task:latent_fit_task",
        "log_density_task": "jobs.density_task:log_density_task",
        "look_task": "jobs.own_images:look_task",
        "map_task": "jobs.map_tasks:map_task",
        "mixing_task": "jobs.mixing_task:mixing_task",
        "odd_task": "jobs.odd_task:odd_task",
        "path_task": "jobs.path_task:path_task",
        "place_task": "jobs.map_tasks:place_task",
        "replay_task": "jobs.replay_task:replay_task",
    }
)
OURS = ("vae_core", "store", "jobs")  # an exception of these rooms says all in a sentence
State = Literal["queued", "running", "done", "failed", "cancelled"]


class JobFailed(Exception):
    """The task raised, or its process died; the message says which and why, `sentence` says it to people."""

    def __init__(self, message: str, sentence: str) -> None:
        super().__init__(message)
        self.sentence = sentence


class JobCancelled(Exception):
    """The job was cancelled before it had a result."""


class TooManyJobs(Exception):
    """So many jobs wait that another would not be served in time; the message says how many."""


class Job:
    """One task on its way: where it stands, how far it is, and its result."""

    def __init__(self, task: str, future: ProcessFuture, progress_file: Path, on_leave: Callable[[], None]) -> None:
        self.id = progress_file.stem
        self.task = task
        self._future = future
        self._progress_file = progress_file
        self._on_leave = on_leave

    @property
    def state(self) -> State:
        """Where the job stands; a task that has begun counts as running."""
        if self._future.cancelled():
            return "cancelled"
        if self._future.done():
            return "failed" if self._future.exception() else "done"
        return "running" if read_progress(self._progress_file) else "queued"

    @property
    def progress(self) -> float:
        """Share done, 0 to 1, as the task last reported it; 1 once there is a result."""
        return 1.0 if self.state == "done" else self._reported().share

    @property
    def message(self) -> str:
        """What the task last said it is doing; for a failed one, why."""
        return str(self._failure()) if self.state == "failed" else self._reported().message

    @property
    def seconds_left(self) -> float | None:
        """How much longer it may take, by what it took so far; None when that cannot be told; 0 once it is over."""
        return 0.0 if self._future.done() else self._reported().seconds_left

    @property
    def partial(self) -> dict[str, Any] | None:
        """What the task last gave as a partial result, a small JSON object; None when there is none, or it is over."""
        return None if self._future.done() else self._reported().partial

    @property
    def sentence(self) -> str:
        """Why the job failed, said to people; empty for one that did not."""
        return self._failure().sentence if self.state == "failed" else ""

    def result(self, timeout: float | None = None) -> Any:
        """The task's result, waiting up to `timeout` seconds for it.

        Raises TimeoutError when it is not there by then, JobCancelled, or JobFailed with the reason.
        """
        try:
            return self._future.result(timeout)
        except CancelledError:
            raise JobCancelled(f"The task {self.task} was cancelled.") from None
        except Exception as reason:
            if not self._future.done():
                waited = f"The task {self.task} has no result after {timeout} s; ask again later."
                raise TimeoutError(waited) from None
            raise self._failure() from reason

    def cancel(self) -> bool:
        """Ends the job, killing the process that runs it (another takes its place); False when it was over already."""
        return not self._future.done() and self._future.cancel()

    def leave(self) -> bool:
        """Has the job skipped when its turn comes, and gives its place in the queue up; False once it has begun.

        Unlike `cancel` it ends no process: a worker that is still starting has a job already, and would start anew.
        """
        if self.state != "queued":
            return False
        _left_file(self._progress_file).touch()
        self._on_leave()
        return True

    def _reported(self) -> Progress:
        return read_progress(self._progress_file) or Progress()

    def _failure(self) -> JobFailed:
        reason = self._future.exception()
        if isinstance(reason, ProcessExpired):
            ended = f"The process of {self.task} {_ending(reason.exitcode)} before it had a result."
            return JobFailed(
                ended, f"{ended} Nothing was kept of it. Try again; with fewer images it needs less memory."
            )
        message = f"{self.task}: {type(reason).__name__}: {reason}"
        ours = type(reason).__module__.partition(".")[0] in OURS
        return JobFailed(message, str(reason) if ours else message)


def _ending(exit_code: int) -> str:
    if exit_code >= 0:
        return f"ended with code {exit_code}"
    return f"was killed (signal {-exit_code}), perhaps because memory ran out,"


class Workers:
    """The pool of warm processes. One per server is enough: see `workers()`."""

    def __init__(self, count: int = WORKERS, tasks: Mapping[str, str] = TASKS) -> None:
        self._tasks = dict(tasks)
        self._folder = Path(tempfile.mkdtemp(prefix="latent-jobs-"))
        self._waiting: set[Path] = set()  # the progress files of the jobs that have a place
        self._counting = threading.Lock()
        self._pool = ProcessPool(max_workers=count, initializer=warm_up, context=WorkerContext())
        atexit.register(self.close)

    def submit(self, task: str, **arguments: Any) -> Job:
        """Puts a task in the queue. Raises ValueError for a task that is not known, TooManyJobs when many wait."""
        if task not in self._tasks:
            raise ValueError(f"task is {task!r}; known are {', '.join(sorted(self._tasks))}. Choose one of them.")
        progress_file = self._folder / f"{uuid.uuid4().hex}.json"
        self._take_place(progress_file)
        try:
            future = self._pool.schedule(run_task, args=(self._tasks[task], progress_file, arguments))
        except BaseException:
            self._is_over(progress_file)
            raise
        future.add_done_callback(lambda _: self._is_over(progress_file))
        return Job(task, future, progress_file, lambda: self._give_up_place(progress_file))

    def _take_place(self, progress_file: Path) -> None:
        with self._counting:  # two callers at once must not take the same last place
            if len(self._waiting) >= MOST_WAITING:
                waiting = f"{len(self._waiting)} jobs wait already; at most {MOST_WAITING} do"
                raise TooManyJobs(f"{waiting}. Try again in a while.")
            self._waiting.add(progress_file)

    def _give_up_place(self, progress_file: Path) -> None:
        with self._counting:
            self._waiting.discard(progress_file)

    def _is_over(self, progress_file: Path) -> None:
        self._give_up_place(progress_file)
        progress_file.unlink(missing_ok=True)
        _left_file(progress_file).unlink(missing_ok=True)

    def close(self) -> None:
        """Ends the processes, finished or not, and removes what they left."""
        atexit.unregister(self.close)
        self._pool.stop()
        self._pool.join()
        shutil.rmtree(self._folder, ignore_errors=True)


def warm_up() -> None:
    """Runs in each new worker: brings the heavy libraries, so that no task waits for them, and as a rule compiles
    what UMAP and t-SNE need.

    One thread per worker, at lower priority (on POSIX): the live path on the same machine must not wait for it.
    """
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    torch = importlib.import_module("torch")
    torch.set_num_threads(1)
    importlib.import_module("jobs.film_task")
    maps = importlib.import_module("jobs.map_tasks")
    if warms_maps():
        maps.warm_up()


class WorkerProcess(SpawnProcess):
    """A spawned process that does not import its parent's main script.

    Streamlit puts the page's script in the place of `__main__` while it runs: a new worker would import the page, and
    fail where that file is gone.
    """

    def start(self) -> None:
        """Starts the process while an empty module stands for `__main__`."""
        present, empty = sys.modules["__main__"], ModuleType("__main__")
        sys.modules["__main__"] = empty
        try:
            super().start()
        finally:
            if sys.modules["__main__"] is empty:  # else a script run has begun meanwhile and put its own there
                sys.modules["__main__"] = present


class WorkerContext(SpawnContext):
    """Starts processes as the pool wants them."""

    Process = WorkerProcess


def run_task(place: str, progress_file: Path, arguments: Mapping[str, Any]) -> Any:
    """Runs in the worker: the function at `module:name`, with a `report` that writes its progress file.

    A job that was left meanwhile has no result.
    """
    if _left_file(progress_file).exists():
        return None
    module, _, name = place.partition(":")
    write_progress(progress_file, Progress())
    return getattr(importlib.import_module(module), name)(report=reporter(progress_file), **arguments)


def _left_file(progress_file: Path) -> Path:
    return progress_file.with_suffix(".left")


_STARTING = threading.Lock()


def workers() -> Workers:
    """The workers of this process, started on the first call."""
    with _STARTING:  # two first calls at once must not start two pools
        return _workers()


@cache
def _workers() -> Workers:
    return Workers(worker_count())


def worker_count() -> int:
    """How many processes LATENT_EXPLORER_WORKERS asks for, 2 where it is not set.

    Raises ValueError when it is no whole number from 1 to 32.
    """
    wanted = os.environ.get(SETTING, "").strip() or str(WORKERS)
    if not wanted.isdecimal() or not 1 <= int(wanted) <= MOST_WORKERS:
        raise ValueError(f"{SETTING} is {wanted!r}; it must be a whole number from 1 to {MOST_WORKERS}. Correct it.")
    return int(wanted)


def warms_maps() -> bool:
    """Whether a new worker compiles what maps need before anybody asks: LATENT_EXPLORER_WARM is "maps", or not set.

    "libraries" saves some seconds of processor time at each start; the first map of a worker takes them instead.
    Raises ValueError for another word.
    """
    wanted = os.environ.get(WARM_SETTING, "").strip() or WARM_WORDS[0]
    if wanted not in WARM_WORDS:
        raise ValueError(f"{WARM_SETTING} is {wanted!r}; it must be {' or '.join(WARM_WORDS)}. Correct it.")
    return wanted == WARM_WORDS[0]


def submit(task: str, **arguments: Any) -> Job:
    """Puts a task of TASKS in the queue of this process's workers. Raises ValueError for an unknown task."""
    return workers().submit(task, **arguments)
