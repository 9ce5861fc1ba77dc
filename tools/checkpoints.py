"""Trains the shipped models again, each with the command on its card."""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from vae_core.training.snapshot_writer import thin_snapshots

CHECKPOINTS = Path(__file__).resolve().parent.parent / "checkpoints"
WORKSHOP = CHECKPOINTS / ".rebuilding"  # ignored by git; a model moves out of it when it is whole
NOT_SHIPPED = ("state", "run")
WITHOUT_FILES = ("digits", "shapes", "shapes-colour")  # bundled or drawn
IMPORTANCE_SAMPLES = 500

# The drawn shapes: the KL's target rises slowly, so that what pays most (x, y, then the scale) takes a dimension each
# before the next opens. The seed is the first, from 0 on, with which each of the three has a gap (MIG) of at least 0.3.
SHAPES = (
    "--latent-dim 10 --activation relu --likelihood bernoulli --objective capacity --penalty 100 --warmup 0.95"
    " --schedule cosine --final-lr 0.00005 --patience 1000 --seed 0"
)
# In colour a capacity (16 nats) came to gaps of 0.47, 0.38 and 0.43; β-TCVAE gives the hue a dimension too. The same
# rule for the seed; checkpoints/README.md says how far a graphics card repeats itself.
COLOUR = (
    "--data shapes-colour --data-count 50000 --latent-dim 10 --network conv --hidden 32,32,64,64 --activation relu"
    " --likelihood bernoulli --objective beta-tcvae --beta 12 --schedule cosine --final-lr 0.00005 --patience 1000"
    " --batch-size 128 --epochs 60 --seed 1"
)
MNIST_16D = "--data mnist --latent-dim 16 --network conv --hidden 16,32,64 --epochs 20"
# One plain autoencoder and one VAE at several weights of the KL, for the Anatomy page: they differ in nothing else.
# β rises from 0 over most of the run: the snapshots of the largest show a latent space that forms and then collapses.
SMALL = (
    "--data digits --latent-dim 2 --hidden 64,32 --batch-size 32 --epochs 100 --patience 100 --lr 0.002"
    " --schedule cosine --final-lr 0.0001"
)
BETAS = ("0.1", "1", "3", "6", "20")
COMPANIONS = {"digits-ae-2d": f"{SMALL} --objective autoencoder"} | {
    f"digits-2d-beta-{beta}": f"{SMALL} --objective beta-vae --beta {beta} --warmup 0.9" for beta in BETAS
}
COMPANIONS["digits-2d-beta-20"] += " --snapshots"
MOST_SNAPSHOT_BYTES = 400_000  # of those that ship
# What `python -m vae_core train` gets for each model, besides --data-dir and --out.
MODELS = {
    "digits-2d": "--data digits --latent-dim 2 --hidden 256,128,64 --batch-size 32 --epochs 300 --patience 100",
    "digits-8d": "--data digits --latent-dim 8 --hidden 256,256 --batch-size 32 --lr 0.0005 --epochs 300 --patience 60",
    "mnist-2d": "--data mnist --latent-dim 2 --hidden 256,128,64 --epochs 60",
    "mnist-16d": MNIST_16D,
    "fashion-2d": "--data fashion --latent-dim 2 --hidden 256,128,64 --epochs 60",
    "fashion-16d": "--data fashion --latent-dim 16 --network conv --hidden 16,32,64 --epochs 20",
    "mnist-16d-denoising": f"{MNIST_16D} --corruption gaussian --corruption-strength 0.5",
    "shapes-10d": f"--data shapes --data-count 50000 {SHAPES} --hidden 100,400 --capacity 16 --epochs 60",
    "shapes-colour-10d": COLOUR,
} | COMPANIONS


def train_arguments(name: str, data_dir: Path | None) -> list[str]:
    """The arguments of `train` for one model; its data lies in the sub-folder of data_dir named like it."""
    options = MODELS[name].split()
    return ["train", *options, *data_options(name, data_dir), "--threads", "1", "--out", str(WORKSHOP / name)]


def evaluate_arguments(name: str, data_dir: Path | None) -> list[str]:
    """The arguments of `evaluate` for one model."""
    samples = ["--importance-samples", str(IMPORTANCE_SAMPLES)]
    return ["evaluate", str(WORKSHOP / name), *data_options(name, data_dir), *samples, "--threads", "1"]


def data_of(name: str) -> str:
    """The name of the data that a model is trained on."""
    options = MODELS[name].split()
    return options[options.index("--data") + 1]


def data_options(name: str, data_dir: Path | None) -> list[str]:
    """--data-dir for a model whose data is read from files; without a folder it comes by name."""
    data = data_of(name)
    return [] if data in WITHOUT_FILES or data_dir is None else ["--data-dir", str(data_dir / data)]


def rebuild(name: str, data_dir: Path | None) -> None:
    """Train and measure one model, then put it in the place of the old one, whose notes stay."""
    built, place = WORKSHOP / name, CHECKPOINTS / name
    shutil.rmtree(built, ignore_errors=True)
    for arguments in (train_arguments(name, data_dir), evaluate_arguments(name, data_dir)):
        subprocess.run([sys.executable, "-m", "vae_core", *arguments], check=True)
    thin_snapshots(built, MOST_SNAPSHOT_BYTES)
    for folder in NOT_SHIPPED:
        shutil.rmtree(built / folder, ignore_errors=True)
    if (place / "notes").is_dir():
        shutil.copytree(place / "notes", built / "notes")
    shutil.rmtree(place, ignore_errors=True)
    built.rename(place)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--data-dir", type=Path, help="the folder that holds mnist/ and fashion/; left out: by name, from OpenML"
    )
    parser.add_argument("names", nargs="*", help=f"which models (all of them): {', '.join(MODELS)}")
    options = parser.parse_args()
    unknown = sorted(set(options.names) - set(MODELS))
    if unknown:
        parser.error(f"{unknown[0]!r} is no shipped model; choose from {', '.join(MODELS)}")
    for name in options.names or MODELS:
        print(f"\n{name}", flush=True)
        try:
            rebuild(name, options.data_dir)
        except subprocess.CalledProcessError as error:
            print(f"{name} was not rebuilt; what stood in checkpoints/{name} is untouched.", file=sys.stderr)
            return error.returncode
    with suppress(OSError):  # another rebuild may be at work in it
        WORKSHOP.rmdir()
    return 0


if __name__ == "__main__":
    sys.exit(main())
