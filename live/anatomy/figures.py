"""The table of contents of the Anatomy page's figures. A handler takes the model and what was asked, as JSON.

It answers in plain data at once, or as `live.job_answers.job_answer` does where that takes longer than 100 ms.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from live.anatomy.betas import aggregate, collapse
from live.anatomy.comparing import codes, reconstructed
from live.anatomy.evidence import grid, weights
from live.anatomy.gap import gap, raised
from live.anatomy.generating import log_densities, pixel
from live.anatomy.gradients import gradients, path
from live.anatomy.odd_row import odd_row
from live.anatomy.training import training_step
from store import LoadedModel

Handler = Callable[[LoadedModel, dict[str, Any]], dict[str, Any]]

FIGURES: dict[str, Handler] = {
    "aggregate": aggregate,
    "codes": codes,
    "collapse": collapse,
    "gap": gap,
    "gradients": gradients,
    "grid": grid,
    "log_densities": log_densities,
    "path": path,
    "pixel": pixel,
    "raised": raised,
    "reconstructed": reconstructed,
    "weights": weights,
    "odd_row": odd_row,
    "training_step": training_step,
}
