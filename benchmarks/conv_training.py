"""Training speed of a 64x64 convolutional VAE: our loop beside plain float32 PyTorch, the same network, in turns.

    python -m benchmarks.conv_training [--rounds 5] [--threads 1] [--channels 1] [--hidden 32,32,64,64]

Plain is what one writes first: contiguous tensors, a shuffling `DataLoader` over float32 images in memory, `rsample`,
`log_prob` and `kl_divergence` of torch.distributions, `torch.optim.Adam` as it comes. Ours is the real loop
(`train_model`), in mixed precision where the processor has bf16. Both start from the same weights and train `--epochs`
epochs in every round; their −ELBO on the same held-out images, by the same evaluator in float32, averaged over the
rounds, must agree within 0.5 %. Images per second count training steps alone; plain has a process of its own, so that
no setting of ours helps it. The result is the median of the rounds' ratios. The images are drawn by seed: ellipses and
rectangles, black and white for one channel (Bernoulli), coloured for three (Gaussian).
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import torch
from torch.distributions import kl_divergence
from torch.optim.lr_scheduler import CosineAnnealingLR
from torch.utils.data import DataLoader, TensorDataset

from benchmarks.machine import computed_in, heading
from vae_core import ModelSettings, TrainingSettings, build_vae, load_checkpoint
from vae_core.data import ImageSet
from vae_core.data.image_set import split_by_share
from vae_core.objectives import build_objective
from vae_core.training import EpochRecord, train_model
from vae_core.training.noise import WEIGHTS, stream_seed
from vae_core.training.step import validate
from vae_core.vae import VAE

GOAL, AGREEMENT, SIDE = 2.0, 0.005, 64


@dataclass(frozen=True)
class Round:
    """Images per second of the steps and the −ELBO afterwards (nats per image), of both sides."""

    ours: float
    plain: float
    our_loss: float
    plain_loss: float

    @property
    def ratio(self) -> float:
        """How many times plain's speed ours is."""
        return self.ours / self.plain


def draw_shapes(count: int, channels: int, seed: int) -> ImageSet:
    """Ellipses and rectangles of random size and place, uint8 (count, channels, 64, 64); colours for 3 channels."""
    generator = np.random.default_rng(seed)
    centre = generator.uniform(16, SIDE - 16, (2, count, 1, 1))
    half = generator.uniform(5, 15, (2, count, 1, 1))
    rows, columns = np.mgrid[:SIDE, :SIDE]
    down, right = np.abs(rows - centre[0]) / half[0], np.abs(columns - centre[1]) / half[1]
    round_one = generator.random((count, 1, 1)) < 0.5
    inside = np.where(round_one, down**2 + right**2, np.maximum(down, right)) < 1
    colour = generator.integers(64, 256, (count, channels, 1, 1)) if channels == 3 else 255
    images = (inside[:, None] * colour).astype(np.uint8)
    split = split_by_share(count, None, seed)
    return ImageSet("drawn-shapes", images, None, (), split, seed, "drawn by the project", "drawn by the project")


def train_ours(images: ImageSet, model: ModelSettings, training: TrainingSettings) -> tuple[float, VAE]:
    """Images per second of the last epoch's steps, and the trained model."""
    records: list[EpochRecord] = []
    with tempfile.TemporaryDirectory() as folder:
        train_model(images, model, training, Path(folder) / "run", progress=records.append)
        vae = load_checkpoint(Path(folder) / "run").vae
    return records[-1].images_per_second, vae


def train_plain(images: ImageSet, model: ModelSettings, training: TrainingSettings) -> tuple[float, VAE]:
    """Images per second of the last epoch's steps, and the trained model."""
    vae = build_vae(model, stream_seed(training.seed, WEIGHTS))
    optimizer = torch.optim.Adam(vae.parameters(), lr=training.learning_rate)
    torch.manual_seed(training.seed)
    data = TensorDataset(torch.from_numpy(images.images[images.train]).float() / 255)
    loader = DataLoader(data, batch_size=training.batch_size, shuffle=True)
    schedule = CosineAnnealingLR(optimizer, training.epochs * len(loader))
    for _ in range(training.epochs):
        started = time.perf_counter()
        for (grey,) in loader:
            pixels = torch.bernoulli(grey) if model.likelihood == "bernoulli" else grey
            posterior = vae.encode(pixels)
            log_likelihood = vae.decode(posterior.rsample()).log_prob(pixels).sum(dim=(1, 2, 3))
            kl = kl_divergence(posterior, vae.prior()).sum(dim=1)
            loss = (kl - log_likelihood).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            if training.schedule == "cosine":
                schedule.step()
        seconds = time.perf_counter() - started
    return len(data) / seconds, vae


