"""Work longer than a frame: warm workers for tasks with a result, and training runs as processes of their own."""

from jobs.runs import (
    RunHandle,
    RunRefused,
    RunRequest,
    find_run,
    list_runs,
    name_problem,
    run_command,
    start_run,
    stop_run,
)
from jobs.workers import Job, JobCancelled, JobFailed, TooManyJobs, Workers, submit, warms_maps, worker_count, workers

__all__ = [
    "Job",
    "JobCancelled",
    "JobFailed",
    "RunHandle",
    "RunRefused",
    "RunRequest",
    "TooManyJobs",
    "Workers",
    "find_run",
    "list_runs",
    "name_problem",
    "run_command",
    "start_run",
    "stop_run",
    "submit",
    "warms_maps",
    "worker_count",
    "workers",
]
