"""Which launcher the settings name, and what they are told when it cannot be used; Ray itself: tests/extras."""

from __future__ import annotations

import importlib.util
import sys

import pytest

from jobs.launchers import LauncherRefused, launched
from jobs.launchers import choice as choice_module
from vae_core.on_ray.training import out_folder

COMMAND = [sys.executable, "-m", "vae_core", "train", "--data", "digits", "--out", "/shared/my-digits"]
CLUSTER = {"LATENT_EXPLORER_LAUNCHER": "ray", "RAY_ADDRESS": "http://head:8265"}


@pytest.fixture
def with_ray(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choice_module.importlib.util, "find_spec", lambda name: object())


@pytest.mark.parametrize("settings", [{}, {"LATENT_EXPLORER_LAUNCHER": ""}, {"LATENT_EXPLORER_LAUNCHER": "local"}])
def test_without_a_launcher_the_command_is_the_command(settings: dict[str, str]) -> None:
    assert launched(COMMAND, settings) == COMMAND


@pytest.mark.usefixtures("with_ray")
def test_ray_gets_the_same_arguments_and_the_numbers_of_the_settings() -> None:
    command = launched(COMMAND, CLUSTER | {"LATENT_EXPLORER_RAY_WORKERS": "4", "LATENT_EXPLORER_RAY_GPUS": "1"})
    module, options, arguments = command[1:3], command[3:9], command[9:]
    assert module == ["-m", "jobs.launchers.ray_job"]
    assert options == ["--workers", "4", "--cpus", "1", "--gpus", "1"]
    assert arguments == ["--", "train", "--data", "digits", "--out", "/shared/my-digits"]


@pytest.mark.usefixtures("with_ray")
@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"LATENT_EXPLORER_LAUNCHER": "slurm"}, "LATENT_EXPLORER_LAUNCHER is 'slurm'; it can be local or ray. Set one"),
        ({"LATENT_EXPLORER_LAUNCHER": "ray"}, "RAY_ADDRESS is ''; it must be the address of the cluster's dashboard"),
        (CLUSTER | {"RAY_ADDRESS": "head:6379"}, "RAY_ADDRESS is 'head:6379'.*such as http://HEAD:8265. Set it, or"),
        (CLUSTER | {"LATENT_EXPLORER_RAY_WORKERS": "two"}, "RAY_WORKERS is 'two'; it must be a whole number from 1 to"),
        (CLUSTER | {"LATENT_EXPLORER_RAY_CPUS": "0"}, "RAY_CPUS is '0'; it must be a whole number from 1 to"),
        (CLUSTER | {"LATENT_EXPLORER_RAY_GPUS": "2"}, "RAY_GPUS is '2'; it must be a whole number from 0 to 1"),
    ],
)
def test_settings_that_cannot_be_used_are_told(settings: dict[str, str], said: str) -> None:
    with pytest.raises(LauncherRefused, match=said):
        launched(COMMAND, settings)


@pytest.mark.skipif(importlib.util.find_spec("ray") is not None, reason="ray is here")
def test_without_ray_the_way_to_it_is_told() -> None:
    with pytest.raises(LauncherRefused, match=r"ray is not installed beside the app. Install it with `pip"):
        launched(COMMAND, CLUSTER)


@pytest.mark.parametrize("arguments", [["--out", "/shared/a"], ["--lr", "1", "--out=/shared/a"]])
def test_the_folder_of_a_run_is_found_in_its_arguments(arguments: list[str]) -> None:
    assert str(out_folder(arguments)) == "/shared/a"


def test_a_run_without_a_folder_is_refused() -> None:
    with pytest.raises(SystemExit, match="--out is missing; a run on Ray needs a folder on a disk that all machines"):
        out_folder(["train", "--out"])
