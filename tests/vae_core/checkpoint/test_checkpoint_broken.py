"""Each way to break a checkpoint gives an error: which file, what is wrong, what to do."""

from __future__ import annotations

import io
import json
import os
import pickle
import random
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.torch import save

from tests.tiny import tiny_checkpoint
from vae_core.checkpoint import (
    BrokenCheckpoint,
    CheckpointError,
    ForeignCheckpoint,
    MissingCheckpoint,
    NewerFormat,
    list_checkpoints,
    load_checkpoint,
    load_config,
    load_evaluation,
    load_latents,
)

CONFIG, WEIGHTS, LATENTS = "config.json", "model.safetensors", "latents.npz"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tiny_checkpoint(tmp_path, "tiny")


def edit_config(folder: Path, change: Callable[[dict], object]) -> None:
    fields = json.loads((folder / CONFIG).read_text())
    change(fields)
    (folder / CONFIG).write_text(json.dumps(fields))


def edit_weights(folder: Path, change: Callable[[dict], object]) -> None:
    tensors = {name: tensor.clone() for name, tensor in load_checkpoint(folder).vae.state_dict().items()}
    change(tensors)
    (folder / WEIGHTS).write_bytes(save(tensors))


def edit_latents(folder: Path, change: Callable[[dict], object]) -> None:
    with np.load(folder / LATENTS) as stored:
        arrays = {name: stored[name] for name in stored.files}
    change(arrays)
    np.savez(folder / LATENTS, **arrays)


def message_of(load: Callable[[], object], kind: type[CheckpointError]) -> str:
    """The error's message, after the checks that hold for every one of them."""
    with pytest.raises(CheckpointError) as caught:
        load()
    assert type(caught.value) is kind
    message = str(caught.value)
    advice = r"Copy|Choose|Train|Update|Check|train|Wait|Rename"
    assert re.search(rf"(?:[.;]|or) (?:{advice})|only the\s+checkpoints it trained", message), (
        f"no way out: {message}"
    )
    assert len(message) < 500
    return message


# The folder and its files


def test_missing_folder(tmp_path: Path) -> None:
    message = message_of(lambda: load_checkpoint(tmp_path / "nowhere"), MissingCheckpoint)
    assert "There is no checkpoint folder 'nowhere'." in message
    assert "python -m vae_core train" in message


@pytest.mark.parametrize("name", [CONFIG, WEIGHTS])
def test_missing_file(folder: Path, name: str) -> None:
    (folder / name).unlink()
    message = message_of(lambda: load_checkpoint(folder), MissingCheckpoint)
    assert f"tiny/{name} is missing" in message
    assert "Copy the whole folder" in message


def test_a_folder_in_place_of_a_file(folder: Path) -> None:
    (folder / WEIGHTS).unlink()
    (folder / WEIGHTS).mkdir()
    message = message_of(lambda: load_checkpoint(folder), BrokenCheckpoint)
    assert "tiny/model.safetensors cannot be read" in message


def test_messages_do_not_tell_where_the_folder_lies(folder: Path) -> None:
    (folder / WEIGHTS).write_bytes(b"")
    assert str(folder.parent) not in message_of(lambda: load_checkpoint(folder), BrokenCheckpoint)


# config.json


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "is not JSON (Expecting value at line 1, column 1)"),
        (b'{"format_version": 1,\n "name": ', "is not JSON (Expecting value at line 2"),
        (b"\x80\x04\x95rubbish", "is not text in UTF-8, so not JSON"),
        (b"[1, 2]", "holds a list, not a JSON object"),
        (b"null", "holds a NoneType, not a JSON object"),
        (b'{"a":' * 100_000, "nested too deeply"),
    ],
)
def test_config_is_not_json(folder: Path, content: bytes, fault: str) -> None:
    (folder / CONFIG).write_bytes(content)
    message = message_of(lambda: load_checkpoint(folder), BrokenCheckpoint)
    assert message.startswith("tiny/config.json ")
    assert fault in message


def test_config_of_another_program(folder: Path) -> None:
    (folder / CONFIG).write_text('{"architectures": ["AutoencoderKL"]}')
    message = message_of(lambda: load_checkpoint(folder), ForeignCheckpoint)
    assert "tiny/config.json has no format_version, so another program wrote it" in message


