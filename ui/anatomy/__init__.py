"""The Anatomy page as a component: one image through the whole machine, and the theory chapter by chapter."""

from ui.anatomy.component import anatomy_page

__all__ = ["anatomy_page"]
