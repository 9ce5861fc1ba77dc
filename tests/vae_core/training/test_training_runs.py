"""A training run: what it leaves, that it can be repeated, stopped, resumed exactly, and that it learns."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from vae_core.checkpoint import load_checkpoint, load_evaluation, load_latents, read_metrics
from vae_core.data import ImageSet, load_images
from vae_core.latents import image_hashes
from vae_core.likelihoods import BernoulliLikelihood
from vae_core.objectives import Batch, Moment, build_objective
from vae_core.settings import ModelSettings, TrainingSettings
from vae_core.training import TrainingError, read_preview, read_status, request_stop, train_model
from vae_core.training import run as run_module
from vae_core.training.batches import epoch_order, observed
from vae_core.training.step import averages, batch_sums, validate

MODEL = ModelSettings(network="mlp", image_shape=(1, 8, 8), latent_dim=3, likelihood="gaussian", hidden=(24,))
TRAINING = TrainingSettings(epochs=4, batch_size=100, learning_rate=3e-3, seed=5, patience=10)
CLOCKS = {"images_per_second", "seconds"}


@pytest.fixture(scope="module")
def digits() -> ImageSet:
    return load_images("digits")


@pytest.fixture(scope="module")
def whole(digits: ImageSet, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that nothing disturbed."""
    folder = tmp_path_factory.mktemp("runs") / "whole"
    train_model(digits, MODEL, TRAINING, folder, command="python -m vae_core train")
    return folder


