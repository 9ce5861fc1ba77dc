"""A run that diverges ends within some steps, says why, and leaves the last good weights; odd data that trains."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from vae_core.checkpoint import load_checkpoint, read_metrics
from vae_core.data import from_arrays, load_images
from vae_core.settings import ModelSettings, TrainingSettings
from vae_core.training import TrainingError, read_status, train_model
from vae_core.training import run as run_module
from vae_core.training.step import TrainingStep

MODEL = ModelSettings(network="mlp", image_shape=(1, 8, 8), latent_dim=2, likelihood="gaussian", hidden=(8,))
TRAINING = TrainingSettings(epochs=4, batch_size=100, learning_rate=3e-3, seed=0, patience=9)


@pytest.fixture
def breaks_in_epoch_three(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Every weight becomes NaN after step 30 of the run; gives the steps that were taken. Saved after each step."""
    taken: list[int] = []
    call = TrainingStep.__call__

    def break_down(step, *arguments):
        sums = call(step, *arguments)
        taken.append(len(taken))
        if len(taken) == 30:
            with torch.no_grad():
                step.vae.encoder[1].weight.fill_(float("nan"))
        return sums

    monkeypatch.setattr(TrainingStep, "__call__", break_down)
    monkeypatch.setattr(run_module, "PULSE_SECONDS", -1.0)
    return taken


def test_a_diverging_run_ends_at_the_next_look_and_keeps_the_best_weights(
    tmp_path: Path, breaks_in_epoch_three: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    images, folder = load_images("digits"), tmp_path / "wild"
    with pytest.raises(TrainingError) as ended:
        train_model(images, MODEL, TRAINING, folder)
    assert len(breaks_in_epoch_three) == 31  # 13 steps an epoch: not at the end of the third, 8 steps later
    assert str(ended.value).startswith("the training loss of epoch 3 is nan by step 5 of 13; it must be a finite")
    assert str(ended.value).endswith("The weights of epoch 2 are kept in wild.")
    status = read_status(folder)
    assert (status.state, status.message) == ("failed", str(ended.value))
    assert load_checkpoint(folder).config.name == "wild"
    breaks_in_epoch_three.extend(range(100))  # the same run, unbroken
    train_model(images, MODEL, TRAINING.model_copy(update={"epochs": 2}), tmp_path / "tame")
    kept, tame = (load_file(tmp_path / name / "model.safetensors") for name in ("wild", "tame"))
    assert all(torch.equal(kept[name], value) for name, value in tame.items())


@pytest.mark.usefixtures("breaks_in_epoch_three")
def test_the_state_of_before_is_kept_and_can_be_continued(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_module, "SAVE_SECONDS", -1.0)
    images, folder = load_images("digits"), tmp_path / "wild"
    with pytest.raises(TrainingError, match="a weight is no finite number any more"):
        train_model(images, MODEL, TRAINING, folder)
    assert all(bool(value.isfinite().all()) for value in load_file(folder / "state" / "state.safetensors").values())
    train_model(images, MODEL, TRAINING, folder, resume=True)
    train_model(images, MODEL, TRAINING, tmp_path / "tame")
    resumed, tame = (load_file(tmp_path / name / "model.safetensors") for name in ("wild", "tame"))
    assert all(torch.equal(resumed[name], value) for name, value in tame.items())


@pytest.mark.parametrize("likelihood", ["gaussian", "bernoulli"])
@pytest.mark.parametrize("value", [0, 128])
def test_constant_images_train_to_finite_figures(tmp_path: Path, likelihood: str, value: int) -> None:
    images = from_arrays(np.full((40, 8, 8), value, np.uint8))
    model = MODEL.model_copy(update={"likelihood": likelihood})
    quick = TRAINING.model_copy(update={"epochs": 8, "batch_size": 7, "learning_rate": 1e-2, "patience": 99})
    result = train_model(images, model, quick, tmp_path / "constant")
    losses = [line["validation_loss"] for line in read_metrics(tmp_path / "constant")]
    assert np.isfinite(losses).all() and result.facts.best_loss < losses[0]


def test_a_batch_larger_than_the_data_is_one_step_per_epoch(tmp_path: Path) -> None:
    images = from_arrays(load_images("digits").images[:40, 0])
    large = TRAINING.model_copy(update={"batch_size": 1000})
    result = train_model(images, MODEL, large, tmp_path / "large")
    assert result.epochs == 4 and read_status(tmp_path / "large").steps == 1
