"""The list of checkpoints as cards, and what is wrong with those that cannot have one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import jobs
from ui import caches
from ui.gallery_cards import Card
from ui.model_facts import build, scores, training_data
from ui.model_order import is_companion, place_of

if TYPE_CHECKING:
    from vae_core.checkpoint import CheckpointSummary


@dataclass(frozen=True)
class Shelf:
    """The models that can be opened as cards, by name, the companions of the Anatomy page apart; and of each folder
    that cannot be, its name and the reason.
    """

    cards: list[Card]
    companions: list[Card]
    broken: dict[str, str]


def shelf(summaries: Iterable[CheckpointSummary]) -> Shelf:
    """The listed models, each opened; one that a run is still filling is not broken, and left out."""
    from vae_core.checkpoint import CheckpointError

    cards: list[Card] = []
    broken: dict[str, str] = {}
    for summary in summaries:
        problem = summary.problem
        if problem is None:
            try:
                cards.append(_card(summary))
            except CheckpointError as damage:  # the list reads no arrays: a file cut off shows only now
                problem = str(damage)
        if problem is not None and not _being_trained(summary.name):
            broken[summary.name] = problem
    cards.sort(key=lambda card: place_of(card.name))
    main = [card for card in cards if not is_companion(card.name)]
    return Shelf(main, cards[len(main) :], broken)


def _card(summary: CheckpointSummary) -> Card:
    preview = caches.preview(summary.name, summary.modified)
    figures = tuple((name, figure, unit) for name, (figure, unit) in scores(summary).items())
    return Card(summary.name, (build(summary), training_data(summary)), figures, preview)


def _being_trained(name: str) -> bool:
    run = jobs.find_run(name)
    return run is not None and run.status.alive
