"""One slider per latent dimension beside the picture that they make."""

from ui.latent_sliders.component import latent_sliders
from ui.latent_sliders.start import Place, Start, identity, latent_from_link, row_from_link, starting_point

__all__ = ["Place", "Start", "identity", "latent_from_link", "latent_sliders", "row_from_link", "starting_point"]
