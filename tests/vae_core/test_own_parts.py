"""A network of one's own, exactly as docs/own-network.md shows it: registered, trained, saved, loaded."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from typer.testing import CliRunner

from vae_core import load_checkpoint
from vae_core.__main__ import app
from vae_core.checkpoint import list_checkpoints
from vae_core.data import load_images
from vae_core.model_card import CARD
from vae_core.networks import NETWORKS, default_hidden, network_label
from vae_core.own_parts import import_parts
from vae_core.settings import ModelSettings, TrainingSettings
from vae_core.training import train_model

DOCUMENT = Path(__file__).parents[2] / "docs" / "own-network.md"


@pytest.fixture
def own_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The module of the document in a folder of its own, imported; forgotten afterwards."""
    definition = re.findall(r"```python\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)[0]
    (tmp_path / "my_networks.py").write_text(definition)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    import_parts("my_networks")
    yield "linear-decoder"
    del sys.modules["my_networks"], NETWORKS._parts["linear-decoder"]


def settings(network: str, **changes: object) -> ModelSettings:
    values = {"image_shape": (1, 8, 8), "latent_dim": 2, "likelihood": "gaussian", "hidden": (24,)}
    return ModelSettings(network=network, **{**values, **changes})


def test_it_trains_is_saved_and_loaded(own_network: str, tmp_path: Path) -> None:
    images = load_images("digits")
    training = TrainingSettings(epochs=2, batch_size=128, learning_rate=1e-3, patience=2)
    folder = tmp_path / "checkpoints" / "mine"
    result = train_model(images, settings(own_network), training, folder)
    assert np.isfinite(result.evaluation["negative_elbo"])
    vae = load_checkpoint(folder).vae
    assert len(vae.decoder) == 2
    first, second = vae.decode_mean(torch.tensor([[-2.0, 0.0], [2.0, 1.0]]))
    assert (first != second).any()
    assert "Network: one hidden layer down, linear up (linear-decoder)" in (folder / CARD).read_text()
    assert default_hidden(own_network, (1, 8, 8)) == (64,) and network_label(own_network) == own_network


def test_the_second_piece_of_the_document_runs(own_network: str) -> None:
    usage = re.findall(r"```python\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)[1]
    names: dict = {}
    exec(usage, names)
    assert names["vae"].decode_mean(torch.zeros(1, 2)).shape == (1, 1, 8, 8)


def test_without_the_module_the_model_is_listed_with_the_reason(own_network: str, tmp_path: Path) -> None:
    from tests.tiny import tiny_checkpoint

    tiny_checkpoint(tmp_path / "checkpoints", "mine", network=own_network)
    part = NETWORKS._parts.pop(own_network)
    (summary,) = list_checkpoints(tmp_path / "checkpoints")
    NETWORKS.register(own_network, part)
    assert "network is 'linear-decoder'; it must be one of" in summary.problem
    assert "import the module that registers it" in summary.problem


def test_a_module_that_is_not_there_is_named() -> None:
    with pytest.raises(ValueError, match=r"There is no module 'no_such_parts' .*; give its name .* without \.py"):
        import_parts("no_such_parts")
    with pytest.raises(ValueError, match=r"no_such_parts\.networks"):
        import_parts("no_such_parts.networks")
    for name in ("", ".relative"):
        with pytest.raises(ValueError, match="is no name of a module"):
            import_parts(name)


def test_what_a_module_lacks_is_told_by_its_own_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "half_a_network.py").write_text("import something_absent")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ModuleNotFoundError, match="something_absent"):
        import_parts("half_a_network")


def test_a_name_cannot_stand_for_two_networks(own_network: str) -> None:
    with pytest.raises(ValueError, match=r"network 'mlp' is registered already\. Choose another name"):
        NETWORKS.register("mlp", NETWORKS[own_network])


@pytest.mark.usefixtures("warm_processes")
def test_the_command_line_imports_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    definition = re.findall(r"```python\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)[0]
    (tmp_path / "my_networks.py").write_text(definition)
    command = [sys.executable, "-m", "vae_core"]
    settings = {**os.environ, "PYTHONPATH": str(DOCUMENT.parents[1])}
    own = ["--import", "my_networks"]
    options = ["--network", "linear-decoder", "--epochs", "1", "--threads", "1", "--out", "checkpoints/mine"]
    trained = subprocess.run([*command, "train", *options, *own], cwd=tmp_path, env=settings, capture_output=True)
    assert trained.returncode == 0, trained.stderr.decode()
    listed = subprocess.run([*command, "list", *own], cwd=tmp_path, env=settings, capture_output=True, text=True)
    assert "linear" in listed.stdout and "asks for" not in listed.stdout
    unknown = subprocess.run([*command, "list"], cwd=tmp_path, env=settings, capture_output=True, text=True)
    assert "network is" in unknown.stdout or "asks" in unknown.stdout


def test_a_module_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    refused = CliRunner().invoke(app, ["train", "--import", "no_such_parts", "--out", str(tmp_path / "mine")])
    assert refused.exit_code == 1
    assert "--import is no_such_parts: There is no module 'no_such_parts'" in " ".join(refused.output.split())
