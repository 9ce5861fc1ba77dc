"""Makes the project's own virtual environment in .venv and installs the locked requirements, once.

Run by `make`, with whatever `python3` the machine has, before anything is installed: only the standard library,
and only syntax that an old Python can still read, so that it can say in a sentence that it is too old.
"""

import hashlib
import os
import subprocess
import sys

OLDEST = (3, 11)
PROJECT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ENVIRONMENT = os.path.join(PROJECT, ".venv")
PYTHON = os.path.join(ENVIRONMENT, "Scripts" if os.name == "nt" else "bin", "python")


def version_problem(version, executable):
    """The sentence to show when `version` (a tuple such as (3, 9, 1)) is too old; None when it will do."""
    if tuple(version[:2]) >= OLDEST:
        return None
    found = ".".join(str(part) for part in version[:3])
    return (
        "Python {} ({}) is too old: the explorer needs Python {}.{} or newer. "
        "Install one from python.org or your system's packages, then name it: make app PYTHON=python3.12"
    ).format(found, executable, *OLDEST)


def fingerprint(files):
    """SHA-256 of the named files and of the Python version: changes when there is something to install."""
    digest = hashlib.sha256(repr(sys.version_info[:3]).encode())
    for name in files:
        with open(os.path.join(PROJECT, name), "rb") as source:
            digest.update(source.read())
    return digest.hexdigest()


def read(path):
    """The text of a small file, or an empty text when it is not there."""
    if not os.path.exists(path):
        return ""
    with open(path) as source:
        return source.read()


def make_environment():
    """Creates .venv; exits with a sentence when this Python was installed without venv or pip."""
    if subprocess.call([sys.executable, "-m", "venv", ENVIRONMENT]) != 0 or not os.path.exists(PYTHON):
        sys.exit(
            "{} could not make a virtual environment in .venv. On Debian and Ubuntu: "
            "apt-get install python3-venv; then run the same command again.".format(sys.executable)
        )


def install(files):
    """Installs the locked requirements and the project itself, quietly; exits with a sentence on failure."""
    pip = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    wanted = [part for name in files for part in ("-r", os.path.join(PROJECT, name))]
    print("Installing the locked requirements into .venv (once; a few minutes on a first run) ...")
    sys.stdout.flush()
    failed = subprocess.call(pip + wanted) or subprocess.call(
        pip + ["--no-deps", "--no-build-isolation", "--editable", PROJECT]
    )
    if failed:
        sys.exit("pip could not install the requirements (its message is above). Check the network, then try again.")


def main(arguments):
    """Makes .venv hold what requirements.txt says, and with --dev what requirements-dev.txt says too."""
    problem = version_problem(sys.version_info, sys.executable)
    if problem:
        sys.exit(problem)
    files = ["requirements.txt"] + (["requirements-dev.txt"] if "--dev" in arguments else [])
    stamp = os.path.join(ENVIRONMENT, "installed-dev" if "--dev" in arguments else "installed")
    wanted = fingerprint(files + ["pyproject.toml"])
    if os.path.exists(PYTHON) and read(stamp) == wanted:
        return
    if not os.path.exists(PYTHON):
        make_environment()
    install(files)
    with open(stamp, "w") as target:
        target.write(wanted)


if __name__ == "__main__":
    main(sys.argv[1:])
