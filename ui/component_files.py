"""Browser components from their folders: `component.html`, `.css` and `.js`, on the shared look of `instrument.css`."""

from __future__ import annotations

import base64
from pathlib import Path

import numpy as np
import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

LOOK = Path(__file__).parent / "instrument.css"


def browser_component(folder: Path, *looks: str) -> ComponentRenderer:
    """The component that lives in the folder, registered under the folder's name; call it to draw it.

    looks: further style sheets of this room that it needs, such as "chooser". Sheets of the folder beside
    `component.css` come after it, in the order of their names.
    """
    html, js = ((folder / f"component.{ending}").read_text(encoding="utf-8") for ending in ("html", "js"))
    first = folder / "component.css"
    further = sorted(set(folder.glob("*.css")) - {first})
    sheets = [LOOK, *(LOOK.with_name(f"{look}.css") for look in looks), first, *further]
    css = "".join(sheet.read_text(encoding="utf-8") for sheet in sheets)
    return st.components.v2.component(folder.name, html=html, css=css, js=js)


def live_address() -> str:
    """Where the app serves its live routes, as a path from the server's root that ends with a slash."""
    base = st.get_option("server.baseUrlPath").strip("/")
    return f"/{base}/live/" if base else "/live/"


def packed(array: np.ndarray, kind: type[np.generic] = np.float32) -> str:
    """The array's values as base64 of little-endian bytes: what `live/static/arrays.js` unpacks."""
    values = np.ascontiguousarray(array, dtype=np.dtype(kind).newbyteorder("<"))
    return base64.b64encode(values.tobytes()).decode("ascii")
