"""The likelihoods of Burda, Grosse and Salakhutdinov 2015 (Table 1, one stochastic layer) on MNIST, trained again.

    python -m benchmarks.burda --data-dir DATA_DIR/mnist --objective elbo --out FOLDER/vae
    python -m benchmarks.burda --data-dir DATA_DIR/mnist --objective iwae --samples 5 --out FOLDER/iwae-5

Their networks (784-200-200-50 and back, tanh), their dynamic binarisation, all 60,000 training images; our schedule,
which the settings in the output state in full. `--held-out 10000` leaves images out of training and measures on them
instead of the test set: that is how settings are chosen. Without it the test set is binarised once with a seed, and
read once, after training: −ELBO and −log p(x) by importance weighting, 5,000 samples, all 10,000 images.
A run that was interrupted goes on when the same command is given again.

Paper: VAE 86.76, IWAE k=5 85.54; a replication (nbip/IWAE): 86.35 and 85.18.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import torch

from vae_core import ModelSettings, TrainingSettings, binarise, load_checkpoint
from vae_core.data import ImageSet, Split, load_images
from vae_core.metrics import importance_weighted_nll
from vae_core.model_card import public_command
from vae_core.objectives import elbo
from vae_core.training import EpochRecord, train_model
from vae_core.training.denormals import denormals_flushed
from vae_core.training.results import machine_words

HIDDEN, LATENT_DIM = (200, 200), 50
WATCHED = 1_000  # training images on which the run watches itself; with all 60,000 in training none is held out
BINARISATION_SEED, NOISE_SEED = 2015, 2016


@dataclass(frozen=True)
class Scores:
    """Means over the measured images and their standard errors, in nats per image."""

    images: int
    samples: int
    negative_elbo: float
    nll: float
    nll_error: float


def training_images(images: ImageSet, held_out: int) -> tuple[ImageSet, np.ndarray]:
    """The set to train on, and the images uint8 (N, 1, 28, 28) to measure."""
    known = np.sort(np.concatenate([images.train, images.validation]))
    shuffled = np.random.default_rng(0).permutation(known)
    rows = np.sort(shuffled[held_out:])
    measured = np.sort(shuffled[:held_out]) if held_out else images.test
    watched = rows[:WATCHED]
    split = Split(train=rows, validation=watched, test=watched)  # the test split stays unread until `scores`
    return replace(images, split=split), images.images[measured]


def settings(options: argparse.Namespace) -> tuple[ModelSettings, TrainingSettings]:
    model = ModelSettings(
        network="mlp",
        image_shape=(1, 28, 28),
        latent_dim=LATENT_DIM,
        likelihood="bernoulli",
        hidden=HIDDEN,
        activation="tanh",
    )
    training = TrainingSettings(
        objective=options.objective,
        samples=options.samples,
        warmup=options.warmup,
        epochs=options.passes,
        batch_size=options.batch_size,
        optimizer=options.optimizer,
        learning_rate=options.lr,
        schedule=options.schedule,
        final_learning_rate=options.final_lr,
        adam_epsilon=options.adam_epsilon,
        ema=options.ema,
        seed=options.seed,
        patience=options.passes,
    )
    return model, training


def scores(folder: Path, images: np.ndarray, samples: int) -> Scores:
    """−ELBO and −log p(x) of the same binarised images."""
    vae = load_checkpoint(folder).vae
    grey = torch.from_numpy(images).float().div_(255)
    pixels = binarise(grey, torch.Generator().manual_seed(BINARISATION_SEED))
    noise = torch.Generator().manual_seed(NOISE_SEED)
    with torch.inference_mode():
        bounds = torch.cat([elbo(vae, part, noise, samples=16).elbo for part in pixels.split(100)])
    nll = importance_weighted_nll(vae, pixels, samples, noise)
    return Scores(
        images=len(images),
        samples=samples,
        negative_elbo=round(-bounds.mean().item(), 3),
        nll=round(float(nll.mean()), 3),
        nll_error=round(float(nll.std() / len(nll) ** 0.5), 3),
    )


def say(record: EpochRecord) -> None:
    if record.epoch % 10 == 0 or record.epoch == 1:
        print(
            f"pass {record.epoch}: loss {record.train_loss:.2f}, watched {record.validation_loss:.2f}, "
            f"{record.images_per_second:,.0f} images/s",
            flush=True,
        )


@denormals_flushed()
def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data-dir", type=Path, required=True, help="the folder with MNIST's IDX files")
    parser.add_argument("--out", type=Path, required=True, help="the run's folder")
    parser.add_argument("--objective", choices=("elbo", "iwae", "iwae-dreg"), default="elbo")
    parser.add_argument("--samples", type=int, default=1, help="k, draws of z per image (1)")
    parser.add_argument("--passes", type=int, default=400)
    parser.add_argument("--batch-size", type=int, default=200)
    parser.add_argument("--optimizer", choices=("adam", "muon"), default="muon")
    parser.add_argument("--lr", type=float, default=1.5e-3)
    parser.add_argument("--final-lr", type=float, default=1e-5)
    parser.add_argument("--schedule", default="linear")
    parser.add_argument("--warmup", type=float, default=0.0)
    parser.add_argument("--adam-epsilon", type=float, default=1e-4)
    parser.add_argument("--ema", type=float, default=0.999)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--held-out", type=int, default=0, help="training images to measure on instead of the test set")
    parser.add_argument("--nll-samples", type=int, default=5000)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    images, measured = training_images(load_images("mnist", options.data_dir), options.held_out)
    model, training = settings(options)
    result = train_model(images, model, training, options.out, progress=say, resume=True)
    trained_cpu = time.process_time()
    figures = {
        "command": public_command(sys.argv[1:]).replace("-m vae_core", "-m benchmarks.burda", 1),
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": machine_words(torch.get_num_threads()),
        "measured_on": f"{options.held_out} held-out training images" if options.held_out else "the test set",
        "binarisation_seed": BINARISATION_SEED,
        "scores": vars(scores(options.out, measured, options.nll_samples)),
        "training_minutes": round(result.facts.seconds / 60, 1),
        "processor_minutes_of_this_process": round(trained_cpu / 60, 1),
        "nice": os.nice(0),
        "model": model.model_dump(),
        "training": training.model_dump(),
    }
    text = json.dumps(figures, indent=2)
    print(text)
    (options.out / "burda.json").write_text(text + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
