"""Work longer than a frame: warm workers for tasks with a result, and training runs as processes of their own."""

from jobs.run_bin import BinnedRun, bin_run, binned_runs, empty_bin, restore_run
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
    "BinnedRun",
    "Job",
    "JobCancelled",
    "JobFailed",
    "RunHandle",
    "RunRefused",
    "RunRequest",
    "TooManyJobs",
    "Workers",
    "bin_run",
    "binned_runs",
    "empty_bin",
    "find_run",
    "list_runs",
    "name_problem",
    "restore_run",
    "run_command",
    "start_run",
    "stop_run",
    "submit",
    "warms_maps",
    "worker_count",
    "workers",
]
