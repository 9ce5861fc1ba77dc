"""Listening in on what a page and its workers write to their canvases: canvas_listener.js in each of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

LISTENER = (Path(__file__).parent / "canvas_listener.js").read_text(encoding="utf-8")


def listen(page: Page) -> None:
    """From the next navigation on; a worker is listened to from `start_over` on."""
    page.add_init_script(LISTENER)


def start_over(page: Page) -> None:
    """Forgets what was counted so far."""
    page.evaluate("window.dragLog.reset()")
    for worker in page.workers:
        worker.evaluate(f"globalThis.dragLog || {LISTENER.strip().removesuffix(';')}")
        worker.evaluate("dragLog.reset()")


def heard(page: Page) -> dict[str, Any]:
    """{moves, frames, writes, changed, released, previewed}: writes and changes of the page and of its workers."""
    log = page.evaluate("window.dragLog.read()")
    for worker in page.workers:
        drawn = worker.evaluate("globalThis.dragLog?.read() ?? { writes: 0, changed: 0 }")
        log["writes"] += drawn["writes"]
        log["changed"] += drawn["changed"]
    return log
