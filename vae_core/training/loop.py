"""Trains a VAE on images; leaves a checkpoint folder that can be used from the end of the first epoch on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import torch

from vae_core.checkpoint import load_checkpoint
from vae_core.data import ImageSet
from vae_core.settings import Config, ModelSettings, TrainingSettings
from vae_core.training.allocator import keep_freed_memory
from vae_core.training.denormals import denormals_flushed
from vae_core.training.devices import chosen_device
from vae_core.training.epoch_record import EpochRecord
from vae_core.training.errors import RunDiscarded, TrainingError
from vae_core.training.folder import check_name, claim_folder, cut_metrics
from vae_core.training.heartbeat import Heartbeat
from vae_core.training.initial_weights import InitialWeights, start_from
from vae_core.training.processes import OneProcess, Processes, SeveralProcesses, process_count
from vae_core.training.results import TrainingFacts, machine_words, write_results
from vae_core.training.run import Ending, Run
from vae_core.training.run_folder import RunStatus, clear_stop, stop_requested
from vae_core.training.run_lock import RunLock
from vae_core.training.tracking import Followings, check_trackers
from vae_core.vae import build_vae

DISCARDED = "Discarded, as it was told; nothing of it is kept."


@dataclass(frozen=True)
class TrainingResult:
    """How a run ended: `epochs` finished in all, the facts that evaluation.json keeps, and the scores in it.

    `stopped` means that somebody asked for it; a run that ran out of patience is finished and `early`.
    """

    folder: Path
    state: Literal["finished", "stopped"]
    epochs: int
    early: bool
    facts: TrainingFacts
    evaluation: dict


@denormals_flushed()
def train_model(
    images: ImageSet,
    model: ModelSettings,
    training: TrainingSettings,
    folder: Path,
    progress: Callable[[EpochRecord], None] | None = None,
    resume: bool = False,
    should_stop: Callable[[], bool] | None = None,
    on_pulse: Callable[[RunStatus], None] | None = None,
    command: str = "",
    device: str = "cpu",
    snapshots: bool = False,
    initial: InitialWeights | None = None,
    log_to: Sequence[str] = (),
) -> TrainingResult:
    """Train into a checkpoint folder and measure the result on the test split.

    `device` is auto, cpu, cuda or mps; the result is measured on the processor, and loads on any. Started by torchrun
    in several processes, each calls this; they share every batch, and the first writes the folder.

    `initial`: the model whose weights a new run begins with (`start_from`); a resumed one goes on from its own.
    `progress` is called after every epoch, `on_pulse` about five times a second; `should_stop` and the file run/stop
    are asked as often, and a run that is stopped keeps the best weights so far and can be resumed exactly. Orders
    (`vae_core.training.give_order`) pause it, let it make single steps, slow it down, change its learning rate and β.
    `snapshots` keeps a small copy of the model after each epoch (`vae_core.training.snapshots`); a resumed run that
    has some goes on with them.
    The process keeps the memory that its tensors free (`keep_freed_memory`); meanwhile denormal numbers count as
    zero (`denormals_flushed`).
    `log_to` names trackers (vae_core.training.tracking.TRACKERS) that the first process carries all figures to.
    A KeyboardInterrupt stops the run, too, as far as there is a state to resume; where there is none yet, and where
    the run was asked to stop before, it ends at once: nothing is measured, and the interrupt is raised.
    Raises TrainingError when the folder is taken or goes away, when settings differ on resume, when `initial` does not
    fit, when there is no room on the disk for ten minutes, or when the loss is no number;
    RunDiscarded when it was told to keep nothing.
    """
    folder, where = Path(folder), chosen_device(device)
    check_name(folder.name)
    trackers = check_trackers(log_to)
    keep_freed_memory()
    processes = _joined(where)
    _check_alone(processes, model)
    if initial is not None:
        start_from(build_vae(model, 0), model, initial)  # what does not fit is refused before anything is written
        training = training.model_copy(update={"initial_weights": initial.words})
    wanted = processes.on_first(lambda: _config(images, model, training, folder.name))

    with RunLock() as lock:
        config = processes.on_first(lambda: claim_folder(folder, wanted, resume, lock))
        with Heartbeat(folder, config.training.epochs, command, is_seen=processes.is_first) as heartbeat:
            run = Run(
                images,
                config,
                folder,
                heartbeat,
                asked_to_stop=lambda: stop_requested(folder) or (should_stop is not None and should_stop()),
                pulse=lambda: on_pulse(heartbeat.status) if on_pulse else None,
                device=getattr(processes, "device", where),
                processes=processes,
                initial=initial,
                snapshots=snapshots,
            )
            processes.on_first(lambda: run.write(lambda: cut_metrics(folder, run.place, run.steps)))
            with Followings() as followed:
                processes.on_first(lambda: followed.begin(trackers, folder, config))
                state = _train(run, progress or (lambda record: None))
                if state != "discarded":
                    result = _measured(run, images, state, command)
                    followed.finish(state, result.evaluation)
                    return result
                followed.finish("stopped", {})
            heartbeat.update(state=state, message=DISCARDED, seconds_left=None)
    raise RunDiscarded(DISCARDED)


def _measured(run: Run, images: ImageSet, state: Literal["finished", "stopped"], command: str) -> TrainingResult:
    run.heartbeat.update(state="running", message="measuring the model on the test split")
    result = run.processes.on_first(lambda: run.write(lambda: _result(run, images, state, command)))
    run.heartbeat.update(state=state, message=last_word(result), seconds_left=None)
    return result


def _joined(device: torch.device) -> Processes:
    """The processes that torchrun started together; just this one where it started none."""
    return OneProcess() if process_count() == 1 else SeveralProcesses(on_cpu=device.type == "cpu")


def _check_alone(processes: Processes, model: ModelSettings) -> None:
    if processes.count > 1 and model.likelihood == "gaussian-optimal":
        raise TrainingError(
            f"the likelihood is gaussian-optimal and there are {processes.count} processes; its σ is that of the whole "
            "batch, of which each process sees a part. Train in one process, or choose the likelihood gaussian."
        )


def _result(run: Run, images: ImageSet, state: Literal["finished", "stopped"], command: str) -> TrainingResult:
    clear_stop(run.folder)
    facts = _facts(run, command)
    result = TrainingResult(
        folder=run.folder,
        state=state,
        epochs=run.place.epoch,
        early=state == "finished" and run.place.epoch < run.config.training.epochs,
        facts=facts,
        evaluation=write_results(run.folder, images, asdict(facts), command),
    )
    best = load_checkpoint(run.folder).vae
    run.write.if_there_is_room(lambda: run.previews.write(best, run.place.best_epoch, now=True))
    return result


def last_word(result: TrainingResult) -> str:
    """One sentence on how the run ended."""
    facts = result.facts
    how = "Stopped" if result.state == "stopped" else "Finished early" if result.early else "Finished"
    if facts.best_loss is None:
        return f"{how} inside the first epoch; the weights of that moment are kept."
    patience = " (no better validation loss since)" if result.early else ""
    return (
        f"{how} after {result.epochs} epochs; kept the weights of epoch {facts.best_epoch}{patience}, "
        f"validation loss {facts.best_loss:.2f} nats per image."
    )


def _config(images: ImageSet, model: ModelSettings, training: TrainingSettings, name: str) -> Config:
    return Config(
        name=name,
        model=model,
        data=images.settings(),
        training=training,
        created=datetime.now(UTC).date().isoformat(),
    )


def _train(run: Run, progress: Callable[[EpochRecord], None]) -> Ending:
    try:
        return run.train(progress)
    except KeyboardInterrupt:
        if run.processes.count > 1:
            raise  # the others wait for a step that will not come: torchrun ends them
        if run.control.ending or run.steering.asked_to_stop():
            raise  # for the second time: at once
        if not run.has_state:
            raise  # weights without a state are somebody's model; a folder without both is begun anew
        # It may have struck inside a step: the best weights are whole, the state saved last stays as it is.
        run.keep_best()
        return "stopped"


def _facts(run: Run, command: str) -> TrainingFacts:
    place, threads = run.place, torch.get_num_threads()
    return TrainingFacts(
        command=command,
        epochs=place.epoch,
        best_epoch=place.best_epoch,
        best_loss=place.best_loss if place.best_epoch else None,
        changes=tuple(place.changes),
        seconds=round(place.seconds, 1),
        images_per_second=round(run.images_per_second, 1),
        machine=machine_words(threads, run.step.device),
    )
