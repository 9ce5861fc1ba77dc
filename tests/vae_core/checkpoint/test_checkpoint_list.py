"""The list of checkpoints shows broken ones with their problem."""

from __future__ import annotations

import os
from pathlib import Path

from tests.tiny import tiny_checkpoint
from tests.vae_core.checkpoint.breaking import (
    CONFIG,
    WEIGHTS,
    edit_config,
)
from vae_core.checkpoint import (
    list_checkpoints,
    load_config,
)


def test_the_list_shows_broken_checkpoints_with_their_problem(tmp_path: Path) -> None:
    for name in ("b-good", "a-good", "no-weights", "truncated", "not-json", "newer", "mismatch"):
        tiny_checkpoint(tmp_path, name)
    (tmp_path / "no-weights" / WEIGHTS).unlink()
    content = (tmp_path / "truncated" / WEIGHTS).read_bytes()
    (tmp_path / "truncated" / WEIGHTS).write_bytes(content[:-10])
    (tmp_path / "not-json" / CONFIG).write_text("nothing")
    edit_config(tmp_path / "newer", lambda fields: fields.update(format_version=7))
    edit_config(tmp_path / "mismatch", lambda fields: fields["model"].update(latent_dim=5))
    found = {summary.name: summary for summary in list_checkpoints(tmp_path)}
    assert list(found) == sorted(found)
    assert [name for name, summary in found.items() if summary.problem is None] == ["a-good", "b-good"]
    assert found["a-good"].config.name == "a-good"
    assert found["a-good"].evaluation["images"] == 359
    assert "no-weights/model.safetensors is missing" in found["no-weights"].problem
    assert "truncated" in found["truncated"].problem
    assert "not-json/config.json is not JSON" in found["not-json"].problem
    assert found["not-json"].config is None
    assert "format_version 7" in found["newer"].problem
    assert "config.json asks for (10, 16)" in found["mismatch"].problem


def test_the_list_leaves_out_what_is_no_checkpoint(tmp_path: Path) -> None:
    tiny_checkpoint(tmp_path, "real")
    (tmp_path / "empty").mkdir()
    (tmp_path / "README.md").write_text("about the models")
    (tmp_path / ".hidden").mkdir()
    tiny_checkpoint(tmp_path / ".hidden", "inside")
    assert [summary.name for summary in list_checkpoints(tmp_path)] == ["real"]
    assert list_checkpoints(tmp_path / "nowhere") == []


def test_the_list_shows_a_run_that_has_saved_nothing_yet(tmp_path: Path) -> None:
    (tmp_path / "young" / "run").mkdir(parents=True)
    (summary,) = list_checkpoints(tmp_path)
    assert summary.config is None
    assert "young/config.json is missing" in summary.problem


def test_the_list_refuses_a_badly_named_folder_and_a_link_out(tmp_path: Path) -> None:
    root, elsewhere = tmp_path / "root", tmp_path / "elsewhere"
    tiny_checkpoint(elsewhere, "model")
    root.mkdir()
    (root / "link").symlink_to(elsewhere / "model")
    tiny_checkpoint(root, "plain").rename(root / "My Model")
    problems = {summary.name: summary.problem for summary in list_checkpoints(root)}
    assert "leads out of the folder" in problems["link"]
    assert "'My Model' is no name for a model" in problems["My Model"]


def test_the_list_survives_a_broken_evaluation(folder: Path) -> None:
    (folder / "evaluation.json").write_text("{")
    (summary,) = list_checkpoints(folder.parent)
    assert summary.problem is None
    assert summary.evaluation is None
    assert load_config(folder) == summary.config


def test_modified_moves_when_weights_are_written(folder: Path) -> None:
    os.utime(folder / WEIGHTS, (4e9, 4e9))
    (summary,) = list_checkpoints(folder.parent)
    assert summary.modified == 4e9
