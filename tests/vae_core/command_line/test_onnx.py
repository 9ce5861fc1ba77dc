"""`python -m vae_core onnx`: a file that ONNX itself takes, which another runtime turns into the model's pictures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from typer.testing import CliRunner, Result

from tests.tiny import tiny_checkpoint
from vae_core import load_checkpoint
from vae_core.__main__ import app
from vae_core.pixels import to_pixels


def write(folder: Path, out: Path) -> Result:
    return CliRunner().invoke(app, ["onnx", str(folder), "--out", str(out)])


@pytest.mark.parametrize("classes", [0, 10])
def test_the_file_decodes_by_itself(tmp_path: Path, classes: int) -> None:
    folder, out = tiny_checkpoint(tmp_path, "tiny", model={"classes": classes}), tmp_path / "decoder.onnx"
    assert write(folder, out).exit_code == 0
    onnx.checker.check_model(onnx.load(out), full_check=True)
    session = onnxruntime.InferenceSession(out, providers=["CPUExecutionProvider"])
    latents, labels = np.random.default_rng(0).normal(size=(7, 2)).astype(np.float32), np.arange(7)
    given = {"latents": latents} | ({"labels": labels} if classes else {})
    assert sorted(each.name for each in session.get_inputs()) == sorted(given)
    (pictures,) = session.run(["pictures"], given)
    with torch.inference_mode():
        mean = load_checkpoint(folder).vae.decode_mean(
            torch.from_numpy(latents), torch.from_numpy(labels) if classes else None
        )
    assert pictures.shape == (7, *mean.shape[2:], mean.shape[1])
    assert np.abs(pictures.astype(int) - to_pixels(mean).numpy().transpose(0, 2, 3, 1)).max() <= 1


def test_a_folder_that_is_no_checkpoint_and_a_place_that_is_none(tmp_path: Path) -> None:
    found = write(tmp_path / "nothing", tmp_path / "decoder.onnx")
    assert found.exit_code == 1 and "nothing" in found.output
    folder = tiny_checkpoint(tmp_path, "tiny")
    found = write(folder, folder / "config.json" / "decoder.onnx")
    assert found.exit_code == 1 and "Give another --out" in found.output
