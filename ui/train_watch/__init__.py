"""The page of one training run as a component: its curves, its map forming, its replay, and what steers it."""

from ui.train_watch.component import train_watch

__all__ = ["train_watch"]
