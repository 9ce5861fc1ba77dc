"""The parts of Streamlit's own page that every page of ours needs, and that Streamlit fetches only when it draws them.

The row above each page has links and a picker, and below it is a component: their scripts, each with what it imports,
come with the page instead of after the first run of its script. Their names hold a checksum, so they are looked up in
the installed package; where another version has none of that name, they come as late as Streamlit asks for them.
"""

from __future__ import annotations

import importlib.util
import re
from functools import lru_cache
from pathlib import Path

DRAWN = ("PageLink", "Selectbox", "BidiComponent")
IMPORTED = re.compile(r'\b(?:from|import) ?"\./([\w.-]+\.js)"')
FOLDER = "static/js"  # below the address of the app, and in the package below its own folder static


@lru_cache(maxsize=1)
def streamlit_scripts() -> tuple[str, ...]:
    """Their addresses below the app's own, without those that Streamlit's page names itself; () where none is found."""
    package = _package()
    if package is None:
        return ()
    page = (package / "index.html").read_text(encoding="utf-8")
    scripts = package / FOLDER
    found = dict.fromkeys(file.name for name in DRAWN for file in sorted(scripts.glob(f"{name}.*.js")))
    for name in (waiting := list(found)):
        new = [other for other in _imports(scripts / name) if other not in found and other not in page]
        found |= dict.fromkeys(new)
        waiting += new
    return tuple(f"{FOLDER}/{name}" for name in found)


def _package() -> Path | None:
    """Where the package keeps its page; it is not imported, since the live path knows no Streamlit."""
    found = importlib.util.find_spec("streamlit")
    folder = Path(found.origin).parent / "static" if found and found.origin else None
    return folder if folder and (folder / "index.html").is_file() else None


def _imports(script: Path) -> list[str]:
    try:
        return IMPORTED.findall(script.read_text(encoding="utf-8"))
    except OSError:
        return []
