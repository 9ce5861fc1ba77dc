"""Training: the loop, the run folder through which it is watched and steered, snapshots, and exact resume."""

from vae_core.training.epoch_record import EpochRecord
from vae_core.training.errors import TrainingError
from vae_core.training.loop import TrainingResult, train_model
from vae_core.training.orders import Order, give_order
from vae_core.training.run_folder import (
    Preview,
    RunStatus,
    read_preview,
    read_status,
    request_stop,
    write_status,
)
from vae_core.training.snapshots import (
    FixedLooks,
    Snapshot,
    list_snapshots,
    load_vae_of_epoch,
    read_fixed,
    read_snapshot,
)
from vae_core.training.step_record import ChangeRecord, StepRecord

__all__ = [
    "ChangeRecord",
    "EpochRecord",
    "FixedLooks",
    "Order",
    "Preview",
    "RunStatus",
    "Snapshot",
    "StepRecord",
    "TrainingError",
    "TrainingResult",
    "give_order",
    "list_snapshots",
    "load_vae_of_epoch",
    "read_fixed",
    "read_preview",
    "read_snapshot",
    "read_status",
    "request_stop",
    "train_model",
    "write_status",
]
