"""A run while it goes: weights, noise, place in the data, best weights so far."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from torch import Tensor

from vae_core.checkpoint import append_metrics, save_config, save_weights
from vae_core.data import ImageSet
from vae_core.objectives import Moment, build_objective
from vae_core.settings import Config
from vae_core.training.batches import epoch_batches, mean_image
from vae_core.training.epoch_record import EpochRecord
from vae_core.training.errors import TrainingError
from vae_core.training.heartbeat import Heartbeat
from vae_core.training.initial_weights import InitialWeights, start_from
from vae_core.training.noise import ADVERSARY, STEPS, WEIGHTS, stream_generator, stream_seed
from vae_core.training.precision import full_precision
from vae_core.training.preview import Previews
from vae_core.training.processes import Orders, Processes
from vae_core.training.schedule import learning_rate_at
from vae_core.training.state import Place, has_state, restore_state, save_state
from vae_core.training.step import ALONE, CPU, Averages, TrainingStep, averages, validate
from vae_core.vae import build_vae

PULSE_SECONDS = 0.2
SAVE_SECONDS = 10.0


class Run:
    """Trains epoch by epoch and saves as it goes. `asked_to_stop` is looked at every 0.2 s, between two steps.

    Of several processes each has a Run and takes its share of every batch; the first alone validates and writes.
    """

    def __init__(
        self,
        images: ImageSet,
        config: Config,
        folder: Path,
        heartbeat: Heartbeat,
        asked_to_stop: Callable[[], bool],
        pulse: Callable[[], None],
        device: torch.device = CPU,
        processes: Processes = ALONE,
        initial: InitialWeights | None = None,
    ) -> None:
        training, seed = config.training, config.training.seed
        self.images, self.config, self.folder, self.heartbeat = images, config, folder, heartbeat
        self.asked_to_stop, self.pulse, self.processes = asked_to_stop, pulse, processes
        self.validation_pixels = torch.from_numpy(images.pixels(images.validation))
        self.validation_labels = self._labels_of(images.validation)
        vae = build_vae(config.model, stream_seed(seed, WEIGHTS))
        noise = torch.Generator().manual_seed(stream_seed(seed, WEIGHTS, 1))
        vae.latent_prior.start_near(lambda: mean_image(images), noise)
        if initial is not None:
            start_from(vae, config.model, initial)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(stream_seed(seed, ADVERSARY))
            self.objective = build_objective(config.model, training)
        self.step = TrainingStep(vae, self.objective, training, stream_generator(seed, STEPS), device, processes)
        self.best = build_vae(config.model, 0)
        self.best_is_new, self.has_state = False, has_state(folder)
        self.previews = Previews(folder, images, seed)
        self.place = restore_state(folder, self.step) or Place(sums=self._no_sums())
        if self.place.best_epoch and self.place.best_epoch == self.place.epoch and self.place.step == 0:
            self._take_as_best()  # the run may have been killed between its first state and its first weights
        self.unread: list[Tensor] = []  # sums of the latest steps, still where they were computed
        self.n_train = len(images.train)
        self.steps = math.ceil(self.n_train / training.batch_size)
        self.steps_since, self.steps_to_next = 0, 1
        self.images_per_second = 0.0
        self.started = self.clock = self.last_saved = self.last_pulse = time.monotonic()
        self.first_share = self._share_done()

    def train(self, progress: Callable[[EpochRecord], None]) -> Literal["finished", "stopped"]:
        """Train until the last epoch, until patience runs out, or until asked to stop."""
        self.heartbeat.update(state="running", epoch=self.place.epoch, steps=self.steps)
        if self.place.best_epoch and self.processes.is_first:
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
        """Write the best weights and the state from which the run can be continued exactly.

        At the first time the state is there before the weights: without one a folder with weights is somebody's model.
        """
        if not self.has_state:
            self._save_state()
        self.keep_best()
        self._save_state()

    def keep_best(self) -> None:
        """Write config.json and the best weights; those of this moment while no epoch has been finished.

        Raises TrainingError when the weights of this moment, or the validation loss they give, are no numbers.
        """
        if self.place.best_epoch == 0:
            self._check_weights()
            self._check_finite("validation", self._validate().loss)
            self._take_as_best()
        if self.best_is_new:
            self.processes.on_first(self._write_best)
        self.best_is_new = False

    def _write_best(self) -> None:
        save_config(self.folder, self.config)
        save_weights(self.folder, self.best)

    def _save_state(self) -> None:
        self._check_weights()  # the state of before is a better one to go on from
        self.processes.on_first(lambda: save_state(self.folder, self.config, self.step, self.place))
        self.last_saved, self.has_state = time.monotonic(), True

    def _epoch(self) -> EpochRecord | None:
        seconds_before = self.place.seconds
        if not self._steps():
            return None
        self._read_sums()
        train = averages(self.place.sums, self.n_train)
        validation = self._validate()
        self._check_finite("validation", validation.loss)
        self._count_time()
        return self._close_epoch(train, validation, self.place.seconds - seconds_before)

    def _steps(self) -> bool:
        """Train on the rest of the epoch; False when asked to stop on the way."""
        training, place = self.config.training, self.place
        to_do = self.n_train - place.step * training.batch_size
        started = time.monotonic()
        for rows in epoch_batches(self.images, training.seed, place.epoch + 1, training.batch_size, place.step):
            self._learn_from(rows)
            if self._is_time() and self._pulse():
                return False
        if to_do > 0:
            self.images_per_second = to_do / max(time.monotonic() - started, 1e-9)
        return True

    def _learn_from(self, rows: np.ndarray) -> None:
        share = self.processes.share(len(rows))
        own = rows[share.start : share.stop]
        progress = self._progress(self.place.epoch * self.steps + self.place.step)
        moment = Moment(progress, self.n_train, self.processes.gather(share))
        pixels = torch.from_numpy(self.images.pixels(own))
        self.unread.append(self.step(pixels, moment, self._labels_of(own), share))
        self.place.step += 1

    def _progress(self, steps: int) -> float:
        """The share of the run that so many steps are."""
        return steps / (self.config.training.epochs * self.steps)

    def _learning_rate(self, step: int) -> float:
        """That of the step with this number, counted from 0: known also where a process before this one took it."""
        return learning_rate_at(self.config.training, self._progress(step))

    def _labels_of(self, rows: np.ndarray) -> Tensor | None:
        labels = self.images.labels
        return None if labels is None else torch.from_numpy(np.take(labels, rows))

    def _is_time(self) -> bool:
        """Whether to look up now: five times a second; several processes do after an agreed number of steps."""
        self.steps_since += 1
        if self.processes.count > 1:
            return self.steps_since >= self.steps_to_next
        return time.monotonic() - self.last_pulse > PULSE_SECONDS

    def _pulse(self) -> bool:
        """Tell how far the run is and save when it is time; True when it shall stop."""
        seconds, self.last_pulse = time.monotonic() - self.last_pulse, time.monotonic()
        self._count_time()
        self._read_sums()
        self._report()
        agreed = self.processes.on_first(lambda: self._orders(seconds))
        self.steps_since, self.steps_to_next = 0, agreed.steps_to_next
        if agreed.save:
            self._save_state() if self.place.best_epoch == 0 else self.save()  # no weights that nobody has validated
        return agreed.stop

    def _orders(self, seconds: float) -> Orders:
        """What all processes do now; ``seconds`` is the time since they were last asked."""
        return Orders(
            save=time.monotonic() - self.last_saved > SAVE_SECONDS,
            stop=self.asked_to_stop(),
            steps_to_next=max(1, round(self.steps_since * PULSE_SECONDS / max(seconds, 1e-3))),
        )

    def _read_sums(self) -> None:
        """Add the latest sums to those of the epoch, one after the other, so that no clock shows in the result."""
        if self.unread:
            for sums in torch.stack(self.unread).cpu():
                self.place.sums += sums
            self.unread.clear()
        if not bool(self.place.sums.isfinite().all()):
            where = f"by step {self.place.step} of {self.steps}"
            raise self._diverged(
                f"the training loss of epoch {self.place.epoch + 1} is {float(self.place.sums[0])} {where}"
            )

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
            learning_rate=self._learning_rate(place.epoch * self.steps - 1),
            images_per_second=self.images_per_second,
            seconds=seconds,
            parts=validation.parts,
        )
        self.processes.on_first(lambda: self._show(record))
        if place.epoch == 1:  # from here on the folder can be opened, and continued after a crash
            self.save()
        self._report()
        return record

    def _show(self, record: EpochRecord) -> None:
        append_metrics(self.folder, asdict(record))
        with full_precision(self.step.measured):
            self.previews.write(self.step.measured, record.epoch)

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
        return torch.zeros(3 + self.config.model.latent_dim, dtype=torch.float64)

    def _validate(self) -> Averages:
        return self.processes.on_first(
            lambda: validate(
                self.step.measured,
                self.objective,
                self.config.training,
                self.validation_pixels,
                self.validation_labels,
                self.n_train,
            )
        )

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
