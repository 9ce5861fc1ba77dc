"""Training runs: started as processes of their own, found again, steered, stopped, refused, failed, continued."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

import jobs
from jobs import RunHandle, RunRefused, RunRequest, run_process
from jobs.run_request import run_command
from jobs.runs import start_run
from vae_core.__main__ import app as command_line
from vae_core.checkpoint import load_checkpoint, read_changes, read_metrics, read_steps
from vae_core.training import Order, list_snapshots
from vae_core.training.run_folder import first_status, write_status


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of checkpoints of the test's own; what is still at work in it afterwards is ended and waited for."""
    monkeypatch.setenv("LATENT_EXPLORER_CHECKPOINTS", str(tmp_path))
    monkeypatch.setenv("LATENT_EXPLORER_DATA", str(tmp_path / "no-data"))
    monkeypatch.setattr(run_process, "NICENESS", 0)  # beside other tests one of low priority takes minutes to start
    yield tmp_path
    for run in jobs.list_runs():
        if run.status.alive and run.status.pid != os.getpid():
            os.kill(run.status.pid, signal.SIGKILL)
    for thread in threading.enumerate():
        if thread.name.startswith("run-"):
            thread.join(20)


def wait_until(name: str, condition: Callable[[RunHandle], bool], seconds: float = 240) -> RunHandle:
    deadline = time.monotonic() + seconds
    while True:
        run = jobs.find_run(name)
        if run is not None and condition(run):
            return run
        assert time.monotonic() < deadline, f"still {run and run.status}\n{run and run.log_tail()}"
        time.sleep(0.05)