@pytest.mark.parametrize("version", [2, 99])
def test_newer_format_is_told_before_unknown_fields(folder: Path, version: int) -> None:
    edit_config(folder, lambda fields: fields.update(format_version=version, something_new=1))
    message = message_of(lambda: load_checkpoint(folder), NewerFormat)
    assert (
        f"tiny/config.json has format_version {version}; this version of the project reads up to 1" in message
    )
    assert "Update the project" in message


@pytest.mark.parametrize("version", ["1", 0, -1, 1.5, True, [1]])
def test_format_version_is_no_version(folder: Path, version: object) -> None:
    edit_config(folder, lambda fields: fields.update(format_version=version))
    message = message_of(lambda: load_checkpoint(folder), BrokenCheckpoint)
    assert f"has format_version {version!r}; it must be 1" in message


def test_unknown_fields(folder: Path) -> None:
    edit_config(folder, lambda fields: fields["model"].update(dropout=0.5))
    message = message_of(lambda: load_checkpoint(folder), BrokenCheckpoint)
    assert "tiny/config.json does not fit: model.dropout: this field is unknown here" in message


def test_missing_field(folder: Path) -> None:
    edit_config(folder, lambda fields: fields["model"].pop("latent_dim"))
    message = message_of(lambda: load_checkpoint(folder), BrokenCheckpoint)
    assert "tiny/config.json does not fit: model.latent_dim: this field is missing" in message


@pytest.mark.parametrize(
    ("field", "value", "found"),
    [
        ("latent_dim", -2, "-2"),
        ("latent_dim", "two", "two"),
        ("image_shape", [1, 4, 8], "4"),
        ("network", "gru", "gru"),
    ],
)
def test_impossible_value(folder: Path, field: str, value: object, found: str) -> None:
    edit_config(folder, lambda fields: fields["model"].update({field: value}))
    message = message_of(lambda: load_checkpoint(folder), BrokenCheckpoint)
    assert f"tiny/config.json does not fit: model.{field}" in message
    assert f"(found {found!r})" in message


def test_many_faults_are_counted_not_listed(folder: Path) -> None:
    (folder / CONFIG).write_text(json.dumps({"format_version": 1, **{f"field{n}": n for n in range(50)}}))
    message = message_of(lambda: load_checkpoint(folder), BrokenCheckpoint)
    assert "; and 52 more." in message


# config.json against model.safetensors


@pytest.mark.parametrize(
    ("field", "value", "tensor", "found", "wanted"),
    [
        ("latent_dim", 3, "encoder.3.weight", "(4, 16)", "(6, 16)"),
        ("hidden", [17], "encoder.1.weight", "(16, 64)", "(17, 64)"),
        ("image_shape", [1, 8, 9], "encoder.1.weight", "(16, 64)", "(16, 72)"),
        ("image_shape", [3, 128, 128], "encoder.1.weight", "(16, 64)", "(16, 49152)"),
    ],
)
def test_wrong_shape_in_config(
    folder: Path, field: str, value: object, tensor: str, found: str, wanted: str
) -> None:
    edit_config(folder, lambda fields: fields["model"].update({field: value}))
    message = message_of(lambda: load_checkpoint(folder), BrokenCheckpoint)
    assert (
        f"tiny/model.safetensors holds {tensor!r} with shape {found}; config.json asks for {wanted}."
        in message
    )


def test_a_huge_network_in_config_takes_no_memory(folder: Path) -> None:
    """Eight layers of 4096 on 3 × 128 × 128 pixels would be 1.2 GB; shapes disagree before any is taken."""
    edit_config(folder, lambda fields: fields["model"].update(image_shape=[3, 128, 128], hidden=[4096] * 8))
    assert "config.json asks for (4096, 49152)" in message_of(
        lambda: load_checkpoint(folder), BrokenCheckpoint
    )


def test_config_asks_for_a_tensor_that_is_not_there(folder: Path) -> None:
    edit_weights(folder, lambda tensors: tensors.pop("decoder.2.bias"))
    message = message_of(lambda: load_checkpoint(folder), BrokenCheckpoint)
    assert "tiny/model.safetensors has no tensor 'decoder.2.bias', which config.json asks for" in message


def test_likelihood_in_config_is_another(folder: Path) -> None:
    edit_config(folder, lambda fields: fields["model"].update(likelihood="bernoulli"))
    message = message_of(lambda: load_checkpoint(folder), BrokenCheckpoint)
    assert "holds 'likelihood.raw_log_sigma', unknown to the network in config.json" in message


# model.safetensors


