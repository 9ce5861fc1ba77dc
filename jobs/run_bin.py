"""The bin of runs, `.bin/` among the checkpoints: what is thrown away comes back until the bin is emptied."""

from __future__ import annotations

import re
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from jobs.run_handles import find_run, name_problem
from jobs.run_refused import RunRefused
from store import checkpoints_root
from vae_core.checkpoint import NAME_RULE

BIN = ".bin"
_PLACE = re.compile(rf"({NAME_RULE})~([0-9]{{1,12}})(-[0-9]{{1,3}})?")  # name, Unix time, number of its kind


@dataclass(frozen=True)
class BinnedRun:
    """A run in the bin. place: what tells it from others of its name. binned: Unix time. bytes: all of its files'."""

    place: str
    name: str
    binned: float
    bytes: int


def bin_run(name: str) -> BinnedRun:
    """Moves a run's folder into the bin, whole, in one step; from there it can be restored.

    Raises RunRefused when there is no such run, when it is under way, or when the folder holds a model without a run.
    """
    run = find_run(name)
    if run is None:
        raise RunRefused(f"The run is {name!r}; no folder holds a run of that name. {_by_hand(name)}".strip())
    if run.status.alive:
        raise RunRefused(f"The run {name} is under way; only one that has ended goes to the bin. Stop it first.")
    place = _free_place(name)
    try:
        place.parent.mkdir(exist_ok=True)
        run.folder.rename(place)
    except OSError as reason:
        raise RunRefused(
            f"The run {name} cannot be moved to the bin ({reason.strerror}). Mend what it says."
        ) from reason
    return _binned(place)


def binned_runs() -> tuple[BinnedRun, ...]:
    """What lies in the bin, thrown away last first."""
    found = [_binned(place) for place in _places()]
    return tuple(sorted(found, key=lambda run: (-run.binned, run.place)))


def restore_run(place: str) -> str:
    """Moves a run back from the bin to the name it had, and gives that back.

    Raises RunRefused when it is not in the bin (any more), or when another run has taken its name.
    """
    known = _PLACE.fullmatch(place)
    folder = _bin() / place
    if known is None or not folder.is_dir():
        raise RunRefused(f"The run is {place[:80]!r}; it is not in the bin. Somebody restored it, or emptied the bin.")
    name = known[1]
    problem = name_problem(name)
    if problem:
        raise RunRefused(f"{name} cannot come back. {problem}")
    try:
        folder.rename(checkpoints_root() / name)
    except OSError as reason:
        raise RunRefused(f"{name} cannot come back ({reason.strerror}). Mend what it says.") from reason
    return name


def empty_bin() -> int:
    """Deletes for good what lies in the bin, and gives back how many runs that were.

    Raises RunRefused when a file cannot be deleted; what was deleted until then is gone.
    """
    places = _places()
    try:
        for place in places:
            shutil.rmtree(place)
    except OSError as reason:
        raise RunRefused(f"The bin cannot be emptied: {reason}. Delete its folder {_bin()} by hand.") from reason
    return len(places)


def _by_hand(name: str) -> str:
    if re.fullmatch(NAME_RULE, name) and (checkpoints_root() / name).is_dir():
        return f"{name} is a model that was shipped or copied here: take its folder away by hand."
    return ""


def _bin() -> Path:
    return checkpoints_root() / BIN


def _free_place(name: str) -> Path:
    """Where the run lies in the bin; with a number where one of its name was thrown away in the same second."""
    wanted = f"{name}~{int(time.time())}"
    places = (wanted, *(f"{wanted}-{number}" for number in range(2, 1_000)))
    return next(_bin() / place for place in places if not (_bin() / place).exists())


def _places() -> list[Path]:
    try:
        return [entry for entry in _bin().iterdir() if _PLACE.fullmatch(entry.name) and entry.is_dir()]
    except OSError:
        return []


def _binned(place: Path) -> BinnedRun:
    known = _PLACE.fullmatch(place.name)
    return BinnedRun(place.name, known[1], float(known[2]), _bytes(place))


def _bytes(folder: Path) -> int:
    """The size of all files; one that goes away meanwhile counts nothing."""
    total = 0
    for file in folder.rglob("*"):
        try:
            total += file.lstat().st_size if file.is_file() else 0
        except OSError:
            continue
    return total
