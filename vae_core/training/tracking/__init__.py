"""What follows a run in TensorBoard or MLflow, where they are installed; nothing of them is imported before."""

from vae_core.training.tracking.following import Following, Followings
from vae_core.training.tracking.trackers import TRACKERS, Tracker, check_trackers

__all__ = ["TRACKERS", "Following", "Followings", "Tracker", "check_trackers"]
