"""What a run does with its orders: pure rules, and what all its processes agree on between two steps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from vae_core.training.orders import Order, read_orders

Ending = Literal["", "stopped", "discarded"]


@dataclass(frozen=True)
class Control:
    """How a run goes on: paused or not, after how many steps it pauses again (None: it does not), slowed down by a
    ``delay`` in seconds after each step, and how it shall end, "" as long as it shall not."""

    paused: bool = False
    steps: int | None = None
    delay: float = 0.0
    ending: Ending = ""

    def after(self, order: Order) -> Control:
        """What the order makes of it. An ending that was ordered stays, but for a discard after a stop."""
        match order.order:
            case "pause":
                return replace(self, paused=True, steps=None)
            case "resume":
                return replace(self, paused=False, steps=None)
            case "step":
                return replace(self, paused=False, steps=order.steps)
            case "slow":
                return replace(self, delay=order.delay)
            case "stop":
                return replace(self, ending=self.ending or "stopped")
            case "discard":
                return replace(self, ending="discarded")
            case _:
                return self

    def after_step(self) -> Control:
        """What a step makes of it: of the steps that were asked for one is done."""
        if self.steps is None:
            return self
        left = self.steps - 1
        return replace(self, steps=left) if left > 0 else replace(self, paused=True, steps=None)

    def holds(self, seconds: float) -> bool:
        """Whether to wait with the next step, so many seconds after the last one."""
        return not self.ending and (self.paused or seconds < self.delay)


@dataclass(frozen=True)
class Agreed:
    """What all processes of a run do now: how it goes on, what is set, whether to save, whether to wait with the next
    step, and after how many more steps they ask again. ``offset``: the byte up to which orders were read."""

    control: Control
    set_orders: tuple[Order, ...]
    offset: int
    save: bool
    hold: bool
    steps_to_next: int


class Steering:
    """Reads the orders of a run, in the first of its processes. `asked_to_stop()`: whether its end was asked for."""

    def __init__(self, folder: Path, asked_to_stop: Callable[[], bool]) -> None:
        self._folder = folder
        self.asked_to_stop = asked_to_stop

    def agreed(
        self, control: Control, offset: int, seconds: float, save: bool, steps_to_next: int, has_begun: bool
    ) -> Agreed:
        """What follows from the orders that came since ``offset``; ``seconds`` have passed since the last step.

        One who asked for a stop before the run began gets the weights of one step.
        """
        taken = read_orders(self._folder, offset)
        for order in taken.orders:
            control = control.after(order)
        if (has_begun or control.paused) and self.asked_to_stop():
            control = control.after(Order("stop"))
        set_orders = tuple(order for order in taken.orders if order.order == "set")
        next_look = 1 if control.delay else min(steps_to_next, control.steps or steps_to_next)
        return Agreed(control, set_orders, taken.offset, save, control.holds(seconds), next_look)
