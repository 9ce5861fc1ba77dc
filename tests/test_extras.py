"""Ray, MLflow and TensorBoard against the packages themselves, which live in an environment of their own.

Each file of tests/extras/ is run by the interpreter of .venv-extras (`make extras`, which `make test` does beside the
other tests: these wait for it). An environment that is not there fails every one of them: nothing is skipped.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tools.running_app import PROJECT
from tools.set_up_extras import awaited_extras

FILES = sorted(file for file in (PROJECT / "tests" / "extras").glob("*.py"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
@pytest.mark.timeout(600)
def test_with_the_real_packages(file: Path) -> None:
    python = awaited_extras()
    settings = {"PATH": f"{python.parent}{os.pathsep}{os.environ['PATH']}", "RAY_USAGE_STATS_ENABLED": "0"}
    command = [python, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", "-W", "ignore", str(file)]
    run = subprocess.run(command, cwd=PROJECT, env=os.environ | settings, capture_output=True, text=True)
    assert run.returncode == 0, f"{run.stdout}\n{run.stderr}"
