"""What cannot be done to a run: notes, the bin."""

from __future__ import annotations

from pathlib import Path

import pytest

import jobs
import store
from tests.bad_input.rows import check
from vae_core.training.run_folder import first_status, write_status


def test_notes_of_a_run_that_cannot_be_kept(own_models: Path) -> None:
    store.write_run_notes("tiny-2d", 0, "theirs", [], "")
    with pytest.raises(store.NotesError) as refused:
        store.write_run_notes("tiny-2d", 0, "mine", [], "")
    check("notes of a run over somebody else's", str(refused.value))
    assert store.read_run_notes("tiny-2d").title == "theirs"
    with pytest.raises(store.NotesError) as refused:
        store.write_run_notes("tiny-2d", 1, "x" * 81, [], "")
    check("a title of 81 characters for a run", str(refused.value))
    (own_models / "tiny-2d" / "notes" / "run.json").write_text("{")
    with pytest.raises(store.NotesError) as refused:
        store.read_run_notes("tiny-2d")
    check("damaged notes of a run", str(refused.value))


def test_what_the_bin_does_not_take_and_does_not_give_back(own_models: Path) -> None:
    with pytest.raises(jobs.RunRefused) as refused:
        jobs.bin_run("tiny-8d")
    check("a model without a run to the bin", str(refused.value))
    place = jobs.bin_run("tiny-2d").place
    write_status(own_models / "tiny-2d", first_status("running", 1, ""))
    with pytest.raises(jobs.RunRefused) as refused:
        jobs.bin_run("tiny-2d")
    check("a run under way to the bin", str(refused.value))
    with pytest.raises(jobs.RunRefused) as refused:
        jobs.restore_run(place)
    check("a run out of the bin whose name was taken since", str(refused.value))
    assert [binned.place for binned in jobs.binned_runs()] == [place]
