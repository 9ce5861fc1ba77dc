"""The lines of metrics.jsonl between those of the epochs: single steps, and what was changed while the run went."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from vae_core.checkpoint.metrics_file import CHANGE, STEP

FIRST_STEPS = 100
STRIDE = 4
MOST_LINES = 100_000


@dataclass(frozen=True)
class StepRecord:
    """One step of training, written as a line of the kind "step".

    step: counted from 1 over the whole run. epoch: the one it belongs to, from 1. loss (the objective's),
    reconstruction and kl: of its batch, in nats per image, before the weights changed. learning_rate and beta: those
    it was made with; beta, the weight of the KL or of the total correlation after warm-up, is None where the objective
    takes none. gradient_norm: the length of the model's gradient before it is clipped. images_per_second: of training
    steps alone, over the time since the lines before it were written.
    """

    step: int
    epoch: int
    loss: float
    reconstruction: float
    kl: float
    learning_rate: float
    beta: float | None
    gradient_norm: float
    images_per_second: float

    def as_line(self) -> dict[str, Any]:
        """The record as metrics.jsonl holds it."""
        return {"kind": STEP, **asdict(self)}


@dataclass(frozen=True)
class ChangeRecord:
    """What somebody changed while the run went, written as a line of the kind "change".

    step: how many steps were done when it took effect; the next is the first with it. epoch: the one that step
    belongs to, from 1. learning_rate: what the schedule gave way to, from then on scaled by the same factor. beta: the
    new weight. What was not changed is None, and not in the line.
    """

    step: int
    epoch: int
    learning_rate: float | None = None
    beta: float | None = None

    def as_line(self) -> dict[str, Any]:
        """The record as metrics.jsonl holds it."""
        return {"kind": CHANGE, **{name: value for name, value in asdict(self).items() if value is not None}}


def is_logged(step: int, total: int) -> bool:
    """Whether the step with this number, from 1, of so many in all gets a line.

    The first 100 do, then every 4th, or in a long run every k-th, so that a run has at most some 100,000.
    """
    stride = max(STRIDE, -(-total // MOST_LINES))
    return step <= FIRST_STEPS or step % stride == 0
