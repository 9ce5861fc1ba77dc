"""The models as cards, each with pictures that it decodes while one looks."""

from ui.gallery_cards.component import Card, gallery_cards
from ui.gallery_cards.preview import TILES, Preview, preview_latents

__all__ = ["TILES", "Card", "Preview", "gallery_cards", "preview_latents"]
