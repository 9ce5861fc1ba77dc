"""Resolves requirements.in and requirements-dev.in into lock files that hold every transitive version.

The CUDA libraries that torch's Linux wheel pins by itself are left out: a CPU build does not want them,
and with the CUDA build pip takes exactly the versions that torch names.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
CUDA = re.compile(r"^(nvidia-|cuda-|triton\b)")
HEADER = "# Made by `make lock` from {source}; change that file, not this one.\n"


def without_cuda(resolved: str) -> str:
    """The lines of a resolved lock file, without torch's CUDA libraries."""
    return "".join(line + "\n" for line in resolved.splitlines() if line and not CUDA.match(line))


def resolved(source: Path, target: Path) -> str:
    """The exact versions that `source` asks for; those that `target` already holds are kept where they can be."""
    command = ["uv", "pip", "compile", "--universal", "--python-version", "3.11", "--no-header", "--no-annotate"]
    command += ["--no-emit-index-url", "--quiet", "--output-file", str(target), str(source)]
    subprocess.run(command, check=True, cwd=PROJECT)
    return without_cuda(target.read_text(encoding="utf-8"))


def lock(source: Path) -> Path:
    """Writes the lock file that belongs to `source` and gives its path; raises CalledProcessError."""
    with tempfile.TemporaryDirectory() as scratch:
        return _written(source, resolved(source, Path(scratch) / "lock.txt"))


def lock_on_top(source: Path, below: tuple[Path, ...]) -> Path:
    """The same for an environment on top of another: leaves out every line that the lock files ``below`` have."""
    held = {
        line for file in below for line in file.read_text(encoding="utf-8").splitlines() if line[:1] not in ("", "#")
    }
    versions = {_version(line) for line in held}
    with tempfile.TemporaryDirectory() as scratch:
        target = Path(scratch) / "lock.txt"
        target.write_text("\n".join(sorted(held)), encoding="utf-8")
        lines = resolved(source, target).splitlines()
    return _written(source, "".join(f"{line}\n" for line in lines if _version(line) not in versions))


def _version(line: str) -> str:
    return line.partition(";")[0].strip()


def _written(source: Path, content: str) -> Path:
    target = source.with_suffix(".txt")
    target.write_text(HEADER.format(source=source.name) + content, encoding="utf-8")
    return target


if __name__ == "__main__":
    locks = [lock(PROJECT / name) for name in ("requirements.in", "requirements-dev.in")]
    locks.append(lock_on_top(PROJECT / "requirements-extras.in", tuple(locks)))
    for file in locks:
        print(f"wrote {file.name}", file=sys.stderr)
