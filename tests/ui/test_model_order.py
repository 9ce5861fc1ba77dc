"""The order in which models are offered: companions of Anatomy last, a smaller β first."""

from __future__ import annotations

from tools.checkpoints import COMPANIONS, MODELS
from ui.model_order import in_order, is_companion


def test_the_companions_are_those_that_ship_for_anatomy_and_no_other() -> None:
    assert {name for name in MODELS if is_companion(name)} == set(COMPANIONS)
    assert not is_companion("my-digits-2d-beta-1")


def test_they_stand_after_all_others_by_beta() -> None:
    names = ["digits-2d-beta-20", "zebra", "digits-2d-beta-3", "digits-ae-2d", "digits-2d", "digits-2d-beta-0.1"]
    expected = ["digits-2d", "zebra", "digits-ae-2d", "digits-2d-beta-0.1", "digits-2d-beta-3", "digits-2d-beta-20"]
    assert in_order(names) == expected
