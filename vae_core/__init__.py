"""Variational autoencoders without a web page: settings, model, objective, checkpoint."""

from __future__ import annotations

from vae_core.checkpoint import Checkpoint, CheckpointError, list_checkpoints, load_checkpoint, load_latents
from vae_core.latents import Latents, encode_reference
from vae_core.likelihoods import binarise
from vae_core.networks import default_hidden
from vae_core.objectives import OBJECTIVES, ElboTerms, build_objective, elbo
from vae_core.settings import Config, DataSettings, ModelSettings, TrainingSettings
from vae_core.vae import VAE, build_vae

__all__ = [
    "OBJECTIVES",
    "VAE",
    "Checkpoint",
    "CheckpointError",
    "Config",
    "DataSettings",
    "ElboTerms",
    "Latents",
    "ModelSettings",
    "TrainingSettings",
    "binarise",
    "build_objective",
    "build_vae",
    "default_hidden",
    "elbo",
    "encode_reference",
    "list_checkpoints",
    "load_checkpoint",
    "load_latents",
]
