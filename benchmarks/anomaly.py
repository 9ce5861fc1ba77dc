"""How well the anomaly scores find a digit that the model has never seen: AUROC on MNIST, all ten digits.

    python -m benchmarks.anomaly --data-dir DATA_DIR/mnist --cache FOLDER --out benchmarks/results/anomaly.json

Train on nine digits, without their labels; the tenth is the anomaly. Which score to use is decided without the tenth:
for target a, each other digit b plays the anomaly in turn. A model trained without a and b ranks held-out training
images of the eight digits and of b; the score with the highest mean AUROC over the nine b is the one for target a.
The model without {a, b} serves both, so there are 45 of them; no image of a, and no test image, has a part in choosing
the score for a. Then models of nine digits are trained, with several seeds, and the chosen score ranks the 10,000 test
images, binarised once with a stated seed.

The network's settings are the constants below, one for all; they were settled on training images alone, with models
without the pairs {0, 1}, {2, 4}, {3, 5}, {6, 7}, {8, 9} and {0, 4}. Each model's figures are kept in the cache folder:
the same command given again goes on where it was stopped. `--share 1/2` trains every second model only, so that two
processes can share the work.

Published, score −ELBO: Tonnaer's thesis, Table 3.3.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch

from benchmarks.anomaly_tables import choose, report, tables
from benchmarks.machine import heading
from vae_core import ModelSettings, TrainingSettings, load_checkpoint
from vae_core.data import ImageSet, Split, load_images
from vae_core.metrics import anomaly_auroc, anomaly_reference, anomaly_scores, standardised_sum
from vae_core.model_card import public_command
from vae_core.training import train_model
from vae_core.vae import VAE

LATENT_DIM, HIDDEN, BETA, EPOCHS, BATCH_SIZE, LEARNING_RATE = 32, (128,), 0.1, 3, 128, 3e-3
SAMPLES = 8  # draws of z per image in the costs
STANDARDISING, NORMAL, ANOMALOUS = 1_000, 2_000, 500  # held-out images of the known digits; of one that is left out
BINARISATION_SEED = 2015
WATCHED = 500  # held-out images of the known digits on which a run watches itself
COSTS = (
    "reconstruction",
    "reconstruction_per_code_length",
    "negative_elbo_per_code_length",
    "nll_per_code_length",
    "neighbour_reconstruction_per_code_length",
)
PLACES = (
    "neighbour_distance",
    "neighbour_distance_per_root_code_length",
    "mahalanobis_neighbour_distance",
    "latent_surprise",
)


class Job(NamedTuple):
    """A model: the digits that are left out, one or two, and the seed."""

    left_out: tuple[int, ...]
    seed: int


def settings(images: ImageSet, seed: int, epochs: int) -> tuple[ModelSettings, TrainingSettings]:
    model = ModelSettings(
        network="mlp", image_shape=images.image_shape, latent_dim=LATENT_DIM, likelihood="bernoulli", hidden=HIDDEN
    )
    training = TrainingSettings(
        beta=BETA,
        epochs=epochs,
        batch_size=BATCH_SIZE,
        learning_rate=LEARNING_RATE,
        schedule="linear",
        final_learning_rate=LEARNING_RATE / 20,
        ema=0.99,
        seed=seed,
        patience=epochs,
    )
    return model, training


def figures_of(images: ImageSet, left_out: tuple[int, ...], seed: int, epochs: int) -> dict:
    """AUROC of every score for each digit that is left out: on held-out training images, or for one on the test set."""
    started = time.process_time()
    known = ~np.isin(images.labels, left_out)
    train = images.train[known[images.train]]
    held_out = np.random.default_rng(0).permutation(images.validation[known[images.validation]])
    vae = trained(images, train, np.sort(held_out[:WATCHED]), settings(images, seed, epochs))
    seconds = time.process_time() - started
    rows = [held_out[:STANDARDISING], *ranked_rows(images, left_out, held_out[STANDARDISING:])]
    reference = anomaly_reference(vae, images.images[train])
    found = anomaly_scores(vae, reference, images.images[np.concatenate(rows)], BINARISATION_SEED, SAMPLES).named()
    kind = np.repeat(np.arange(len(rows)), [len(part) for part in rows])
    every = {**found, **_sums(found, kind == 0)}
    return {
        "auroc": {
            str(digit): {
                name: round(anomaly_auroc(values[kind == 1], values[kind == place]), 5)
                for name, values in every.items()
            }
            for place, digit in enumerate(left_out, start=2)
        },
        "images": {"standardising": len(rows[0]), "normal": len(rows[1]), "anomalous": [len(s) for s in rows[2:]]},
        "processor_seconds": {
            "training": round(seconds, 1),
            "scoring": round(time.process_time() - started - seconds, 1),
        },
    }


def trained(
    images: ImageSet, train: np.ndarray, watched: np.ndarray, how: tuple[ModelSettings, TrainingSettings]
) -> VAE:
    """A model of these rows; what the run measures on its way, and at its end, are the watched ones."""
    learned = replace(images, split=Split(train=train, validation=watched, test=watched))
    with tempfile.TemporaryDirectory() as folder:
        train_model(learned, *how, Path(folder) / "run")
        return load_checkpoint(Path(folder) / "run").vae


def ranked_rows(images: ImageSet, left_out: tuple[int, ...], held_out: np.ndarray) -> list[np.ndarray]:
    """Rows of normal images, then of each digit that is left out.

    One left out: the whole test set. Two: held-out training images; nothing may be chosen on the test rows.
    """
    if len(left_out) == 1:
        labels = images.labels[images.test]
        return [images.test[labels != left_out[0]], images.test[labels == left_out[0]]]
    return [held_out[:NORMAL], *(_drawn_of(images, digit) for digit in left_out)]


def _drawn_of(images: ImageSet, digit: int) -> np.ndarray:
    learnable = np.concatenate([images.train, images.validation])
    return np.random.default_rng(digit).permutation(learnable[images.labels[learnable] == digit])[:ANOMALOUS]


def _sums(found: dict[str, np.ndarray], standardising: np.ndarray) -> dict[str, np.ndarray]:
    """Each cost beside each place in the latent space, both in standard deviations over held-out normal images."""
    return {
        f"{cost} + {place}": standardised_sum(
            (found[cost], found[place]), (found[cost][standardising], found[place][standardising])
        )
        for cost in COSTS
        for place in PLACES
    }


def cached(cache: Path, images: ImageSet, job: Job, epochs: int, may_train: bool) -> dict | None:
    """The figures of one model, from the cache where its settings are the same; None where they are not there yet."""
    made_by = _made_by(images, job, epochs)
    path = cache / f"without-{'-'.join(map(str, job.left_out))}-seed-{job.seed}.json"
    if path.exists():
        kept = json.loads(path.read_text(encoding="utf-8"))
        if kept["made_by"] == made_by:
            return kept
    if not may_train:
        return None
    found = {"made_by": made_by, **figures_of(images, job.left_out, job.seed, epochs)}
    print(f"{path.stem}: {found['processor_seconds']}", flush=True)
    part = path.with_suffix(".part")
    part.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    part.replace(path)
    return found


def _made_by(images: ImageSet, job: Job, epochs: int) -> dict:
    model, training = settings(images, job.seed, epochs)
    return {
        "data": images.fingerprint,
        "model": model.model_dump(mode="json"),
        "training": training.model_dump(mode="json"),
        "sizes": [SAMPLES, STANDARDISING, NORMAL, ANOMALOUS, BINARISATION_SEED],
    }


def all_jobs(digits: tuple[int, ...], seeds: int) -> list[Job]:
    """The models without two digits, which choose, then those without one, which are measured."""
    nested = [Job(pair, 0) for pair in combinations(digits, 2)]
    return nested + [Job((digit,), seed) for seed in range(seeds) for digit in digits]


def whole_report(images: ImageSet, digits: tuple[int, ...], done: dict[Job, dict], epochs: int) -> dict:
    """What the JSON file keeps: how it was made, then the figures."""
    nested = {job.left_out: found["auroc"] for job, found in done.items() if len(job.left_out) == 2}
    final = {
        digit: [found["auroc"][str(digit)] for job, found in done.items() if job.left_out == (digit,)]
        for digit in digits
    }
    model, training = settings(images, 0, epochs)
    seconds = [sum(found["processor_seconds"].values()) for found in done.values()]
    return {
        **heading("benchmarks.anomaly"),
        "command": public_command(sys.argv[1:])
        .replace("-m vae_core", "-m benchmarks.anomaly", 1)
        .replace("--out checkpoints/", "--out benchmarks/results/"),
        "processor_minutes": round(sum(seconds) / 60, 1),
        "binarisation_seed": BINARISATION_SEED,
        "model": model.model_dump(mode="json"),
        "training": training.model_dump(mode="json"),
        **report(nested, final, choose(nested, digits)),
    }


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default="mnist", help="digits or mnist (mnist)")
    parser.add_argument("--data-dir", type=Path, help="the folder with MNIST's IDX files")
    parser.add_argument("--cache", type=Path, required=True, help="a folder for each model's figures")
    parser.add_argument("--out", type=Path, help="a file for the table as JSON")
    parser.add_argument("--seeds", type=int, default=3, help="models per target (3)")
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--share", default="1/1", help="I/N: train only every N-th model, from the I-th on")
    return parser.parse_args()


def main() -> int:
    options = parsed()
    torch.set_num_threads(1)
    images = load_images(options.data, options.data_dir)
    digits = tuple(np.unique(images.labels).tolist())
    options.cache.mkdir(parents=True, exist_ok=True)
    own, shares = map(int, options.share.split("/"))
    done = {
        job: cached(options.cache, images, job, options.epochs, may_train=number % shares == own - 1)
        for number, job in enumerate(all_jobs(digits, options.seeds))
    }
    missing = sum(found is None for found in done.values())
    if missing:
        print(f"{missing} of {len(done)} models are still to be trained by the other shares.")
        return 0
    figures = whole_report(images, digits, done, options.epochs)
    print(tables(figures))
    if options.out:
        options.out.parent.mkdir(parents=True, exist_ok=True)
        options.out.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
