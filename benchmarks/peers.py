"""Training speed beside pythae 0.1.2: the same network, batch, learning rate and threads, data in memory, in turns.

    python -m benchmarks.peers --data-dir DATA_DIR/mnist --pythae-python PATH [--rounds 5] [--threads 1] [--epochs 0]

pythae lives in an environment of its own, made once by

    python -m venv pythae-env
    pythae-env/bin/pip install torch==2.13.0 pythae==0.1.2

and PATH is its interpreter. Our side is the real loop (`train_model`), in mixed precision where the
processor has bf16 (`--precision float32`: as pythae), pythae's side its `TrainingPipeline`; evaluation
and saving are left out of both. Each round times one epoch of ours, of pythae with pixels binarised afresh (by a
data set whose `__getitem__` draws them: the same task as ours), and of pythae on pixels binarised once (less work
than ours); the result is the median of the rounds' ratios, by the clock and by processor time. With `--epochs N` both
then train N epochs, and the figures say after how many seconds of training steps each came to a −ELBO of 100 nats on
the same validation images, judged by the same evaluator with the same noise (pythae's weights are put into our
network); interpolated between epochs.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch

from benchmarks.machine import computed_in, heading
from vae_core import ModelSettings, TrainingSettings, build_vae, default_hidden
from vae_core.data import DataError, ImageSet, load_images
from vae_core.objectives import build_objective
from vae_core.training import EpochRecord, train_model
from vae_core.training.step import validate
from vae_core.vae import VAE

GOAL, TARGET = 1.8, 100.0
SIDE = Path(__file__).with_name("pythae_side.py")


@dataclass(frozen=True)
class Speed:
    """Images per second, and per second of processor time (steadier where other programs take the cores)."""

    wall: float
    cpu: float


@dataclass(frozen=True)
class Round:
    """One turn of each side, training steps alone."""

    ours: Speed
    pythae_afresh: Speed
    pythae_fixed: Speed

    def ratio(self, side: str, clock: str) -> float:
        """How many times the speed of a side of pythae's ours is, by one of the two clocks."""
        return getattr(self.ours, clock) / getattr(getattr(self, side), clock)


