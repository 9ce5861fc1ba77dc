"""docs/figures.md lists every figure of the Anatomy page, what computes it, and a test of it that exists."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from pkgutil import resolve_name

import pytest

PROJECT = Path(__file__).parents[1]
TABLE = PROJECT / "docs" / "figures.md"
NAME = re.compile(r"(?:machine|chapter-[1-8])\.[a-z0-9-]+")
# data-figure="chapter-3.nll" in markup, element.dataset.figure = "…", setAttribute("data-figure", "…")
SHOWN = re.compile(r"""(?:data-figure=\\?|dataset\.figure\s*=\s*|["']data-figure["'],\s*)(["'`])(.*?)\\?\1""")


def cells(row: str) -> list[str]:
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]]


def rows() -> list[list[str]]:
    lines = [line for line in TABLE.read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    return [found for found in map(cells, lines) if found[0] != "name" and not set(found[0]) <= {"-"}]


def names_of(row: list[str]) -> str:
    return row[0].strip("`")


def shown_in(text: str) -> list[str]:
    return [found.group(2) for found in SHOWN.finditer(text)]


def shown() -> dict[str, str]:
    """Every figure that the page's modules and markup show, and a file that shows it."""
    places = [*(PROJECT / "live/static/anatomy").rglob("*.js"), *(PROJECT / "ui/anatomy").rglob("*.html")]
    return {name: place.name for place in places for name in shown_in(place.read_text(encoding="utf-8"))}


@cache
def names_of_tests(file: str) -> set[str]:
    place = PROJECT / file
    assert place.is_file(), f"{file} does not exist"
    return set(re.findall(r"^def (test_\w+)\(", place.read_text(encoding="utf-8"), re.MULTILINE))


def test_the_table_is_read() -> None:
    assert all(len(row) == 4 for row in rows())
    assert len({names_of(row) for row in rows()}) == len(rows()) >= 60


@pytest.mark.parametrize("row", rows(), ids=names_of)
def test_what_computes_a_figure_exists(row: list[str]) -> None:
    paths = re.findall(r"`(vae_core[\w.]+)`", row[2])
    assert paths, f"{row[0]} names no function of vae_core"
    for path in paths:
        assert callable(resolve_name(path)), f"{path} is no function or class"


@pytest.mark.parametrize("row", rows(), ids=names_of)
def test_what_tests_a_figure_exists(row: list[str]) -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", row[3])
    assert named, f"{row[0]} names no test"
    for file, test in named:
        assert test in names_of_tests(file), f"{file} has no {test}"


def test_every_figure_of_the_page_has_a_row_and_every_row_a_figure() -> None:
    listed, seen = {names_of(row) for row in rows()}, shown()
    assert {name: file for name, file in seen.items() if name not in listed} == {}
    assert listed - set(seen) == set()


def test_names_are_written_out_and_say_which_chapter() -> None:
    assert [name for name in [*shown(), *map(names_of, rows())] if not NAME.fullmatch(name)] == []


def test_each_way_to_show_a_figure_is_seen() -> None:
    text = """<b data-figure="chapter-3.a"></b> element.dataset.figure = "chapter-3.b";
        element.setAttribute("data-figure", 'chapter-3.c')"""
    assert shown_in(text) == ["chapter-3.a", "chapter-3.b", "chapter-3.c"]


def test_wrong_names_would_be_noticed() -> None:
    with pytest.raises(AttributeError):
        resolve_name("vae_core.objectives.no_such_function")
    assert "test_no_such" not in names_of_tests("tests/test_figures.py")
    assert not NAME.fullmatch("chapter-9.a") and not NAME.fullmatch("chapter-3.${name}")
