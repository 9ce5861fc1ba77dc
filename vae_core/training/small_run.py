"""A training run so small that each of its steps can be taken by itself: digits of 8×8 pixels, two latent dimensions.

Nothing is kept between steps but what is given back: the state after a step is a function of the seed and its number.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn.utils import parameters_to_vector, vector_to_parameters

from vae_core.data import ImageSet
from vae_core.noise import normal
from vae_core.settings import ModelSettings
from vae_core.training.adam import AdamMoments, adam_change, no_moments
from vae_core.training.batches import epoch_order
from vae_core.training.noise import STEPS, VALIDATION, WEIGHTS, stream_generator, stream_seed
from vae_core.training.traced_step import ElboGradients, Looks, TracedPass, elbo_gradients, looks_between, traced_pass
from vae_core.vae import VAE, build_vae

SMALL_MODEL = ModelSettings(
    network="mlp",
    image_shape=(1, 8, 8),
    latent_dim=2,
    likelihood="gaussian-fixed",
    sigma=0.2,
    hidden=(24,),
    activation="tanh",
)
BATCH = 16
LEARNING_RATE = 0.01
WATCHED_PER_CLASS = 20


@dataclass(frozen=True, eq=False)
class SmallState:
    """Where a run stands after ``step`` steps from ``seed``; nothing in it is ever changed.

    weights: float32 (P,), all parameters of the model one after another. batch_elbo: float64 (step,), the mean ELBO of
    each step's images before the weights changed. watched_elbo: float64 (step + 1,), that of the watched images, which
    are never trained on, after each step, with the same ε every time; nats per image.
    """

    seed: int
    step: int
    weights: Tensor
    moments: AdamMoments
    batch_elbo: np.ndarray
    watched_elbo: np.ndarray


@dataclass(frozen=True, eq=False)
class SmallStep:
    """One step taken apart, from ``before`` to ``after``.

    rows: int64 (B,), which images of the data set were drawn. names: of the P parameters' tensors. gradients: of the
    ELBO. change: float32 (P,), what Adam adds to the weights. elbo_after: float32 (B,), the ELBO of the same images
    with the same ε under the changed weights, in nats. watched_means: float32 (W, D), where the watched images lie
    after the step.
    """

    before: SmallState
    after: SmallState
    rows: np.ndarray
    done: TracedPass
    looks: Looks
    names: tuple[str, ...]
    gradients: ElboGradients
    change: Tensor
    elbo_after: Tensor
    watched_means: Tensor


@dataclass(frozen=True, eq=False)
class _Taken:
    """What a step gives back before it is looked at."""

    after: SmallState
    done: TracedPass
    gradients: ElboGradients
    change: Tensor
    watched_means: Tensor


class SmallRun:
    """The run over the training split of bundled digits; safe to use from several threads.

    watched: int64 (W,), rows of the test split that the run is judged by, the first 20 of each class.
    """

    def __init__(self, images: ImageSet) -> None:
        self.images = images
        self.watched = _first_of_each(images, WATCHED_PER_CLASS)
        self._watched_images = self._seen(self.watched)
        self._watched_noise = self._noise(stream_generator(0, VALIDATION), len(self.watched))
        self._own = threading.local()

    def first(self, seed: int) -> SmallState:
        """The state before any step: the weights as the seed draws them. Raises ValueError for a seed below 0."""
        if seed < 0:
            raise ValueError(f"The seed is {seed}; it must be 0 or more. Choose another.")
        vae = build_vae(SMALL_MODEL, stream_seed(seed, WEIGHTS))
        weights = parameters_to_vector(vae.parameters()).detach()
        watched, _ = self._judge_watched(vae)
        return SmallState(seed, 0, weights, no_moments(weights), np.empty(0), np.array([watched]))

    def next(self, state: SmallState) -> SmallState:
        """The state one step later."""
        return self._step(self._with(state.weights), state).after

    def traced(self, state: SmallState) -> SmallStep:
        """The step that follows on a state, taken apart."""
        vae = self._with(state.weights)
        rows, images, noise = self._drawn(state)
        looks = looks_between(vae, traced_pass(vae, images, noise))
        step = self._step(vae, state)
        with torch.no_grad():
            elbo_after = traced_pass(vae, images, noise).terms.elbo
        names = tuple(name for name, _ in vae.named_parameters())
        return SmallStep(
            before=state,
            after=step.after,
            rows=rows,
            done=step.done,
            looks=looks,
            names=names,
            gradients=step.gradients,
            change=step.change,
            elbo_after=elbo_after,
            watched_means=step.watched_means,
        )

    def _step(self, vae: VAE, state: SmallState) -> _Taken:
        """Changes the weights of ``vae``, which are those of the state, by one step."""
        _, images, noise = self._drawn(state)
        done = traced_pass(vae, images, noise)
        gradients = elbo_gradients(vae, done)
        uphill = torch.cat([gradient.flatten() for gradient in gradients.weights])
        change, moments = adam_change(-uphill, state.moments, LEARNING_RATE)
        weights = state.weights + change
        vector_to_parameters(weights, vae.parameters())
        watched, means = self._judge_watched(vae)
        after = SmallState(
            seed=state.seed,
            step=state.step + 1,
            weights=weights,
            moments=moments,
            batch_elbo=np.append(state.batch_elbo, done.terms.elbo.mean().item()),
            watched_elbo=np.append(state.watched_elbo, watched),
        )
        return _Taken(after, done, gradients, change, means)

    def _drawn(self, state: SmallState) -> tuple[np.ndarray, Tensor, Tensor]:
        rows = self.rows(state.seed, state.step)
        generator = torch.Generator().manual_seed(stream_seed(state.seed, STEPS, state.step))
        return rows, self._seen(rows), self._noise(generator, len(rows))

    def rows(self, seed: int, step: int) -> np.ndarray:
        """The images that the step after ``step`` steps learns from, int64 (B,); an epoch takes each once at most."""
        per_epoch = len(self.images.train) // BATCH
        epoch, place = divmod(step, per_epoch)
        return epoch_order(self.images.train, seed, epoch).numpy()[place * BATCH : (place + 1) * BATCH]

    def _with(self, weights: Tensor) -> VAE:
        """A model of this thread with these weights."""
        if not hasattr(self._own, "vae"):
            self._own.vae = build_vae(SMALL_MODEL, 0)
        vector_to_parameters(weights, self._own.vae.parameters())
        return self._own.vae

    @torch.no_grad()
    def _judge_watched(self, vae: VAE) -> tuple[float, Tensor]:
        done = traced_pass(vae, self._watched_images, self._watched_noise)
        return done.terms.elbo.mean().item(), done.posterior.mean

    def _seen(self, rows: np.ndarray) -> Tensor:
        return torch.from_numpy(self.images.pixels(rows)).float() / 255

    def _noise(self, generator: torch.Generator, count: int) -> Tensor:
        return normal(generator, (count, SMALL_MODEL.latent_dim), torch.device("cpu"))


def _first_of_each(images: ImageSet, count: int) -> np.ndarray:
    labels = images.labels[images.test]
    return np.sort(np.concatenate([images.test[labels == value][:count] for value in np.unique(labels)]))
