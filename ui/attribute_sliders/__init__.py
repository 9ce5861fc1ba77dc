"""Sliders of attributes: a picture moved along directions under the hand."""

from ui.attribute_sliders.component import Opened, attribute_sliders

__all__ = ["Opened", "attribute_sliders"]
