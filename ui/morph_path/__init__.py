"""The way from one image to another in the latent space, under the hand and as a GIF."""

from ui.morph_path.component import morph_data, morph_path
from ui.morph_path.gif import morph_gif
from ui.morph_path.path import GIF_FRAMES, POINTS, Morph, chosen_morph, gif_latents, path_latents

__all__ = [
    "GIF_FRAMES",
    "POINTS",
    "Morph",
    "chosen_morph",
    "gif_latents",
    "morph_data",
    "morph_gif",
    "morph_path",
    "path_latents",
]
