"""Parts of one's own: networks, likelihoods, priors and objectives that a module registers when it is imported."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from types import ModuleType


def import_parts(module: str) -> ModuleType:
    """Imports the module that registers parts of one's own; gives it back.

    module: a name such as ``my_networks`` or ``my_package.networks``, found in the working folder or among what is
    installed. Runs its code, so it is only ever named by the person at the command line, never by a checkpoint.
    Raises ValueError when there is no such module.
    """
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name is None or not (module == error.name or module.startswith(f"{error.name}.")):
            raise  # the module is there, and something that it imports is not: its own message says what
        raise ValueError(
            f"There is no module {module!r} in the working folder or among what is installed; give its name as Python"
            " imports it, without .py. For example my_networks for the file my_networks.py."
        ) from None
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"{module!r} is no name of a module ({error}). For example my_networks for the file my_networks.py."
        ) from None
