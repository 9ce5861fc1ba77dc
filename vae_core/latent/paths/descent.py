"""Limited-memory BFGS that can be watched: it hands out every place that it comes to."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator

import numpy as np

REMEMBERED = 10  # steps whose changes of the gradient shape the next
ENOUGH = 1e-4  # of the decrease that the slope promises (Armijo)
MOST_HALVINGS = 12

Values = Callable[[np.ndarray], tuple[float, np.ndarray]]


def descend(values: Values, start: np.ndarray, first_step: float = 1.0) -> Iterator[tuple[np.ndarray, float]]:
    """Places (n,) with ever lower values, each with its value, from a start float64 (n,); ends where it gets no lower.

    values: the value and the gradient (n,) at a place. first_step: how far the first step goes along the gradient, as
    a share of it. torch's optimiser does the same but imports a compiler for two seconds, scipy's cannot be watched
    without losing what it has learned.
    Source: Nocedal and Wright 2006 (*Numerical Optimization*), algorithms 7.4 and 3.1.
    """
    place, (value, gradient) = start, values(start)
    changes: deque[tuple[np.ndarray, np.ndarray]] = deque(maxlen=REMEMBERED)
    while True:
        direction = -_preconditioned(gradient, changes, first_step)
        slope = float(direction @ gradient)
        if not slope < 0:
            return
        found = _lower(values, place, value, direction, slope)
        if found is None:
            if not changes:
                return
            changes.clear()  # what was learned is of another place: start again along the gradient
            continue
        new_place, new_value, new_gradient = found
        move, turn = new_place - place, new_gradient - gradient
        if move @ turn > 1e-10 * np.linalg.norm(move) * np.linalg.norm(turn):
            changes.append((move, turn))
        place, value, gradient = new_place, new_value, new_gradient
        yield place, value


def _preconditioned(
    gradient: np.ndarray, changes: deque[tuple[np.ndarray, np.ndarray]], first_step: float
) -> np.ndarray:
    """The gradient times the inverse Hessian that the changes (move, change of gradient) tell of."""
    left, shares = gradient.copy(), []
    for move, turn in reversed(changes):
        share = (move @ left) / (move @ turn)
        left -= share * turn
        shares.append(share)
    left *= first_step if not changes else (changes[-1][0] @ changes[-1][1]) / (changes[-1][1] @ changes[-1][1])
    for (move, turn), share in zip(changes, reversed(shares), strict=True):
        left += (share - (turn @ left) / (move @ turn)) * move
    return left


def _lower(
    values: Values, place: np.ndarray, value: float, direction: np.ndarray, slope: float
) -> tuple[np.ndarray, float, np.ndarray] | None:
    """The first of ever shorter steps along the direction that is low enough; None where none is."""
    step = 1.0
    for _ in range(MOST_HALVINGS):
        there = place + step * direction
        found, gradient = values(there)
        if found <= value + ENOUGH * step * slope and found < value:
            return there, found, gradient
        # the lowest place of the parabola through both values and the slope, within a tenth and a half
        parabola = -slope * step / (2 * (found - value - slope * step)) if np.isfinite(found) else 0.1
        step *= min(0.5, max(0.1, parabola))
    return None
