"""Resolves requirements.in and requirements-dev.in into lock files that hold every transitive version.

The CUDA libraries that torch's Linux wheel pins by itself are left out: a CPU build does not want them,
and with the CUDA build pip takes exactly the versions that torch names.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
CUDA = re.compile(r"^(nvidia-|cuda-|triton\b)")
HEADER = "# Made by `make lock` from {source}; change that file, not this one.\n"


def without_cuda(resolved: str) -> str:
    """The lines of a resolved lock file, without torch's CUDA libraries."""
    return "".join(line + "\n" for line in resolved.splitlines() if line and not CUDA.match(line))


def lock(source: Path) -> Path:
    """Writes the lock file that belongs to `source` and gives its path; raises CalledProcessError."""
    target = source.with_suffix(".txt")
    command = [
        "uv",
        "pip",
        "compile",
        "--universal",
        "--python-version",
        "3.11",
        "--no-header",
        "--no-annotate",
    ]
    command += ["--no-emit-index-url", "--quiet", str(source)]
    resolved = subprocess.run(command, check=True, capture_output=True, text=True, cwd=PROJECT).stdout
    target.write_text(HEADER.format(source=source.name) + without_cuda(resolved), encoding="utf-8")
    return target


if __name__ == "__main__":
    for name in ("requirements.in", "requirements-dev.in"):
        print(f"wrote {lock(PROJECT / name).name}", file=sys.stderr)
