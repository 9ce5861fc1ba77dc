"""The bin of runs: thrown away whole, restored whole, emptied for good, and refused in words."""

from __future__ import annotations

from pathlib import Path

import pytest

import jobs
import store
from jobs import RunRefused
from vae_core.training.run_folder import first_status, write_status


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LATENT_EXPLORER_CHECKPOINTS", str(tmp_path))
    return tmp_path


def a_run(root: Path, name: str = "mine", state: str = "finished") -> Path:
    folder = root / name
    write_status(folder, first_status(state, 20, ""))
    (folder / "model.safetensors").write_bytes(b"weights" * 100)
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_a_run_goes_to_the_bin_and_comes_back_byte_for_byte(root: Path) -> None:
    folder = a_run(root)
    before = contents(folder)
    binned = jobs.bin_run("mine")
    assert not folder.exists()
    assert jobs.find_run("mine") is None
    assert jobs.list_runs() == ()
    assert store.list_models() == (), "the bin is no model"
    assert jobs.binned_runs() == (binned,)
    assert binned.name == "mine"
    assert binned.bytes == sum(map(len, before.values()))
    assert jobs.restore_run(binned.place) == "mine"
    assert contents(folder) == before
    assert jobs.binned_runs() == ()


def test_two_of_one_name_lie_in_the_bin_and_the_name_is_free(root: Path) -> None:
    for text in (b"first", b"second"):
        (a_run(root) / "note.txt").write_bytes(text)
        jobs.bin_run("mine")
    places = [binned.place for binned in jobs.binned_runs()]
    assert len(set(places)) == 2
    assert jobs.name_problem("mine") is None
    jobs.restore_run(places[0])
    with pytest.raises(RunRefused, match=r"mine cannot come back\. The name mine is taken"):
        jobs.restore_run(places[1])
    assert [binned.place for binned in jobs.binned_runs()] == places[1:]


def test_emptying_deletes_what_is_in_the_bin_and_nothing_else(root: Path) -> None:
    a_run(root, "kept")
    a_run(root, "gone")
    jobs.bin_run("gone")
    assert jobs.empty_bin() == 1
    assert jobs.binned_runs() == ()
    assert (root / "kept" / "model.safetensors").is_file()
    assert list((root / ".bin").iterdir()) == []
    assert jobs.empty_bin() == 0


def test_a_run_under_way_stays(root: Path) -> None:
    folder = a_run(root, state="running")
    with pytest.raises(RunRefused, match=r"The run mine is under way; .* Stop it first"):
        jobs.bin_run("mine")
    assert folder.is_dir()


@pytest.mark.parametrize("name", ["nobody", "../mine", ".bin", ""])
def test_what_is_no_run_is_refused(root: Path, name: str) -> None:
    with pytest.raises(RunRefused, match="no folder holds a run of that name"):
        jobs.bin_run(name)


def test_a_model_without_a_run_is_left_to_the_hand(root: Path) -> None:
    (root / "shipped").mkdir()
    with pytest.raises(RunRefused, match="shipped is a model that was shipped or copied here: take its folder away"):
        jobs.bin_run("shipped")
    assert (root / "shipped").is_dir()


@pytest.mark.parametrize("place", ["mine~1", "../mine", "mine", "mine~1/../../mine~1", ""])
def test_what_is_not_in_the_bin_cannot_be_restored(root: Path, place: str) -> None:
    a_run(root, "other")
    with pytest.raises(RunRefused, match="it is not in the bin"):
        jobs.restore_run(place)


def test_a_folder_that_cannot_be_moved_is_told_and_stays(root: Path) -> None:
    folder = a_run(root)
    (root / ".bin").write_text("a file in the place of the bin")
    with pytest.raises(RunRefused, match=r"The run mine cannot be moved to the bin \(File exists\)"):
        jobs.bin_run("mine")
    assert (folder / "model.safetensors").is_file()
    assert jobs.binned_runs() == ()
