"""A table beside the images: every kind of column, and what a table may not be."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from vae_core.data import DataError
from vae_core.data.metadata import LARGEST_FILE, find_metadata, read_metadata


def table(folder: Path, text: str, name: str = "metadata.csv"):
    (folder / name).write_text(text, encoding="utf-8")
    return read_metadata(folder / name)


def column(found, name: str):
    (wanted,) = [each for each in found.columns if each.name == name]
    return wanted


def test_columns_are_read_as_what_they_hold(tmp_path: Path) -> None:
    lines = [f"img{n}.png;{n % 3};{n / 7:.3f};{'ab'[n % 2]};" for n in range(100)]
    lines[4] = "img4.png;;;;"
    found = table(tmp_path, "﻿file;hand;slant;writer;nothing\n" + "\n".join(lines) + "\n\n")
    assert found.count == 100 and found.hashes is None and found.file_names[99] == "img99.png"
    hand, slant, writer = column(found, "hand"), column(found, "slant"), column(found, "writer")
    assert (hand.kind, hand.names, hand.values[:5].tolist()) == ("class", ("0", "1", "2"), [0, 1, 2, 0, -1])
    assert slant.kind == "number" and slant.values.dtype == np.float32 and np.isnan(slant.values[4])
    assert slant.values[7] == 1
    assert (writer.kind, writer.names, writer.values.dtype) == ("class", ("a", "b"), np.int16)
    assert column(found, "file").kind == "text" and column(found, "nothing").names == ()


def test_whole_numbers_of_few_kinds_are_classes_in_their_order_and_of_many_are_numbers(tmp_path: Path) -> None:
    found = table(tmp_path, "few,many\n" + "\n".join(f"{n % 12},{n % 13}" for n in range(60)))
    assert column(found, "few").names == tuple(str(n) for n in range(12))
    assert column(found, "many").kind == "number"


def test_json_of_both_forms_is_the_same_table(tmp_path: Path) -> None:
    lines = [{"writer": "a", "age": 3.5, "left": True}, {"writer": "b", "age": None}]
    of_lines = table(tmp_path, json.dumps(lines), "metadata.json")
    columns = {"writer": ["a", "b"], "age": [3.5, None], "left": [True, None]}
    of_columns = table(tmp_path, json.dumps(columns), "metadata.json")
    for found in (of_lines, of_columns):
        assert [each.kind for each in found.columns] == ["class", "number", "class"]
        assert column(found, "left").names == ("true",) and column(found, "left").values.tolist() == [0, -1]
        np.testing.assert_array_equal(column(found, "age").values, np.float32([3.5, np.nan]))


def test_a_column_of_hashes_is_no_column_to_look_at(tmp_path: Path) -> None:
    found = table(tmp_path, "hash,writer\n00000000000000ff,a\nffffffffffffffff,b\n")
    assert found.hashes.tolist() == [255, 2**64 - 1] and [each.name for each in found.columns] == ["writer"]


def test_the_csv_is_taken_before_the_json(tmp_path: Path) -> None:
    assert find_metadata(tmp_path) is None
    (tmp_path / "metadata.json").write_text("[]")
    assert find_metadata(tmp_path).name == "metadata.json"
    (tmp_path / "metadata.csv").write_text("")
    assert find_metadata(tmp_path).name == "metadata.csv"


BAD = {
    "nothing": ("metadata.csv", "", "has 0 lines; it needs a header and a line for each image"),
    "a header alone": ("metadata.csv", "a,b\n", "has 1 lines"),
    "a line too short": ("metadata.csv", "a,b\n1,2\n3\n", "line 3, has 1 fields; the header has 2"),
    "twice a name": ("metadata.csv", "a,a\n1,2\n", "two columns called 'a'"),
    "no name": ("metadata.csv", "a,\n1,2\n", "a column called ''; a name has 1 to 60"),
    "a slash": ("metadata.csv", "a/b,c\n1,2\n", "no slash. Rename it"),
    "too many columns": ("metadata.csv", ",".join(f"c{n}" for n in range(65)) + "\n" + "1," * 64 + "1\n", "65 columns"),
    "no hash": ("metadata.csv", "hash,a\nxyz,1\n", "'hash' with something else than 16 hexadecimal digits"),
    "no JSON": ("metadata.json", "{", "is no JSON"),
    "a number": ("metadata.json", "3", "must be a list of objects"),
    "no lines": ("metadata.json", '{"a": []}', "no lines for images"),
    "columns of two lengths": ("metadata.json", '{"a": [1], "b": [1, 2]}', "columns of 1 to 2 values"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_is_no_table_is_refused_with_the_way_out(tmp_path: Path, case: str) -> None:
    name, text, words = BAD[case]
    with pytest.raises(DataError) as refused:
        table(tmp_path, text, name)
    assert words in str(refused.value) and f"{tmp_path.name}/{name}" in str(refused.value)
    assert str(tmp_path) not in str(refused.value)


def test_a_file_that_is_not_utf_8_or_far_too_large_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "metadata.csv"
    file.write_bytes("straße\n1".encode("latin-1"))
    with pytest.raises(DataError, match=r"is not UTF-8 \(byte 4\)"):
        read_metadata(file)
    with file.open("wb") as opened:
        opened.truncate(LARGEST_FILE + 1)
    with pytest.raises(DataError, match="has more than 67,108,864 bytes"):
        read_metadata(file)
