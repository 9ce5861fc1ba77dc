"""Submits one run to a Ray cluster and stays with it: prints what it prints, and ends with it.

    python -m jobs.launchers.ray_job --workers 2 -- train --data digits --out DIR/my-digits

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

from jobs.launchers.submission import Submission, say_failed
from jobs.run_queue import start_waiting
from vae_core.data import DATA_VARIABLE
from vae_core.on_ray.training import out_folder
from vae_core.training.folder import STARTED_FOR

CARRIED = (DATA_VARIABLE, "LATENT_EXPLORER_LOG_TO", "MLFLOW_TRACKING_URI", "MLFLOW_EXPERIMENT_NAME")
CORE = Path(__file__).resolve().parents[2] / "vae_core"


def submitted(options: argparse.Namespace, folder: Path) -> Submission:
    """The run, handed to the cluster. Raises ConnectionError or RuntimeError as Ray does."""
    from ray.job_submission import JobSubmissionClient

    numbers = [f"--workers={options.workers}", f"--cpus={options.cpus}", f"--gpus={options.gpus}"]
    settings = {name: os.environ[name] for name in CARRIED if os.environ.get(name)}
    client = JobSubmissionClient()
    submission = Submission(client, f"{folder.name}-{time.time_ns()}", folder)
    client.submit_job(
        entrypoint=shlex.join(["python", "-m", "vae_core.on_ray", *numbers, "--", *options.arguments]),
        submission_id=submission.job,
        metadata={"run": folder.name},
        runtime_env={"py_modules": [str(CORE)], "env_vars": settings | {STARTED_FOR: str(os.getpid())}},
    )
    return submission


def main() -> int:
    """Submit and follow, then start what waits in the queue; gives the exit code."""
    try:
        return _followed()
    finally:
        start_waiting(ignoring=os.getpid())


def _followed() -> int:
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
