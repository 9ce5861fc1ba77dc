"""Orders to a run while it goes: `run/orders.jsonl`, to which whoever steers adds lines and which the run reads."""

from __future__ import annotations

import json
import logging
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from vae_core.training.errors import TrainingError
from vae_core.training.run_folder import run_folder

ORDERS = "orders.jsonl"
KINDS = ("pause", "resume", "step", "slow", "stop", "discard", "set")
BEGIN = "begin"  # a line of the run itself: what stands before it was meant for an earlier start
MOST_STEPS = 1_000_000
LONGEST_DELAY = 10.0  # seconds per step
HIGHEST_RATE, HIGHEST_BETA = 10.0, 10_000.0
LONGEST_FILE = 2**20  # bytes: some 10,000 orders
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Order:
    """What a run is told. Which numbers belong to which order:

    step: ``steps``, how many to make before it pauses again. slow: ``delay``, seconds to wait after each step, 0 for
    full speed. set: ``learning_rate`` (from now on; the schedule keeps its shape, scaled), ``beta``, or both.
    pause, resume, stop (and keep what it has), discard (and keep nothing) take none.
    Raises TrainingError, with value, rule and way out, where a number is missing, out of its range, or of no use.
    """

    order: Literal["pause", "resume", "step", "slow", "stop", "discard", "set"]
    steps: int | None = None
    delay: float | None = None
    learning_rate: float | None = None
    beta: float | None = None

    def __post_init__(self) -> None:
        if self.order not in KINDS:
            raise TrainingError(f"The order is {self.order!r}; a run knows {', '.join(KINDS)}. Choose one of these.")
        if self.order == "step" and self.steps is None:
            object.__setattr__(self, "steps", 1)
        takes = {"step": {"steps"}, "slow": {"delay"}, "set": {"learning_rate", "beta"}}.get(self.order, set())
        given = {name for name in ("steps", "delay", "learning_rate", "beta") if getattr(self, name) is not None}
        if given - takes:
            name, numbers = sorted(given - takes)[0], " and ".join(sorted(takes)) or "no number"
            raise TrainingError(
                f"{name} is {getattr(self, name)!r}; the order {self.order} takes {numbers}. Leave it out."
            )
        if takes and not given:
            raise TrainingError(
                f"The order {self.order} came without a number; it takes {' or '.join(sorted(takes))}. Give one."
            )
        self._check_numbers()

    def _check_numbers(self) -> None:
        _check("steps", self.steps, 1, MOST_STEPS, "a whole number", whole=True)
        _check("delay", self.delay, 0, LONGEST_DELAY, "seconds")
        _check("learning_rate", self.learning_rate, 0, HIGHEST_RATE, "a number", above=True)
        _check("beta", self.beta, 0, HIGHEST_BETA, "a number")


def give_order(folder: Path, order: Order) -> None:
    """Add an order to those of the run in this checkpoint folder; it is obeyed within half a second, between two steps.

    May be given before the run begins. Raises TrainingError when the folder is gone or the order cannot be written.
    """
    given = {name: value for name, value in asdict(order).items() if value is not None}
    _add(folder, given)


def begin_anew(folder: Path) -> None:
    """Mark that a new start begins: of the orders given so far only what they set still counts, if nobody took it."""
    if (run_folder(folder) / ORDERS).exists():
        _add(folder, {"order": BEGIN})


@dataclass(frozen=True)
class TakenOrders:
    """Orders that were read, oldest first, and the byte up to which they have been."""

    orders: tuple[Order, ...]
    offset: int


def read_orders(folder: Path, offset: int = 0) -> TakenOrders:
    """The orders from this byte on, whole lines only; a line that is no order is passed over, with a note in the log.

    What stands before the last mark of `begin_anew` counts only where it sets something.
    """
    try:
        with (run_folder(folder) / ORDERS).open("rb") as file:
            if os.fstat(file.fileno()).st_size <= offset:
                return TakenOrders((), offset)
            file.seek(offset)
            content = file.read(LONGEST_FILE)
    except OSError:
        return TakenOrders((), offset)
    whole = content[: content.rfind(b"\n") + 1]
    return TakenOrders(_orders(whole.splitlines()), offset + len(whole))


def _orders(lines: list[bytes]) -> tuple[Order, ...]:
    taken: list[Order] = []
    for line in lines:
        fields = _fields(line)
        if fields.get("order") == BEGIN:
            taken = [order for order in taken if order.order == "set"]
            continue
        try:
            taken.append(Order(**fields))
        except (TrainingError, TypeError) as error:
            log.warning("an order was passed over: %s", error)
    return tuple(taken)


def _fields(line: bytes) -> dict[str, Any]:
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError):
        fields = None
    return fields if isinstance(fields, dict) else {"order": line[:80].decode("utf-8", "replace")}


def _add(folder: Path, fields: dict[str, Any]) -> None:
    """One write to the end of the file: of two who steer at once neither cuts into the other's line."""
    line = json.dumps(fields).encode() + b"\n"
    file = run_folder(folder) / ORDERS
    try:
        descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
        try:
            whole = os.write(descriptor, b"\n" + line if _ends_in_half_a_line(descriptor) else line)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise TrainingError(_not_written(folder, fields, error)) from None
    if whole < len(line):
        raise TrainingError(_not_written(folder, fields, "no space left"))


def _not_written(folder: Path, fields: dict[str, Any], reason: object) -> str:
    return (
        f"The order {fields['order']} could not be given to {folder.name} ({reason}); it needs its folder and a little"
        " room on the disk. Look whether the folder is there, and free some space."
    )


def _ends_in_half_a_line(descriptor: int) -> bool:
    size = os.fstat(descriptor).st_size
    return size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"


def _check(
    name: str, value: Any, lowest: float, highest: float, kind: str, whole: bool = False, above: bool = False
) -> None:
    if value is None:
        return
    is_number = type(value) is int or (type(value) is float and not whole)
    if is_number and (lowest < value if above else lowest <= value) and value <= highest:
        return
    bounds = f"above {lowest} and at most {highest:g}" if above else f"from {lowest} to {highest:g}"
    raise TrainingError(f"{name} is {value!r}; it must be {kind} {bounds}. Give one in this range.")
