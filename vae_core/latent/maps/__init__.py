"""Maps of a latent space: planes, UMAP, t-SNE; how good they are, and the way back from a place to a latent."""

from __future__ import annotations

from vae_core.latent.maps.alignment import aligned
from vae_core.latent.maps.clusters import NOISE, clusters
from vae_core.latent.maps.errors import MapError
from vae_core.latent.maps.fitting import FittedMap, fit_map, place_on_map
from vae_core.latent.maps.inverse import WIDTHS, MapInverse, Picked
from vae_core.latent.maps.mixing import ClassMixing, MixedPair, class_mixing
from vae_core.latent.maps.neighbours import Neighbours
from vae_core.latent.maps.planes import Plane, plane
from vae_core.latent.maps.quality import MapQuality, map_quality, quality_words

__all__ = [
    "NOISE",
    "WIDTHS",
    "ClassMixing",
    "FittedMap",
    "MapError",
    "MapInverse",
    "MapQuality",
    "MixedPair",
    "Neighbours",
    "Picked",
    "Plane",
    "aligned",
    "class_mixing",
    "clusters",
    "fit_map",
    "map_quality",
    "place_on_map",
    "plane",
    "quality_words",
]
