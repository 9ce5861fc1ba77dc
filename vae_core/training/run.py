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
from vae_core.training.home import Home, Writer
from vae_core.training.initial_weights import InitialWeights, start_from
from vae_core.training.knobs import Knobs
from vae_core.training.noise import ADVERSARY, STEPS, WEIGHTS, stream_generator, stream_seed
from vae_core.training.precision import full_precision
from vae_core.training.preview import Previews
from vae_core.training.processes import Processes
from vae_core.training.snapshot_writer import SnapshotWriter
from vae_core.training.state import Place, has_state, restore_state, save_state
from vae_core.training.steering import Agreed, Control, Steering
from vae_core.training.step import ALONE, CPU, Averages, TrainingStep, averages, validate
from vae_core.training.step_log import StepLog
from vae_core.training.step_record import is_logged
from vae_core.vae import build_vae

PULSE_SECONDS = 0.2
HOLD_SECONDS = 0.1  # between two looks at the orders while no step is made
SAVE_SECONDS = 10.0
Ending = Literal["finished", "stopped", "discarded"]


class Run:
    """Trains epoch by epoch and saves as it goes. Orders and `asked_to_stop` are looked at every 0.2 s, between steps.

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
        snapshots: bool = False,
        initial: InitialWeights | None = None,
    ) -> None:
        training, seed = config.training, config.training.seed
        self.images, self.config, self.folder, self.heartbeat = images, config, folder, heartbeat
        self.pulse, self.processes = pulse, processes
        self.home = Home(folder)
        self.write = Writer(self.home, folder.name, heartbeat, asked_to_stop, pulse)
        self.steering, self.control = Steering(folder, asked_to_stop), Control()
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
        self.snapshots = SnapshotWriter(folder, images, config.model, seed, snapshots and processes.is_first)
        self.place = restore_state(folder, self.step) or Place(sums=self._no_sums())
        if self.place.best_epoch and self.place.best_epoch == self.place.epoch and self.place.step == 0:
            self._take_as_best()  # the run may have been killed between its first state and its first weights
        self.log = StepLog()
        self.n_train = len(images.train)
        self.steps = math.ceil(self.n_train / training.batch_size)
        self.knobs = Knobs(self.step, self.objective, training, self.place, self.steps)
        self.first_step = self.knobs.steps_done
        self.steps_since, self.steps_to_next = 0, 1
        self.images_per_second = 0.0
        self.saved_at: tuple[int, int] | None = None
        self.started = self.clock = self.last_saved = self.last_pulse = time.monotonic()
        self.paused_seconds = 0.0
        self.first_share = self._share_done()

    def train(self, progress: Callable[[EpochRecord], None]) -> Ending:
        """Train until the last epoch, until patience runs out, or until asked to end."""
        self.heartbeat.update(state="running", epoch=self.place.epoch, steps=self.steps)
        if self.place.best_epoch:
            # a resumed run may go on for more epochs than it was given first
            self.processes.on_first(lambda: self.write(lambda: save_config(self.folder, self.config)))
        if (self.place.epoch, self.place.step) == (0, 0):
            self._look(0, now=True)
        self._listen(1.0)  # orders may have come before the run began
        while not self.control.ending and self.place.epoch < self.config.training.epochs and not self.out_of_patience:
            record = self._epoch()
            if record is not None:
                progress(record)
        if self.control.ending == "discarded":
            return "discarded"
        self.save()
        self._look(self.place.epoch, now=True)
        return "stopped" if self.control.ending else "finished"

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
            self.processes.on_first(lambda: self.write(self._write_best))
        self.best_is_new = False

    def _write_best(self) -> None:
        save_config(self.folder, self.config)
        save_weights(self.folder, self.best)

    def _save_state(self) -> None:
        self._check_weights()  # the state of before is a better one to go on from
        self.processes.on_first(lambda: self.write(lambda: save_state(self.folder, self.config, self.step, self.place)))
        self.last_saved, self.has_state = time.monotonic(), True
        self.saved_at = (self.place.epoch, self.place.step)

    def _epoch(self) -> EpochRecord | None:
        """One epoch, or the rest of it; None when asked to end on the way."""
        seconds_before = self.place.seconds
        if not self._steps():
            return None
        self._read_steps()
        train = averages(self.place.sums, self.n_train)
        validation = self._validate()
        self._check_finite("validation", validation.loss)
        self._count_time()
        return self._close_epoch(train, validation, self.place.seconds - seconds_before)

    def _steps(self) -> bool:
        """Train on the rest of the epoch; False when asked to end on the way."""
        training, place = self.config.training, self.place
        to_do = self.n_train - place.step * training.batch_size
        self.log.restart_clock()
        started, paused = time.monotonic(), self.paused_seconds
        for rows in epoch_batches(self.images, training.seed, place.epoch + 1, training.batch_size, place.step):
            self._learn_from(rows)
            if self._is_time() and self._pulse():
                return False
        if to_do > 0:
            seconds = time.monotonic() - started - (self.paused_seconds - paused)
            self.images_per_second = to_do / max(seconds, 1e-9)
        return True

    def _learn_from(self, rows: np.ndarray) -> None:
        share = self.processes.share(len(rows))
        own = rows[share.start : share.stop]
        progress, number = self.knobs.progress, self.knobs.steps_done + 1
        moment = Moment(progress, self.n_train, self.processes.gather(share))
        pixels = torch.from_numpy(self.images.pixels(own))
        logged = is_logged(number, self.knobs.total)
        self.log.add(self.step(pixels, moment, self._labels_of(own), share, logged), len(rows))
        if logged:
            rate, beta = self.knobs.learning_rate, self.knobs.weight
            self.log.log(number, self.place.epoch + 1, len(rows), rate, beta, self.step.gradient_norm)
        self.place.step += 1
        self.control = self.control.after_step()

    def _labels_of(self, rows: np.ndarray) -> Tensor | None:
        labels = self.images.labels
        return None if labels is None else torch.from_numpy(np.take(labels, rows))

    def _is_time(self) -> bool:
        """Whether to look up now: five times a second; several processes do after an agreed number of steps."""
        self.steps_since += 1
        if self.control.paused or self.control.delay:
            return True
        if self.processes.count > 1:
            return self.steps_since >= self.steps_to_next
        return time.monotonic() - self.last_pulse > PULSE_SECONDS

    def _pulse(self) -> bool:
        """Tell how far the run is, save when it is time, do what was ordered; True when it shall end."""
        seconds, self.last_pulse = time.monotonic() - self.last_pulse, time.monotonic()
        self._count_time()
        self._read_steps()
        self._report()
        self._listen(seconds)
        return bool(self.control.ending)

    def _listen(self, seconds: float) -> None:
        """Do what was ordered; comes back when the next step may be made. ``seconds``: since the last look."""
        began = time.monotonic()
        while True:
            agreed = self.processes.on_first(lambda: self._agreed(seconds, time.monotonic() - began))
            self._obey(agreed)
            if not agreed.hold:
                break
            self._hold(self.control.delay - (time.monotonic() - began))
        self.steps_since, self.steps_to_next = 0, agreed.steps_to_next

    def _agreed(self, seconds: float, held: float) -> Agreed:
        self.home.check()
        due = time.monotonic() - self.last_saved > SAVE_SECONDS and self.saved_at != (self.place.epoch, self.place.step)
        steps = max(1, round(self.steps_since * PULSE_SECONDS / max(seconds, 1e-3)))
        has_begun = self.knobs.steps_done > self.first_step
        return self.steering.agreed(self.control, self.place.orders, held, due, steps, has_begun)

    def _obey(self, agreed: Agreed) -> None:
        was, self.control, self.place.orders = self.control, agreed.control, agreed.offset
        changes = [self.knobs.turn(order) for order in agreed.set_orders]
        paused = self.control.paused and self.saved_at != (self.place.epoch, self.place.step)
        if agreed.save or paused or any(changes):
            # no weights that nobody has validated
            self._save_state() if self.place.best_epoch == 0 else self.save()
        lines = [change.as_line() for change in changes if change]
        if lines:
            self.processes.on_first(lambda: self.write(lambda: append_metrics(self.folder, *lines)))
        if self.control != was or lines or self.heartbeat.status.state != self._state:
            self._tell()

    @property
    def _state(self) -> str:
        return "paused" if self.control.paused else "running"

    def _tell(self) -> None:
        self.heartbeat.tell(
            state=self._state,
            delay=self.control.delay,
            learning_rate=self.knobs.learning_rate,
            beta=self.knobs.beta,
            step=self.place.step,
        )

    def _hold(self, left: float) -> None:
        """Wait a moment, of a delay no longer than what is left of it; the time of a pause is no training time."""
        began = time.monotonic()
        self._count_time()
        self.pulse()
        time.sleep(HOLD_SECONDS if self.control.paused else min(HOLD_SECONDS, max(left, 0.001)))
        if self.control.paused:
            self.paused_seconds += time.monotonic() - began
            self.clock = time.monotonic()
            self.log.restart_clock()

    def _read_steps(self) -> None:
        """Add the latest sums to those of the epoch, one after the other, so that no clock shows in the result."""
        latest, lines = self.log.read()
        if latest is not None:
            for sums in latest:
                self.place.sums += sums
        if not bool(self.place.sums.isfinite().all()):
            where = f"by step {self.place.step} of {self.steps}"
            raise self._diverged(
                f"the training loss of epoch {self.place.epoch + 1} is {float(self.place.sums[0])} {where}"
            )
        records = [line.as_line() for line in lines]
        if records:
            self.processes.on_first(lambda: self.write(lambda: append_metrics(self.folder, *records)))

    def _close_epoch(self, train: Averages, validation: Averages, seconds: float) -> EpochRecord:
        place = self.place
        rate = self.knobs.learning_rate_of(place.epoch * self.steps + self.steps - 1)
        place.epoch, place.step, place.sums = place.epoch + 1, 0, self._no_sums()
        if validation.loss < place.best_loss or place.judged_anew:
            place.best_epoch, place.best_loss, place.judged_anew = place.epoch, validation.loss, False
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
            learning_rate=rate,
            images_per_second=self.images_per_second,
            seconds=seconds,
            parts=validation.parts,
        )
        self.processes.on_first(lambda: self.write(lambda: append_metrics(self.folder, asdict(record))))
        self._look(place.epoch)
        if place.epoch == 1:  # from here on the folder can be opened, and continued after a crash
            self.save()
        self._report()
        return record

    def _look(self, epoch: int, now: bool = False) -> None:
        """Pictures of the model for those who watch; left out where there is no room for them."""

        def looks() -> None:
            with full_precision(self.step.measured):
                if epoch:
                    self.previews.write(self.step.measured, epoch)
                self.snapshots.write(self.step.measured, epoch, now)

        self.processes.on_first(lambda: self.write.if_there_is_room(looks))

    def _report(self) -> None:
        done = self._share_done()
        trained = time.monotonic() - self.started - self.paused_seconds
        rate = (done - self.first_share) / max(trained, 1e-9)
        self.heartbeat.update(
            epoch=self.place.epoch,
            step=self.place.step,
            images_per_second=round(self.images_per_second, 1),
            seconds_left=round((1 - done) / rate, 1) if rate > 0 else None,
            learning_rate=self.knobs.learning_rate,
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
        rate, best = self.knobs.highest_rate, self.place.best_epoch
        if best:
            self.keep_best()
        kept = f" The weights of epoch {best} are kept in {self.folder.name}." if best else ""
        return TrainingError(
            f"{what}; it must be a finite number. Lower the learning rate (it is {rate:g}) and train into a new folder."
            f"{kept}"
        )
