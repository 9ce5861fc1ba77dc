"""The runs as a whole: found, compared, noted, continued, thrown away."""

from ui.train_runs.view import runs_link, show_runs

__all__ = ["runs_link", "show_runs"]
