"""Each objective through the training loop; FactorVAE, the running average and conditions resumed bit for bit."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from vae_core.checkpoint import load_checkpoint, load_latents, read_metrics
from vae_core.data import ImageSet, load_images
from vae_core.objectives import OBJECTIVES
from vae_core.settings import ModelSettings, TrainingSettings
from vae_core.training import read_preview, train_model
from vae_core.training import run as run_module
from vae_core.training.state import STATE_FILE

MODEL = ModelSettings(network="mlp", image_shape=(1, 8, 8), latent_dim=3, likelihood="gaussian", hidden=(24,))
TRAINING = TrainingSettings(epochs=2, batch_size=100, learning_rate=3e-3, seed=5, patience=10)
CLOCKS = {"images_per_second", "seconds"}


@pytest.fixture(scope="module")
def digits() -> ImageSet:
    return load_images("digits")


def settings(objective: str, **changes: object) -> tuple[ModelSettings, TrainingSettings]:
    model = MODEL.model_copy(update={"posterior": OBJECTIVES[objective].posterior})
    return model, TRAINING.model_copy(update={"objective": objective, **changes})


def figures(folder: Path) -> list[dict]:
    return [{key: line[key] for key in line if key not in CLOCKS} for line in read_metrics(folder)]


def same_tensors(one: Path, other: Path) -> bool:
    first, second = load_file(one), load_file(other)
    return first.keys() == second.keys() and all(torch.equal(first[name], second[name]) for name in first)


@pytest.mark.parametrize("name", OBJECTIVES)
def test_two_epochs_on_the_digits_lower_the_loss(name: str, digits: ImageSet, tmp_path: Path) -> None:
    samples = 3 if "samples" in OBJECTIVES[name].options else 1
    model, training = settings(name, samples=samples)
    result = train_model(digits, model, training, tmp_path / "run")
    first, second = read_metrics(tmp_path / "run")
    assert second["validation_loss"] < first["validation_loss"] - 1
    assert second["validation_reconstruction"] < first["validation_reconstruction"]
    assert result.facts.best_epoch == 2
    assert load_checkpoint(tmp_path / "run").config.training.objective == name


@pytest.mark.parametrize(
    ("objective", "changes", "classes"),
    [
        ("factor-vae", {}, 0),
        ("factor-vae", {"ema": 0.9, "warmup": 0.5, "clip_norm": 5.0}, 0),
        ("elbo", {"ema": 0.95, "schedule": "cosine"}, 0),
        ("beta-tcvae", {"ema": 0.9, "cycles": 2}, 0),
        ("iwae-dreg", {"samples": 3, "corruption": "mask"}, 10),
        ("info-vae", {"penalty": 200.0}, 0),
    ],
)
def test_stopped_and_resumed_is_the_same_as_uninterrupted(
    objective: str,
    changes: dict[str, object],
    classes: int,
    digits: ImageSet,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(run_module, "PULSE_SECONDS", -1.0)  # a wish to stop is looked at after every step
    model, training = settings(objective, **changes)
    model = model.model_copy(update={"classes": classes})
    train_model(digits, model, training, tmp_path / "whole")
    folder = tmp_path / "resumed"
    for steps in (5, 13):  # inside the first epoch, then inside the second
        looks = iter(range(1, 1000))
        stopped = train_model(
            digits, model, training, folder, resume=True, should_stop=lambda looks=looks, n=steps: next(looks) >= n
        )
        assert stopped.state == "stopped"
    assert train_model(digits, model, training, folder, resume=True).state == "finished"
    assert figures(folder) == figures(tmp_path / "whole")
    for file in (Path("model.safetensors"), STATE_FILE):  # the state holds the discriminator and all moments
        assert same_tensors(folder / file, tmp_path / "whole" / file)


PARTS = {
    "beta-tcvae": {"mutual_information", "total_correlation", "dimension_wise_kl"},
    "factor-vae": {"total_correlation"},
    "capacity": {"capacity"},
    "info-vae": {"squared_mmd"},
    "elbo": set(),
}


@pytest.mark.parametrize("name", PARTS)
def test_the_record_holds_the_parts_of_the_objective(name: str, digits: ImageSet, tmp_path: Path) -> None:
    model, training = settings(name)
    train_model(digits, model, training, tmp_path / "run")
    last = read_metrics(tmp_path / "run")[-1]
    assert last["parts"].keys() == PARTS[name]
    if name == "beta-tcvae":  # the parts are of one draw per image, the KL beside them is in closed form
        assert sum(last["parts"].values()) == pytest.approx(last["validation_kl"], rel=0.1)


def test_what_is_kept_of_a_run_with_a_running_average_is_the_average(digits: ImageSet, tmp_path: Path) -> None:
    model, training = settings("elbo", ema=0.9)
    train_model(digits, model, training, tmp_path / "run")
    kept, state = load_file(tmp_path / "run" / "model.safetensors"), load_file(tmp_path / "run" / STATE_FILE)
    name = "encoder.1.weight"
    assert torch.equal(kept[name], state[f"average.module.{name}"])
    assert not torch.equal(kept[name], state[f"weights.{name}"])


def test_a_conditional_model_learns_what_each_label_looks_like(digits: ImageSet, tmp_path: Path) -> None:
    model, training = settings("elbo", epochs=15, learning_rate=5e-3)
    train_model(digits, model.model_copy(update={"classes": 10}), training, tmp_path / "run")
    vae = load_checkpoint(tmp_path / "run").vae
    pictures = vae.decode_mean(torch.zeros(10, 3), torch.arange(10)).flatten(1)
    images = torch.from_numpy(digits.images[digits.train]).float().flatten(1) / 255
    labels = torch.from_numpy(digits.labels[digits.train])
    typical = torch.stack([images[labels == label].mean(dim=0) for label in range(10)])
    assert torch.equal(torch.cdist(pictures, typical).argmin(dim=1), torch.arange(10))
    assert load_latents(tmp_path / "run").mean.shape == (len(digits.test), 3)
    assert read_preview(tmp_path / "run").samples.shape == (24, 1, 8, 8)


@pytest.mark.parametrize("corruption", ["gaussian", "salt-and-pepper", "mask"])
def test_a_run_with_the_denoising_criterion_learns(corruption: str, digits: ImageSet, tmp_path: Path) -> None:
    model, training = settings("elbo", corruption=corruption)
    train_model(digits, model, training, tmp_path / "run")
    first, second = read_metrics(tmp_path / "run")
    assert second["validation_loss"] < first["validation_loss"] - 1
