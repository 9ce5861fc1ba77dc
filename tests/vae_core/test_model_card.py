"""The model card: what was measured, how, and nothing of the machine it was made on."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.tiny import tiny_checkpoint
from vae_core.checkpoint import load_config, load_evaluation
from vae_core.model_card import model_card, public_command

FACTS = {
    "command": "python -m vae_core train --out checkpoints/tiny",
    "epochs": 12,
    "best_epoch": 9,
    "best_loss": 1.5,
    "seconds": 65.2,
    "images_per_second": 38123.4,
    "machine": "Linux x86_64, 1 thread, torch 2.13.0",
}


@pytest.fixture
def card(tmp_path: Path) -> str:
    folder = tiny_checkpoint(tmp_path, latent_dim=3, likelihood="bernoulli")
    evaluation = load_evaluation(folder) | {
        "training": FACTS,
        "command": "python -m vae_core evaluate checkpoints/tiny",
        "importance_weighted_nll": 31.257,
        "importance_samples": 500,
        "importance_images": 359,
    }
    return model_card(load_config(folder), evaluation)


def test_the_card_holds_figures_with_how_they_were_measured(card: str) -> None:
    assert "| −log p(x) | 31.26 | 500 importance samples per image, the first 359 images |" in card
    assert "On the test split (359 images), nats per image, lower is better" in card
    assert "of 3 (the variance of the posterior mean" in card
    assert "Bernoulli; pixels are drawn as 0 or 1 afresh" in card


def test_further_figures_stand_with_how_they_were_measured(card: str) -> None:
    assert re.search(r"\| PSNR \| \d+\.\d dB \| E\[x given z\] at the posterior mean, 359 images \|", card)
    assert re.search(
        r"\| mutual information, at least \| \d\.\d\d nats \| 359 images, which show at most 5.88 nats", card
    )


def test_a_card_from_before_there_were_further_figures(tmp_path: Path) -> None:
    folder = tiny_checkpoint(tmp_path)
    old = {"psnr", "ssim", "mutual_information", "total_correlation", "dimension_wise_kl"}
    evaluation = {key: value for key, value in load_evaluation(folder).items() if key not in old}
    card = model_card(load_config(folder), evaluation)
    assert "PSNR" not in card and "Active units" in card


def test_the_card_holds_both_commands_and_what_they_took(card: str) -> None:
    commands = "```\npython -m vae_core train --out checkpoints/tiny\npython -m vae_core evaluate checkpoints/tiny\n```"
    assert commands in card
    assert "12 epochs in 65 s (38,123 images/s in the last one), kept the weights of epoch 9" in card


def test_the_card_names_data_split_fingerprint_and_licences(card: str) -> None:
    assert "1,258 training, 180 validation, 359 test images" in card
    assert "`ac2213023a1dd19f8222ec82825f32c3504d17957813b2fdf14736bb5f12f150`" in card
    assert "Licence of the data: CC BY 4.0" in card and "The weights: MIT" in card


def test_a_gaussian_card_says_what_kind_of_figure_it_shows(tmp_path: Path) -> None:
    folder = tiny_checkpoint(tmp_path)
    card = model_card(load_config(folder), load_evaluation(folder))
    assert "density" in card and "may be negative" in card


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        (
            ["train", "--data-dir", "/home/me/data/mnist", "--out", "/x/y/mine"],
            "--data-dir DATA_DIR/mnist --out checkpoints/mine",
        ),
        (
            ["train", "--data-dir=../data/mnist/", "--out=mine"],
            "--data-dir DATA_DIR/mnist --out checkpoints/mine",
        ),
        (["train", "--hidden", "64,32", "--resume"], "--hidden 64,32 --resume"),
    ],
)
def test_a_command_is_shown_without_the_folders_of_this_machine(arguments: list[str], shown: str) -> None:
    assert public_command(arguments) == f"python -m vae_core train {shown}"


def test_the_folder_of_an_evaluation_is_shown_by_its_name() -> None:
    folder = Path("/home/me/checkpoints/mine")
    assert public_command(["evaluate", str(folder)], [folder]) == "python -m vae_core evaluate checkpoints/mine"


@pytest.mark.parametrize("shape", ["{}/", "./{}", "{}"])
def test_however_a_folder_was_typed_the_card_shows_its_name(
    shape: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    typed = shape.format("checkpoints/digits-8d") if shape.startswith(".") else shape.format(tmp_path / "digits-8d")
    shown = public_command(["evaluate", typed], [Path(typed)])
    assert shown == "python -m vae_core evaluate checkpoints/digits-8d"


@pytest.mark.parametrize("argument", ["/home/anna/x", "/home/anna/x/", "--other=/home/anna/x", "--other=~/x"])
def test_no_folder_of_the_machine_is_shown_whatever_the_option(argument: str) -> None:
    shown = public_command(["evaluate", argument])
    assert "anna" not in shown and "/" not in shown and "~" not in shown
    assert shown.endswith("x")
