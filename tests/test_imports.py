"""Who may import whom: the rooms hold the directions that CONTRIBUTING.md draws."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent
OURS = {"vae_core", "store", "jobs", "live", "ui", "pages", "app", "tools", "benchmarks", "tests"}
HOSTS = {"streamlit", "starlette", "uvicorn"}
STREAMLITS_OWN = {"altair", "pandas", "pyarrow", "pydeck"}  # come with Streamlit; nothing of ours counts on them
# room -> the rooms it may import besides itself, and the packages it must not know
RULES = {
    "vae_core": (set(), HOSTS),
    "store": ({"vae_core"}, HOSTS),
    "jobs": ({"vae_core", "store"}, HOSTS),
    "live": ({"store", "jobs", "vae_core"}, {"streamlit"}),
    "ui": ({"store", "jobs", "vae_core"}, {"starlette", "uvicorn"} | STREAMLITS_OWN),
    "pages": ({"ui", "store", "jobs", "vae_core"}, {"starlette", "uvicorn", "torch"} | STREAMLITS_OWN),
    "app.py": ({"live"}, {"torch"}),
}


def imported(source: str) -> set[str]:
    """The top-level names of everything that a piece of Python source imports, inside functions too."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names.add(node.module.split(".")[0])
    return names


def offences(room: str) -> list[str]:
    """Each import in the room that its rule forbids, as "file imports name"."""
    allowed, unknown = RULES[room]
    place = PROJECT / room
    files = [place] if place.is_file() else sorted(place.rglob("*.py"))
    assert files, f"the room {room} is empty"
    own = {place.stem}
    forbidden = (OURS - allowed - own) | unknown
    return [
        f"{file.relative_to(PROJECT)} imports {name}"
        for file in files
        for name in sorted(imported(file.read_text(encoding="utf-8")) & forbidden)
    ]


@pytest.mark.parametrize("room", RULES)
def test_a_room_imports_only_what_its_rule_allows(room: str) -> None:
    assert offences(room) == []


def test_every_form_of_import_is_seen() -> None:
    source = "import torch.nn\nfrom live.routes import routes\ndef later():\n    import ui.state as state\n"
    assert imported(source) == {"torch", "live", "ui"}