def held_out_loss(vae: VAE, images: ImageSet, model: ModelSettings, training: TrainingSettings) -> float:
    """−ELBO of the test images, in nats per image, with the same noise for both sides."""
    pixels = torch.from_numpy(images.pixels(images.test))
    return validate(vae, build_objective(model, training), training, pixels, None, len(images.train)).loss


def measure(images: ImageSet, model: ModelSettings, training: TrainingSettings, rounds: int) -> list[Round]:
    """The rounds, each with its own seed, each side first in every other one; a short one before is thrown away."""
    with ProcessPoolExecutor(1, get_context("spawn"), torch.set_num_threads, (torch.get_num_threads(),)) as pool:
        return _measure(images, model, training, rounds, pool)


def _measure(
    images: ImageSet, model: ModelSettings, training: TrainingSettings, rounds: int, pool: ProcessPoolExecutor
) -> list[Round]:
    def plainly(*given: ImageSet | ModelSettings | TrainingSettings) -> tuple[float, VAE]:
        return pool.submit(train_plain, *given).result()

    measured = []
    for number in range(rounds + 1):
        sides = [train_ours, plainly] if number % 2 else [plainly, train_ours]
        own = training.model_copy(update={"seed": number} if number else {"epochs": 1})
        results = {side: side(images, model, own) for side in sides}
        (ours, our_vae), (plain, plain_vae) = results[train_ours], results[plainly]
        losses = [held_out_loss(vae, images, model, training) for vae in (our_vae, plain_vae)]
        if number:
            entry = Round(ours, plain, *losses)
            measured.append(entry)
            print(
                f"round {number}: ours {ours:,.1f}, plain {plain:,.1f} images/s, ratio {entry.ratio:.2f}; "
                f"-ELBO {losses[0]:.2f} and {losses[1]:.2f}",
                flush=True,
            )
    return measured


def summary(rounds: list[Round]) -> dict:
    """Median ratio, and by how much our final −ELBO, averaged over rounds, differs from plain's, as a share of it."""
    difference = sum(entry.our_loss for entry in rounds) / sum(entry.plain_loss for entry in rounds) - 1
    return {
        "ratio": round(statistics.median(entry.ratio for entry in rounds), 3),
        "goal": GOAL,
        "loss_difference": round(difference, 5),
        "losses_agree": abs(difference) <= AGREEMENT,
        "rounds": [asdict(entry) for entry in rounds],
    }


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--channels", type=int, choices=(1, 3), default=1)
    parser.add_argument("--hidden", default="32,32,64,64", help="channels of the stages (32,32,64,64)")
    parser.add_argument("--latent-dim", type=int, default=10)
    parser.add_argument("--batch-size", type=int, default=128)
    parser.add_argument("--images", type=int, default=2000, help="how many are drawn; 70 %% of them train")
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--schedule", choices=("constant", "cosine"), default="constant", help="of the learning rate")
    parser.add_argument("--precision", choices=("auto", "float32", "bf16"), default="auto", help="of ours (auto)")
    parser.add_argument("--out", type=Path, help="a file for the figures as JSON")
    return parser.parse_args()


def main() -> int:
    options = arguments()
    torch.set_num_threads(options.threads)
    images = draw_shapes(options.images, options.channels, seed=0)
    model = ModelSettings(
        network="conv",
        image_shape=images.image_shape,
        latent_dim=options.latent_dim,
        likelihood="bernoulli" if options.channels == 1 else "gaussian",
        hidden=tuple(int(width) for width in options.hidden.split(",")),
    )
    training = TrainingSettings(
        epochs=options.epochs,
        batch_size=options.batch_size,
        learning_rate=1e-3,
        seed=0,
        patience=1000,
        precision=options.precision,
        schedule=options.schedule,
    )
    figures = {
        **heading("benchmarks.conv_training"),
        "threads": options.threads,
        "ours_computes_in": computed_in(options.precision),
    }
    print(json.dumps(figures, indent=2), flush=True)
    figures |= summary(measure(images, model, training, options.rounds))
    print(json.dumps({key: value for key, value in figures.items() if key != "rounds"}, indent=2))
    if options.out:
        options.out.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
