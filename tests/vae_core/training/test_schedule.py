"""The learning rate over a run: the ends of each schedule, Burda's stages, and where a resumed run goes on."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from vae_core.checkpoint import read_metrics
from vae_core.data import load_images
from vae_core.objectives import Moment, build_objective
from vae_core.settings import ModelSettings, TrainingSettings
from vae_core.training import run as run_module
from vae_core.training import train_model
from vae_core.training.schedule import burda_stage, learning_rate_at
from vae_core.training.step import TrainingStep
from vae_core.vae import build_vae

MODEL = ModelSettings(network="mlp", image_shape=(1, 8, 8), latent_dim=2, likelihood="gaussian", hidden=(4,))
TRAINING = TrainingSettings(
    epochs=3, batch_size=200, learning_rate=1e-2, final_learning_rate=1e-4, seed=0, patience=9, schedule="cosine"
)


def rate(schedule: str, progress: float) -> float:
    return learning_rate_at(TRAINING.model_copy(update={"schedule": schedule}), progress)


@pytest.mark.parametrize("schedule", ["linear", "cosine", "exponential"])
def test_a_falling_schedule_starts_and_ends_where_the_settings_say(schedule: str) -> None:
    assert rate(schedule, 0.0) == pytest.approx(1e-2)
    assert rate(schedule, 1.0) == pytest.approx(1e-4)
    falling = [rate(schedule, step / 20) for step in range(21)]
    assert falling == sorted(falling, reverse=True)


def test_half_way_down_each_schedule_is_where_its_name_says() -> None:
    assert rate("linear", 0.5) == rate("cosine", 0.5) == pytest.approx((1e-2 + 1e-4) / 2)
    assert rate("exponential", 0.5) == pytest.approx(1e-3)
    assert rate("constant", 0.7) == 1e-2


def test_burdas_stages_last_powers_of_three_at_powers_of_ten() -> None:
    # 3,280 = 1 + 3 + 9 + ... + 2187 passes, as in the paper: stage i lasts 3^i passes at 0.001 * 10^(-i/7) there
    passes = [burda_stage((number + 0.5) / 3280) for number in range(3280)]
    assert [passes.count(stage) for stage in range(8)] == [3**stage for stage in range(8)]
    assert passes == sorted(passes) and burda_stage(1.0) == 7
    assert rate("burda", 0.0) == 1e-2
    assert rate("burda", 2 / 3280) == pytest.approx(1e-2 * 10 ** (-1 / 7))
    assert rate("burda", 1.0) == pytest.approx(1e-3)


def test_every_step_and_every_line_has_the_rate_of_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rates: list[float] = []
    call = TrainingStep.__call__

    def note(step, *arguments):
        sums = call(step, *arguments)
        rates.append(step.optimizer.param_groups[0]["lr"])
        return sums

    monkeypatch.setattr(TrainingStep, "__call__", note)
    monkeypatch.setattr(run_module, "PULSE_SECONDS", -1.0)
    digits, folder = load_images("digits"), tmp_path / "run"
    steps_per_epoch = -(-len(digits.train) // TRAINING.batch_size)
    train_model(digits, MODEL, TRAINING, folder, should_stop=lambda: len(rates) == steps_per_epoch + 2)
    assert len(rates) == steps_per_epoch + 2
    train_model(digits, MODEL, TRAINING, folder, resume=True)
    steps = 3 * steps_per_epoch
    assert rates == pytest.approx([learning_rate_at(TRAINING, step / steps) for step in range(steps)])
    last = [rates[steps_per_epoch * epoch - 1] for epoch in (1, 2, 3)]
    assert [line["learning_rate"] for line in read_metrics(folder)] == last


def test_a_gradient_is_clipped_to_the_norm_of_the_settings() -> None:
    pixels = torch.from_numpy(load_images("digits").images[:50])
    norms = {}
    for clip_norm in (0.0, 0.5):
        training = TRAINING.model_copy(update={"clip_norm": clip_norm})
        vae = build_vae(MODEL, seed=0)
        step = TrainingStep(vae, build_objective(MODEL, training), training, torch.Generator().manual_seed(0))
        step(pixels, Moment(progress=0.0))
        norms[clip_norm] = torch.cat([weights.grad.flatten() for weights in vae.parameters()]).norm().item()
    assert norms[0.0] > 1 and norms[0.5] == pytest.approx(0.5, rel=1e-4)
