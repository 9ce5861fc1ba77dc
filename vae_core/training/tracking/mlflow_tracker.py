"""MLflow: one run in the experiment that MLFLOW_EXPERIMENT_NAME names, on the server that MLFLOW_TRACKING_URI names."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import final

from vae_core.settings import Config
from vae_core.training.errors import TrainingError
from vae_core.training.tracking.figures import Figures, settings_of
from vae_core.training.tracking.trackers import End, Tracker

EXPERIMENT, EXPERIMENT_VARIABLE = "latent-space-explorer", "MLFLOW_EXPERIMENT_NAME"
MOST_METRICS, MOST_SETTINGS = 1000, 100  # of one message, as MLflow allows
LONGEST_VALUE = 6000  # characters, of a setting
# a server that is away must not hold up the run for the minutes that MLflow tries by default; nobody is told of the use
DEFAULTS = {
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "10",
    "MLFLOW_DISABLE_TELEMETRY": "true",
}
STATES = {"finished": "FINISHED", "stopped": "KILLED", "failed": "FAILED"}


@final
class MlflowTracker(Tracker):
    """Metrics by step, settings as parameters, final scores as metrics of the last step; its key is MLflow's run id."""

    def __init__(self, folder: Path) -> None:
        self._name = folder.name

    def begin(self, config: Config, key: str) -> bool:
        """Opens the run of that id again, or a new one. Raises TrainingError when the server does not answer."""
        for name, value in DEFAULTS.items():
            os.environ.setdefault(name, value)
        import mlflow

        self._client = mlflow.MlflowClient()
        try:
            if key and self._reopened(key):
                return True
            experiment = mlflow.set_experiment(os.environ.get(EXPERIMENT_VARIABLE) or EXPERIMENT)
            run = self._client.create_run(experiment.experiment_id, run_name=self._name)
            self.key = run.info.run_id
            self._write_settings(config)
        except Exception as error:  # of the network, of a data base, of MLflow itself
            raise TrainingError(
                f"--log-to is mlflow; the tracking server {mlflow.get_tracking_uri()} refuses or does not answer ("
                f"{_first_line(error)}). Start it, set MLFLOW_TRACKING_URI to the right one, or leave the option out."
            ) from error
        return False

    def write(self, figures: Iterable[Figures]) -> None:
        metrics = self._metrics(figures)
        while batch := list(islice(metrics, MOST_METRICS)):
            self._client.log_batch(self.key, metrics=batch)

    def end(self, state: End, scores: dict[str, float], step: int) -> None:
        self.write([Figures(step, (step, 0), scores)])
        self._client.set_terminated(self.key, STATES[state])

    def _reopened(self, key: str) -> bool:
        from mlflow.exceptions import MlflowException

        try:
            if self._client.get_run(key).info.lifecycle_stage != "active":
                return False
            self._client.update_run(key, status="RUNNING")
        except MlflowException as error:
            if error.error_code != "RESOURCE_DOES_NOT_EXIST":
                raise
            return False  # somebody removed it, or it is another server's
        self.key = key
        return True

    def _write_settings(self, config: Config) -> None:
        from mlflow.entities import Param

        settings = iter([Param(name, str(value)[:LONGEST_VALUE]) for name, value in settings_of(config).items()])
        while batch := list(islice(settings, MOST_SETTINGS)):
            self._client.log_batch(self.key, params=batch)

    def _metrics(self, figures: Iterable[Figures]) -> Iterator:
        from mlflow.entities import Metric

        now = round(time.time() * 1000)
        return (Metric(name, value, now, line.step) for line in figures for name, value in line.values.items())


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
