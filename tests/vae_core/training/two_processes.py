"""What the tests of several processes start in each of them: a run, and what it found."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import torch
import typer

from vae_core.__main__ import app as command_line
from vae_core.data import from_arrays, load_images
from vae_core.noise import normal
from vae_core.objectives import OBJECTIVES, Objective, ObjectiveTerms, elbo_terms, run_model
from vae_core.settings import ModelSettings, TrainingSettings
from vae_core.training import Order, TrainingError, give_order, read_status, request_stop, train_model
from vae_core.training.processes import SeveralProcesses

MODEL = ModelSettings(network="mlp", image_shape=(1, 8, 8), latent_dim=2, likelihood="bernoulli", hidden=(8,))


class Compared(Objective):
    """The ELBO, a penalty on the covariance of all latents of the global batch, and an adversary that judges them.

    Everything that several processes must do right is in it: gathered rows with gradients, noise of the whole batch,
    parameters of the objective's own.
    """

    def __init__(self, model, training) -> None:
        super().__init__(model, training)
        self.judge = torch.nn.Linear(model.latent_dim, 1)

    def forward(self, vae, batch, source, moment) -> ObjectiveTerms:
        done = run_model(vae, batch, source)
        terms = elbo_terms(vae, done)
        latents = moment.gather(done.latents[0])
        centred = latents - latents.mean(dim=0)
        covariance = centred.T @ centred / len(latents)
        penalty = (covariance - torch.eye(len(covariance))).square().sum() + self.judge(done.latents[0]).mean()
        return ObjectiveTerms(terms.loss + 5 * penalty, terms, latents=done.latents[0])

    def adversary_loss(self, latents, source, moment):
        noise = normal(source, tuple(latents.shape), latents.device)
        return (self.judge(latents) - 1).square().mean() + (self.judge(noise) + 1).square().mean()


@contextmanager
def compared() -> Iterator[None]:
    """While the block runs there is an objective called compared; the table of the others stays as it was."""
    OBJECTIVES.register("compared", Compared)
    try:
        yield
    finally:
        del OBJECTIVES._parts["compared"]


def settings(**changes) -> TrainingSettings:
    fields = {"objective": "compared", "epochs": 3, "batch_size": 32, "learning_rate": 1e-2, "patience": 9}
    return TrainingSettings(**fields | changes)


def digits():
    """91 images of which 64 are trained on: a last batch of 0, 1 or more images by the batch size."""
    return from_arrays(load_images("digits").images[:92, 0], name="few")


def gathered() -> str:
    """The gradient of a loss of gathered rows, a ragged batch of 5, in the order of the whole batch."""
    several = SeveralProcesses(on_cpu=True)
    share = several.share(5)
    rows = torch.arange(5.0)[share.start : share.stop].requires_grad_()
    every = several.gather(share)(rows)
    assert every.tolist() == [0.0, 1.0, 2.0, 3.0, 4.0]
    ((several.rank + 1) * every.square()).sum().backward()
    return str(rows.grad.tolist())


def told() -> str:
    """What an error of the first process, and of nobody else, becomes in each."""

    def fail() -> None:
        raise TrainingError("the disk is full")

    several = SeveralProcesses(on_cpu=True)
    try:
        several.on_first(fail)
    except TrainingError as error:
        return str(error)
    return "nothing"


def steered(folder: Path) -> None:
    """A run that begins paused, makes three steps, gets another learning rate and β, goes on, and keeps snapshots.

    One of the processes steers it, from a thread beside the training, as a page does.
    """
    if os.environ.get("RANK", "0") == "0":
        (folder / "run").mkdir(parents=True)
        give_order(folder, Order("pause"))
        threading.Thread(target=_steer, args=(folder,), daemon=True).start()
    changed = settings(objective="beta-vae", batch_size=16, epochs=2)
    train_model(digits(), MODEL, changed, folder, snapshots=True)


def _steer(folder: Path) -> None:
    _wait(lambda: _place(folder) == ("paused", 0))
    give_order(folder, Order("step", steps=3))
    _wait(lambda: _place(folder) == ("paused", 3))
    give_order(folder, Order("set", learning_rate=2e-3, beta=0.5))
    give_order(folder, Order("resume"))


def _place(folder: Path) -> tuple[str, int]:
    status = read_status(folder)
    return (status.state, status.step) if status else ("", 0)


def _wait(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not condition() and time.monotonic() < end:
        time.sleep(0.05)


def main(folder: Path) -> None:
    """Everything that the tests look at; all of it in one start, because a start takes seconds."""
    rank = os.environ["RANK"]
    (folder / f"gradient-{rank}").write_text(gathered())
    (folder / f"told-{rank}").write_text(told())
    for batch_size in (16, 21):
        train_model(digits(), MODEL, settings(batch_size=batch_size), folder / f"two-{batch_size}")
    request_stop(folder / "broken")
    for resume in (False, True):
        train_model(digits(), MODEL, settings(batch_size=16), folder / "broken", resume=resume)
    steered(folder / "steered")
    train = ["train", "--data", "digits", "--epochs", "1", "--hidden", "8", "--out", str(folder / "spoken")]
    command_line(train, standalone_mode=False)
    with suppress(SystemExit, typer.Exit):
        command_line(train, standalone_mode=False)


if __name__ == "__main__":
    with compared():
        main(Path(sys.argv[1]))
