"""A run that was handed to a cluster: waiting for it to begin, following what it prints, its end."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from vae_core.training.orders import read_orders
from vae_core.training.run_folder import first_status, read_status, stop_requested, write_status
from vae_core.training.steering import Control, Ending

LOOK_SECONDS = 1.0
WORD_SECONDS = 30.0  # between two words while a run waits for the cluster
TAKEN_BACK = "taken back from the cluster before it began"


class Submission:
    """One run on the cluster: its job, and whether it has said a word in its folder.

    ``client``: Ray's JobSubmissionClient. ``job``: the submission id, which the client is then told.
    """

    def __init__(self, client: Any, job: str, folder: Path) -> None:
        self.client, self.job, self.folder = client, job, folder
        self._before = read_status(folder)

    def has_begun(self) -> bool:
        """Whether the run itself has written a status since it was submitted."""
        status = read_status(self.folder)
        return status is not None and not status.launched and status != self._before

    async def follow(self) -> int:
        """Copies the job's output to this process's own until it ends; gives the exit code."""
        waiting = asyncio.create_task(self._see_it_begin())
        try:
            async for lines in self.client.tail_job_logs(self.job):
                print(lines, end="", flush=True)
        except Exception as error:  # the dashboard went away, perhaps for a moment: the job is somewhere else
            print(f"The cluster's log is out of reach ({error}); the run goes on.", flush=True)
        code = await self._end()
        waiting.cancel()
        return code

    async def _see_it_begin(self) -> None:
        """Until the run writes its status: say that it waits, and take it back when somebody ends it."""
        last_word = time.monotonic()
        while not self.has_begun():
            if ending := ordered_ending(self.folder):
                self.client.stop_job(self.job)
                say_ended(self.folder, ending, TAKEN_BACK)
                return
            if time.monotonic() - last_word > WORD_SECONDS:
                last_word = time.monotonic()
                print(f"Waiting for the cluster: job {self.job} is {self.client.get_job_status(self.job)}.", flush=True)
            await asyncio.sleep(LOOK_SECONDS)

    async def _end(self) -> int:
        while True:
            try:
                info = self.client.get_job_info(self.job)
            except Exception:  # as above
                info = None
            if info and info.status.is_terminal():
                return self._last_word(info)
            await asyncio.sleep(LOOK_SECONDS)

    def _last_word(self, info: Any) -> int:
        if not self.has_begun():
            say_failed(self.folder, f"the run ended before it began: {reason(info.message or '')}")
        if info.driver_exit_code is not None:
            return info.driver_exit_code
        return 0 if info.status.value == "SUCCEEDED" else 1


def ordered_ending(folder: Path) -> Ending:
    """How a run that has not begun was told to end; "" when it was not."""
    control = Control()
    for order in read_orders(folder).orders:
        control = control.after(order)
    return control.ending or ("stopped" if stop_requested(folder) else "")


def reason(message: str) -> str:
    """What a job's message comes to: the sentence that the command line refused with, else its first line."""
    lines = message.strip().splitlines() or ["the cluster gives no reason"]
    told = [line.partition("Error: ")[2] for line in lines if "Error: " in line]
    return told[-1] if told else lines[0]


def say_failed(folder: Path, message: str) -> None:
    """The last word on a run that never said one."""
    say_ended(folder, "failed", message)


def say_ended(folder: Path, state: str, message: str) -> None:
    """Write that the run ended before it began, and print why."""
    before = read_status(folder)
    status = first_status(state, before.epochs if before else 0, "")
    if before:
        status = replace(status, epoch=before.epoch, step=before.step, steps=before.steps)
    write_status(folder, replace(status, message=message))
    print(message, flush=True)
