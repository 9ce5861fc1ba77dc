"""What can be changed while a run goes: the learning rate and β, as they are at the next step."""

from __future__ import annotations

from vae_core.objectives import Objective
from vae_core.objectives.annealing import annealed
from vae_core.settings import TrainingSettings
from vae_core.training.orders import Order
from vae_core.training.schedule import learning_rate_at
from vae_core.training.state import Place
from vae_core.training.step import TrainingStep
from vae_core.training.step_record import ChangeRecord


class Knobs:
    """Sets the learning rate and β of a step and its objective from what the place of the run says of them.

    A learning rate that is set multiplies the schedule from then on, so that at that moment it is what was asked for
    and later falls as the schedule does. β is set for good; an objective that takes none leaves it as it is.
    """

    def __init__(
        self, step: TrainingStep, objective: Objective, training: TrainingSettings, place: Place, steps: int
    ) -> None:
        self._step, self._objective, self._training, self._place, self._steps = step, objective, training, place, steps
        self.total = training.epochs * steps
        self._takes_beta = "beta" in objective.options and hasattr(objective, "beta")
        self._apply()

    @property
    def steps_done(self) -> int:
        """Steps of the run so far."""
        return self._place.epoch * self._steps + self._place.step

    @property
    def progress(self) -> float:
        """The share of all steps that are done, 0 to 1."""
        return self.steps_done / self.total

    @property
    def learning_rate(self) -> float:
        """That of the next step."""
        return self.learning_rate_of(self.steps_done)

    def learning_rate_of(self, step: int) -> float:
        """That of the step with this number, counted from 0, under what is set now."""
        return self._place.rate_factor * learning_rate_at(self._training, step / self.total)

    @property
    def highest_rate(self) -> float:
        """The settings' learning rate, under what is set now."""
        return self._place.rate_factor * self._training.learning_rate

    @property
    def beta(self) -> float | None:
        """The weight that is set, or that of the settings; None where the objective takes none."""
        return float(self._objective.beta) if self._takes_beta else None

    @property
    def weight(self) -> float | None:
        """β times its warm-up at the next step; None where the objective takes no β."""
        training = self._training
        return self.beta and self.beta * annealed(self.progress, training.warmup, training.cycles)

    def turn(self, order: Order) -> ChangeRecord | None:
        """Set what the order says, and say what changed; None when nothing did. The place remembers it."""
        scheduled = learning_rate_at(self._training, self.progress)
        rate = order.learning_rate if scheduled > 0 else None
        beta = order.beta if self._takes_beta else None
        if rate is None and beta is None:
            return None
        if rate is not None:
            self._place.rate_factor = rate / scheduled
        if beta is not None:
            self._place.beta, self._place.judged_anew = beta, True
        self._apply()
        epoch = min(self.steps_done // self._steps + 1, self._training.epochs)
        change = ChangeRecord(self.steps_done, epoch, rate, beta)
        self._place.changes.append(change.as_line())
        return change

    def _apply(self) -> None:
        self._step.rate_factor = self._place.rate_factor
        if self._takes_beta and self._place.beta is not None:
            self._objective.beta = self._place.beta
