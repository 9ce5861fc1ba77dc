"""What a run will take, measured on its first steps: time, memory, size on disk."""

from vae_core.training.estimate.measure import Estimate, estimate_training

__all__ = ["Estimate", "estimate_training"]
