"""Mixed precision and channels last: networks in bfloat16, losses in float32, and a resume that is exact in each."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from vae_core.checkpoint import load_checkpoint
from vae_core.data import ImageSet, load_images
from vae_core.objectives import Moment, build_objective
from vae_core.settings import ModelSettings, TrainingSettings
from vae_core.training import precision, train_model
from vae_core.training import run as run_module
from vae_core.training.precision import full_precision, network_dtype, prepare
from vae_core.training.step import TrainingStep
from vae_core.vae import build_vae

CPU = torch.device("cpu")
CONV = ModelSettings(network="conv", image_shape=(1, 8, 8), latent_dim=2, likelihood="gaussian", hidden=(8,))
TRAINING = TrainingSettings(epochs=2, batch_size=200, learning_rate=1e-2, seed=3, patience=9, ema=0.9, clip_norm=50)


@pytest.fixture(scope="module")
def digits() -> ImageSet:
    return load_images("digits")


def test_auto_is_bf16_only_where_the_hardware_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for has_it, dtype in ((True, torch.bfloat16), (False, torch.float32)):
        monkeypatch.setattr(precision, "has_bf16", lambda device, has_it=has_it: has_it)
        assert network_dtype("auto", CPU) == dtype
        assert network_dtype("float32", CPU) == torch.float32 and network_dtype("bf16", CPU) == torch.bfloat16


def test_this_processor_is_asked_for_its_instructions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(precision.platform, "machine", lambda: "x86_64")
    for avx, amx in ((True, False), (False, True), (False, False)):
        monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda avx=avx: avx)
        monkeypatch.setattr(torch.cpu, "_is_amx_tile_supported", lambda amx=amx: amx)
        assert precision.has_bf16(CPU) == (avx or amx)
    assert not precision.has_bf16(torch.device("mps"))


def test_networks_compute_in_bf16_and_give_float32() -> None:
    vae = prepare(build_vae(CONV, 0), "bf16", CPU)
    seen = []
    vae.encoder[0].register_forward_hook(lambda module, inputs, output: seen.append(output.dtype))
    images = torch.rand(5, 1, 8, 8, generator=torch.Generator().manual_seed(0))
    half, latents = vae.encode(images), torch.zeros(5, 2)
    assert half.mean.dtype == half.stddev.dtype == vae.decoder_output(latents).dtype == torch.float32
    with full_precision(vae):
        whole = vae.encode(images)
    assert seen == [torch.bfloat16, torch.float32] and vae.network_dtype == torch.bfloat16
    assert not torch.equal(half.mean, whole.mean)
    assert torch.allclose(half.mean, whole.mean, atol=0.02)
    assert all(weights.dtype == torch.float32 for weights in vae.parameters())


def test_weights_gradients_and_moments_of_convolutions_lie_channels_last(digits: ImageSet) -> None:
    vae = build_vae(CONV.model_copy(update={"hidden": (8, 8)}), 0)
    step = TrainingStep(vae, build_objective(CONV, TRAINING), TRAINING, torch.Generator().manual_seed(0))
    step(torch.from_numpy(digits.images[:20]), Moment(0.0))
    convolutions = [weights for weights in vae.parameters() if weights.ndim == 4 and min(weights.shape) > 1]
    assert convolutions
    for weights in convolutions:
        for tensor in (weights, weights.grad, step.optimizer.state[weights]["exp_avg"]):
            assert tensor.is_contiguous(memory_format=torch.channels_last)


def test_channels_last_changes_no_figure_but_by_rounding(digits: ImageSet) -> None:
    images = torch.from_numpy(digits.images[:20]).float() / 255
    plain, last = build_vae(CONV, 0), prepare(build_vae(CONV, 0), "float32", CPU)
    assert torch.allclose(plain.encode(images).mean, last.encode(images).mean, atol=1e-5)


@pytest.mark.parametrize("mode", ["float32", "bf16"])
def test_stopped_and_resumed_is_exact_in_each_mode(
    digits: ImageSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    monkeypatch.setattr(run_module, "PULSE_SECONDS", -1.0)
    training = TRAINING.model_copy(update={"precision": mode})
    train_model(digits, CONV, training, tmp_path / "whole")
    looks = iter(range(1000))
    train_model(digits, CONV, training, tmp_path / "resumed", should_stop=lambda: next(looks) >= 9)
    train_model(digits, CONV, training, tmp_path / "resumed", resume=True)
    whole, resumed = (load_file(tmp_path / name / "model.safetensors") for name in ("whole", "resumed"))
    assert all(torch.equal(whole[name], value) for name, value in resumed.items())
    assert load_checkpoint(tmp_path / "whole").vae.network_dtype == torch.float32
