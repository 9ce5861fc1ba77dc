"""docs/live-protocol.md says what the code does."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np

import live
from live import starts
from live.answers import STATUS
from live.export_request import KINDS
from live.protocol import pack_hello
from live.routes import routes
from tests.live.conftest import take_apart

PROJECT = Path(__file__).resolve().parents[2]
TEXT = (PROJECT / "docs" / "live-protocol.md").read_text(encoding="utf-8")
SOURCES = "".join(file.read_text(encoding="utf-8") for file in Path(live.__file__).parent.glob("*.py"))


def test_every_reason_is_in_the_table_and_no_other() -> None:
    table = TEXT.split("| reason | when |")[1].split("\n\n")[0]
    in_code = set(re.findall(r'BadMessage\(\s*"([a-z-]+)"', SOURCES))
    assert set(re.findall(r"^\| `([a-z-]+)` \|", table, re.MULTILINE)) == in_code


def test_every_address_is_in_the_table() -> None:
    paths = {route.path for route in routes()} - {"/live/{rest:path}"}
    assert {re.sub(r"\?.*", "", path) for path in re.findall(r"^\| `(/live/[^`]+)` \|", TEXT, re.MULTILINE)} == paths


def test_every_reason_of_a_refusal_over_http_is_in_its_table_with_its_status() -> None:
    table = TEXT.split("| reason | status | when |")[1].split("\n\n")[0]
    rows = re.findall(r"^\| (`.+`) \| (\d+) \|", table, re.MULTILINE)
    assert {reason: int(status) for reasons, status in rows for reason in re.findall(r"`([a-z-]+)`", reasons)} == STATUS


def test_every_kind_of_file_to_take_away_is_named() -> None:
    part = TEXT.split("## Taking away")[1].split("\n## ")[0]
    assert {kind for kind in KINDS if f"`{kind}`" not in part} == set()


def test_every_source_of_a_latent_is_in_the_table() -> None:
    table = TEXT.split("| from | further | what it is |")[1].split("\n\n")[0]
    assert set(re.findall(r"^\| `([a-z]+)` \|", table, re.MULTILINE)) == set(starts.SOURCES)


def test_the_hello_in_the_text_is_the_servers() -> None:
    written = json.loads(re.search(r'options `(\{"versions".*?\})`', TEXT).group(1))
    assert written == take_apart(pack_hello()).options


def test_the_example_in_python_decodes(live_server) -> None:
    example = re.search(r"```python\n(.*?)```", TEXT, re.DOTALL).group(1)
    address = live_server.url.replace("http", "ws", 1)
    names: dict = {}
    exec(example.replace("ws://localhost:8501", address).replace("digits-8d", "tiny-8d"), names)
    assert names["pictures"].shape == (1, 8, 8, 1) and names["pictures"].dtype == np.uint8
