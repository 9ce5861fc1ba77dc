"""Images of one's own as a named data set: a folder or ZIP of pictures, .npy and .npz, IDX files."""

from vae_core.data.gathering.gather import check_name, check_shape, gather, own_images
from vae_core.data.gathering.look import Look, look_at
from vae_core.data.gathering.own_images import LeftOut, OwnImages
from vae_core.data.gathering.report import Gathered, gathered_report

__all__ = [
    "Gathered",
    "LeftOut",
    "Look",
    "OwnImages",
    "check_name",
    "check_shape",
    "gather",
    "gathered_report",
    "look_at",
    "own_images",
]
