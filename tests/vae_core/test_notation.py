"""docs/notation.md names only what exists."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

import pytest

NOTATION = Path(__file__).parents[2] / "docs" / "notation.md"
ROWS = [line for line in NOTATION.read_text(encoding="utf-8").splitlines() if line.startswith("|")][2:]
CODE_CELLS = [re.split(r"(?<!\\)\|", row)[3].strip() for row in ROWS]


def named(path: str) -> Any:
    """The object with this dotted name; a dataclass's or settings' field counts."""
    parent, _, name = path.rpartition(".")
    owner = resolve_name(parent)
    if name in getattr(owner, "model_fields", {}):
        return owner.model_fields[name]
    return getattr(owner, name)


@pytest.mark.parametrize("cell", [cell for cell in CODE_CELLS if "vae_core." in cell])
def test_code_name_exists(cell: str) -> None:
    found = named(re.search(r"`(vae_core[\w.]+)`", cell).group(1))
    names_in_brackets = re.findall(r"`(\w+)`", cell)
    if names_in_brackets:
        assert is_dataclass(found)
        assert set(names_in_brackets) <= {field.name for field in fields(found)}


def test_table_is_read() -> None:
    assert sum("vae_core." in cell for cell in CODE_CELLS) >= 20


def test_a_wrong_name_would_be_noticed() -> None:
    with pytest.raises(AttributeError):
        named("vae_core.vae.VAE.no_such_method")