@pytest.mark.parametrize("kept", [0, 1, 7, 8, 100, 700, -1])
def test_truncated_weights(folder: Path, kept: int) -> None:
    content = (folder / WEIGHTS).read_bytes()
    (folder / WEIGHTS).write_bytes(content[:kept])
    message = message_of(lambda: load_checkpoint(folder), BrokenCheckpoint)
    assert message.startswith("tiny/model.safetensors has ")
    assert "truncated" in message


def test_weights_with_bytes_after_the_end(folder: Path) -> None:
    with (folder / WEIGHTS).open("ab") as file:
        file.write(b"more")
    assert "damaged at its end" in message_of(lambda: load_checkpoint(folder), BrokenCheckpoint)


@pytest.mark.parametrize(
    ("start", "fault"),
    [
        (b"\xff" * 8, "announces a header of 18,446,744,073,709,551,615 bytes"),
        ((0).to_bytes(8, "little"), "announces a header of 0 bytes"),
        ((20).to_bytes(8, "little") + b"x" * 20, "has a corrupted header: it is not a JSON object"),
        ((4).to_bytes(8, "little") + b"[1] ", "has a corrupted header: it is not a JSON object"),
        ((9).to_bytes(8, "little") + b'{"a": 1} ', "has a corrupted header"),
    ],
)
def test_corrupted_header(folder: Path, start: bytes, fault: str) -> None:
    content = (folder / WEIGHTS).read_bytes()
    (folder / WEIGHTS).write_bytes(start + content[len(start) :])
    message = message_of(lambda: load_checkpoint(folder), BrokenCheckpoint)
    assert message.startswith("tiny/model.safetensors ")
    assert fault in message


@pytest.mark.parametrize(
    "entry",
    [
        {},
        {"dtype": "F32", "shape": "ab", "data_offsets": [0, 4]},
        {"dtype": "F32", "shape": [1], "data_offsets": []},
        {"dtype": "F32", "shape": [1], "data_offsets": [0, float("inf")]},
        {"dtype": ["F32"], "shape": [1], "data_offsets": [0, 4]},
        {"dtype": "F32", "shape": [2], "data_offsets": [0, 4]},
    ],
)
def test_nonsense_in_the_header(folder: Path, entry: dict) -> None:
    header = json.dumps({"a": entry}).encode()
    (folder / WEIGHTS).write_bytes(len(header).to_bytes(8, "little") + header + b"\0" * 4)
    assert "has a corrupted header" in message_of(lambda: load_checkpoint(folder), BrokenCheckpoint)


