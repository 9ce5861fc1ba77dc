"""Training: the loop, the run folder through which it is watched and stopped, and exact resume."""

from vae_core.training.epoch_record import EpochRecord
from vae_core.training.errors import TrainingError
from vae_core.training.loop import TrainingResult, train_model
from vae_core.training.run_folder import (
    Preview,
    RunStatus,
    read_preview,
    read_status,
    request_stop,
    write_status,
)

__all__ = [
    "EpochRecord",
    "Preview",
    "RunStatus",
    "TrainingError",
    "TrainingResult",
    "read_preview",
    "read_status",
    "request_stop",
    "train_model",
    "write_status",
]