@pytest.fixture
def looks_at_every_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stop requests are looked at after every step instead of five times a second."""
    monkeypatch.setattr(run_module, "PULSE_SECONDS", -1.0)


def figures(folder: Path) -> list[dict]:
    """metrics.jsonl without what depends on the clock."""
    return [{key: line[key] for key in line if key not in CLOCKS} for line in read_metrics(folder)]


def same_weights(one: Path, other: Path) -> bool:
    first, second = (load_file(folder / "model.safetensors") for folder in (one, other))
    return first.keys() == second.keys() and all(torch.equal(first[name], second[name]) for name in first)


def test_a_run_leaves_a_whole_checkpoint(whole: Path, digits: ImageSet) -> None:
    checkpoint = load_checkpoint(whole)
    assert checkpoint.config.model == MODEL and checkpoint.config.data == digits.settings()
    latents = load_latents(whole)
    assert np.array_equal(latents.image_hash, image_hashes(digits.images[digits.test]))
    assert np.array_equal(latents.label, digits.labels[digits.test])
    evaluation = load_evaluation(whole)
    assert evaluation["images"] == len(digits.test) and evaluation["training"]["epochs"] == 4
    assert evaluation["weights"] == checkpoint.weights_hash
    assert (whole / "README.md").read_text().startswith("# whole\n")
    preview = read_preview(whole)
    assert preview.originals.shape == preview.reconstructions.shape == (12, 1, 8, 8)
    assert preview.samples.shape == (24, 1, 8, 8) and preview.samples.dtype == np.uint8
    status = read_status(whole)
    assert (status.state, status.epoch, status.epochs) == ("finished", 4, 4)
    assert status.message.startswith("Finished after 4 epochs; kept the weights of epoch 4")


def test_each_line_of_metrics_holds_the_promised_fields(whole: Path) -> None:
    lines = read_metrics(whole)
    assert [line["epoch"] for line in lines] == [1, 2, 3, 4]
    for line in lines:
        assert line.keys() == {
            "epoch", "train_loss", "validation_loss", "reconstruction", "kl", "validation_reconstruction",
            "validation_kl", "kl_per_dimension", "learning_rate", "images_per_second", "seconds",
            "parts",
        }  # fmt: skip
        assert line["train_loss"] == pytest.approx(line["reconstruction"] + line["kl"])
        assert line["validation_loss"] == pytest.approx(line["validation_reconstruction"] + line["validation_kl"])
        assert sum(line["kl_per_dimension"]) == pytest.approx(line["validation_kl"])
        assert len(line["kl_per_dimension"]) == 3 and min(line["kl_per_dimension"]) >= 0
        assert line["images_per_second"] > 0 and line["seconds"] > 0


def test_a_run_learns(whole: Path) -> None:
    losses = [line["validation_loss"] for line in read_metrics(whole)]
    assert losses[-1] < losses[0] - 10


def test_the_same_seed_gives_the_same_run_and_another_seed_does_not(
    whole: Path, digits: ImageSet, tmp_path: Path
) -> None:
    train_model(digits, MODEL, TRAINING, tmp_path / "again")
    assert figures(tmp_path / "again") == figures(whole) and same_weights(tmp_path / "again", whole)
    other = TRAINING.model_copy(update={"seed": 6, "epochs": 1})
    train_model(digits, MODEL, other, tmp_path / "other")
    assert figures(tmp_path / "other")[0]["train_loss"] != figures(whole)[0]["train_loss"]


@pytest.mark.usefixtures("looks_at_every_step")
@pytest.mark.parametrize("steps", [1, 7, 13, 14, 26, 40])
def test_stopped_and_resumed_is_the_same_as_uninterrupted(
    whole: Path, digits: ImageSet, tmp_path: Path, steps: int
) -> None:
    looks = iter(range(1, 1000))
    folder = tmp_path / "resumed"
    stopped = train_model(digits, MODEL, TRAINING, folder, should_stop=lambda: next(looks) >= steps)
    assert stopped.state == "stopped" and stopped.epochs == (steps - 1) // 13
    resumed = train_model(digits, MODEL, TRAINING, folder, resume=True)
    assert resumed.state == "finished" and resumed.epochs == 4
    assert figures(folder) == figures(whole)
    assert same_weights(folder, whole)


@pytest.mark.usefixtures("looks_at_every_step")
def test_a_crash_between_two_saves_is_made_good(
    whole: Path, digits: ImageSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(record) -> None:
        if record.epoch == 3:
            raise RuntimeError("the power failed")

    folder = tmp_path / "crashed"
    with pytest.raises(RuntimeError):
        train_model(digits, MODEL, TRAINING, folder, progress=crash)
    assert [line["epoch"] for line in read_metrics(folder)] == [1, 2, 3]
    status = read_status(folder)
    assert (status.state, status.message) == ("failed", "the power failed")
    assert load_checkpoint(folder).config.name == "crashed"
    train_model(digits, MODEL, TRAINING, folder, resume=True)
    assert figures(folder) == figures(whole) and same_weights(folder, whole)


def test_a_finished_run_goes_on_for_more_epochs(whole: Path, digits: ImageSet, tmp_path: Path) -> None:
    folder = tmp_path / "longer"
    train_model(digits, MODEL, TRAINING.model_copy(update={"epochs": 2}), folder)
    train_model(digits, MODEL, TRAINING, folder, resume=True)
    assert figures(folder) == figures(whole) and same_weights(folder, whole)
    assert load_checkpoint(folder).config.training.epochs == 4


def test_resume_starts_a_run_when_nothing_was_saved(whole: Path, digits: ImageSet, tmp_path: Path) -> None:
    train_model(digits, MODEL, TRAINING, tmp_path / "fresh", resume=True)
    assert figures(tmp_path / "fresh") == figures(whole)


def test_resume_starts_anew_a_run_that_was_killed_before_its_first_save(
    whole: Path, digits: ImageSet, tmp_path: Path
) -> None:
    folder = tmp_path / "killed"
    (folder / "run").mkdir(parents=True)
    (folder / "run" / "status.json").write_bytes((whole / "run" / "status.json").read_bytes())
    (folder / "metrics.jsonl").write_text((whole / "metrics.jsonl").read_text()[:900])
    train_model(digits, MODEL, TRAINING, folder, resume=True)
    assert figures(folder) == figures(whole) and same_weights(folder, whole)


@pytest.mark.usefixtures("looks_at_every_step")
@pytest.mark.parametrize("asked", [False, True])
def test_an_interrupt_before_the_first_save_leaves_a_folder_to_begin_in(
    whole: Path, digits: ImageSet, tmp_path: Path, asked: bool
) -> None:
    folder = tmp_path / "early"
    pulse, should_stop = _interrupted_at(5, asked)
    with pytest.raises(KeyboardInterrupt):
        train_model(digits, MODEL, TRAINING, folder, on_pulse=pulse, should_stop=should_stop)
    assert not (folder / "model.safetensors").exists() and not (folder / "config.json").exists()
    status = read_status(folder)
    assert status.state == "failed" and status.message.startswith("Ended at once, before the model was measured;")
    train_model(digits, MODEL, TRAINING, folder, resume=True)
    assert figures(folder) == figures(whole) and same_weights(folder, whole)


@pytest.mark.usefixtures("looks_at_every_step")
@pytest.mark.parametrize("asked", [False, True])
def test_an_interrupt_stops_a_run_and_ends_one_that_was_asked_to_stop(
    whole: Path, digits: ImageSet, tmp_path: Path, asked: bool
) -> None:
    folder = tmp_path / "late"
    pulse, should_stop = _interrupted_at(33, asked)
    if asked:
        with pytest.raises(KeyboardInterrupt):
            train_model(digits, MODEL, TRAINING, folder, on_pulse=pulse, should_stop=should_stop)
    else:
        assert train_model(digits, MODEL, TRAINING, folder, on_pulse=pulse).state == "stopped"
    assert (folder / "evaluation.json").exists() is not asked
    assert load_checkpoint(folder).config.name == "late"  # what was saved after the first epoch
    train_model(digits, MODEL, TRAINING, folder, resume=True)
    assert figures(folder) == figures(whole) and same_weights(folder, whole)


def _interrupted_at(pulse: int, asked: bool) -> tuple[Callable[[object], None], Callable[[], bool]]:
    """A Ctrl-C that strikes at the given pulse, and whether somebody has asked for a stop by then."""
    counter, struck = itertools.count(1), []

    def interrupt(status: object) -> None:
        if next(counter) == pulse:
            struck.append(True)
            raise KeyboardInterrupt

    return interrupt, lambda: asked and bool(struck)


@pytest.mark.usefixtures("looks_at_every_step")
def test_a_run_stopped_inside_its_first_epoch_can_be_used(digits: ImageSet, tmp_path: Path) -> None:
    result = train_model(digits, MODEL, TRAINING, tmp_path / "short", should_stop=lambda: True)
    assert (result.state, result.epochs, result.facts.best_loss) == ("stopped", 0, None)
    assert load_latents(tmp_path / "short").mean.shape == (len(digits.test), 3)
    assert read_status(tmp_path / "short").state == "stopped"
    assert "inside the first" in (tmp_path / "short" / "README.md").read_text()


@pytest.mark.usefixtures("looks_at_every_step")
def test_the_stop_file_stops_a_run(digits: ImageSet, tmp_path: Path) -> None:
    folder = tmp_path / "asked"
    result = train_model(
        digits, MODEL, TRAINING, folder, progress=lambda record: request_stop(folder) if record.epoch == 2 else None
    )
    assert (result.state, result.epochs) == ("stopped", 2)
    assert not (folder / "run" / "stop").exists()
    assert load_checkpoint(folder).vae.latent_dim == 3


def test_the_best_weights_by_validation_are_kept(
    digits: ImageSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = _validation_worsens_after(2, monkeypatch)
    result = train_model(digits, MODEL, TRAINING, tmp_path / "best")
    assert result.facts.best_epoch == 2 and len(seen) == 4
    kept = load_file(tmp_path / "best" / "model.safetensors")
    assert all(torch.equal(kept[name], value) for name, value in seen[1].items())
    assert not torch.equal(kept["encoder.1.weight"], seen[3]["encoder.1.weight"])


def test_a_run_that_no_longer_improves_stops_early(
    digits: ImageSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _validation_worsens_after(1, monkeypatch)
    patient = TRAINING.model_copy(update={"epochs": 50, "patience": 3})
    result = train_model(digits, MODEL, patient, tmp_path / "early")
    assert (result.state, result.early, result.epochs, result.facts.best_epoch) == ("finished", True, 4, 1)
    assert "Finished early after 4 epochs; kept the weights of epoch 1" in read_status(tmp_path / "early").message


def test_a_loss_that_is_no_number_ends_the_run_with_a_way_out(digits: ImageSet, tmp_path: Path) -> None:
    wild = TRAINING.model_copy(update={"learning_rate": 1e30})
    with pytest.raises(TrainingError, match=r"must be a finite number. Lower the learning rate \(it is 1e\+30\)"):
        train_model(digits, MODEL, wild, tmp_path / "wild")
    assert read_status(tmp_path / "wild").state == "failed"


def test_weights_that_nobody_validated_are_not_kept_when_they_are_no_numbers(
    digits: ImageSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_module, "SAVE_SECONDS", 0.0)
    monkeypatch.setattr(run_module, "PULSE_SECONDS", 0.0)
    wild = TRAINING.model_copy(update={"learning_rate": 1e30})
    with pytest.raises(TrainingError, match=r"must be a finite number"):
        train_model(digits, MODEL, wild, tmp_path / "wild")
    assert not (tmp_path / "wild" / "model.safetensors").exists()
    with pytest.raises(TrainingError, match=r"the training loss of epoch 1 is nan by step 2 of 13"):
        train_model(digits, MODEL, wild, tmp_path / "stopped", should_stop=_after(3))
    assert not (tmp_path / "stopped" / "model.safetensors").exists()


def _after(calls: int) -> Callable[[], bool]:
    """A wish to stop that comes at the given call."""
    counter = itertools.count(1)
    return lambda: next(counter) >= calls


def test_an_infinite_validation_loss_ends_the_run_with_a_way_out(
    digits: ImageSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def endless(*arguments: object) -> object:
        return replace(validate(*arguments), loss=float("inf"))

    monkeypatch.setattr(run_module, "validate", endless)
    with pytest.raises(TrainingError, match=r"the validation loss of epoch 1 is inf"):
        train_model(digits, MODEL, TRAINING, tmp_path / "endless")


def test_bernoulli_draws_grey_pixels_afresh_at_every_step() -> None:
    grey = torch.full((4, 1, 8, 8), 128, dtype=torch.uint8)
    generator = torch.Generator().manual_seed(0)
    first, second = (observed(grey, BernoulliLikelihood(), generator) for _ in range(2))
    assert set(first.unique().tolist()) == {0.0, 1.0}
    assert not torch.equal(first, second)
    again = observed(grey, BernoulliLikelihood(), torch.Generator().manual_seed(0))
    assert torch.equal(first, again)


def test_a_bernoulli_run_on_grey_digits_judges_binarised_pixels(digits: ImageSet, tmp_path: Path) -> None:
    bernoulli = MODEL.model_copy(update={"likelihood": "bernoulli"})
    train_model(digits, bernoulli, TRAINING.model_copy(update={"epochs": 2}), tmp_path / "black-white")
    lines = read_metrics(tmp_path / "black-white")
    assert 0 < lines[-1]["validation_loss"] < lines[0]["validation_loss"] < 64 * np.log(2) + 1
    assert "binarised" in load_evaluation(tmp_path / "black-white")["pixels"]


def test_every_training_image_comes_once_per_epoch_in_a_new_order(digits: ImageSet) -> None:
    first, second = (epoch_order(digits.train, seed=0, epoch=epoch) for epoch in (1, 2))
    assert np.array_equal(np.sort(first.numpy()), digits.train)
    assert not torch.equal(first, second)
    assert torch.equal(first, epoch_order(digits.train, seed=0, epoch=1))


def test_averages_do_not_depend_on_how_images_are_batched(digits: ImageSet, whole: Path) -> None:
    vae = load_checkpoint(whole).vae
    pixels = torch.from_numpy(digits.images[digits.validation])
    objective = build_objective(MODEL, TRAINING)
    whole_pass = validate(vae, objective, TRAINING, pixels, None, n_train=100)
    images = pixels.float() / 255
    kl = torch.distributions.kl_divergence(vae.encode(images), vae.prior()).sum(dim=1).mean()
    assert whole_pass.kl == pytest.approx(kl.item(), rel=1e-5)
    generator = torch.Generator().manual_seed(0)
    parts = [batch_sums(objective(vae, Batch(part), generator, Moment())).double() for part in images.split(50)]
    assert averages(sum(parts), len(images)).kl == pytest.approx(kl.item(), rel=1e-5)


def test_the_status_carries_the_command_and_the_card_too(whole: Path) -> None:
    assert read_status(whole).command == "python -m vae_core train"
    assert json.loads((whole / "evaluation.json").read_text())["training"]["command"] == "python -m vae_core train"
    assert "python -m vae_core train" in (whole / "README.md").read_text()


def _validation_worsens_after(epoch: int, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, torch.Tensor]]:
    """Make the validation loss rise after this epoch; gives the weights that were validated, epoch by epoch."""
    seen: list[dict[str, torch.Tensor]] = []

    def worsening(vae, *arguments):
        seen.append({name: value.clone() for name, value in vae.state_dict().items()})
        loss = float(abs(len(seen) - epoch))
        return replace(validate(vae, *arguments), loss=loss)

    monkeypatch.setattr(run_module, "validate", worsening)
    return seen


@pytest.mark.usefixtures("looks_at_every_step")
def test_a_run_stopped_with_finite_weights_that_give_no_finite_loss_keeps_no_model(
    digits: ImageSet, tmp_path: Path
) -> None:
    wild = TRAINING.model_copy(update={"learning_rate": 1e30})
    with pytest.raises(TrainingError, match=r"the validation loss of epoch 1 is (nan|inf); .* Lower the learning rate"):
        train_model(digits, MODEL, wild, tmp_path / "wild", should_stop=lambda: True)
    assert not (tmp_path / "wild" / "model.safetensors").exists()
