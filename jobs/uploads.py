"""Whether visitors may bring images of their own to this server."""

from __future__ import annotations

import os

SETTING = "LATENT_EXPLORER_UPLOADS"
ON, OFF = "on", "off"
UPLOADS_OFF = (
    "This server takes no images of visitors (it was started with LATENT_EXPLORER_UPLOADS=off). Choose an image of the "
    "data set or draw one, or run the explorer on your own machine."
)


def uploads_allowed() -> bool:
    """What LATENT_EXPLORER_UPLOADS says: on (also when it is not set) or off. Raises ValueError for anything else."""
    chosen = os.environ.get(SETTING, "").strip() or ON
    if chosen not in (ON, OFF):
        raise ValueError(f"{SETTING} is {chosen!r}; it must be {ON}, {OFF} or left out.")
    return chosen == ON
