"""Finds the Chrome or Chromium that the browser tests, the benchmarks and the screenshots drive, or installs one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, sync_playwright

SETTING = "LATENT_EXPLORER_BROWSER"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Google\Chrome\Application\chrome.exe",
)
# quiet: no background traffic of the browser's own; no sandbox only where the browser would refuse to start as root
FLAGS = (
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WAY_OUT = (
    "No Chrome or Chromium was found, and none could be installed. Install one "
    "(Debian, Ubuntu: apt-get install chromium; macOS, Windows: google.com/chrome), "
    f"or set {SETTING} to the path of one, then run the command again."
)


class NoBrowser(RuntimeError):
    """No Chrome or Chromium on this machine; the message says what to do."""


def playwright_browser() -> str | None:
    """The path of Playwright's own Chromium when it has been downloaded."""
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def find_browser() -> str:
    """The path of a Chrome or Chromium: the one the setting names, on the PATH, in the usual places, Playwright's own.

    Raises NoBrowser, also when the setting names a file that is not there.
    """
    named = os.environ.get(SETTING)
    if named:
        if not Path(named).exists():
            raise NoBrowser(f"{SETTING} is {named!r}; there is no such file. Correct it, or unset it.")
        return named
    found = next(filter(None, map(shutil.which, NAMES)), None)
    found = found or next((place for place in PLACES if Path(place).exists()), None)
    found = found or playwright_browser()
    if not found:
        raise NoBrowser(WAY_OUT)
    return found


def install_commands() -> list[list[str]]:
    """The commands that may bring a browser on this machine, in the order to try them."""
    commands = [[sys.executable, "-m", "playwright", "install", "chromium"]]
    if hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get"):
        # as root on Debian or Ubuntu: Playwright's own lacks system libraries, the distribution's brings them
        commands = [["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "chromium"], *commands]
    return commands


def install_browser() -> str:
    """Installs a Chromium and gives its path; raises NoBrowser when no way of installing it worked."""
    for command in install_commands():
        print("No browser found; running: " + " ".join(command), file=sys.stderr)
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}  # a package must not ask and wait for an answer
        with suppress(subprocess.TimeoutExpired):
            subprocess.run(command, check=False, stdout=subprocess.DEVNULL, timeout=600, env=quiet)
        try:
            return find_browser()
        except NoBrowser:
            continue
    raise NoBrowser(WAY_OUT)


def _launch() -> dict[str, Any]:
    """How to start the browser, headless; raises NoBrowser."""
    as_root = hasattr(os, "geteuid") and os.geteuid() == 0
    flags = [*FLAGS, "--no-sandbox"] if as_root else list(FLAGS)
    return {"executable_path": find_browser(), "args": flags, "headless": True}


@contextmanager
def open_browser() -> Iterator[Browser]:
    """A headless Chrome or Chromium, closed on leaving; raises NoBrowser."""
    settings = _launch()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**settings)
        yield browser
        browser.close()


@contextmanager
def open_profile(folder: Path, **window: Any) -> Iterator[BrowserContext]:
    """A headless Chrome or Chromium whose profile lies in ``folder``, closed on leaving; raises NoBrowser.

    Scripts that were fetched and compiled stay in the folder for who opens it next; a browser without a profile
    compiles them anew for each page. ``window`` goes to the context: its viewport and so on.
    """
    settings = _launch()
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(folder, **settings, **window)
        yield context
        context.close()


def main(arguments: list[str]) -> None:
    """Prints the browser's path; with --install brings one first when there is none."""
    try:
        print("browser:", find_browser())
    except NoBrowser as problem:
        if "--install" not in arguments:
            sys.exit(str(problem))
        try:
            print("browser:", install_browser())
        except NoBrowser as still:
            sys.exit(str(still))


if __name__ == "__main__":
    main(sys.argv[1:])
