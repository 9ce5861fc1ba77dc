"""What the steps of a run gave, kept where it was computed until somebody looks: sums of the epoch, lines of steps."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

import torch
from torch import Tensor

from vae_core.training.step_record import StepRecord


@dataclass(frozen=True, eq=False)
class LoggedStep:
    """A step that gets a line: what is known of it at once, and the gradient's norm, float32 ()."""

    place: int  # among the unread sums
    step: int
    epoch: int
    images: int
    learning_rate: float
    beta: float | None
    gradient_norm: Tensor


class StepLog:
    """Holds the sums of the latest steps and which of them are logged; counts images per second of training."""

    def __init__(self) -> None:
        self._sums: list[Tensor] = []
        self._logged: list[LoggedStep] = []
        self._images, self._clock = 0, time.monotonic()

    def add(self, sums: Tensor, images: int) -> None:
        """Take the sums of a step, float32 (D + 3,), over so many images."""
        self._sums.append(sums)
        self._images += images

    def log(self, step: int, epoch: int, images: int, rate: float, beta: float | None, norm: Tensor) -> None:
        """Give the step that was added last a line."""
        self._logged.append(LoggedStep(len(self._sums) - 1, step, epoch, images, rate, beta, norm))

    def restart_clock(self) -> None:
        """Leave the time since the last look out of images per second: no step was made in it."""
        self._clock = time.monotonic()

    def read(self) -> tuple[Tensor | None, list[StepRecord]]:
        """The sums of the steps since the last call, float32 (n, D + 3) on the processor, and the lines of the logged.

        None for the sums where there was no step. A line with a figure that is no finite number is left out.
        """
        if not self._sums:
            return None, []
        sums = torch.stack(self._sums).cpu()
        lines = self._lines(sums) if self._logged else []
        self._sums, self._logged, self._images = [], [], 0
        self._clock = time.monotonic()
        return sums, lines

    def _lines(self, sums: Tensor) -> list[StepRecord]:
        speed = self._images / max(time.monotonic() - self._clock, 1e-9)
        norms = torch.stack([step.gradient_norm for step in self._logged]).tolist()
        means = sums[[step.place for step in self._logged], :3].double()
        means = (means / torch.tensor([[step.images] for step in self._logged])).tolist()
        return [
            StepRecord(
                step=step.step,
                epoch=step.epoch,
                loss=loss,
                reconstruction=reconstruction,
                kl=kl,
                learning_rate=step.learning_rate,
                beta=step.beta,
                gradient_norm=norm,
                images_per_second=round(speed, 1),
            )
            for step, norm, (loss, reconstruction, kl) in zip(self._logged, norms, means, strict=True)
            if math.isfinite(norm) and math.isfinite(loss) and math.isfinite(reconstruction) and math.isfinite(kl)
        ]
