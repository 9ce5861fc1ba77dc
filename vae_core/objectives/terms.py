"""What objectives are given and what they give back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from torch import Tensor


@dataclass(frozen=True, eq=False)
class Batch:
    """The images of one step, B of them in this process.

    images: float32 (B, C, H, W), what the likelihood judges. labels: int64 (B,), for a conditional model.
    encoder_input: what the encoder sees where that is something else (denoising criterion).
    """

    images: Tensor
    labels: Tensor | None = None
    encoder_input: Tensor | None = None

    @property
    def seen(self) -> Tensor:
        """What the encoder is given."""
        return self.images if self.encoder_input is None else self.encoder_input


def _alone(rows: Tensor) -> Tensor:
    return rows


@dataclass(frozen=True)
class Moment:
    """Where a step stands in its run.

    progress: the share of all steps that are done, 0 to 1. n_train: images of the training set.
    gather: the rows of all processes in the order of the global batch; alone, the rows themselves.

    With several processes, the mean of their losses, each weighted by how many of the images it holds, is the loss of
    the global batch in one process, and so with their gradients. What is a mean over images each process takes over
    its own. What compares images (total correlation, covariance, MMD, the mean KL in a maximum or an absolute value)
    each takes over all gathered rows: the same value everywhere. So the backward pass of ``gather`` must add up what
    all processes send to a row (as torch.distributed.nn.functional.all_gather does), not keep one process's share.
    """

    progress: float = 1.0
    n_train: int = 1
    gather: Callable[[Tensor], Tensor] = _alone


@dataclass(frozen=True, eq=False)
class ElboTerms:
    """The ELBO of each image and its parts, in nats: float32 (B,), and (B, D) per latent dimension.

    ``reconstruction`` is −log p(x|z), a cost summed over pixels; ``elbo`` = −reconstruction − kl.
    Where the prior does not factorise, ``kl_per_dimension`` is that to the prior's marginals: its sum is not ``kl``.
    """

    elbo: Tensor
    reconstruction: Tensor
    kl: Tensor
    kl_per_dimension: Tensor

    @property
    def loss(self) -> Tensor:
        """What an optimizer minimises: −ELBO averaged over the batch, a scalar in nats per image."""
        return -self.elbo.mean()


@dataclass(frozen=True, eq=False)
class ObjectiveTerms:
    """One step of an objective: what to minimise, and what to write down.

    loss: a scalar, float32 (), in nats per image, averaged over the images of this process.
    elbo: the parts of the ELBO of the same images. parts: further figures by name, scalars without gradient.
    latents: float32 (B, D), the draw that an adversary judges; None for objectives that have none.
    """

    loss: Tensor
    elbo: ElboTerms
    parts: dict[str, Tensor] = field(default_factory=dict)
    latents: Tensor | None = None
