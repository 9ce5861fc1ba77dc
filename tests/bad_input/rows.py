"""The rows of docs/bad-input.md, and which of them were tried."""

from __future__ import annotations

import re

from tools.running_app import PROJECT

TABLE = PROJECT / "docs" / "bad-input.md"
TRIED: set[str] = set()


def rows() -> dict[str, tuple[str, str]]:
    """What was tried -> where, and what came back."""
    lines = [line for line in TABLE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")][1:]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {tried: (where, answer) for tried, where, answer in cells}


def phrases(tried: str) -> list[str]:
    """What stands in backticks in the answer of a row; the row counts as tried."""
    TRIED.add(tried)
    return re.findall(r"`([^`]+)`", rows()[tried][1])


def check(tried: str, came_back: str) -> None:
    """Fails unless the row exists and every phrase in backticks of its answer is in what came back."""
    missing = [phrase for phrase in phrases(tried) if phrase not in came_back]
    assert missing == [], f"{tried}: {came_back}"
