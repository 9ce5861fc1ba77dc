"""A run while it goes: weights, noise, place in the data, best weights so far."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import torch
from torch import Tensor

from vae_core.checkpoint import append_metrics, save_config, save_weights
from vae_core.data import ImageSet
from vae_core.objectives import Moment, build_objective
from vae_core.settings import Config
from vae_core.training.batches import epoch_order
from vae_core.training.errors import TrainingError
from vae_core.training.heartbeat import Heartbeat
from vae_core.training.noise import ADVERSARY, STEPS, WEIGHTS, stream_generator, stream_seed
from vae_core.training.preview import Previews
from vae_core.training.state import Place, restore_state, save_state
from vae_core.training.step import Averages, TrainingStep, averages, validate
from vae_core.vae import build_vae

PULSE_SECONDS = 0.2
SAVE_SECONDS = 10.0


@dataclass(frozen=True)
class EpochRecord:
    """One line of metrics.jsonl. Losses (the objective's), reconstruction and kl in nats per image.

    train_loss, reconstruction and kl are means over the epoch while the weights change; the validation figures and
    kl_per_dimension (of the validation split) are taken after it, with the same noise every time. images_per_second
    counts training steps alone; seconds counts the whole epoch, validation included.
    """

    epoch: int
    train_loss: float
    validation_loss: float
    reconstruction: float
    kl: float
    validation_reconstruction: float
    validation_kl: float
    kl_per_dimension: tuple[float, ...]
    learning_rate: float
    images_per_second: float
    seconds: float


class Run:
    """Trains epoch by epoch and saves as it goes. `asked_to_stop` is looked at every 0.2 s, between two steps."""

    def __init__(
        self,
        images: ImageSet,
        config: Config,
        folder: Path,
        heartbeat: Heartbeat,
        asked_to_stop: Callable[[], bool],
        pulse: Callable[[], None],
    ) -> None:
        training, seed = config.training, config.training.seed
        self.config, self.folder, self.heartbeat = config, folder, heartbeat
        self.asked_to_stop, self.pulse = asked_to_stop, pulse
        self.pixels = torch.from_numpy(images.images)
        self.train_rows = images.train
        self.validation_pixels = self.pixels[torch.from_numpy(images.validation)]
        self.labels = None if images.labels is None else torch.from_numpy(images.labels)
        self.validation_labels = None if self.labels is None else self.labels[torch.from_numpy(images.validation)]
        vae = build_vae(config.model, stream_seed(seed, WEIGHTS))
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(stream_seed(seed, ADVERSARY))
            self.objective = build_objective(config.model, training)
        self.step = TrainingStep(vae, self.objective, training, stream_generator(seed, STEPS))
        self.best = build_vae(config.model, 0)
        self.best_is_new = False
        self.previews = Previews(folder, images, config.model.latent_dim, seed)
        self.place = restore_state(folder, self.step) or Place(sums=self._no_sums())
        self.steps = math.ceil(len(self.train_rows) / training.batch_size)
        self.images_per_second = 0.0
        self.started = self.clock = self.last_saved = self.last_pulse = time.monotonic()
        self.first_share = self._share_done()

    def train(self, progress: Callable[[EpochRecord], None]) -> Literal["finished", "stopped"]:
        """Train until the last epoch, until patience runs out, or until asked to stop."""
        self.heartbeat.update(state="running", epoch=self.place.epoch, steps=self.steps)
        if self.place.best_epoch:
            save_config(self.folder, self.config)  # a resumed run may go on for more epochs than it was given first
        while self.place.epoch < self.config.training.epochs and not self.out_of_patience:
            record = self._epoch()
            if record is None:
                self.save()
                return "stopped"
            progress(record)
        self.save()
        return "finished"

    @property
    def out_of_patience(self) -> bool:
        """Whether the validation loss has not improved for as many epochs as the settings allow."""
        return self.place.epoch - self.place.best_epoch >= self.config.training.patience

    def save(self) -> None:
        """Write the best weights and the state from which the run can be continued exactly."""
        self.keep_best()
        self._save_state()

    def _save_state(self) -> None:
        self._check_weights()  # the state of before is a better one to go on from
        save_state(self.folder, self.config, self.step, self.place)
        self.last_saved = time.monotonic()

    def keep_best(self) -> None:
        """Write config.json and the best weights; those of this moment while no epoch has been finished.

        Raises TrainingError when the weights of this moment, or the validation loss they give, are no numbers.
        """
        if self.place.best_epoch == 0:
            self._check_weights()
            self._check_finite("validation", self._validate().loss)
            self._take_as_best()
        if self.best_is_new:
            save_config(self.folder, self.config)
            save_weights(self.folder, self.best)
            self.best_is_new = False

    def _epoch(self) -> EpochRecord | None:
        seconds_before = self.place.seconds
        order = epoch_order(self.train_rows, self.config.training.seed, self.place.epoch + 1)
        if not self._steps(order):
            return None
        self._check_sums()
        train = averages(self.place.sums, len(order))
        validation = self._validate()
        self._check_finite("validation", validation.loss)
        self._count_time()
        return self._close_epoch(train, validation, self.place.seconds - seconds_before)

    def _steps(self, order: Tensor) -> bool:
        """Train on the rest of the epoch; False when asked to stop on the way."""
        batch_size, place = self.config.training.batch_size, self.place
        images = len(order) - place.step * batch_size
        started = time.monotonic()
        for rows in order.split(batch_size)[place.step :]:
            labels = None if self.labels is None else self.labels[rows]
            place.sums += self.step(self.pixels.index_select(0, rows), self._moment(), labels)
            place.step += 1
            now = time.monotonic()
            if now - self.last_pulse > PULSE_SECONDS and self._pulse(now):
                return False
        if images > 0:
            self.images_per_second = images / max(time.monotonic() - started, 1e-9)
        return True

    def _moment(self) -> Moment:
        done = self.place.epoch * self.steps + self.place.step
        return Moment(done / (self.config.training.epochs * self.steps), len(self.train_rows))

    def _pulse(self, now: float) -> bool:
        """Tell how far the run is and save when it is time; True when it shall stop."""
        self.last_pulse = now
        self._count_time()
        self._check_sums()
        self._report()
        if now - self.last_saved > SAVE_SECONDS:
            self._save_state() if self.place.best_epoch == 0 else self.save()  # no weights that nobody has validated
        return self.asked_to_stop()

    def _close_epoch(self, train: Averages, validation: Averages, seconds: float) -> EpochRecord:
        place = self.place
        place.epoch, place.step, place.sums = place.epoch + 1, 0, self._no_sums()
        if validation.loss < place.best_loss:
            place.best_epoch, place.best_loss = place.epoch, validation.loss
            self._take_as_best()
        record = EpochRecord(
            epoch=place.epoch,
            train_loss=train.loss,
            validation_loss=validation.loss,
            reconstruction=train.reconstruction,
            kl=train.kl,
            validation_reconstruction=validation.reconstruction,
            validation_kl=validation.kl,
            kl_per_dimension=validation.kl_per_dimension,
            learning_rate=self.step.optimizer.param_groups[0]["lr"],
            images_per_second=self.images_per_second,
            seconds=seconds,
        )
        append_metrics(self.folder, asdict(record))
        self.previews.write(self.step.measured, place.epoch)
        if place.epoch == 1:  # from here on the folder can be opened, and continued after a crash
            self.save()
        self._report()
        return record

    def _report(self) -> None:
        done = self._share_done()
        rate = (done - self.first_share) / max(time.monotonic() - self.started, 1e-9)
        self.heartbeat.update(
            epoch=self.place.epoch,
            step=self.place.step,
            images_per_second=round(self.images_per_second, 1),
            seconds_left=round((1 - done) / rate, 1) if rate > 0 else None,
        )
        self.pulse()

    def _share_done(self) -> float:
        return (self.place.epoch + self.place.step / self.steps) / self.config.training.epochs

    def _take_as_best(self) -> None:
        self.best.load_state_dict(self.step.measured.state_dict())
        self.best_is_new = True

    def _count_time(self) -> None:
        now = time.monotonic()
        self.place.seconds += now - self.clock
        self.clock = now

    def _no_sums(self) -> Tensor:
        return torch.zeros(2 + self.config.model.latent_dim, dtype=torch.float64)

    def _validate(self) -> Averages:
        return validate(
            self.step.measured,
            self.objective,
            self.config.training,
            self.validation_pixels,
            self.validation_labels,
            len(self.train_rows),
        )

    def _check_sums(self) -> None:
        if not bool(self.place.sums.isfinite().all()):
            loss = float(self.place.sums[0])
            where = f"by step {self.place.step} of {self.steps}"
            raise self._diverged(f"the training loss of epoch {self.place.epoch + 1} is {loss} {where}")

    def _check_finite(self, split: str, loss: float) -> None:
        if not math.isfinite(loss):
            raise self._diverged(f"the {split} loss of epoch {self.place.epoch + 1} is {loss}")

    def _check_weights(self) -> None:
        if not all(bool(weights.isfinite().all()) for weights in self.step.vae.parameters()):
            raise self._diverged("a weight is no finite number any more")

    def _diverged(self, what: str) -> TrainingError:
        """The error that ends the run; the best weights so far are written first."""
        rate, best = self.config.training.learning_rate, self.place.best_epoch
        if best:
            self.keep_best()
        kept = f" The weights of epoch {best} are kept in {self.folder.name}." if best else ""
        return TrainingError(
            f"{what}; it must be a finite number. Lower the learning rate (it is {rate:g}) and train into a new folder."
            f"{kept}"
        )
