"""python -m vae_core: its commands from the outside, errors included, and Ctrl-C on a real process."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from typer.main import get_command
from typer.testing import CliRunner

from tests.tiny import tiny_checkpoint
from vae_core.__main__ import app
from vae_core.checkpoint import load_checkpoint, load_config, load_evaluation, load_latents, read_metrics
from vae_core.command_line.options import flag_of
from vae_core.command_line.screen import TrainingScreen
from vae_core.data import DATA_VARIABLE
from vae_core.data.idx import write_idx
from vae_core.settings import ModelSettings, TrainingSettings
from vae_core.training import read_status
from vae_core.training import run as run_module
from vae_core.training.state import has_state

PROJECT = Path(__file__).resolve().parents[3]
QUICK = ["--epochs", "2", "--hidden", "16", "--batch-size", "200", "--threads", "1"]


def call(*arguments: str | Path):
    """The result of one command, in this process, as wide as a page so that tables do not wrap."""
    return CliRunner(env={"COLUMNS": "200"}).invoke(app, [str(argument) for argument in arguments])


def test_train_leaves_a_model_and_says_how_fast(tmp_path: Path) -> None:
    result = call("train", "--data", "digits", "--latent-dim", "3", "--out", tmp_path / "mine", *QUICK)
    assert result.exit_code == 0, result.output
    assert "Finished after 2 epochs" in result.output and "images/s" in result.output
    config = load_config(tmp_path / "mine")
    assert (config.name, config.model.latent_dim, config.model.hidden) == ("mine", 3, (16,))
    assert (config.model.network, config.model.likelihood, config.training.seed) == ("mlp", "gaussian", 0)


def test_train_works_with_no_option_but_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from vae_core.command_line import choices

    monkeypatch.setattr(choices, "default_epochs", lambda n_train: 1)
    assert call("train", "--out", tmp_path / "mine").exit_code == 0
    config = load_config(tmp_path / "mine")
    assert (config.data.name, config.model.latent_dim) == ("digits", 2)


def test_every_option_reaches_the_settings(tmp_path: Path) -> None:
    options = [
        "--network", "conv", "--hidden", "4,8", "--latent-dim", "5", "--likelihood", "bernoulli", "--objective", "elbo",
        "--epochs", "1", "--batch-size", "300", "--lr", "0.01", "--patience", "7", "--seed", "11",
    ]  # fmt: skip
    assert call("train", *options, "--out", tmp_path / "mine").exit_code == 0
    config = load_config(tmp_path / "mine")
    model, training = config.model, config.training
    assert (model.network, model.hidden, model.latent_dim, model.likelihood) == ("conv", (4, 8), 5, "bernoulli")
    assert training.model_dump(exclude_defaults=True) | {"objective": training.objective} == {
        "objective": "elbo", "epochs": 1, "batch_size": 300, "learning_rate": 0.01, "seed": 11, "patience": 7,
    }  # fmt: skip


def test_any_number_of_shapes_is_drawn_and_drawn_again(tmp_path: Path) -> None:
    out = tmp_path / "mine"
    options = ["--data", "shapes", "--hidden", "8", "--batch-size", "20", "--threads", "1", "--out", out]
    result = call("train", *options, "--data-count", "80", "--epochs", "1")
    assert result.exit_code == 0, result.output
    config = load_config(out)
    assert (config.data.n_train, config.data.n_validation, config.data.n_test) == (68, 4, 8)
    assert config.model.likelihood == "bernoulli" and config.data.label_names == ("square", "ellipse", "heart")
    assert load_latents(out).label.max() <= 2
    assert call("evaluate", out, "--importance-samples", "0").exit_code == 0
    assert call("train", *options, "--resume", "--epochs", "2").exit_code == 0
    assert len(read_metrics(out)) == 2
    refused = call("train", *options, "--resume", "--data-count", "100")
    assert refused.exit_code == 1 and "n_train is 85; the run in mine was started with 68" in refused.output


def test_every_option_of_model_objective_and_optimizer_reaches_the_settings(tmp_path: Path) -> None:
    given = {
        "--activation": ("tanh", "activation"), "--beta": (4.0, "beta"), "--warmup": (0.5, "warmup"),
        "--cycles": (2, "cycles"), "--free-bits": (0.05, "free_bits"), "--samples": (2, "samples"),
        "--corruption": ("mask", "corruption"), "--corruption-strength": (0.2, "corruption_strength"),
        "--schedule": ("exponential", "schedule"), "--final-lr": (1e-4, "final_learning_rate"),
        "--adam-epsilon": (1e-6, "adam_epsilon"), "--clip-norm": (5.0, "clip_norm"), "--ema": (0.9, "ema"),
        "--precision": ("float32", "precision"),
        "--optimizer": ("muon", "optimizer"), "--sigma": (0.2, "sigma"), "--levels": (16, "levels"),
    }  # fmt: skip
    options = [word for flag, (value, _) in given.items() for word in (flag, str(value))]
    switches = ["--sampled-kl", "--conditional", "--no-dequantise", "--prior", "normal", "--prior-components", "3"]
    result = call("train", *options, *switches, "--out", tmp_path / "mine", *QUICK)
    assert result.exit_code == 0, result.output
    config = load_config(tmp_path / "mine")
    found = config.model.model_dump() | config.training.model_dump()
    assert {flag: found[field] for flag, (_, field) in given.items()} == {f: value for f, (value, _) in given.items()}
    assert (found["sampled_kl"], found["classes"], found["prior_components"]) == (True, 10, 3)
    assert call("train", "--out", tmp_path / "mine", "--resume", "--epochs", "3").exit_code == 0


@pytest.mark.parametrize(
    ("objective", "options", "wanted"),
    [
        ("beta-tcvae", ["--estimator", "weighted"], {"estimator": "weighted"}),
        ("capacity", ["--capacity", "5", "--penalty", "3"], {"capacity": 5.0, "penalty": 3.0}),
    ],
)
def test_options_of_an_objective_reach_the_settings(
    tmp_path: Path, objective: str, options: list[str], wanted: dict[str, object]
) -> None:
    result = call("train", "--objective", objective, *options, "--out", tmp_path / "mine", *QUICK)
    assert result.exit_code == 0, result.output
    found = load_config(tmp_path / "mine").training.model_dump()
    assert {field: found[field] for field in wanted} == wanted and found["objective"] == objective


def test_every_setting_has_an_option() -> None:
    fields = {*ModelSettings.model_fields, *TrainingSettings.model_fields}
    chosen_otherwise = {"image_shape", "posterior"}  # by the data, by the objective
    flags = {option for parameter in get_command(app).commands["train"].params for option in parameter.opts}
    assert {field for field in fields if flag_of(field) not in flags} == chosen_otherwise


def test_the_objective_autoencoder_chooses_a_model_without_a_spread(tmp_path: Path) -> None:
    out = tmp_path / "plain"
    assert call("train", "--objective", "autoencoder", "--out", out, *QUICK).exit_code == 0
    assert load_config(out).model.posterior == "point"
    assert {line["kl"] for line in read_metrics(out)} == {0.0}
    refused = call("train", "--objective", "elbo", "--out", out, "--resume", "--epochs", "3")
    assert refused.exit_code == 1 and "was started with" in refused.output


def test_a_conditional_model_needs_labels(tmp_path: Path) -> None:
    (tmp_path / "faces").mkdir()
    pictures = np.random.default_rng(0).integers(0, 256, (40, 12, 9), dtype=np.uint8)
    write_idx(tmp_path / "faces" / "train-images-idx3-ubyte.gz", pictures)
    options = ["--data", "faces", "--data-dir", tmp_path, "--conditional", "--out", tmp_path / "mine"]
    result = call("train", *options)
    assert result.exit_code == 1 and "--conditional was given; faces has no labels. Leave it out" in result.output


def test_own_images_that_are_not_square_train_under_a_name_of_their_own(tmp_path: Path) -> None:
    pictures = np.random.default_rng(0).integers(0, 256, (40, 12, 9), dtype=np.uint8)
    (tmp_path / "faces").mkdir()
    write_idx(tmp_path / "faces" / "train-images-idx3-ubyte.gz", pictures)
    for network in ("mlp", "conv"):
        out = tmp_path / f"faces-{network}"
        options = ["--data", "faces", "--data-dir", tmp_path, "--network", network, "--epochs", "1"]
        result = call("train", *options, "--out", out)
        assert result.exit_code == 0, result.output
        assert load_config(out).model.image_shape == (1, 12, 9)
        assert load_latents(out).label is None
        assert str(tmp_path) not in (out / "README.md").read_text() + (out / "evaluation.json").read_text()


def test_out_is_refused_when_it_holds_a_run_and_resume_goes_on(tmp_path: Path) -> None:
    out = tmp_path / "mine"
    assert call("train", "--latent-dim", "3", "--out", out, *QUICK).exit_code == 0
    again = call("train", "--latent-dim", "3", "--out", out, *QUICK)
    assert again.exit_code == 1
    assert "mine holds a run" in again.output and "--resume" in again.output
    longer = call("train", "--out", out, "--resume", "--epochs", "3")
    assert longer.exit_code == 0, longer.output
    assert [line["epoch"] for line in read_metrics(out)] == [1, 2, 3]
    assert load_config(out).model.latent_dim == 3


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--latent-dim", "0"], "--latent-dim is 0"),
        (["--network", "transformer"], "--network is transformer"),
        (["--likelihood", "poisson"], "--likelihood is poisson"),
        (["--objective", "magic"], "--objective is magic"),
        (["--lr", "-1"], "--lr is -1.0"),
        (["--epochs", "0"], "--epochs is 0"),
        (["--estimator", "guess"], "--estimator is guess; input should be 'weighted' or 'stratified'"),
        (["--warmup", "2"], "--warmup is 2.0"),
        (["--final-lr", "-1"], "--final-lr is -1.0"),
        (["--prior", "magic"], "--prior is magic"),
        (["--schedule", "exponential"], "an exponential schedule never reaches 0. Give the rate at the end"),
        (["--capacity", "30"], "--capacity was given; the objective elbo takes --beta, --warmup, --cycles"),
        (["--objective", "iwae", "--beta", "1"], "--beta was given; the objective iwae takes --warmup"),
        (["--objective", "autoencoder", "--beta", "2"], "the objective autoencoder takes no option of its own. Leave"),
        (["--hidden", "a,b"], "--hidden is 'a,b'; it must be whole numbers"),
        (["--data", "nothing"], "'nothing' is no known data set"),
        (["--data", "mnist", "--no-download"], "'mnist' is not on this machine"),
        (["--data", "mnist", "--data-dir", "nowhere"], "nowhere is no folder"),
    ],
)
def test_a_bad_option_gives_one_sentence_and_no_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: list[str], message: str
) -> None:
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path / "no-data"))
    result = call("train", *options, "--out", tmp_path / "mine")
    assert result.exit_code == 1
    assert message in result.output and "Traceback" not in result.output
    assert not (tmp_path / "mine").exists()


def test_a_typing_error_in_an_option_is_explained(tmp_path: Path) -> None:
    result = call("train", "--latnt-dim", "3", "--out", tmp_path / "mine")
    assert result.exit_code == 2 and "--latent-dim" in result.output


@pytest.mark.parametrize("command", [[], ["train"], ["evaluate"], ["list"]])
def test_help_teaches_by_example(command: list[str]) -> None:
    result = call(*command, "--help")
    assert result.exit_code == 0
    assert "python -m vae_core" in result.output


def test_evaluate_adds_the_importance_weighted_estimate_and_keeps_how_it_was_trained(tmp_path: Path) -> None:
    out = tmp_path / "mine"
    call("train", "--out", out, *QUICK)
    before = load_evaluation(out)
    assert before["importance_weighted_nll"] is None
    result = call("evaluate", out, "--importance-samples", "20", "--importance-images", "30")
    assert result.exit_code == 0, result.output
    assert "20 importance samples, first 30 images" in result.output
    after = load_evaluation(out)
    assert after["training"] == before["training"]
    assert after["negative_elbo"] == before["negative_elbo"]
    assert (after["importance_samples"], after["importance_images"]) == (20, 30)
    card = (out / "README.md").read_text()
    assert "20 importance samples per image, the first 30 images" in card
    assert before["generation"] is None and after["generation"]["features"] == "features of the project's classifier"
    assert "Fréchet distance (no FID)" in card and "labels read by a linear probe" in result.output


def test_evaluate_refuses_images_that_are_not_those_of_the_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for seed, name in enumerate(("one", "other")):
        (tmp_path / name / "faces").mkdir(parents=True)
        pictures = np.random.default_rng(seed).integers(0, 256, (40, 8, 8), dtype=np.uint8)
        write_idx(tmp_path / name / "faces" / "train-images-idx3-ubyte.gz", pictures)
    out = tmp_path / "model"
    assert (
        call("train", "--data", "faces", "--data-dir", tmp_path / "one", "--epochs", "1", "--out", out).exit_code == 0
    )
    result = call("evaluate", out, "--data-dir", tmp_path / "other")
    assert result.exit_code == 1 and "its test images cannot be told apart" in result.output


def test_evaluate_of_no_checkpoint_says_so(tmp_path: Path) -> None:
    result = call("evaluate", tmp_path / "nowhere")
    assert result.exit_code == 1 and "There is no checkpoint folder 'nowhere'" in result.output


def test_list_shows_models_and_what_is_wrong_with_broken_ones(tmp_path: Path) -> None:
    tiny_checkpoint(tmp_path, "good", latent_dim=8)
    (tiny_checkpoint(tmp_path, "broken") / "model.safetensors").unlink()
    result = call("list", tmp_path)
    assert result.exit_code == 0
    good, broken = (next(line for line in result.output.splitlines() if name in line) for name in ("good", "broken"))
    assert "digits" in good and " 8 " in good and "missing" not in good
    assert "missing" in result.output[result.output.index("broken") :]
    assert "problem" in result.output and broken


def test_list_of_nothing_says_how_to_begin(tmp_path: Path) -> None:
    assert "Train one: python -m vae_core train" in " ".join(call("list", tmp_path).output.split())


@pytest.mark.usefixtures("warm_processes")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_process_leaves_a_model_that_loads_and_can_be_resumed(tmp_path: Path, number: int) -> None:
    out = tmp_path / "interrupted"
    command = [sys.executable, "-m", "vae_core", "train", "--epochs", "100000", "--hidden", "16", "--out", str(out)]
    process = subprocess.Popen(
        command, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    )
    try:
        _wait_until(lambda: (status := read_status(out)) is not None and status.epoch >= 3)
        assert read_status(out).alive and read_status(out).pid == process.pid
        process.send_signal(number)
        output, _ = process.communicate(timeout=60)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
    assert process.returncode == 130, output
    assert "Stopping: keeping the best weights" in output and "Traceback" not in output
    assert read_status(out).state == "stopped"
    checkpoint, latents = load_checkpoint(out), load_latents(out)
    assert checkpoint.vae.latent_dim == latents.mean.shape[1] == 2
    assert load_evaluation(out)["training"]["best_epoch"] >= 1
    epochs = len(read_metrics(out))
    assert call("train", "--out", out, "--resume", "--epochs", str(epochs + 2)).exit_code == 0
    assert [line["epoch"] for line in read_metrics(out)] == list(range(1, epochs + 3))


@pytest.mark.parametrize("when", ["before the first save", "in training", "in measuring"])
def test_a_second_interrupt_ends_at_once_and_leaves_what_can_be_resumed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    monkeypatch.setattr(run_module, "PULSE_SECONDS", -1.0)
    out = tmp_path / "mine"

    def twice(*arguments: object) -> None:
        monkeypatch.undo()
        for _ in range(2):
            signal.raise_signal(signal.SIGINT)

    def once_then_in_measuring(*arguments: object) -> None:
        signal.raise_signal(signal.SIGINT)
        monkeypatch.setattr("vae_core.training.loop.write_results", lambda *rest: signal.raise_signal(signal.SIGINT))

    struck = {"before the first save": "pulse", "in training": "epoch", "in measuring": "epoch"}[when]
    monkeypatch.setattr(TrainingScreen, struck, once_then_in_measuring if when == "in measuring" else twice)
    result = call("train", "--data", "digits", "--out", out, *QUICK)
    assert result.exit_code == 130, result.output
    output = " ".join(result.output.split())  # a narrow terminal breaks the lines
    assert "Ctrl-C again ends at once." in output
    said = "Ended at once; nothing was measured. What was saved before is kept. Go on with the same command and"
    assert said in output and "images/s; everything is in" not in output
    assert not (out / "evaluation.json").exists()
    assert (out / "model.safetensors").exists() is has_state(out) is (when != "before the first save")
    monkeypatch.undo()
    assert call("train", "--data", "digits", "--out", out, *QUICK, "--resume").exit_code == 0
    assert [line["epoch"] for line in read_metrics(out)] == [1, 2]


def test_metrics_can_be_read_while_training_runs(tmp_path: Path) -> None:
    call("train", "--out", tmp_path / "mine", *QUICK)
    lines = [json.loads(line) for line in (tmp_path / "mine" / "metrics.jsonl").read_text().splitlines()]
    assert [line["epoch"] for line in lines if "kind" not in line] == [1, 2]


def _wait_until(condition, seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


@pytest.mark.parametrize("scores", ["{", '{"training": 5}', '{"training": {"command": 3}}', '{"training": {}}'])
def test_evaluate_writes_broken_scores_anew(tmp_path: Path, scores: str) -> None:
    folder = tiny_checkpoint(tmp_path, "mine")
    (folder / "evaluation.json").write_text(scores)
    result = call("evaluate", folder, "--importance-samples", "0")
    assert result.exit_code == 0, result.output
    assert load_evaluation(folder)["training"] is None
    assert "mine/evaluation.json" in result.output and "written anew" in result.output