@pytest.mark.timeout(400)  # a process of low priority, maybe on a busy machine
def test_a_run_as_the_page_starts_it_is_that_of_the_command_line_up_to_the_first_change(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process of its own at low priority, with snapshots; it is paused, and changed, where the other just goes on."""
    monkeypatch.setattr(run_process, "NICENESS", 1)
    request = RunRequest("steered", epochs=2_000, options={"objective": "beta-vae", "beta": "2", "patience": "9999"})
    handle = jobs.start_run(request)
    assert handle.status.state == "starting" and handle.status.alive and handle.request == request
    running = wait_until("steered", lambda run: run.status.state == "running" and run.status.epoch >= 2)
    assert running.status.pid == handle.status.pid != os.getpid()
    assert os.getsid(running.status.pid) == running.status.pid, "it shares our session and would end with us"
    session = Path(f"/proc/{running.status.pid}/autogroup")  # Linux: niceness counts within a session alone
    if session.exists():
        assert int(session.read_text().rpartition(" ")[2]) > 0, "it takes as much as the server and its pages together"
    jobs.order_run("steered", Order("pause"))
    paused = wait_until("steered", lambda run: run.status.state == "paused")
    assert paused.status.beta == 2.0 and paused.status.alive
    before = load_file(root / "steered" / "state" / "state.safetensors")
    done = paused.status.epoch * paused.status.steps + paused.status.step

    typed = until_step(root, run_command(request, root / "typed")[3:], done)
    assert typed.keys() == before.keys() and all(torch.equal(typed[name], before[name]) for name in typed)

    jobs.order_run("steered", Order("set", beta=0.5))
    jobs.order_run("steered", Order("step", steps=2))
    wait_until("steered", lambda run: run.status.beta == 0.5 and run.status.state == "paused")
    jobs.stop_run("steered")
    stopped = wait_until("steered", lambda run: not run.status.alive)
    assert stopped.status.state == "stopped" and not stopped.stopping, stopped.log_tail()
    assert read_changes(stopped.folder)[0]["beta"] == 0.5 and read_changes(stopped.folder)[0]["step"] == done
    assert load_checkpoint(stopped.folder).config.training.beta == 2.0
    assert len(read_steps(stopped.folder)) > 20 and list_snapshots(stopped.folder)[0] == 0
    with pytest.raises(RunRefused, match="no run of that name is under way"):
        jobs.stop_run("steered")


def until_step(root: Path, command: list[str], steps: int) -> dict[str, torch.Tensor]:
    """The state of the command line's run of the same settings when it has made so many steps."""
    from typer.testing import CliRunner

    from vae_core.training.orders import give_order

    folder = root / "typed"
    (folder / "run").mkdir(parents=True)
    give_order(folder, Order("step", steps=steps))
    with pytest.MonkeyPatch.context() as patch:
        # where its steps are done the other one paused: this one is stopped there
        patch.setattr("vae_core.training.steering.Control.after_step", stop_when_done)
        result = CliRunner().invoke(command_line, command)
    assert result.exit_code == 0, result.output
    return load_file(folder / "state" / "state.safetensors")


def stop_when_done(control):
    if control.steps is None:
        return control
    left = control.steps - 1
    return replace(control, steps=left, paused=left == 0, ending="stopped" if left == 0 else "")


@pytest.mark.timeout(400)
@pytest.mark.usefixtures("warm_processes")
def test_a_run_that_was_killed_says_so_and_is_continued_to_its_end(root: Path) -> None:
    run = jobs.start_run(RunRequest("killed", epochs=2_000, options={"patience": "9999"}))
    assert not run.queued
    wait_until("killed", lambda run: run.status.epoch >= 2)  # it saved after the first
    os.kill(jobs.find_run("killed").status.pid, signal.SIGKILL)
    dead = wait_until("killed", lambda run: not run.status.alive)
    assert dead.status.state == "failed" and "--resume continues it" in dead.status.message
    reached = dead.status.epoch
    with pytest.raises(RunRefused, match=r"epochs is 1; the run killed has done \d+\. Give more, such as"):
        jobs.continue_run("killed", epochs=1)
    going = jobs.continue_run("killed", epochs=reached + 20)
    assert going.status.state == "starting"
    finished = wait_until("killed", lambda run: not run.status.alive)
    assert finished.status.state == "finished", finished.log_tail()
    assert [line["epoch"] for line in read_metrics(finished.folder)] == list(range(1, reached + 21))
    assert jobs.run_request("killed").epochs == reached + 20
    with pytest.raises(RunRefused, match=r"epochs is \d+; the run killed has done"):
        jobs.continue_run("killed")


@pytest.mark.usefixtures("warm_processes")
def test_a_run_that_never_said_a_word_is_failed_and_its_log_says_why(root: Path) -> None:
    jobs.start_run(RunRequest("wrong", network="fancy"))
    failed = wait_until("wrong", lambda run: not run.status.alive)
    assert failed.status.state == "failed"
    assert "fancy" in failed.log_tail()


@pytest.mark.parametrize("name", ["", "Upper", "../out", "a/b", "-dash", "x" * 65, "a b"])
def test_a_bad_name_is_refused_before_anything_is_written(root: Path, name: str) -> None:
    with pytest.raises(RunRefused, match="a name has 1 to 64 characters"):
        jobs.start_run(RunRequest(name))
    assert list(root.iterdir()) == []
    assert jobs.find_run(name) is None


def test_a_taken_name_is_refused_and_its_folder_left_alone(root: Path) -> None:
    (root / "mine").mkdir()
    with pytest.raises(RunRefused, match=r"The name mine is taken; .* Choose another name"):
        jobs.start_run(RunRequest("mine"))
    assert list((root / "mine").iterdir()) == []


def test_data_that_is_not_here_is_refused_with_the_setting(root: Path) -> None:
    with pytest.raises(RunRefused, match=r"'mnist'; its files are not on this machine.*LATENT_EXPLORER_DATA"):
        jobs.start_run(RunRequest("m", data="mnist"))
    assert not (root / "m").exists()


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (RunRequest("x", epochs=0), r"--epochs is 0; input should be greater than 0\. Choose another"),
        (RunRequest("x", learning_rate=-1.0), r"--lr is -1\.0; input should be greater than 0"),
        (RunRequest("x", options={"beta": "-2"}), r"--beta is -2; input should be greater than or equal to 0"),
        (RunRequest("x", options={"schedule": "zigzag"}), r"--schedule is zigzag; input should be 'constant'"),
        (RunRequest("x", options={"hidden": "12,x"}), r"--hidden is .*12.*; input should be a valid integer"),
        (RunRequest("x", options={"dequantise": "maybe"}), r"--dequantise is 'maybe'; it is on or off\. Choose true"),
        (RunRequest("x", options={"threads": "0"}), r"--threads is '0'; it must be a whole number of 1 or more"),
        (RunRequest("x", options={"out": "/tmp"}), r"The option is 'out'; a run takes .*Choose one"),
        (RunRequest("x", options={"colour": "red"}), r"The option is 'colour'; a run takes .*beta.*Choose one"),
        (RunRequest("x", options={"beta": 2}), r"--beta is 2; the options of a request are texts\. Put it in quotes"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_a_setting_that_cannot_be_is_refused(root: Path, request_: RunRequest, message: str) -> None:
    with pytest.raises(RunRefused, match=message):
        jobs.start_run(request_)
    assert not (root / "x").exists()


def test_the_command_line_carries_every_choice(tmp_path: Path) -> None:
    options = {"objective": "beta-vae", "dequantise": "true", "hidden": "8,4", "sampled_kl": "false"}
    request = RunRequest("x", "digits", "conv", 7, "bernoulli", 3, 32, 0.002, 5, options, snapshots=True)
    command = run_command(request, tmp_path / "x")
    assert command[1:] == [
        *("-m", "vae_core", "train", "--data", "digits", "--network", "conv", "--latent-dim", "7"),
        *("--likelihood", "bernoulli", "--epochs", "3", "--batch-size", "32", "--lr", "0.002", "--seed", "5"),
        *("--objective", "beta-vae", "--dequantise", "--hidden", "8,4", "--no-sampled-kl", "--snapshots"),
        *("--out", str(tmp_path / "x")),
    ]


def test_a_run_that_cannot_be_started_leaves_nothing_behind(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_process(*arguments: object, **options: object) -> None:
        raise OSError("no room for a process")

    monkeypatch.setattr("jobs.run_process.subprocess.Popen", no_process)
    with pytest.raises(RunRefused, match="no room for a process"):
        start_run(RunRequest("nothing"))
    assert not (root / "nothing").exists()


def test_a_weight_for_an_objective_without_one_is_refused_and_so_is_steering_what_is_over(root: Path) -> None:
    write_status(root / "capacity", first_status("running", 5, ""))
    with pytest.raises(RunRefused, match=r"beta is 2; the objective of capacity takes none\. Change the learning rate"):
        jobs.order_run("capacity", Order("set", beta=2.0))
    jobs.order_run("capacity", Order("set", learning_rate=1e-3))
    with pytest.raises(RunRefused, match=r"it is running and goes on by itself\. Wait for it"):
        jobs.continue_run("capacity")
    with pytest.raises(RunRefused, match=r"no folder holds a run of that name"):
        jobs.continue_run("nobody")
    write_status(root / "capacity", replace(first_status("finished", 5, ""), epoch=5))
    with pytest.raises(RunRefused, match=r"saved nothing, and a shell started it\. Start it there again"):
        jobs.continue_run("capacity")
