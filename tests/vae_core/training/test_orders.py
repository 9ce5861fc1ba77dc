"""Orders to a run: how they are written, refused, and read back."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from vae_core.training import Order, TrainingError, give_order
from vae_core.training.orders import begin_anew, read_orders


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "run").mkdir()
    return tmp_path


def test_orders_come_back_in_order_and_once(folder: Path) -> None:
    given = [Order("pause"), Order("step"), Order("slow", delay=0.5), Order("set", learning_rate=1e-4, beta=0)]
    for order in given:
        give_order(folder, order)
    taken = read_orders(folder)
    assert list(taken.orders) == given and given[1].steps == 1
    assert read_orders(folder, taken.offset).orders == ()
    give_order(folder, Order("stop"))
    assert read_orders(folder, taken.offset).orders == (Order("stop"),)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"order": "jump"}, r"The order is 'jump'; a run knows pause, .*Choose one of these"),
        ({"order": "step", "steps": 0}, r"steps is 0; it must be a whole number from 1 to 1e\+06\. Give one"),
        ({"order": "step", "steps": 1.5}, "steps is 1.5; it must be a whole number"),
        ({"order": "slow"}, "The order slow came without a number; it takes delay. Give one"),
        ({"order": "slow", "delay": 11}, "delay is 11; it must be seconds from 0 to 10"),
        ({"order": "set"}, "it takes beta or learning_rate"),
        ({"order": "set", "learning_rate": 0}, "learning_rate is 0; it must be a number above 0 and at most 10"),
        ({"order": "set", "learning_rate": float("nan")}, "learning_rate is nan"),
        ({"order": "set", "beta": -1}, "beta is -1; it must be a number from 0 to 10000"),
        ({"order": "set", "beta": "2"}, "beta is '2'"),
        ({"order": "pause", "beta": 2}, "beta is 2; the order pause takes no number. Leave it out"),
    ],
    ids=str,
)
def test_an_order_that_cannot_be_obeyed_is_refused(fields: dict, message: str) -> None:
    with pytest.raises(TrainingError, match=message):
        Order(**fields)


def test_a_line_that_is_no_order_is_passed_over(folder: Path) -> None:
    file = folder / "run" / "orders.jsonl"
    file.write_text('{"order": "fly"}\n[1]\nrubbish\n{"order": "pause", "who": 1}\n{"order": "resume"}\n{"ord')
    assert read_orders(folder).orders == (Order("resume"),)
    give_order(folder, Order("stop"))  # what a full disk cut off is ended first
    assert read_orders(folder).orders == (Order("resume"), Order("stop"))


def test_of_an_earlier_start_only_what_was_set_counts(folder: Path) -> None:
    for order in (Order("set", beta=2.0), Order("pause"), Order("stop")):
        give_order(folder, order)
    begin_anew(folder)
    give_order(folder, Order("slow", delay=1.0))
    assert read_orders(folder).orders == (Order("set", beta=2.0), Order("slow", delay=1.0))


def test_many_who_steer_at_once_do_not_cut_into_each_other(folder: Path) -> None:
    with ThreadPoolExecutor(8) as people:
        list(people.map(lambda number: give_order(folder, Order("step", steps=number + 1)), range(200)))
    assert sorted(order.steps for order in read_orders(folder).orders) == list(range(1, 201))


def test_a_folder_that_is_gone_is_not_made_again(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match=r"The order stop could not be given to gone .*Look whether the folder"):
        give_order(tmp_path / "gone", Order("stop"))
    assert not (tmp_path / "gone").exists()
