"""The list of checkpoints as cards, and what is wrong with those that cannot have one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import jobs
from ui import caches
from ui.gallery_cards import Card
from ui.model_facts import build, scores, training_data

if TYPE_CHECKING:
    from vae_core.checkpoint import CheckpointSummary


def cards(summaries: Iterable[CheckpointSummary]) -> list[Card]:
    """One card for each model that can be opened, by name."""
    made = (_card(summary) for summary in summaries if summary.problem is None)
    return sorted((card for card in made if card), key=lambda card: card.name)


def broken_models(summaries: Iterable[CheckpointSummary]) -> dict[str, str]:
    """Name and reason of each folder that cannot be opened; one that a run is still filling is not broken."""
    return {
        summary.name: summary.problem
        for summary in summaries
        if summary.problem is not None and not _being_trained(summary.name)
    }


def _card(summary: CheckpointSummary) -> Card | None:
    from vae_core.checkpoint import CheckpointError

    try:
        preview = caches.preview(summary.name, summary.modified)
    except CheckpointError:  # its files changed since they were listed: the next look says what is wrong
        return None
    figures = tuple((name, figure, unit) for name, (figure, unit) in scores(summary).items())
    return Card(summary.name, (build(summary), training_data(summary)), figures, preview)


def _being_trained(name: str) -> bool:
    run = jobs.find_run(name)
    return run is not None and run.status.alive