class Harmful:
    """Would write a file when unpickled."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> tuple:
        return Path.touch, (self.trace,)


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_a_pickle_in_place_of_the_weights_is_not_opened(folder: Path, protocol: int) -> None:
    trace = folder.parent / "harm"
    (folder / WEIGHTS).write_bytes(pickle.dumps(Harmful(trace), protocol))
    message = message_of(lambda: load_checkpoint(folder), ForeignCheckpoint)
    assert "tiny/model.safetensors is a Python pickle, not a safetensors file; it was not opened" in message
    assert not trace.exists()


@pytest.mark.parametrize("zipped", [True, False])
def test_a_file_of_torch_save_is_not_opened(folder: Path, zipped: bool) -> None:
    trace = folder.parent / "harm"
    torch.save(Harmful(trace), folder / WEIGHTS, _use_new_zipfile_serialization=zipped)
    message = message_of(lambda: load_checkpoint(folder), ForeignCheckpoint)
    assert "not a safetensors file; it was not opened, since such a file can run code" in message
    assert not trace.exists()


def test_weights_of_another_precision(folder: Path) -> None:
    edit_weights(
        folder, lambda tensors: tensors.update({"encoder.1.bias": torch.zeros(16, dtype=torch.float16)})
    )
    message = message_of(lambda: load_checkpoint(folder), BrokenCheckpoint)
    assert "tiny/model.safetensors holds numbers of type ['F16', 'F32']; they must be F32" in message


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_weights_of_a_diverged_training(folder: Path, value: float) -> None:
    edit_weights(folder, lambda tensors: tensors["decoder.0.bias"].__setitem__(3, value))
    message = message_of(lambda: load_checkpoint(folder), BrokenCheckpoint)
    assert (
        "tiny/model.safetensors holds NaN or infinity in 'decoder.0.bias': its training diverged" in message
    )
    assert "smaller learning rate" in message


# latents.npz


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (
            lambda a: a.update(mean=a["mean"][:, :1], std=a["std"][:, :1]),
            "latents of 1 dimensions; config.json says 2",
        ),
        (lambda a: a.update(mean=a["mean"][:, 0]), r"mean has shape (359,); it must be (N, D)"),
        (lambda a: a.update(std=a["std"][:-1]), "std has shape (358, 2); it must be (359, 2)"),
        (
            lambda a: a.update(image_hash=a["image_hash"][1:]),
            "image_hash has shape (358,); it must be (359,)",
        ),
        (lambda a: a["mean"].__setitem__((5, 1), np.nan), "mean holds 1 values that are NaN or infinite"),
        (lambda a: a["kl"].__setitem__(5, np.inf), "kl holds 1 values that are NaN or infinite"),
        (lambda a: a["std"].__setitem__((0, 0), -1), "a spread must be above 0"),
        (lambda a: a.pop("image_hash"), "has no array 'image_hash'"),
        (lambda a: a.update(mean=a["mean"].astype(str)), "stands where float32 must"),
        (lambda a: a.update(image_hash=a["image_hash"].astype(float)), "float64 stands where uint64 must"),
    ],
)
def test_latents_that_do_not_fit(folder: Path, change: Callable[[dict], object], fault: str) -> None:
    edit_latents(folder, change)
    message = message_of(lambda: load_latents(folder), BrokenCheckpoint)
    assert message.startswith("tiny/latents.npz ")
    assert fault in message
    assert "python -m vae_core evaluate" in message


@pytest.mark.parametrize("field", ["mean", "label"])
def test_pickled_objects_in_latents_are_not_opened(folder: Path, field: str) -> None:
    trace = folder.parent / "harm"
    edit_latents(folder, lambda arrays: arrays.update({field: np.array([Harmful(trace)], dtype=object)}))
    message = message_of(lambda: load_latents(folder), BrokenCheckpoint)
    assert "tiny/latents.npz cannot be read (it holds pickled objects, which are never opened" in message
    assert not trace.exists()


@pytest.mark.parametrize("content", [b"", b"rubbish", b"PK\x03\x04", pickle.dumps([1, 2])])
def test_latents_that_are_no_npz(folder: Path, content: bytes) -> None:
    (folder / LATENTS).write_bytes(content)
    message = message_of(lambda: load_latents(folder), BrokenCheckpoint)
    assert "tiny/latents.npz cannot be read (damaged or not an npz file" in message


def test_truncated_latents(folder: Path) -> None:
    content = (folder / LATENTS).read_bytes()
    (folder / LATENTS).write_bytes(content[: len(content) // 2])
    assert "tiny/latents.npz cannot be read" in message_of(lambda: load_latents(folder), BrokenCheckpoint)


def test_latents_that_unpack_to_far_too_much(folder: Path) -> None:
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        header, {"descr": "<f4", "fortran_order": False, "shape": (10**12, 2)}
    )
    with zipfile.ZipFile(folder / LATENTS, "w") as archive:
        archive.writestr("mean.npy", header.getvalue())
    assert "tiny/latents.npz cannot be read" in message_of(lambda: load_latents(folder), BrokenCheckpoint)


def test_broken_latents_leave_the_model_usable(folder: Path) -> None:
    (folder / LATENTS).write_bytes(b"")
    assert load_checkpoint(folder).vae.latent_dim == 2


# evaluation.json


def test_broken_evaluation(folder: Path) -> None:
    (folder / "evaluation.json").write_text("{")
    assert "tiny/evaluation.json is not JSON" in message_of(lambda: load_evaluation(folder), BrokenCheckpoint)


# Any damage at all


@settings(deadline=None, max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from([CONFIG, WEIGHTS, LATENTS]), st.integers(0, 2**32), st.integers(1, 8))
def test_random_damage_gives_a_checkpoint_error_or_a_usable_model(
    folder: Path, name: str, seed: int, changes: int
) -> None:
    whole = (folder / name).read_bytes()
    damaged, dice = bytearray(whole), random.Random(seed)
    for _ in range(changes):
        damaged[dice.randrange(min(len(damaged), 1500))] = dice.randrange(256)
    (folder / name).write_bytes(damaged)
    try:
        vae = load_checkpoint(folder).vae
        assert vae.decode_mean(torch.zeros(1, 2)).shape == (1, 1, 8, 8)
        load_latents(folder)
    except CheckpointError as error:
        assert "tiny/" in str(error)
    finally:
        (folder / name).write_bytes(whole)


# The list


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
