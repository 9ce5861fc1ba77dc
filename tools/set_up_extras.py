"""Makes .venv-extras: Ray, MLflow and TensorBoard on top of .venv, for their tests and to try them.

    python -m tools.set_up_extras

It holds only what requirements.txt and requirements-dev.txt do not pin (requirements-extras.txt), and finds the rest,
torch first of all, in .venv: half a gigabyte less, and a minute or so instead of ten.
"""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
from contextlib import suppress
from pathlib import Path

from filelock import FileLock, Timeout

from tools.set_up import fingerprint

PROJECT = Path(__file__).resolve().parent.parent
ENVIRONMENT = PROJECT / ".venv-extras"
PYTHON = ENVIRONMENT / ("Scripts" if os.name == "nt" else "bin") / "python"
LOCK = "requirements-extras.txt"
STAMP = ENVIRONMENT / "installed"
BUSY = PROJECT / ".venv-extras.lock"


class ExtrasMissing(Exception):
    """The environment is not there or is not that of the lock files; the message says what to do."""


def extras_python() -> Path:
    """The interpreter that has Ray, MLflow and TensorBoard, as locked. Raises ExtrasMissing."""
    if STAMP.is_file() and STAMP.read_text(encoding="utf-8") == fingerprint([LOCK]) and PYTHON.exists():
        return PYTHON
    raise ExtrasMissing(
        f"{ENVIRONMENT.name} does not hold what requirements-extras.txt says. Run `make extras` and read what pip says;"
        " it needs the package index and 700 MB of room."
    )


def awaited_extras(seconds: float = 300.0) -> Path:
    """The interpreter, once nobody is installing: waits that long for another process. Raises ExtrasMissing."""
    with suppress(Timeout), FileLock(BUSY, timeout=seconds):
        pass
    return extras_python()


def make_extras() -> Path:
    """Makes or renews the environment where it is not as locked; gives its interpreter. Raises ExtrasMissing."""
    with FileLock(BUSY):
        try:
            return extras_python()
        except ExtrasMissing:
            print("Installing Ray, MLflow and TensorBoard into .venv-extras (once; a minute or two) ...", flush=True)
        venv.EnvBuilder(clear=True, symlinks=os.name != "nt").create(ENVIRONMENT)
        _lay_on(Path(sysconfig.get_path("purelib")))
        if _install():
            raise ExtrasMissing(f"pip could not install {LOCK} (its message is above). Check the network.")
        STAMP.write_text(fingerprint([LOCK]), encoding="utf-8")
        return extras_python()


def _lay_on(packages: Path) -> None:
    """What the new environment lacks is looked for there."""
    place = "import sysconfig; print(sysconfig.get_path('purelib'))"
    own = subprocess.run([PYTHON, "-c", place], capture_output=True, text=True, check=True)
    (Path(own.stdout.strip()) / "below.pth").write_text(f"{packages}\n", encoding="utf-8")


def _install() -> int:
    """pip's exit code. Without the dependencies it would look for: the lock file names every one that is missing."""
    command = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", "--no-compile"]
    return subprocess.call([*command, "--no-deps", "-r", PROJECT / LOCK])


if __name__ == "__main__":
    try:
        make_extras()
    except ExtrasMissing as problem:
        sys.exit(str(problem))
