"""The cards as a Streamlit element."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from ui.component_files import browser_component, live_address, packed
from ui.gallery_cards.preview import TILES, Preview

_cards = browser_component(Path(__file__).parent)


@dataclass(frozen=True)
class Card:
    """One model: its name, a line or two on what it is, its scores as (name, figure, unit), what it decodes."""

    name: str
    lines: tuple[str, ...]
    scores: tuple[tuple[str, str, str], ...]
    preview: Preview


def gallery_cards(cards: Sequence[Card], chosen: str | None, on_choice: Callable[[str], None], key: str) -> bool:
    """Draws the cards with the chosen one marked; calls `on_choice(name)` before the rerun when one is clicked.

    Gives back whether the chosen one was clicked, to open it.
    """

    def clicked(how: str) -> None:
        name = (st.session_state.get(key) or {}).get(how)
        if name in {card.name for card in cards}:
            on_choice(name)

    data = {
        "live": live_address(),
        "tiles": TILES,
        "chosen": chosen,
        "cards": [_plain(card) for card in cards],
    }
    answer = _cards(
        key=key, data=data, on_chosen_change=lambda: clicked("chosen"), on_opened_change=lambda: clicked("opened")
    )
    return answer.opened is not None


def _plain(card: Card) -> dict[str, Any]:
    return {
        "name": card.name,
        "lines": list(card.lines),
        "scores": [list(score) for score in card.scores],
        "weights": card.preview.weights,
        "shape": list(card.preview.shape),
        "latents": packed(card.preview.latents),
    }
