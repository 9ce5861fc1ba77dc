"""The figures of the Anatomy page that take more than one pass through the model: each asked for by its name."""

from live.anatomy.asking import figure_route

__all__ = ["figure_route"]
