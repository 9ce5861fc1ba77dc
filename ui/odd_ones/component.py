"""The ranking of the odd ones, as a Streamlit element."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from store import LoadedModel
from ui.component_files import browser_component
from ui.model_data import model_data, originals_found

_odd = browser_component(Path(__file__).parent)


@dataclass(frozen=True)
class OnMap:
    """Images that are taken to the Map: of a source, a few by their rows, or a group by its name."""

    source: str
    selected: tuple[int, ...] = ()
    group: str | None = None


def odd_ones(model: LoadedModel, key: str) -> OnMap | None:
    """Draws the ranking; gives back what was taken to the Map in this run.

    All else is between the component, the live routes and the link.
    """
    drawn = _odd(
        key=key, data=model_data(model) | {"originals": bool(originals_found(model).all())}, on_open_change=_rerun
    )
    opened = drawn.get("open")
    if not opened or opened["weights"] != model.weights:
        return None
    return OnMap(opened["source"], tuple(opened.get("selected") or ()), opened.get("group"))


def _rerun() -> None:
    """The script runs again and reads the component's trigger; there is nothing else to do."""