class Pythae:
    """A process of pythae's interpreter that trains on request."""

    def __init__(self, python: Path, images: np.ndarray, threads: int, scratch: Path) -> None:
        np.save(scratch / "images.npy", images)
        self._process = subprocess.Popen(
            [python, SIDE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        self.versions = self._ask({"threads": threads, "images": str(scratch / "images.npy")})

    def train(self, model: ModelSettings, training: TrainingSettings, binarised: str, weights: Path | None) -> dict:
        """Seconds of each epoch's steps, and how many images each had; weights are written into the folder."""
        return self._ask(
            {
                "hidden": model.hidden,
                "latent_dim": model.latent_dim,
                "epochs": training.epochs,
                "learning_rate": training.learning_rate,
                "batch_size": training.batch_size,
                "seed": training.seed,
                "binarised": binarised,
                "weights": weights and str(weights),
            }
        )

    def close(self) -> None:
        self._process.stdin.close()
        self._process.wait()

    def _ask(self, request: dict) -> dict:
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError("pythae's process ended; run benchmarks/pythae_side.py by hand to see why.")
        return json.loads(answer)


def train_ours(
    images: ImageSet,
    model: ModelSettings,
    training: TrainingSettings,
    progress: Callable[[EpochRecord], None] = lambda _: None,
) -> list[EpochRecord]:
    records: list[EpochRecord] = []

    def keep(record: EpochRecord) -> None:
        records.append(record)
        progress(record)

    with tempfile.TemporaryDirectory() as folder:
        train_model(images, model, training, Path(folder) / "run", progress=keep)
    return records


def measure(
    images: ImageSet, pythae: Pythae, model: ModelSettings, training: TrainingSettings, rounds: int
) -> Iterator[Round]:
    """The rounds, one more before them thrown away. Each side is first in every other one."""
    for number in range(rounds + 1):
        sides = {
            "ours": lambda: our_speed(images, model, training),
            "pythae_afresh": lambda: _speed(pythae.train(model, training, "afresh", None)),
            "pythae_fixed": lambda: _speed(pythae.train(model, training, "fixed", None)),
        }
        order = list(sides) if number % 2 else list(reversed(sides))
        speeds = {side: sides[side]() for side in order}
        if number:
            yield Round(**speeds)


def our_speed(images: ImageSet, model: ModelSettings, training: TrainingSettings) -> Speed:
    """Of the second of two epochs. Its processor time counts its validation and saving too, against us."""
    clocks: list[float] = []
    records = train_ours(
        images,
        model,
        training.model_copy(update={"epochs": 2}),
        progress=lambda _: clocks.append(time.process_time()),
    )
    return Speed(records[-1].images_per_second, len(images.train) / (clocks[1] - clocks[0]))


def _speed(answer: dict) -> Speed:
    return Speed(answer["images"] / answer["seconds"][-1], answer["images"] / answer["cpu_seconds"][-1])


def pythae_losses(
    images: ImageSet, pythae: Pythae, model: ModelSettings, training: TrainingSettings
) -> list[tuple[float, float]]:
    """(seconds of steps so far, −ELBO on the validation images in nats) after every epoch of pythae's."""
    with tempfile.TemporaryDirectory() as folder:
        answer = pythae.train(model, training, "afresh", Path(folder))
        weights = [dict(np.load(Path(folder) / f"epoch-{n + 1}.npz")) for n in range(training.epochs)]
    pixels = torch.from_numpy(images.images[images.validation])
    vae, objective = build_vae(model, 0), build_objective(model, training)
    losses = []
    for epoch in weights:
        put_pythae_weights(vae, epoch)
        losses.append(validate(vae, objective, training, pixels, None, len(images.train)).loss)
    return list(zip(np.cumsum(answer["seconds"]).tolist(), losses, strict=True))


def put_pythae_weights(vae: VAE, weights: dict[str, np.ndarray]) -> None:
    """Fill our network with the weights of pythae_side's; raises RuntimeError where names or shapes differ."""
    names = {"encoder.layers.": "encoder.", "decoder.layers.": "decoder."}
    state = {
        ours + name.removeprefix(theirs): torch.from_numpy(value)
        for name, value in weights.items()
        for theirs, ours in names.items()
        if name.startswith(theirs)
    }
    vae.load_state_dict(state)


def our_losses(images: ImageSet, model: ModelSettings, training: TrainingSettings) -> list[tuple[float, float]]:
    """(seconds of steps so far, −ELBO on the validation images in nats) after every epoch of ours."""
    records = train_ours(images, model, training)
    seconds = np.cumsum([len(images.train) / record.images_per_second for record in records])
    return [(float(at), record.validation_loss) for at, record in zip(seconds, records, strict=True)]


def seconds_to(target: float, losses: list[tuple[float, float]]) -> float | None:
    """Seconds until the −ELBO first reached `target`, interpolated between epochs; None when it never did."""
    if losses[0][1] <= target:
        return losses[0][0]
    for (before, high), (after, low) in pairwise(losses):
        if low <= target:
            return before + (after - before) * (high - target) / (high - low)
    return None


@contextmanager
def pythae_process(python: Path, images: ImageSet, threads: int) -> Iterator[Pythae]:
    with tempfile.TemporaryDirectory() as scratch:
        pythae = Pythae(python, images.images[images.train], threads, Path(scratch))
        try:
            yield pythae
        finally:
            pythae.close()


def report_speed(rounds: Iterator[Round]) -> dict:
    measured = []
    for entry in rounds:
        measured.append(entry)
        print(
            f"round {len(measured)}: ours {entry.ours.wall:,.0f}, pythae {entry.pythae_afresh.wall:,.0f} (fixed pixels "
            f"{entry.pythae_fixed.wall:,.0f}) images/s, ratio {entry.ratio('pythae_afresh', 'wall'):.2f} "
            f"({entry.ratio('pythae_fixed', 'wall'):.2f}); by processor time "
            f"{entry.ratio('pythae_afresh', 'cpu'):.2f} ({entry.ratio('pythae_fixed', 'cpu'):.2f})",
            flush=True,
        )
    ratios = {
        f"{side}_{clock}": round(statistics.median(entry.ratio(side, clock) for entry in measured), 3)
        for side in ("pythae_afresh", "pythae_fixed")
        for clock in ("wall", "cpu")
    }
    return {"ratios": ratios, "goal": GOAL, "rounds": [asdict(entry) for entry in measured]}


def report_race(images: ImageSet, pythae: Pythae, model: ModelSettings, training: TrainingSettings) -> dict:
    ours, theirs = our_losses(images, model, training), pythae_losses(images, pythae, model, training)
    return {
        "target_nats": TARGET,
        "seconds": {"ours": seconds_to(TARGET, ours), "pythae": seconds_to(TARGET, theirs)},
        "last_loss": {"ours": ours[-1][1], "pythae": theirs[-1][1]},
        "epochs": training.epochs,
        "losses": {"ours": ours, "pythae": theirs},
    }


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pythae-python", type=Path, help="the interpreter that has pythae 0.1.2")
    parser.add_argument("--data-dir", type=Path, help="the folder with MNIST's IDX files; left out: by name")
    parser.add_argument("--latent-dim", type=int, default=16)
    parser.add_argument("--batch-size", type=int, default=128)
    parser.add_argument("--learning-rate", type=float, default=1e-3)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--epochs", type=int, default=0, help="of the race to 100 nats; 0 leaves it out")
    parser.add_argument("--images", type=int, help="train on the first so many images only, validate on 512")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--precision", choices=("auto", "float32", "bf16"), default="auto", help="of ours (auto)")
    parser.add_argument("--out", type=Path, help="a file for the figures as JSON")
    return parser.parse_args()


def main() -> int:
    options = arguments()
    if options.pythae_python is None:
        print("pythae is not measured: --pythae-python names no interpreter (python -m benchmarks.peers --help).")
        return 0
    torch.set_num_threads(options.threads)
    try:
        images = load_images("mnist", options.data_dir, download=True, progress=print)
    except DataError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    if options.images:
        images = replace(
            images,
            split=replace(images.split, train=images.train[: options.images], validation=images.validation[:512]),
        )
    model = ModelSettings(
        network="mlp",
        image_shape=images.image_shape,
        latent_dim=options.latent_dim,
        likelihood="bernoulli",
        hidden=default_hidden("mlp", images.image_shape),
    )
    training = TrainingSettings(
        epochs=1,
        batch_size=options.batch_size,
        learning_rate=options.learning_rate,
        seed=0,
        patience=1000,
        precision=options.precision,
    )
    with pythae_process(options.pythae_python, images, options.threads) as pythae:
        figures = {
            **heading("benchmarks.peers"),
            "threads": options.threads,
            "ours_computes_in": computed_in(options.precision),
            "pythae_side": pythae.versions,
        }
        print(json.dumps(figures, indent=2), flush=True)
        if options.rounds:
            figures |= report_speed(measure(images, pythae, model, training, options.rounds))
        if options.epochs:
            figures |= report_race(images, pythae, model, training.model_copy(update={"epochs": options.epochs}))
    shown = {key: value for key, value in figures.items() if key not in ("rounds", "losses")}
    print(json.dumps(shown, indent=2))
    if options.out:
        options.out.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
