"""Parts known by name: networks, likelihoods, priors, objectives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Generic, TypeVar

Part = TypeVar("Part")


class Registry(Mapping[str, Part], Generic[Part]):
    """A table from names to parts of one kind, to which anybody may add.

    Indexing raises ValueError, naming the known parts, for an unknown one.
    """

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._parts: dict[str, Part] = {}

    def register(self, name: str, part: Part) -> Part:
        """Add a part; gives it back. Raises ValueError when the name stands for another part already."""
        if self._parts.get(name, part) is not part:
            raise ValueError(f"{self.kind} {name!r} is registered already. Choose another name.")
        self._parts[name] = part
        return part

    def __getitem__(self, name: str) -> Part:
        if name not in self._parts:
            raise ValueError(
                f"{self.kind} is {name!r}; it must be one of {', '.join(self._parts)}. Choose one of them, or import"
                " the module that registers it."
            )
        return self._parts[name]

    def __contains__(self, name: object) -> bool:
        return name in self._parts

    def __iter__(self) -> Iterator[str]:
        return iter(self._parts)

    def __len__(self) -> int:
        return len(self._parts)
