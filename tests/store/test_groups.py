"""Groups of images: kept by hash, found in any order of the rows, never written over what one has not seen."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import store
from store import NotesChanged, NotesError, NotesReadOnly, read_groups, write_groups
from store.note_files import SETTING


def reference() -> store.Source:
    return store.source_of(store.model("tiny-8d"), "reference")


def written(revision: int = 0, **groups) -> store.Groups:
    wanted = [{"name": name, "rows": rows} for name, rows in groups.items()]
    return write_groups("tiny-8d", revision, wanted, reference())


def test_a_model_without_groups_has_revision_0_and_reading_makes_nothing(root: Path) -> None:
    assert read_groups("tiny-8d") == store.Groups(0, ())
    assert not (root / "tiny-8d" / "notes").exists()


def test_a_group_is_found_again_in_any_order_of_the_rows(root: Path) -> None:
    source = reference()
    threes = np.flatnonzero(source.label == 3)
    assert written(threes=threes).revision == 1
    (group,) = read_groups("tiny-8d").groups
    assert (group.name, group.source, len(group.hashes)) == ("threes", "reference", len(threes))
    np.testing.assert_array_equal(group.rows_in(source), threes)
    order = np.random.default_rng(0).permutation(len(source))
    shuffled = replace(source, image_hash=source.image_hash[order])
    np.testing.assert_array_equal(np.sort(order[group.rows_in(shuffled)]), threes)
    fewer = replace(source, image_hash=source.image_hash[threes[:2]])
    np.testing.assert_array_equal(group.rows_in(fewer), [0, 1])


def test_a_group_without_rows_stays_and_the_others_are_replaced(root: Path) -> None:
    written(a=[1, 2], b=[3])
    after = write_groups("tiny-8d", 1, [{"name": "b"}, {"name": "c", "rows": [5, 6, 7]}], reference())
    assert [(group.name, len(group.hashes)) for group in after.groups] == [("b", 1), ("c", 3)]
    assert [group.name for group in read_groups("tiny-8d").groups] == ["b", "c"]
    with pytest.raises(NotesError, match="There is no group 'a' to keep; give its rows"):
        write_groups("tiny-8d", 2, [{"name": "a"}], reference())


def test_groups_and_names_lie_side_by_side(root: Path) -> None:
    written(a=[1])
    store.write_names("tiny-8d", 0, {"3": "slant"})
    assert read_groups("tiny-8d").revision == store.read_names("tiny-8d").revision == 1
    assert written(1, a=[1, 2]).revision == 2 and store.read_names("tiny-8d").revision == 1


def test_who_had_not_seen_the_present_groups_is_told_and_changes_nothing(root: Path) -> None:
    written(a=[1])
    with pytest.raises(NotesChanged, match=r"The groups are of revision 1; 0 was to be replaced") as refused:
        written(b=[2])
    assert [group.name for group in refused.value.present.groups] == ["a"]
    assert [group.name for group in read_groups("tiny-8d").groups] == ["a"]


BAD = {
    "no object": (["threes"], "A group must be an object"),
    "no name": ([{"rows": [1]}], "it must have 1 to 40 printable characters"),
    "41 characters": ([{"name": "x" * 41, "rows": [1]}], "1 to 40 printable"),
    "no images": ([{"name": "a", "rows": []}], "The group 'a' has no images; choose some"),
    "a row too far": ([{"name": "a", "rows": [1, 99999]}], "cannot be kept. The row is 99999; the source reference"),
    "twice": ([{"name": "a", "rows": [1]}, {"name": " a", "rows": [2]}], "Two groups are called 'a'"),
    "too many": ([{"name": f"g{n}", "rows": [1]} for n in range(101)], "There are 101 groups; a model keeps 100"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_groups_are_refused_and_change_nothing(root: Path, case: str) -> None:
    groups, words = BAD[case]
    with pytest.raises(NotesError) as refused:
        write_groups("tiny-8d", 0, groups, reference())
    assert refused.value.reason == "bad-groups" and words in str(refused.value)
    assert read_groups("tiny-8d").revision == 0


def test_so_many_images_are_not_kept(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("store.groups.MOST_IMAGES", 5)
    with pytest.raises(NotesError, match="The groups hold 6 images together; a model keeps 5"):
        written(a=[1, 2, 3], b=[4, 5, 6])
    assert read_groups("tiny-8d").revision == 0


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b'{"revision": 1}',
        b'{"revision": 1, "groups": {}x}',
        b'{"revision": 1, "groups": ["a"]}',
        b'{"revision": 1, "groups": [{"name": "a", "source": "reference", "images": "abc"}]}',
        b'{"revision": 1, "groups": [{"name": "a", "source": "reference", "images": "zzzzzzzzzzzzzzzz"}]}',
        b'{"revision": 1, "groups": [{"name": "a", "source": "reference", "images": 5}]}',
        b'{"revision": 1, "groups": [{"name": "a", "source": "reference"}]}',
    ],
)
def test_a_damaged_file_is_named_and_never_overwritten(root: Path, content: bytes) -> None:
    file = root / "tiny-8d" / "notes" / "groups.json"
    file.parent.mkdir()
    file.write_bytes(content)
    for ask in (lambda: read_groups("tiny-8d"), lambda: written(a=[1])):
        with pytest.raises(NotesError, match=r"tiny-8d/notes/groups\.json cannot be read .* or delete it") as refused:
            ask()
        assert refused.value.reason == "broken-notes"
    assert file.read_bytes() == content


def test_nothing_is_written_where_notes_are_read_only(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SETTING, "read-only")
    with pytest.raises(NotesReadOnly):
        written(a=[1])


def test_the_file_holds_hashes_and_no_rows(root: Path) -> None:
    source = reference()
    written(a=[7])
    content = json.loads((root / "tiny-8d" / "notes" / "groups.json").read_text())
    assert content == {
        "revision": 1,
        "groups": [{"name": "a", "source": "reference", "images": f"{int(source.image_hash[7]):016x}"}],
    }
