"""The models that ship: whole, small, honest about how they were made, with nothing of the machine that made them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tools import checkpoints as rebuilding
from vae_core.checkpoint import load_checkpoint, load_evaluation, load_latents, read_metrics
from vae_core.data import available, load_recorded
from vae_core.latents import encode_reference, image_hashes
from vae_core.metrics import evaluate_model
from vae_core.model_card import model_card, public_command
from vae_core.training.snapshots import list_snapshots, load_vae_of_epoch, read_snapshot

CHECKPOINTS = Path(__file__).resolve().parents[2] / "checkpoints"
NAMES = tuple(rebuilding.MODELS)
SHAPES = tuple(name for name in NAMES if rebuilding.data_of(name).startswith("shapes"))
AUTOENCODERS = tuple(name for name in NAMES if "--objective autoencoder" in rebuilding.MODELS[name])
COLLAPSED = ("digits-2d-beta-20",)  # so that Anatomy can show what that is
VAES = tuple(name for name in NAMES if name not in AUTOENCODERS)
LARGEST = 4_000_000
LARGEST_COMPANION = 1_000_000
FEW, MOST_JUDGED = 200, 8_000_000  # test images that are encoded again; pixel values of a split that is scored again
SMALLEST_GAP = 0.3  # of x, y and scale: the rule for the seed in checkpoints/README.md
SHIPPED = {"config.json", "model.safetensors", "metrics.jsonl", "evaluation.json", "latents.npz", "README.md"}
OPTIONAL = {"density.npz"}  # since it was added: those that shipped before have none until they are made again
LIKELIHOODS = {"digits": "gaussian", "fashion": "gaussian"}  # the others: bernoulli


def shipped_files(name: str) -> list[Path]:
    return [path for path in (CHECKPOINTS / name).iterdir() if path.is_file()]


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_model_is_whole_and_small(name: str) -> None:
    files = shipped_files(name)
    everything = [path for path in (CHECKPOINTS / name).rglob("*") if path.is_file()]
    assert {path.name for path in files} - OPTIONAL == SHIPPED
    largest = LARGEST_COMPANION if name in rebuilding.COMPANIONS else LARGEST
    assert sum(path.stat().st_size for path in everything) <= largest
    config, data = load_checkpoint(CHECKPOINTS / name).config, rebuilding.data_of(name)
    assert config.name == name and config.data.name == data and name.startswith(data)
    assert f"-{config.model.latent_dim}d" in name
    assert config.model.likelihood == LIKELIHOODS.get(data, "bernoulli")
    assert config.data.licence and len(config.data.label_names) == (3 if name in SHAPES else 10)


@pytest.mark.parametrize("name", NAMES)
def test_its_latents_are_of_the_whole_test_split(name: str) -> None:
    config, latents = load_checkpoint(CHECKPOINTS / name).config, load_latents(CHECKPOINTS / name)
    assert latents.split == "test"
    assert latents.mean.shape == (config.data.n_test, config.model.latent_dim)
    assert len(np.unique(latents.label)) == len(config.data.label_names)
    assert latents.kl.mean() > 1 or name in (*AUTOENCODERS, *COLLAPSED)


@pytest.mark.parametrize("name", VAES)
def test_its_figures_agree_with_each_other_and_with_the_weights(name: str) -> None:
    checkpoint, evaluation = load_checkpoint(CHECKPOINTS / name), load_evaluation(CHECKPOINTS / name)
    latents = load_latents(CHECKPOINTS / name)
    assert evaluation["weights"] == checkpoint.weights_hash
    assert evaluation["fingerprint"] == checkpoint.config.data.fingerprint
    assert evaluation["negative_elbo"] == pytest.approx(float((latents.kl + latents.reconstruction).mean()), rel=1e-4)
    judged = (latents.kl + latents.reconstruction)[: evaluation["importance_images"]]
    assert evaluation["importance_weighted_nll"] < float(judged.mean())
    assert evaluation["importance_samples"] == rebuilding.IMPORTANCE_SAMPLES
    active = 0 if name in COLLAPSED else checkpoint.config.model.latent_dim
    assert evaluation["active_units"] == active or name in SHAPES


@pytest.mark.parametrize("name", NAMES)
def test_its_weights_are_those_of_the_epoch_with_the_best_validation_loss(name: str) -> None:
    training = load_evaluation(CHECKPOINTS / name)["training"]
    epochs = [line for line in read_metrics(CHECKPOINTS / name) if "validation_loss" in line]
    best = min(epochs, key=lambda line: line["validation_loss"])
    assert training["best_loss"] == best["validation_loss"]
    assert training["best_epoch"] == best["epoch"]


@pytest.mark.parametrize("name", SHAPES)
def test_x_y_and_scale_each_have_a_slider_of_their_own(name: str) -> None:
    factors = {each["name"]: each for each in load_evaluation(CHECKPOINTS / name)["factors"]["factors"]}
    chosen = [factors[factor] for factor in ("x", "y", "scale")]
    assert all(each["mig"] >= SMALLEST_GAP for each in chosen)
    assert len({each["mig_latent"] for each in chosen}) == len(chosen)


@pytest.mark.parametrize("name", NAMES)
def test_its_card_is_what_the_figures_say_and_names_no_place_of_a_machine(name: str) -> None:
    checkpoint, evaluation = load_checkpoint(CHECKPOINTS / name), load_evaluation(CHECKPOINTS / name)
    card = (CHECKPOINTS / name / "README.md").read_text(encoding="utf-8")
    assert card == model_card(checkpoint.config, evaluation)
    texts = card + "".join((CHECKPOINTS / name / file).read_text() for file in ("config.json", "evaluation.json"))
    texts = texts.replace(r"\u00b2", "²")  # JSON writes R² so
    for place in ("/home/", "/tmp/", "/root/", "/Users/", "/work", "\\"):
        assert place not in texts


@pytest.mark.parametrize("name", NAMES)
def test_the_card_and_the_list_hold_the_command_that_rebuilds_it(name: str) -> None:
    arguments = rebuilding.train_arguments(name, Path("DATA_DIR"))
    command = public_command(arguments)
    assert load_evaluation(CHECKPOINTS / name)["training"]["command"] == command
    assert command in (CHECKPOINTS / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_the_same_images_give_the_figures_of_the_card(name: str) -> None:
    data = rebuilding.data_of(name)
    if not available(data):
        pytest.skip(f"{data} is not on this machine (set LATENT_EXPLORER_DATA)")
    config = load_checkpoint(CHECKPOINTS / name).config
    images = load_recorded(config.data)
    hashes = image_hashes(images.images[images.test])
    stored = load_latents(CHECKPOINTS / name).image_hash
    assert set(hashes.tolist()) == set(stored.tolist())
    if images.fingerprint == config.data.fingerprint:
        assert np.array_equal(hashes, stored)
        vae, pixels = load_checkpoint(CHECKPOINTS / name).vae, images.images[images.test]
        few, kept = encode_reference(vae, pixels[:FEW], None), load_latents(CHECKPOINTS / name).mean[:FEW]
        assert few.mean == pytest.approx(kept, rel=1e-3, abs=2e-3)  # kept in half precision
        if pixels.size > MOST_JUDGED:
            return  # the whole split would take half a minute
        scores = evaluate_model(vae, pixels)
        assert scores.reconstruction == pytest.approx(load_evaluation(CHECKPOINTS / name)["reconstruction"], abs=0.05)
        assert scores.kl == pytest.approx(load_evaluation(CHECKPOINTS / name)["kl"], abs=0.05)


@pytest.mark.parametrize("name", AUTOENCODERS)
def test_a_plain_autoencoder_has_reconstructions_and_no_elbo(name: str) -> None:
    evaluation, latents = load_evaluation(CHECKPOINTS / name), load_latents(CHECKPOINTS / name)
    assert load_checkpoint(CHECKPOINTS / name).config.model.posterior == "point"
    assert evaluation.get("negative_elbo") is None and evaluation["no_elbo"]
    assert evaluation["reconstruction"] == pytest.approx(float(latents.reconstruction.mean()), rel=1e-4)


def test_the_series_trades_reconstruction_for_kl_and_ends_in_a_collapse() -> None:
    names = [f"digits-2d-beta-{beta}" for beta in rebuilding.BETAS]
    betas = [load_checkpoint(CHECKPOINTS / name).config.training.beta for name in names]
    assert betas == sorted(float(beta) for beta in rebuilding.BETAS)
    scores = [load_evaluation(CHECKPOINTS / name) for name in names]
    assert [each["kl"] for each in scores] == sorted((each["kl"] for each in scores), reverse=True)
    assert scores[-1]["kl"] < 0.01
    fitted = [each["reconstruction"] for each in scores if each["active_units"]]
    assert fitted[1:] == sorted(fitted[1:]) and scores[-1]["reconstruction"] > max(fitted)


def test_the_replay_of_the_collapse_begins_with_a_latent_space_and_ends_without_one() -> None:
    folder = CHECKPOINTS / COLLAPSED[0]
    epochs = list_snapshots(folder)
    assert len(epochs) >= 15 and epochs[0] == 0
    spread = [read_snapshot(folder, epoch).means.astype(np.float32).std(axis=0).max() for epoch in epochs]
    assert max(spread) > 0.8 and spread[-1] < 0.05
    assert load_vae_of_epoch(folder, epochs[-1]).latent_dim == 2


def test_only_data_that_is_read_from_files_gets_a_folder() -> None:
    root = Path("DATA_DIR")
    assert rebuilding.data_options("mnist-2d", root) == ["--data-dir", str(root / "mnist")]
    for name in ("digits-2d", "digits-ae-2d", "shapes-10d"):
        assert rebuilding.data_options(name, root) == []


@pytest.mark.usefixtures("warm_processes")
def test_a_rebuilt_model_takes_the_place_of_the_old_one_and_keeps_its_notes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rebuilding, "CHECKPOINTS", tmp_path)
    monkeypatch.setattr(rebuilding, "WORKSHOP", tmp_path / ".rebuilding")
    monkeypatch.setitem(rebuilding.MODELS, "digits-2d", "--data digits --latent-dim 2 --hidden 8 --epochs 1")
    (tmp_path / "digits-2d" / "notes").mkdir(parents=True)
    (tmp_path / "digits-2d" / "notes" / "names.json").write_text("{}")
    (tmp_path / "digits-2d" / "old").write_text("")
    monkeypatch.setattr(sys, "argv", ["checkpoints", "digits-2d"])
    assert rebuilding.main() == 0
    assert {path.name for path in (tmp_path / "digits-2d").iterdir()} == SHIPPED | OPTIONAL | {"notes"}
    assert (tmp_path / "digits-2d" / "notes" / "names.json").exists()
    assert not (tmp_path / ".rebuilding").exists()


@pytest.mark.usefixtures("warm_processes")
def test_a_model_that_cannot_be_rebuilt_leaves_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rebuilding, "CHECKPOINTS", tmp_path)
    monkeypatch.setattr(rebuilding, "WORKSHOP", tmp_path / ".rebuilding")
    (tmp_path / "mnist-2d").mkdir()
    (tmp_path / "mnist-2d" / "old").write_text("")
    monkeypatch.setattr(sys, "argv", ["checkpoints", "--data-dir", str(tmp_path), "mnist-2d"])
    assert rebuilding.main() == 1
    assert (tmp_path / "mnist-2d" / "old").exists()


def test_git_takes_every_file_that_a_shipped_model_has_and_no_other() -> None:
    files = [f"checkpoints/{name}/{file}" for name in NAMES for file in sorted(SHIPPED)]
    unwanted = [
        "checkpoints/digits-2d/run/status.json",
        "checkpoints/digits-2d/state/state.safetensors",
        "checkpoints/own/a",
    ]
    command = ["git", "check-ignore", "--no-index", *files, *unwanted]
    ignored = subprocess.run(command, cwd=CHECKPOINTS.parent, capture_output=True, text=True)
    if ignored.returncode == 128:
        pytest.skip("this copy of the project is no git checkout")
    assert ignored.stdout.split() == unwanted
