"""The Repair page as a component: a picture, what damages it, and what the model makes of it."""

from ui.repair_bench.component import repair_bench

__all__ = ["repair_bench"]
