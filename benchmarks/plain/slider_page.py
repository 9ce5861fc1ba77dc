"""What one writes without live/: `st.slider` per latent dimension and `st.image`. The peer of benchmarks/drag.py."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import streamlit as st
import torch

import vae_core
from vae_core import load_checkpoint

CHECKPOINTS = Path(vae_core.__file__).parent.parent / "checkpoints"


@st.cache_resource
def trained_model(name: str):
    return load_checkpoint(CHECKPOINTS / name)


checkpoint = trained_model(st.query_params.get("model", "digits-8d"))
dimensions = checkpoint.config.model.latent_dim
latent = [st.slider(f"z{i}", -3.0, 3.0, 0.0, 0.01, key=f"z{i}") for i in range(dimensions)]
with torch.inference_mode():
    image = checkpoint.vae.decode_mean(torch.tensor([latent], dtype=torch.float32))[0]
st.image(np.asarray(image.permute(1, 2, 0)).squeeze(), width=400)
