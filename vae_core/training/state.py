"""The `state/` folder: everything that an interrupted run needs to go on as if nothing had happened."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from vae_core.checkpoint import write_atomic
from vae_core.settings import Config
from vae_core.training.errors import TrainingError
from vae_core.training.step import TrainingStep

STATE_FILE = Path("state") / "state.safetensors"
WEIGHTS, AVERAGE, MOMENTS, NOISE, SUMS = "weights.", "average.", "moments.", "noise", "sums"
ADVERSARY, ADVERSARY_MOMENTS = "adversary.", "adversary_moments."


@dataclass
class Place:
    """Where a run stands: finished epochs, batches done in the epoch under way, and the best so far.

    `sums` float64 (D + 3,) are the running sums of the epoch under way; `best_loss` is a validation loss in nats per
    image, and `best_epoch` is 0 until there is one; `seconds` is the training time so far.

    What orders made of the run: `orders` is the byte up to which they were taken, `rate_factor` what the schedule's
    learning rate is multiplied by, `beta` the weight that was set (None: that of the settings), `changes` the lines of
    metrics.jsonl that say so. `judged_anew`: β was changed since the last validation, so that its loss is the best.
    """

    sums: Tensor
    epoch: int = 0
    step: int = 0
    best_epoch: int = 0
    best_loss: float = math.inf
    seconds: float = 0.0
    orders: int = 0
    rate_factor: float = 1.0
    beta: float | None = None
    changes: list[dict[str, Any]] = field(default_factory=list)
    judged_anew: bool = False


def save_state(folder: Path, config: Config, step: TrainingStep, place: Place) -> None:
    """Write state/ whole or not at all: last weights, Adam's moments, the noise generator and the place in the data."""
    tensors = _with_names(WEIGHTS, step.vae.state_dict()) | _moments_out(MOMENTS, step.optimizer)
    if step.average is not None:
        tensors |= _with_names(AVERAGE, step.average.state_dict())
    if step.adversary_optimizer is not None:
        tensors |= _with_names(ADVERSARY, step.objective.state_dict())
        tensors |= _moments_out(ADVERSARY_MOMENTS, step.adversary_optimizer)
    tensors |= {NOISE: step.generator.get_state(), SUMS: place.sums}
    numbers = {name: value for name, value in vars(place).items() if name != "sums"}
    (folder / STATE_FILE).parent.mkdir(parents=True, exist_ok=True)
    metadata = {"config": config.model_dump_json(), "place": json.dumps(numbers)}
    write_atomic(folder / STATE_FILE, save(tensors, metadata))


def has_state(folder: Path) -> bool:
    """Whether there is something to continue in this checkpoint folder."""
    return (folder / STATE_FILE).is_file()


def saved_config(folder: Path) -> Config:
    """The settings that the run in this folder was started with. Raises TrainingError when state/ is damaged."""
    try:
        with safe_open(folder / STATE_FILE, "pt") as file:
            return Config.model_validate_json(file.metadata()["config"])
    except (SafetensorError, OSError, ValueError, KeyError, TypeError) as error:
        raise _damaged(folder, error) from error


def saved_place(folder: Path) -> Place:
    """Where the run in this folder stood when it last saved, without its sums. Raises TrainingError as above."""
    try:
        with safe_open(folder / STATE_FILE, "pt") as file:
            return Place(sums=torch.empty(0), **json.loads(file.metadata()["place"]))
    except (SafetensorError, OSError, ValueError, KeyError, TypeError) as error:
        raise _damaged(folder, error) from error


def restore_state(folder: Path, step: TrainingStep) -> Place | None:
    """Put weights, moments and noise back into `step`; gives back where the run stood, None for a new run.

    Raises TrainingError when state/ is damaged.
    """
    if not has_state(folder):
        return None
    try:
        with safe_open(folder / STATE_FILE, "pt") as file:
            numbers = json.loads(file.metadata()["place"])
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118, it is no mapping
        step.vae.load_state_dict(_with_prefix(tensors, WEIGHTS))
        _moments_in(_with_prefix(tensors, MOMENTS), step.optimizer)
        if step.average is not None:
            step.average.load_state_dict(_with_prefix(tensors, AVERAGE))
        if step.adversary_optimizer is not None:
            step.objective.load_state_dict(_with_prefix(tensors, ADVERSARY))
            _moments_in(_with_prefix(tensors, ADVERSARY_MOMENTS), step.adversary_optimizer)
        step.generator.set_state(tensors[NOISE].to(torch.uint8))
        return Place(sums=tensors[SUMS], **numbers)
    except (SafetensorError, OSError, ValueError, KeyError, TypeError, IndexError, RuntimeError) as error:
        raise _damaged(folder, error) from error


def _with_names(prefix: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """The tensors on the processor, laid out plainly: a run goes on from them on any device."""
    return {prefix + name: value.detach().cpu().contiguous() for name, value in tensors.items()}


def _moments_out(prefix: str, optimizer: torch.optim.Optimizer) -> dict[str, Tensor]:
    state = optimizer.state_dict()["state"]
    named = {f"{index}.{name}": value for index, moments in state.items() for name, value in moments.items()}
    return _with_names(prefix, named)


def _moments_in(tensors: dict[str, Tensor], optimizer: torch.optim.Optimizer) -> None:
    parameters = [weights for group in optimizer.param_groups for weights in group["params"]]
    moments: dict[int, dict[str, Tensor]] = {}
    for name, value in tensors.items():
        index, _, key = name.partition(".")
        moments.setdefault(int(index), {})[key] = _laid_out_as(parameters[int(index)], value)
    groups = optimizer.state_dict()["param_groups"]
    optimizer.load_state_dict({"state": moments, "param_groups": groups})


def _laid_out_as(weights: Tensor, value: Tensor) -> Tensor:
    # The fused Adam walks weights and moments side by side: channels last must meet channels last.
    return torch.empty_like(weights).copy_(value) if value.shape == weights.shape else value


def _with_prefix(tensors: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): value for name, value in tensors.items() if name.startswith(prefix)}


def _damaged(folder: Path, error: Exception) -> TrainingError:
    return TrainingError(
        f"{folder.name}/{STATE_FILE} cannot be read ({error}); --resume needs it whole. "
        "Remove the folder `state`, or train into a new --out; the best weights saved so far are not touched."
    )
