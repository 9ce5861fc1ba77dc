"""Steps of the small run by seed and number: what comes back does not depend on what was asked before."""

from __future__ import annotations

import torch

from store.small_runs import KEPT_EVERY, SmallStates

ENOUGH, NONE = 60.0, 0.0


def test_a_step_is_the_same_on_whatever_way_it_was_reached() -> None:
    one_by_one, at_once = SmallStates(), SmallStates()
    for step in range(1, 8):
        found = one_by_one.step(4, step, ENOUGH)
    straight = at_once.step(4, 7, ENOUGH)
    assert torch.equal(found.after.weights, straight.after.weights)
    assert straight.before.step == 6 and straight.after.step == 7
    back = one_by_one.step(4, 2, ENOUGH)
    assert back.after.step == 2 and len(back.after.batch_elbo) == 2


def test_a_far_step_is_reached_by_asking_again_and_each_time_it_is_further() -> None:
    states = SmallStates()
    reached = []
    while isinstance(found := states.step(0, 5, NONE), int):
        reached.append(found)
    assert reached == [1, 2, 3]
    assert found.after.step == 5
    assert torch.equal(found.after.weights, SmallStates().step(0, 5, ENOUGH).after.weights)


def test_the_memory_is_bounded_and_what_is_gone_is_computed_again() -> None:
    states = SmallStates(most=3)
    first = states.step(0, KEPT_EVERY + 2, ENOUGH).after.weights
    for seed in range(1, 5):
        states.step(seed, 1, ENOUGH)
    assert len(states) == 3
    assert torch.equal(states.step(0, KEPT_EVERY + 2, ENOUGH).after.weights, first)
