"""Each way to break settings or weights gives an error: which file, what is wrong, what to do."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import pytest
import torch

from tests.vae_core.checkpoint.breaking import (
    CONFIG,
    WEIGHTS,
    Harmful,
    edit_config,
    edit_weights,
    message_of,
)
from vae_core.checkpoint import (
    BrokenCheckpoint,
    ForeignCheckpoint,
    MissingCheckpoint,
    NewerFormat,
    load_checkpoint,
)

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


@pytest.mark.parametrize("version", [3, 99])
def test_newer_format_is_told_before_unknown_fields(folder: Path, version: int) -> None:
    edit_config(folder, lambda fields: fields.update(format_version=version, something_new=1))
    message = message_of(lambda: load_checkpoint(folder), NewerFormat)
    assert f"tiny/config.json has format_version {version}; this version of the project reads up to 2" in message
    assert "Update the project" in message


@pytest.mark.parametrize("version", ["1", 0, -1, 1.5, True, [1]])
def test_format_version_is_no_version(folder: Path, version: object) -> None:
    edit_config(folder, lambda fields: fields.update(format_version=version))
    message = message_of(lambda: load_checkpoint(folder), BrokenCheckpoint)
    assert f"has format_version {version!r}; it must be 2" in message


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
    ],
)
def test_impossible_value(folder: Path, field: str, value: object, found: str) -> None:
    edit_config(folder, lambda fields: fields["model"].update({field: value}))
    message = message_of(lambda: load_checkpoint(folder), BrokenCheckpoint)
    assert f"tiny/config.json does not fit: model.{field}" in message
    assert f"(found {found!r})" in message


@pytest.mark.parametrize("field", ["network", "likelihood", "prior"])
def test_a_part_that_nobody_registered(folder: Path, field: str) -> None:
    edit_config(folder, lambda fields: fields["model"].update({field: "gru"}))
    message = message_of(lambda: load_checkpoint(folder), BrokenCheckpoint)
    assert f"tiny/config.json asks for a part that is not here: {field} is 'gru'; it must be one of" in message


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
def test_wrong_shape_in_config(folder: Path, field: str, value: object, tensor: str, found: str, wanted: str) -> None:
    edit_config(folder, lambda fields: fields["model"].update({field: value}))
    message = message_of(lambda: load_checkpoint(folder), BrokenCheckpoint)
    assert f"tiny/model.safetensors holds {tensor!r} with shape {found}; config.json asks for {wanted}." in message


def test_a_huge_network_in_config_takes_no_memory(folder: Path) -> None:
    """Eight layers of 4096 on 3 × 128 × 128 pixels would be 1.2 GB; shapes disagree before any is taken."""
    edit_config(folder, lambda fields: fields["model"].update(image_shape=[3, 128, 128], hidden=[4096] * 8))
    assert "config.json asks for (4096, 49152)" in message_of(lambda: load_checkpoint(folder), BrokenCheckpoint)


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
    edit_weights(folder, lambda tensors: tensors.update({"encoder.1.bias": torch.zeros(16, dtype=torch.float16)}))
    message = message_of(lambda: load_checkpoint(folder), BrokenCheckpoint)
    assert "tiny/model.safetensors holds numbers of type ['F16', 'F32']; they must be F32" in message


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_weights_of_a_diverged_training(folder: Path, value: float) -> None:
    edit_weights(folder, lambda tensors: tensors["decoder.0.bias"].__setitem__(3, value))
    message = message_of(lambda: load_checkpoint(folder), BrokenCheckpoint)
    assert "tiny/model.safetensors holds NaN or infinity in 'decoder.0.bias': its training diverged" in message
    assert "smaller learning rate" in message
