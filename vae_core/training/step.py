"""One step of training and one pass of validation: what the loop repeats."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace

import torch
from torch import Tensor
from torch.nn.utils import clip_grad_norm_, get_total_norm

from vae_core.noise import RandomSource
from vae_core.objectives import Batch, Moment, Objective, ObjectiveTerms
from vae_core.settings import TrainingSettings
from vae_core.training.average import running_average
from vae_core.training.batches import observed
from vae_core.training.corruption import corrupted
from vae_core.training.muon import Muon
from vae_core.training.noise import VALIDATION, stream_generator
from vae_core.training.precision import full_precision, prepare
from vae_core.training.processes import OneProcess, Processes, Share
from vae_core.training.schedule import learning_rate_at
from vae_core.vae import VAE

VALIDATION_BATCH = 512
CPU, ALONE = torch.device("cpu"), OneProcess()


@dataclass(frozen=True)
class Averages:
    """Means over images, in nats per image: the objective's loss, −log p(x|z), KL, and KL per latent dimension.

    parts: the objective's further figures by name, such as "total_correlation"; those of validation alone.
    """

    loss: float
    reconstruction: float
    kl: float
    kl_per_dimension: tuple[float, ...]
    parts: dict[str, float] = field(default_factory=dict)


class TrainingStep:
    """Holds what a step changes: the weights and their average, Adam's moments, the adversary, the generator.

    The model is brought to the device and into the precision of the settings. ``rate_factor`` multiplies the learning
    rate of the schedule. ``gradient_norm``: float32 (), of the last step that was asked for it, before clipping.
    """

    def __init__(
        self,
        vae: VAE,
        objective: Objective,
        training: TrainingSettings,
        generator: torch.Generator,
        device: torch.device = CPU,
        processes: Processes = ALONE,
    ) -> None:
        self.vae = prepare(vae, training.precision, device)
        self.objective = objective.to(device)
        self.training = training
        self.generator = generator
        self.device = device
        self.processes = processes
        self.average = running_average(vae, training.ema) if training.ema else None
        self.optimizer = _optimizer(vae, training)
        self.adversary_optimizer = self._adam_of_adversary() if list(objective.parameters()) else None
        self.rate_factor = 1.0
        self.gradient_norm: Tensor | None = None

    def _adam_of_adversary(self) -> torch.optim.Adam:
        return _adam(self.objective, self.training, self.objective.adversary_betas)

    @property
    def measured(self) -> VAE:
        """The model to validate and keep: the running average where there is one."""
        return self.vae if self.average is None else self.average.module

    def __call__(
        self,
        pixels: Tensor,
        moment: Moment,
        labels: Tensor | None = None,
        share: Share | None = None,
        logged: bool = False,
    ) -> Tensor:
        """Learn from one batch of pixels uint8 (B, C, H, W); gives back the sums that `averages` takes.

        ``share`` says which part of a batch of several processes these images are; the sums are those of all.
        ``logged`` asks for the gradient's norm.
        """
        share = share or Share(0, len(pixels), len(pixels))
        source = self.processes.source(self.generator, share)
        batch = seen_batch(self.vae, self.training, pixels, labels, source)
        terms = self.objective(self.vae, batch, source, moment)
        sums = self._descend(terms.loss, self.optimizer, self.vae, moment, share, batch_sums(terms), logged)
        if self.average is not None:
            self.average.update_parameters(self.vae)
        if self.adversary_optimizer is not None:
            loss = self.objective.adversary_loss(terms.latents.detach(), source, moment)
            self._descend(loss, self.adversary_optimizer, self.objective, moment, share, sums[:0])
        return sums

    def _descend(
        self,
        loss: Tensor,
        optimizer: torch.optim.Optimizer,
        module: torch.nn.Module,
        moment: Moment,
        share: Share,
        sums: Tensor,
        logged: bool = False,
    ) -> Tensor:
        optimizer.param_groups[0]["lr"] = self.rate_factor * learning_rate_at(self.training, moment.progress)
        optimizer.zero_grad(set_to_none=True)
        (loss if share.weight == 1 else loss * share.weight).backward()
        sums = self.processes.add_up(module.parameters(), sums if share.counted == 1 else sums * share.counted)
        norm = None
        if self.training.clip_norm:
            norm = clip_grad_norm_(module.parameters(), self.training.clip_norm)
        elif logged:
            norm = get_total_norm([weights.grad for weights in module.parameters() if weights.grad is not None])
        if logged:
            self.gradient_norm = norm
        optimizer.step()
        return sums


def seen_batch(
    vae: VAE, training: TrainingSettings, pixels: Tensor, labels: Tensor | None, source: RandomSource
) -> Batch:
    """What a model sees of pixels uint8 (B, C, H, W): observed by its likelihood, corrupted for its encoder.

    The batch lies where the model's weights are.
    """
    images = observed(pixels.to(vae.device), vae.likelihood, source)
    seen_labels = labels.to(vae.device) if vae.classes and labels is not None else None
    return Batch(images, seen_labels, corrupted(images, training, source), is_observed=True)


def batch_sums(terms: ObjectiveTerms) -> Tensor:
    """Sums over a batch, float32 (D + 3,): the loss, the reconstruction, the KL, then the KL of each dimension."""
    elbo = terms.elbo
    columns = torch.cat([torch.stack([elbo.reconstruction, elbo.kl], dim=1), elbo.kl_per_dimension], dim=1).detach()
    return torch.cat([terms.loss.detach()[None] * len(columns), columns.sum(dim=0)])


def averages(sums: Tensor, count: int) -> Averages:
    """Means per image from sums float64 (D + 3,) over `count` images."""
    loss, reconstruction, kl, *kl_per_dimension = (sums / count).tolist()
    return Averages(loss, reconstruction, kl, tuple(kl_per_dimension))


@torch.inference_mode()
def validate(
    vae: VAE,
    objective: Objective,
    training: TrainingSettings,
    pixels: Tensor,
    labels: Tensor | None,
    n_train: int,
) -> Averages:
    """The means over pixels uint8 (N, C, H, W), with the same noise at every call with the same seed.

    Parts that compare the images of a batch are means over batches of 512, the last one smaller. The objective is the
    one of the end of the run: a weight that rises is at its target. The networks compute in float32, whatever the
    precision of training is.
    """
    generator = stream_generator(training.seed, VALIDATION)
    moment = Moment(progress=1.0, n_train=n_train)
    sums = torch.zeros(3 + vae.latent_dim, dtype=torch.float64)
    parts: defaultdict[str, float] = defaultdict(float)
    with full_precision(vae):
        for rows in torch.arange(len(pixels)).split(VALIDATION_BATCH):
            batch = seen_batch(vae, training, pixels[rows], None if labels is None else labels[rows], generator)
            terms = objective(vae, batch, generator, moment)
            sums += batch_sums(terms).cpu()
            for name, value in terms.parts.items():
                parts[name] += float(value) * len(rows) / len(pixels)
    return replace(averages(sums, len(pixels)), parts=dict(parts))


def _optimizer(vae: VAE, training: TrainingSettings) -> torch.optim.Optimizer:
    if training.optimizer == "muon":
        return Muon(vae, training.learning_rate, training.adam_epsilon)
    return _adam(vae, training)


def _adam(
    module: torch.nn.Module, training: TrainingSettings, betas: tuple[float, float] = (0.9, 0.999)
) -> torch.optim.Adam:
    return torch.optim.Adam(
        module.parameters(), lr=training.learning_rate, betas=betas, eps=training.adam_epsilon, fused=True
    )
