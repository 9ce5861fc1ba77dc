"""What a table beside the images says of the rows of a source."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import store
from store import column_texts, column_values, columns_of, image_name, metadata_of, search
from vae_core.data import load_images


@pytest.fixture
def data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The folder of the data set `digits`, empty."""
    monkeypatch.setenv("LATENT_EXPLORER_DATA", str(tmp_path / "data"))
    (tmp_path / "data" / "digits").mkdir(parents=True)
    return tmp_path / "data" / "digits"


def reference(name: str = "tiny-8d") -> store.Source:
    return store.source_of(store.model(name), "reference")


def write(folder: Path, count: int, names: str = "file,thick", line=lambda n: f"scan{n}.png,{n / 8}") -> None:
    folder.mkdir(exist_ok=True)
    (folder / "metadata.csv").write_text(names + "\n" + "\n".join(line(n) for n in range(count)))


def test_without_a_table_there_is_nothing_and_images_have_the_names_of_their_rows(root: Path, data: Path) -> None:
    source = reference()
    assert metadata_of(source).columns == () and image_name(source, 7) == "test-00007"


def test_a_table_of_the_notes_has_a_line_for_each_image_of_the_reference_set(root: Path, data: Path) -> None:
    source = reference()
    write(root / "tiny-8d" / "notes", len(source))
    assert [(each.name, each.kind) for each in columns_of(source)][-2:] == [("file", "text"), ("thick", "number")]
    np.testing.assert_array_equal(column_values(source, "thick"), np.arange(len(source), dtype=np.float32) / 8)
    assert image_name(source, 5) == "scan5.png"
    (file_column,) = [each for each in columns_of(source) if each.name == "file"]
    assert column_texts(source, file_column, np.array([2, 4])) == ["scan2.png", "scan4.png"]
    with pytest.raises(store.NoMap, match="'file' holds texts"):
        column_values(source, "file")


def test_a_table_of_the_data_set_has_a_line_for_each_of_its_images(root: Path, data: Path) -> None:
    source, digits = reference(), load_images("digits")
    write(data, len(digits), "label,digit", lambda n: f"{n},{'abcdefghij'[digits.labels[n]]}")
    found = column_values(source, "digit")
    np.testing.assert_array_equal(found, source.label), "each line was matched to its image"
    assert "label (metadata)" in [each.name for each in columns_of(source)], "the model's own label stays"
    np.testing.assert_array_equal(column_values(source, "label"), source.label)


def test_a_column_of_hashes_matches_lines_in_any_order_and_number(root: Path, data: Path) -> None:
    source = reference()
    rows = [30, 4, 11]
    lines = [f"{int(source.image_hash[row]):016x},{row + 0.5}" for row in rows]
    write(data, 4, "hash,place", lambda n: [*lines, f"{7:016x},9.5"][n])
    found = column_values(source, "place")
    for row in rows:
        assert found[row] == row + 0.5
    assert np.isnan(found).sum() == len(source) - sum(np.isin(source.image_hash, source.image_hash[rows]))


def test_the_notes_go_before_the_data_set_and_a_changed_file_is_read_anew(root: Path, data: Path) -> None:
    source = reference()
    write(data, len(source), "age,writer", lambda n: f"{n}.5,ab")
    write(root / "tiny-8d" / "notes", len(source), "age", lambda n: "99.5")
    assert (column_values(source, "age") == 99.5).all() and len(metadata_of(source).columns) == 2
    (root / "tiny-8d" / "notes" / "metadata.csv").unlink()
    assert column_values(source, "age")[3] == 3.5


def test_a_table_of_the_wrong_length_is_told_and_nothing_else_is_lost(root: Path, data: Path) -> None:
    source = reference()
    write(data, 12)
    assert metadata_of(source).problems == (
        f"digits/metadata.csv has lines for 12 images; {source.words} are {len(source)}, and the data set digits has"
        " 1,797. Give a line for each of either, in their order, or a column `hash` from an exported selection.",
    )
    assert {"label", "reconstruction", "kl", "split"} <= {each.name for each in columns_of(source)}
    write(root / "tiny-8d" / "notes", len(source))
    assert len(metadata_of(source).problems) == 1 and len(metadata_of(source).columns) == 2


def test_a_damaged_table_is_told(root: Path, data: Path) -> None:
    (data / "metadata.json").write_text("{")
    (problem,) = metadata_of(reference()).problems
    assert problem.startswith("digits/metadata.json is no JSON")


def test_lines_for_a_data_set_that_is_not_here_cannot_be_matched(root: Path, data: Path) -> None:
    source = reference("tiny-colour")
    folder = data.parent / "enlarged-digits"
    folder.mkdir()
    write(folder, source.data_count)
    assert metadata_of(source).problems == (), "this data set is the reference set: as many images"
    from dataclasses import replace

    larger = replace(source, data_count=source.data_count + 5)
    write(folder, larger.data_count)
    assert "which are not here: its lines cannot be matched" in metadata_of(larger).problems[0]


def test_an_image_is_found_by_its_files_name(root: Path, data: Path) -> None:
    source = reference()
    write(root / "tiny-8d" / "notes", len(source))
    first, second = search(source, "SCAN12")
    assert (first.what, first.words, first.rows.tolist()) == ("name", "scan12.png", [12])
    assert second.words == "names with “scan12”" and second.rows.tolist() == list(range(120, 130))
    (only,) = search(source, "scan300.png")
    assert only.rows.tolist() == [300]
