"""The learning rate over a run."""

from __future__ import annotations

import math

from vae_core.settings import TrainingSettings

BURDA_STAGES = 8


def learning_rate_at(training: TrainingSettings, progress: float) -> float:
    """The learning rate after the share ``progress`` (0 to 1) of all steps, from the settings' schedule.

    linear, cosine and exponential fall from learning_rate to final_learning_rate. burda: stage i of 8 lasts 3^i of
    3,280 parts of the run at learning_rate · 10^(−i/7) (Burda, Grosse, Salakhutdinov 2015, section 5).
    """
    first, last = training.learning_rate, training.final_learning_rate
    match training.schedule:
        case "linear":
            return last + (first - last) * (1 - progress)
        case "cosine":
            return last + (first - last) * 0.5 * (1 + math.cos(math.pi * progress))
        case "exponential":
            return first * (last / first) ** progress
        case "burda":
            return first * 10 ** (-burda_stage(progress) / (BURDA_STAGES - 1))
        case _:
            return first


def burda_stage(progress: float) -> int:
    """The stage 0 to 7 that the share ``progress`` of a run falls into."""
    parts = [3**stage for stage in range(BURDA_STAGES)]
    done, place = progress * sum(parts), 0
    for stage, part in enumerate(parts):
        place += part
        if done < place:
            return stage
    return BURDA_STAGES - 1
