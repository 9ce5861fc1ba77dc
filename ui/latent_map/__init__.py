"""The encoded images of a model on a map, and the decoder under the pointer."""

from ui.latent_map.component import Opened, latent_map, map_data

__all__ = ["Opened", "latent_map", "map_data"]
