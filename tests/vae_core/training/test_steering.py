"""Orders obeyed: paused, resumed, stepped, slowed down, changed on the fly, ended; and resumed exactly all the same."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from vae_core.checkpoint import load_config, load_evaluation, read_changes, read_metrics, read_steps
from vae_core.data import load_images
from vae_core.settings import ModelSettings, TrainingSettings
from vae_core.training import (
    Order,
    RunStatus,
    give_order,
    list_snapshots,
    read_status,
    train_model,
)
from vae_core.training import run as run_module
from vae_core.training.errors import RunDiscarded
from vae_core.training.steering import Control

MODEL = ModelSettings(network="mlp", image_shape=(1, 8, 8), latent_dim=2, likelihood="gaussian", hidden=(8,))
STATE, WEIGHTS = Path("state") / "state.safetensors", Path("model.safetensors")
CLOCKS = {"images_per_second", "seconds"}


@pytest.fixture(autouse=True)
def looks_up_after_every_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_module, "PULSE_SECONDS", -1.0)
    monkeypatch.setattr(run_module, "HOLD_SECONDS", 0.01)


def train(folder: Path, on_pulse: Callable[[RunStatus], None] | None = None, resume: bool = False, **changes) -> None:
    """A run of 3 epochs with 4 steps each."""
    training = TrainingSettings(**({"epochs": 3, "batch_size": 320, "learning_rate": 1e-2, "patience": 9} | changes))
    train_model(load_images("digits"), MODEL, training, folder, on_pulse=on_pulse, resume=resume)


def at_steps(folder: Path, orders: dict[int, Order]) -> Callable[[RunStatus], None]:
    """Gives each order when so many steps of the run are done, once."""
    left = dict(orders)

    def pulse(status: RunStatus) -> None:
        order = left.pop(status.epoch * 4 + status.step, None)
        if order:
            give_order(folder, order)

    return pulse


def same(one: Path, other: Path, file: Path) -> bool:
    first, second = load_file(one / file), load_file(other / file)
    return first.keys() == second.keys() and all(torch.equal(first[name], second[name]) for name in first)


def figures(folder: Path) -> list[dict]:
    lines = [*read_metrics(folder), *read_steps(folder), *read_changes(folder)]
    return [{name: line[name] for name in line if name not in CLOCKS} for line in lines]


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    train(tmp_path / "plain")
    return tmp_path / "plain"


def test_what_orders_make_of_a_run() -> None:
    start = Control()
    assert start.after(Order("pause")).paused and not start.after(Order("pause")).after(Order("resume")).paused
    stepping = start.after(Order("pause")).after(Order("step", steps=2))
    assert not stepping.paused and stepping.after_step().steps == 1 and stepping.after_step().after_step().paused
    assert start.after(Order("slow", delay=1.0)).holds(0.5) and not start.after(Order("slow", delay=1.0)).holds(1.5)
    ended = start.after(Order("stop")).after(Order("pause"))
    assert ended.ending == "stopped" and not ended.holds(0) and ended.after(Order("discard")).ending == "discarded"


def test_pausing_stepping_slowing_and_snapshots_change_no_weight(tmp_path: Path, plain: Path) -> None:
    folder = tmp_path / "steered"
    orders = {2: Order("slow", delay=0.02), 3: Order("pause"), 4: Order("slow", delay=0.0)}
    seen: list[str] = []

    def pulse(status: RunStatus) -> None:
        at_steps_pulse(status)
        seen.append(status.state)
        if status.state == "paused":
            give_order(folder, Order("step") if seen.count("paused") < 3 else Order("resume"))

    at_steps_pulse = at_steps(folder, orders)
    training = TrainingSettings(epochs=3, batch_size=320, learning_rate=1e-2, patience=9)
    train_model(load_images("digits"), MODEL, training, folder, on_pulse=pulse, snapshots=True)
    assert "paused" in seen
    assert same(plain, folder, WEIGHTS) and same(plain, folder, STATE)
    assert figures(plain) == figures(folder)
    assert list_snapshots(folder)[0] == 0 and list_snapshots(folder)[-1] == 3 and not list_snapshots(plain)


def test_a_set_rate_scales_the_schedule_and_a_set_beta_is_in_the_record(tmp_path: Path, plain: Path) -> None:
    folder = tmp_path / "steered"
    orders = {5: Order("set", learning_rate=1e-3), 6: Order("set", beta=0.25)}
    train(folder, at_steps(folder, orders), schedule="linear")
    steps = {line["step"]: line for line in read_steps(folder)}
    untouched = [1e-2 * (1 - number / 12) for number in range(12)]
    assert [steps[number]["learning_rate"] for number in range(1, 6)] == pytest.approx(untouched[:5])
    assert steps[6]["learning_rate"] == pytest.approx(1e-3)
    assert steps[12]["learning_rate"] == pytest.approx(1e-3 / untouched[5] * untouched[11])
    assert [steps[number]["beta"] for number in (6, 7)] == [1.0, 0.25]
    changes = read_changes(folder)
    assert [(change["step"], change["epoch"]) for change in changes] == [(5, 2), (6, 2)]
    assert changes[0]["learning_rate"] == 1e-3 and changes[1]["beta"] == 0.25
    facts = load_evaluation(folder)["training"]
    assert facts["changes"] == changes and facts["best_epoch"] >= 2, "after a change of β losses compare no longer"
    assert load_config(folder).training.beta == 1.0
    card = (folder / "README.md").read_text()
    assert "- after step 5 (epoch 2): the learning rate 0.001\n- after step 6 (epoch 2): β 0.25" in card
    assert not same(plain, folder, WEIGHTS)


@pytest.mark.parametrize("steps", [6, 8, 9])
def test_a_changed_run_resumes_exactly(tmp_path: Path, steps: int, monkeypatch: pytest.MonkeyPatch) -> None:
    orders = {5: Order("set", learning_rate=2e-3, beta=2.0)}
    train(tmp_path / "whole", at_steps(tmp_path / "whole", orders))
    monkeypatch.setattr(run_module, "SAVE_SECONDS", 1e9)  # what was set is saved at once, whenever else it saves

    class Killed(Exception):
        pass

    obey = at_steps(tmp_path / "broken", orders)

    def pulse(status: RunStatus) -> None:
        obey(status)
        if status.epoch * 4 + status.step == steps:
            raise Killed

    with pytest.raises(Killed):
        train(tmp_path / "broken", pulse)
    train(tmp_path / "broken", resume=True)
    assert same(tmp_path / "whole", tmp_path / "broken", WEIGHTS) and same(
        tmp_path / "whole", tmp_path / "broken", STATE
    )
    assert figures(tmp_path / "whole") == figures(tmp_path / "broken")


def test_orders_of_an_earlier_start_do_not_stop_a_resumed_run(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    train(folder, at_steps(folder, {5: Order("stop")}))
    assert read_status(folder).state == "stopped" and len(read_steps(folder)) < 12
    give_order(folder, Order("discard"))
    train(folder, resume=True)
    assert read_status(folder).state == "finished" and len(read_steps(folder)) == 12


def test_a_discarded_run_says_so_and_measures_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    with pytest.raises(RunDiscarded, match="nothing of it is kept"):
        train(folder, at_steps(folder, {2: Order("discard")}))
    assert read_status(folder).state == "discarded" and not (folder / "evaluation.json").exists()


def test_a_beta_for_an_objective_without_one_changes_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    train(folder, at_steps(folder, {2: Order("set", beta=3.0)}), objective="capacity")
    assert read_changes(folder) == [] and {line["beta"] for line in read_steps(folder)} == {None}
    assert read_status(folder).beta is None


def test_every_step_of_a_short_run_has_a_line_with_its_gradient(tmp_path: Path, plain: Path) -> None:
    lines = read_steps(plain)
    assert [line["step"] for line in lines] == list(range(1, 13))
    assert [line["epoch"] for line in lines] == [1] * 4 + [2] * 4 + [3] * 4
    assert all(line["gradient_norm"] > 0 and line["images_per_second"] > 0 for line in lines)
    assert all(line["loss"] == pytest.approx(line["reconstruction"] + line["kl"], rel=1e-4) for line in lines)
    sizes = [320, 320, 320, len(load_images("digits").train) - 960]
    mean = sum(line["loss"] * size for line, size in zip(lines[:4], sizes, strict=True)) / sum(sizes)
    assert mean == pytest.approx(read_metrics(plain)[0]["train_loss"], rel=1e-5)
    train(tmp_path / "clipped", clip_norm=1e-3)
    assert read_steps(tmp_path / "clipped")[0]["gradient_norm"] == pytest.approx(lines[0]["gradient_norm"], rel=1e-5)


@pytest.fixture
def paused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Path, threading.Thread]]:
    """A run in a thread, paused before its first step; stopped at the end."""
    monkeypatch.undo()
    folder = tmp_path / "paused"
    (folder / "run").mkdir(parents=True)
    give_order(folder, Order("pause"))
    thread = threading.Thread(target=train, args=(folder,), kwargs={"epochs": 100_000, "patience": 100_000})
    thread.start()
    until(lambda: (status := read_status(folder)) is not None and status.state == "paused")
    yield folder, thread
    give_order(folder, Order("stop"))
    thread.join(30)
    assert not thread.is_alive()


def until(condition: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)


def test_a_paused_run_is_alive_keeps_its_state_and_steps_on_demand(paused: tuple[Path, threading.Thread]) -> None:
    folder, _thread = paused
    first = read_status(folder)
    assert first.alive and (folder / STATE).exists(), "a kill while it is paused loses nothing"
    until(lambda: read_status(folder).heartbeat > first.heartbeat)
    give_order(folder, Order("step", steps=3))
    until(lambda: read_status(folder).step == 3 and read_status(folder).state == "paused")
    assert [line["step"] for line in read_steps(folder)] == [1, 2, 3]
    give_order(folder, Order("resume"))
    until(lambda: read_status(folder).state == "running" and read_status(folder).epoch > 2)
    give_order(folder, Order("pause"))
    until(lambda: read_status(folder).state == "paused")
    steps = len(read_steps(folder))
    time.sleep(0.3)
    assert len(read_steps(folder)) == steps
