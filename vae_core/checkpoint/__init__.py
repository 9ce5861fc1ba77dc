"""The checkpoint folder: everything about a model. Only safetensors, JSON and pickle-free arrays are read."""

from __future__ import annotations

from vae_core.checkpoint.config_file import load_config, save_config
from vae_core.checkpoint.density_file import load_density, save_density
from vae_core.checkpoint.errors import (
    BrokenCheckpoint,
    CheckpointError,
    ForeignCheckpoint,
    MissingCheckpoint,
    NewerFormat,
)
from vae_core.checkpoint.folder import checkpoint_folder, remove_unfinished, write_atomic
from vae_core.checkpoint.latents_file import load_latents, save_latents
from vae_core.checkpoint.listing import CheckpointSummary, list_checkpoints
from vae_core.checkpoint.metrics_file import append_metrics, keep_lines, read_changes, read_metrics, read_steps
from vae_core.checkpoint.metrics_tail import MetricsPiece, MetricsTail, read_metrics_from
from vae_core.checkpoint.records import load_evaluation, save_evaluation
from vae_core.checkpoint.weights import Checkpoint, load_checkpoint, save_weights
from vae_core.settings import NAME_RULE

__all__ = [
    "NAME_RULE",
    "BrokenCheckpoint",
    "Checkpoint",
    "CheckpointError",
    "CheckpointSummary",
    "ForeignCheckpoint",
    "MetricsPiece",
    "MetricsTail",
    "MissingCheckpoint",
    "NewerFormat",
    "append_metrics",
    "checkpoint_folder",
    "keep_lines",
    "list_checkpoints",
    "load_checkpoint",
    "load_config",
    "load_density",
    "load_evaluation",
    "load_latents",
    "read_changes",
    "read_metrics",
    "read_metrics_from",
    "read_steps",
    "remove_unfinished",
    "save_config",
    "save_density",
    "save_evaluation",
    "save_latents",
    "save_weights",
    "write_atomic",
]
