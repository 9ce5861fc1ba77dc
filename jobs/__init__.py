"""Work longer than a frame: warm workers for tasks with a result, and training runs as processes of their own."""

from jobs.run_bin import BinnedRun, bin_run, binned_runs, empty_bin, restore_run
from jobs.run_continue import continue_run
from jobs.run_handles import RunHandle, find_run, list_runs, name_problem, queued_runs, run_request
from jobs.run_queue import keep_queue, move_in_queue, runs_at_once
from jobs.run_refused import RunRefused
from jobs.run_request import RunRequest, options_problem, run_command
from jobs.run_waiting import waiting_words
from jobs.runs import discard_run, order_run, start_run, stop_run
from jobs.uploads import UPLOADS_OFF, uploads_allowed
from jobs.workers import Job, JobCancelled, JobFailed, TooManyJobs, Workers, submit, warms_maps, worker_count, workers

__all__ = [
    "UPLOADS_OFF",
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
    "continue_run",
    "discard_run",
    "empty_bin",
    "find_run",
    "keep_queue",
    "list_runs",
    "move_in_queue",
    "name_problem",
    "options_problem",
    "order_run",
    "queued_runs",
    "restore_run",
    "run_command",
    "run_request",
    "runs_at_once",
    "start_run",
    "stop_run",
    "submit",
    "uploads_allowed",
    "waiting_words",
    "warms_maps",
    "worker_count",
    "workers",
]
