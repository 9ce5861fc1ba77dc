"""Where runs are trained: on this machine, or by an engine that a setting names."""

from jobs.launchers.choice import LAUNCHER, LauncherRefused, launched

__all__ = ["LAUNCHER", "LauncherRefused", "launched"]
