"""The sheet of samples: draws of a model that follow the temperature under the hand."""

from ui.sample_sheet.component import Opened, sample_sheet

__all__ = ["Opened", "sample_sheet"]
