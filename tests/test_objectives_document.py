"""docs/objectives.md names every objective with exactly the options it takes, and every option."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from vae_core.objectives import OBJECTIVES, OPTIONS, options_of
from vae_core.settings import TrainingSettings

TEXT = (Path(__file__).parents[1] / "docs" / "objectives.md").read_text(encoding="utf-8")
TABLES = re.findall(r"(?:^\|.*\n)+", TEXT, re.MULTILINE)


def rows(table: str) -> dict[str, list[str]]:
    """The cells of each row by the name in its first cell."""
    cells = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in table.splitlines()[2:]]
    return {row[0].strip("`"): row[1:] for row in cells}


def test_the_first_table_holds_the_registered_objectives_in_their_order() -> None:
    assert list(rows(TABLES[0])) == list(OBJECTIVES)


@pytest.mark.parametrize("name", OBJECTIVES)
def test_the_options_of_an_objective_are_those_it_takes(name: str) -> None:
    assert set(re.findall(r"`(\w+)`", rows(TABLES[0])[name][2])) == set(options_of(name))


def test_the_second_table_holds_every_option_with_its_default() -> None:
    table = rows(TABLES[1])
    assert list(table) == list(OPTIONS)
    for option, (default, _) in table.items():
        value = TrainingSettings.model_fields[option].default
        assert default == ("off" if value is False else f"{value:g}" if isinstance(value, float) else str(value))
