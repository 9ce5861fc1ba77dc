"""Opening a page at a link without a browser."""

from __future__ import annotations

from pathlib import Path

from streamlit.testing.v1 import AppTest

SHELL = str(Path(__file__).resolve().parents[2] / "ui" / "shell.py")


def opened_page(page: str, **link: str) -> AppTest:
    """The page (such as "map") as it is after its first run; link: parameters of its address."""
    app = AppTest.from_file(SHELL, default_timeout=60)
    app.query_params.update(link)
    app.run().switch_page(f"../pages/{page}.py")
    app.query_params.update(link)
    return app.run()
