"""Two processes on one model: the run of one process, up to rounding; one of them writes and speaks."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from tests.vae_core.training.two_processes import MODEL, compared, digits, settings, steered
from tests.warm_process import WarmPython
from tools.running_app import PROJECT
from vae_core.__main__ import app as command_line
from vae_core.checkpoint import load_evaluation, read_changes, read_metrics, read_steps
from vae_core.noise import Noise, normal
from vae_core.training import TrainingError, list_snapshots, read_status, train_model
from vae_core.training import loop as loop_module
from vae_core.training.processes import OneProcess, SeveralProcesses


@pytest.fixture(scope="module", autouse=True)
def objective_of_these_tests() -> Iterator[None]:
    with compared():
        yield


@pytest.fixture(scope="module")
def together(
    tmp_path_factory: pytest.TempPathFactory, warm_python: WarmPython
) -> tuple[Path, subprocess.CompletedProcess]:
    """What two processes that torchrun started have left, and said; see two_processes.py."""
    folder = tmp_path_factory.mktemp("runs")
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    command += ["-m", "tests.vae_core.training.two_processes", str(folder)]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(subprocess, "Popen", warm_python.popen)
        run = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=240, env=environment)
    assert run.returncode == 0, run.stderr
    return folder, run


def test_rows_are_gathered_in_order_and_gradients_of_all_losses_come_back(together) -> None:
    folder, _ = together
    # d/dx of (1 + 2) x^2; the first process has 2 of the 5 rows, the second 3
    assert (folder / "gradient-0").read_text() == "[0.0, 6.0]"
    assert (folder / "gradient-1").read_text() == "[12.0, 18.0, 24.0]"


def test_an_error_of_the_first_process_ends_both(together) -> None:
    folder, _ = together
    assert [(folder / f"told-{rank}").read_text() for rank in (0, 1)] == ["the disk is full"] * 2


@pytest.mark.parametrize("batch_size", [16, 21])  # 21: the last batch has one image, fewer than there are processes
def test_two_processes_train_as_one(together, tmp_path: Path, batch_size: int) -> None:
    images, training, two = digits(), settings(batch_size=batch_size), together[0] / f"two-{batch_size}"
    assert len(images.train) % batch_size == (0 if batch_size == 16 else 1)
    train_model(images, MODEL, training, tmp_path / "one")
    lines, theirs = read_metrics(tmp_path / "one"), read_metrics(two)
    assert len(lines) == len(theirs) == 3
    for field in ("train_loss", "validation_loss", "reconstruction", "kl", "learning_rate"):
        assert [line[field] for line in theirs] == pytest.approx([line[field] for line in lines], rel=1e-4)
    state, other = (load_file(folder / "state" / "state.safetensors") for folder in (tmp_path / "one", two))
    assert state.keys() == other.keys() and any(name.startswith("adversary.") for name in state)
    for name in state:
        assert torch.allclose(state[name].float(), other[name].float(), rtol=1e-3, atol=1e-5), name
    assert torch.equal(state["noise"], other["noise"])
    assert load_evaluation(two)["images"] == len(images.test)
    assert read_status(two).state == "finished"


def test_two_processes_stop_and_resume_to_the_same_weights_bit_for_bit(together) -> None:
    whole, resumed = (load_file(together[0] / name / "model.safetensors") for name in ("two-16", "broken"))
    assert all(torch.equal(whole[name], value) for name, value in resumed.items())


def test_two_processes_obey_the_orders_that_one_does_at_the_same_steps(together, tmp_path: Path) -> None:
    two, one = together[0] / "steered", tmp_path / "one"
    steered(one)
    assert read_changes(two) == read_changes(one)
    assert read_changes(two) == [{"kind": "change", "step": 3, "epoch": 1, "learning_rate": 2e-3, "beta": 0.5}]
    steps, theirs = read_steps(one), read_steps(two)
    assert [line["step"] for line in theirs] == [line["step"] for line in steps] == list(range(1, 9))
    for field in ("loss", "reconstruction", "kl", "learning_rate", "beta", "gradient_norm"):
        assert [line[field] for line in theirs] == pytest.approx([line[field] for line in steps], rel=1e-4), field
    # those between may be left out where epochs are short
    assert [list_snapshots(folder)[:: len(list_snapshots(folder)) - 1] for folder in (one, two)] == [(0, 2)] * 2
    assert sorted(file.name for file in two.iterdir()) == sorted(file.name for file in one.iterdir())


def test_the_command_line_speaks_once_and_says_what_is_wrong_once(together) -> None:
    _, run = together
    assert len(re.findall(r"Finished after 1 epochs", run.stdout)) == 1
    assert len(re.findall(r"Error: spoken holds a run or other files", run.stderr)) == 1


@pytest.mark.usefixtures("warm_processes")
def test_two_machines_write_one_folder_with_the_losses_of_one_process(tmp_path: Path) -> None:
    train = ["train", "--data", "digits", "--epochs", "1", "--hidden", "8", "--batch-size", "128", "--out"]
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        place = ["--master-addr", "127.0.0.1", "--master-port", str(probe.getsockname()[1])]
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--nnodes", "2", "--nproc-per-node", "1", *place]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    machines = [
        subprocess.Popen(
            [*torchrun, "--node-rank", str(rank), "-m", "vae_core", *train, str(tmp_path / "two")],
            cwd=PROJECT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )
        for rank in (0, 1)
    ]  # fmt: skip
    try:
        command_line([*train, str(tmp_path / "one")], standalone_mode=False)
        printed = [machine.communicate(timeout=120)[0] for machine in machines]
    finally:
        for machine in machines:
            machine.kill()
    assert [machine.returncode for machine in machines] == [0, 0], printed
    steps, theirs = read_steps(tmp_path / "one"), read_steps(tmp_path / "two")
    assert len(steps) == len(theirs) >= 10
    for field in ("loss", "reconstruction", "kl", "gradient_norm"):
        assert [line[field] for line in theirs] == pytest.approx([line[field] for line in steps], rel=1e-4), field
    assert [len(re.findall("Finished after 1 epochs", text)) for text in printed] == [1, 0], "the first machine speaks"
    assert sorted(file.name for file in (tmp_path / "two").iterdir()) == sorted(
        file.name for file in (tmp_path / "one").iterdir()
    )


@pytest.mark.parametrize(("total", "count"), [(8, 2), (5, 2), (7, 3), (1, 2), (2, 3)])
def test_shares_cover_a_batch_and_weigh_one_in_all(total: int, count: int) -> None:
    shares = []
    for rank in range(count):
        process = SeveralProcesses.__new__(SeveralProcesses)
        process.count, process.rank = count, rank
        shares.append(process.share(total))
    assert sum(share.weight for share in shares) == pytest.approx(1)
    assert sum(share.counted * (share.stop - share.start) for share in shares) == pytest.approx(total)
    covered = {image for share in shares for image in range(share.start, share.stop)}
    assert covered == set(range(total)) and all(share.stop > share.start for share in shares)


def test_noise_of_a_share_is_that_of_the_whole_batch() -> None:
    whole = torch.randn(5, 3, generator=torch.Generator().manual_seed(0))
    process = SeveralProcesses.__new__(SeveralProcesses)
    process.count, process.rank = 2, 1
    source = process.source(torch.Generator().manual_seed(0), process.share(5))
    assert isinstance(source, Noise) and (source.start, source.stop, source.total) == (2, 5, 5)
    assert torch.equal(normal(source, (3, 3), torch.device("cpu")), whole[2:])


def test_one_process_asks_nobody() -> None:
    one, rows = OneProcess(), torch.arange(3)
    assert one.gather(one.share(3))(rows) is rows and one.on_first(lambda: 7) == 7


def test_a_spread_of_the_whole_batch_needs_one_process(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    several = SeveralProcesses.__new__(SeveralProcesses)
    several.count = 2
    monkeypatch.setattr(loop_module, "_joined", lambda device: several)
    model = MODEL.model_copy(update={"likelihood": "gaussian-optimal"})
    with pytest.raises(TrainingError, match=r"gaussian-optimal and there are 2 processes.*Train in one process"):
        train_model(digits(), model, settings(), tmp_path / "run")
    assert not (tmp_path / "run").exists()
