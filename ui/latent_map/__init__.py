"""The encoded test images in a plane of the latent space, and the decoder under the pointer."""

from ui.latent_map.choice import PlaneChoice, chosen_plane
from ui.latent_map.component import Opened, asked_plane, latent_map, map_data
from ui.latent_map.plane import Plane, plane_of_dimensions, plane_of_projection
from ui.latent_map.projection import plane_for, watch_projection

__all__ = [
    "Opened",
    "Plane",
    "PlaneChoice",
    "asked_plane",
    "chosen_plane",
    "latent_map",
    "map_data",
    "plane_for",
    "plane_of_dimensions",
    "plane_of_projection",
    "watch_projection",
]
