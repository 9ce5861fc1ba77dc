"""A Plotly figure that takes new data in its place, without a blank frame."""

from ui.plotly_figure.component import plotly_figure

__all__ = ["plotly_figure"]
