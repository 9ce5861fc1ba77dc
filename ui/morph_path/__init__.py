"""Images morphed into one another: the keys, the paths between them, the palette of corners."""

from ui.morph_path.component import Opened, morph_data, morph_path
from ui.morph_path.start import Key, MorphStart, starting_morph

__all__ = ["Key", "MorphStart", "Opened", "morph_data", "morph_path", "starting_morph"]
