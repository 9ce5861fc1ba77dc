"""One process or several that train one model together: who has which images, and what they tell one another.

Several are started by `torchrun --nproc-per-node 2 -m vae_core train ...`, or by Ray Train (vae_core.on_ray). Each
computes a part of every batch with noise that is drawn for the whole batch, so that the run is that of one process, up
to the rounding of sums.
"""

from __future__ import annotations

import atexit
import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar, final

import torch
from torch import Tensor

from vae_core.noise import Noise, RandomSource

Result = TypeVar("Result")


@dataclass(frozen=True)
class Share:
    """The images ``start`` to ``stop`` of the ``total`` of a global batch: those of one process.

    weight: of their mean in the mean over the batch; the weights of all processes add up to 1.
    counted: how much each of them counts in a sum over the batch; 1, or less where processes hold the same images.
    """

    start: int
    stop: int
    total: int
    weight: float = 1.0
    counted: float = 1.0


def is_first_process() -> bool:
    """Whether this process is the only one, or the one that writes files and talks to the person."""
    return int(os.environ.get("RANK", "0")) == 0


def process_count() -> int:
    """How many processes were started together, as torchrun tells each of them."""
    return int(os.environ.get("WORLD_SIZE", "1"))


class Processes(ABC):
    """What the loop needs of the processes that train together."""

    count: int
    is_first: bool

    @abstractmethod
    def share(self, total: int) -> Share:
        """This process's part of a global batch of ``total`` images."""

    @abstractmethod
    def source(self, generator: torch.Generator, share: Share) -> RandomSource:
        """Noise for the images of this share."""

    @abstractmethod
    def gather(self, share: Share) -> Callable[[Tensor], Tensor]:
        """What turns the rows of this share into those of the global batch, in its order, with gradients."""

    @abstractmethod
    def add_up(self, parameters: Iterable[Tensor], sums: Tensor) -> Tensor:
        """Add up gradients over the processes, in place; gives back ``sums``, float32 (n,), added up too."""

    @abstractmethod
    def on_first(self, work: Callable[[], Result]) -> Result:
        """What ``work`` gives back in the first process, in all of them; so with an error that it raises."""


@final
class OneProcess(Processes):
    """The usual case: nobody to tell anything."""

    count, is_first = 1, True

    def share(self, total: int) -> Share:
        return Share(0, total, total)

    def source(self, generator: torch.Generator, share: Share) -> RandomSource:
        return generator

    def gather(self, share: Share) -> Callable[[Tensor], Tensor]:
        return lambda rows: rows

    def add_up(self, parameters: Iterable[Tensor], sums: Tensor) -> Tensor:
        return sums

    def on_first(self, work: Callable[[], Result]) -> Result:
        return work()


@final
class SeveralProcesses(Processes):
    """Processes under torchrun, joined by accelerate (gloo on processors, NCCL on NVIDIA cards).

    Every process must make the same calls in the same order: what only one knows (the time, a request to stop, an
    error of a file) is decided in the first and told the others by ``on_first``.
    """

    def __init__(self, on_cpu: bool) -> None:
        from accelerate import PartialState

        if not torch.distributed.is_initialized():
            atexit.register(_part)
        state = PartialState(cpu=on_cpu)  # joins once; a later run in the same processes goes on with it
        self.count, self.rank = state.num_processes, state.process_index
        self.is_first = self.rank == 0
        self.device: torch.device = state.device

    def share(self, total: int) -> Share:
        if total < self.count:  # a last batch with fewer images than processes: each computes all of it
            return Share(0, total, total, 1 / self.count, 1 / self.count)
        start, stop = (total * rank // self.count for rank in (self.rank, self.rank + 1))
        return Share(start, stop, total, (stop - start) / total)

    def source(self, generator: torch.Generator, share: Share) -> RandomSource:
        return Noise(generator, share.start, share.stop, share.total)

    def gather(self, share: Share) -> Callable[[Tensor], Tensor]:
        if share.stop - share.start == share.total:
            return lambda rows: rows
        return lambda rows: _Gathered.apply(rows, share.start, share.total)

    def add_up(self, parameters: Iterable[Tensor], sums: Tensor) -> Tensor:
        gradients = [weights.grad for weights in parameters if weights.grad is not None]
        # one message for all: the cost of a step is in the number of messages
        together = torch.cat([*(gradient.flatten() for gradient in gradients), sums])
        torch.distributed.all_reduce(together)
        *parts, added = together.split([*(gradient.numel() for gradient in gradients), len(sums)])
        for gradient, part in zip(gradients, parts, strict=True):
            gradient.copy_(part.view(gradient.shape))
        return added

    def on_first(self, work: Callable[[], Result]) -> Result:
        from accelerate.utils import broadcast_object_list

        told: list = [None, None]
        if self.is_first:
            try:
                told[0] = work()
            except Exception as error:  # told to the others and raised again below, in all of them
                told[1] = error
        result, error = broadcast_object_list(told)
        if error is not None:
            raise error
        return result


def _part() -> None:
    if torch.distributed.is_initialized():
        torch.distributed.destroy_process_group()


class _Gathered(torch.autograd.Function):
    """The rows of all processes. Each has its own place among zeros, so that adding up is gathering, ragged or not."""

    @staticmethod
    def forward(context, rows: Tensor, start: int, total: int) -> Tensor:
        context.start, context.count = start, len(rows)
        every = rows.new_zeros((total, *rows.shape[1:]))
        every[start : start + len(rows)] = rows
        torch.distributed.all_reduce(every)
        return every

    @staticmethod
    def backward(context, gradient: Tensor) -> tuple[Tensor, None, None]:
        # every process's loss may depend on every row: the gradient of a row is the sum over all losses
        gradient = gradient.contiguous().clone()
        torch.distributed.all_reduce(gradient)
        return gradient.narrow(0, context.start, context.count), None, None
