"""Submits one run to a Ray cluster and stays with it: prints what it prints, and ends with it.

    python -m jobs.launchers.ray_job --workers 2 -- train --data digits --out /shared/checkpoints/my-digits

Ends with the code of the run. When this process ends first, the run goes on: it tells how it does through its folder.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shlex
import sys
import time
from pathlib import Path

from vae_core.data import DATA_VARIABLE
from vae_core.on_ray.training import out_folder
from vae_core.training.run_folder import first_status, read_status, stop_requested, write_status

CARRIED = (DATA_VARIABLE, "LATENT_EXPLORER_LOG_TO", "MLFLOW_TRACKING_URI", "MLFLOW_EXPERIMENT_NAME")
LOOK_SECONDS = 1.0
WORD_SECONDS = 30.0  # between two words of a run that waits for the cluster: its log is its sign of life
CORE = Path(__file__).resolve().parents[2] / "vae_core"


class Submission:
    """One run on the cluster: its job, and whether it has said a word in its folder."""

    def __init__(self, client, job: str, folder: Path) -> None:
        self.client, self.job, self.folder = client, job, folder
        self._before = read_status(folder)

    def has_begun(self) -> bool:
        """Whether the run itself has written a status since it was submitted."""
        return read_status(self.folder) != self._before

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
        """Until the run writes its status: say that it waits, and take it back when somebody asks it to stop."""
        last_word = time.monotonic()
        while not self.has_begun():
            if stop_requested(self.folder):
                self.client.stop_job(self.job)
                write_status(self.folder, first_status("stopped", 0, ""))
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
                await asyncio.sleep(LOOK_SECONDS)
                continue
            if info.status.is_terminal():
                return self._last_word(info)
            await asyncio.sleep(LOOK_SECONDS)

    def _last_word(self, info) -> int:
        if not self.has_begun():
            say_failed(self.folder, f"the run ended before it began: {_reason(info.message)}")
        if info.driver_exit_code is not None:
            return info.driver_exit_code
        return 0 if info.status.value == "SUCCEEDED" else 1


def _reason(message: str) -> str:
    """What a job's message comes to: the sentence that the command line refused with, else its first line."""
    lines = message.strip().splitlines() or ["the cluster gives no reason"]
    told = [line.partition("Error: ")[2] for line in lines if "Error: " in line]
    return (told or lines)[-1 if told else 0]


def say_failed(folder: Path, message: str) -> None:
    """The last word on a run that never said one."""
    from dataclasses import replace

    write_status(folder, replace(first_status("failed", 0, ""), message=message))
    print(message, flush=True)


def submitted(options: argparse.Namespace, folder: Path) -> Submission:
    """The run, handed to the cluster. Raises ConnectionError or RuntimeError as Ray does."""
    from ray.job_submission import JobSubmissionClient

    numbers = [f"--workers={options.workers}", f"--cpus={options.cpus}", f"--gpus={options.gpus}"]
    client = JobSubmissionClient()
    job = client.submit_job(
        entrypoint=shlex.join(["python", "-m", "vae_core.on_ray", *numbers, "--", *options.arguments]),
        submission_id=f"{folder.name}-{time.time_ns()}",
        metadata={"run": folder.name},
        runtime_env={
            "py_modules": [str(CORE)],
            "env_vars": {name: os.environ[name] for name in CARRIED if os.environ.get(name)},
        },
    )
    return Submission(client, job, folder)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--cpus", type=int, default=1)
    parser.add_argument("--gpus", type=int, default=0)
    parser.add_argument("arguments", nargs="+", help="train and its options, after --")
    options = parser.parse_args()
    folder = out_folder(options.arguments)
    try:
        submission = submitted(options, folder)
    except (ConnectionError, RuntimeError) as error:
        reason = (str(error).strip().splitlines() or ["no reason given"])[0]
        say_failed(folder, f"the Ray cluster at {os.environ.get('RAY_ADDRESS')} does not take the run ({reason})")
        return 1
    print(f"Ray job {submission.job} at {submission.client.get_address()}", flush=True)
    return asyncio.run(submission.follow())


if __name__ == "__main__":
    sys.exit(main())
