"""How the weight of the KL rises over a run."""

from __future__ import annotations

CYCLE_RISE = 0.5  # of each cycle, unless the settings say otherwise: R = 0.5 of Fu et al. 2019


def annealed(progress: float, warmup: float, cycles: int = 1) -> float:
    """The share 0 to 1 of its target that a weight has after the share ``progress`` of all steps.

    One cycle: it rises linearly over the share ``warmup`` of the run, then stays; 0 means that it never was lower.
    More: the run falls into equal cycles, in each the weight rises from 0 over the share ``warmup`` of the cycle (one
    half where that is 0), then stays. Always 1 at the end of the run, since no rise is longer than its cycle.
    Source: Bowman et al. 2016, section 3.1 (the rise); Fu et al. 2019, equations 6 and 7 (the cycles).
    """
    rise = warmup or (CYCLE_RISE if cycles > 1 else 0.0)
    if rise == 0 or progress >= 1:
        return 1.0
    return min(1.0, (progress * cycles) % 1.0 / rise)
