"""The documents are checked against the code: a command, setting, file or page that does not exist fails here."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
import typer.main

from vae_core.__main__ import app as command_line

PROJECT = Path(__file__).resolve().parent.parent
DOCUMENTS = sorted(
    [*PROJECT.glob("*.md"), *PROJECT.glob("docs/**/*.md"), *PROJECT.glob("checkpoints/**/README.md")],
    key=str,
)
CODE_ROOMS = ("app.py", "vae_core", "store", "jobs", "live", "ui", "pages", "tools")
SETTING = re.compile(r"LATENT_EXPLORER_[A-Z_]+")


def read(document: Path) -> str:
    return document.read_text(encoding="utf-8")


def make_targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):.*## ", read(PROJECT / "Makefile"), re.MULTILINE))


def settings_in_code() -> set[str]:
    """Every LATENT_EXPLORER_ setting that the code of the rooms names."""
    places = [place for room in CODE_ROOMS for place in [PROJECT / room, *(PROJECT / room).rglob("*.py")]]
    return {name for place in places if place.is_file() for name in SETTING.findall(read(place))}


def subcommands() -> dict[str, set[str]]:
    """The command line's subcommands, each with all the options it knows."""
    group = typer.main.get_command(command_line)
    return {
        name: {option for parameter in command.params for option in parameter.opts} | {"--help"}
        for name, command in group.commands.items()
    }


def commands_in(text: str) -> list[tuple[str, list[str]]]:
    """Each `python -m vae_core NAME …` of a text with the options it uses; a trailing backslash continues a line."""
    joined = text.replace("\\\n", " ")
    found = re.findall(r"python -m vae_core ([a-z-]+)([^\n`]*)", joined)
    return [(name, re.findall(r"(?<![\w-])(--[a-z-]+)", rest)) for name, rest in found]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(PROJECT)))
def test_every_make_target_named_exists(document: Path) -> None:
    named = set(re.findall(r"^make ([a-z-]+)|`make ([a-z-]+)", read(document), re.MULTILINE))
    named = {name for pair in named for name in pair if name}
    assert named - make_targets() == set()


def test_contributing_names_every_make_target() -> None:
    text = read(PROJECT / "CONTRIBUTING.md")
    assert {target for target in make_targets() if f"`make {target}`" not in text} == set()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(PROJECT)))
def test_every_command_and_option_named_exists(document: Path) -> None:
    known = subcommands()
    for name, options in commands_in(read(document)):
        assert name in known, f"{document.name} names `python -m vae_core {name}`"
        assert set(options) <= known[name], f"{document.name}: {name} has no {set(options) - known[name]}"


def test_every_subcommand_is_in_the_readme() -> None:
    named = {name for name, _ in commands_in(read(PROJECT / "README.md"))}
    assert set(subcommands()) <= named


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(PROJECT)))
def test_every_setting_named_exists(document: Path) -> None:
    assert set(SETTING.findall(read(document))) - settings_in_code() == set()


def test_the_readme_names_every_setting() -> None:
    assert settings_in_code() - set(SETTING.findall(read(PROJECT / "README.md"))) == set()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(PROJECT)))
def test_every_relative_link_leads_somewhere(document: Path) -> None:
    targets = re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", read(document))
    local = [target for target in targets if "://" not in target and not target.startswith("mailto:")]
    assert [target for target in local if not (document.parent / target).exists()] == []


def test_every_page_of_docs_is_in_their_list() -> None:
    listed = set(re.findall(r"\]\(([^)]+)\)", read(PROJECT / "docs" / "README.md")))
    pages = {page.name for page in (PROJECT / "docs").glob("*.md")} - {"README.md"}
    assert pages - listed == set()


def test_no_document_names_a_folder_of_somebodys_machine() -> None:
    tracked = subprocess.run(["git", "ls-files", "*.md", "*.json"], cwd=PROJECT, capture_output=True, text=True)
    files = [PROJECT / name for name in tracked.stdout.split()] or DOCUMENTS
    own = re.compile(r"(?<![\w.])/(?:work|root|home|tmp|Users)/\w+")
    assert [str(file) for file in files if file.exists() and own.search(read(file))] == []
