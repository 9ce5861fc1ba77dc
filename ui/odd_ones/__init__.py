"""The page of the odd ones as a component: images ranked by how strange they are to the model."""

from ui.odd_ones.component import OnMap, odd_ones

__all__ = ["OnMap", "odd_ones"]
