"""The runs as a whole: found, compared, noted, continued, thrown away."""

from ui.train_runs.view import show_runs, shows_runs, view_switch

__all__ = ["show_runs", "shows_runs", "view_switch"]
