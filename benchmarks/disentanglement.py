"""How well short trainings take the known factors of `shapes` apart: four objectives, three seeds each.

    python -m benchmarks.disentanglement --out FOLDER [--count 20000] [--steps 2000] [--seeds 0 1 2]

One network, one data set, one length for all; each objective at the weight that its paper uses on dSprites. The scores
are those of `vae_core.metrics` on the test split; beside them the time of training, and the −ELBO, which is what the
weight costs in likelihood. A plain VAE stands beside them. What is done is kept in FOLDER, so that the command can be
given again after an interruption.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import torch

from vae_core import ModelSettings, TrainingSettings, load_checkpoint
from vae_core.data import ImageSet, load_images
from vae_core.latents import encode_reference
from vae_core.metrics import known_factors, score_factors
from vae_core.model_card import public_command
from vae_core.training import train_model
from vae_core.training.results import machine_words

# objective -> its settings, with the paper that they come from
OBJECTIVES = {
    "elbo": {},
    "beta-vae": {"objective": "elbo", "beta": 4.0},  # Higgins et al. 2017
    "beta-tcvae": {"beta": 6.0},  # Chen et al. 2018
    "factor-vae": {"penalty": 35.0},  # Kim and Mnih 2018
    "dip-vae-ii": {"penalty": 10.0},  # Kumar et al. 2018
}
SCORES = ("mig", "disentanglement", "completeness", "informativeness", "sap", "factor_vae")


@dataclass(frozen=True)
class Trained:
    """The scores of one run; the costs in nats per image and in seconds."""

    objective: str
    seed: int
    mig: float
    disentanglement: float
    completeness: float
    informativeness: float
    sap: float
    factor_vae: float
    negative_elbo: float
    active_units: int
    seconds: float


def settings(images: ImageSet, name: str, options: argparse.Namespace, seed: int) -> tuple:
    model = ModelSettings(
        network=options.network,
        image_shape=images.image_shape,
        latent_dim=options.latent_dim,
        likelihood="bernoulli",
        hidden=tuple(options.hidden),
        activation="relu",
    )
    steps_per_epoch = -(-len(images.train) // options.batch_size)
    epochs = max(1, round(options.steps / steps_per_epoch))
    training = TrainingSettings(
        **{"objective": name, **OBJECTIVES[name]},
        epochs=epochs,
        batch_size=options.batch_size,
        learning_rate=options.lr,
        seed=seed,
        patience=epochs,
    )
    return model, training


def run(images: ImageSet, name: str, options: argparse.Namespace, seed: int) -> Trained:
    """Train one model, or take it from the folder when it is there, and score it."""
    folder = options.out / f"{name}-{seed}"
    kept = folder / "scores.json"
    if kept.exists():
        return Trained(**json.loads(kept.read_text(encoding="utf-8")))
    model, training = settings(images, name, options, seed)
    result = train_model(images, model, training, folder, resume=True)
    pixels = images.images[images.test]
    means = encode_reference(load_checkpoint(folder).vae, pixels, images.labels[images.test]).mean
    known = known_factors(images.factors[images.test], images.factor_names)
    scores = score_factors(means, known, seed=0)
    trained = Trained(
        objective=name,
        seed=seed,
        **{score: round(getattr(scores, score), 4) for score in SCORES},
        negative_elbo=round(result.evaluation["negative_elbo"], 2),
        active_units=result.evaluation["active_units"],
        seconds=result.facts.seconds,
    )
    kept.write_text(json.dumps(asdict(trained)), encoding="utf-8")
    return trained


def table(runs: list[Trained]) -> str:
    """Mean and standard deviation over seeds, as Markdown."""
    lines = [
        "| objective | MIG | DCI disentanglement | completeness | informativeness | SAP | FactorVAE score |"
        " −ELBO, nats | active | training, s |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for name in dict.fromkeys(run.objective for run in runs):
        mine = [run for run in runs if run.objective == name]
        cells = [_spread([getattr(run, score) for run in mine], 3) for score in SCORES]
        costs = [
            _spread([getattr(run, cost) for run in mine], 1) for cost in ("negative_elbo", "active_units", "seconds")
        ]
        lines.append(f"| {name} | {' | '.join(cells + costs)} |")
    return "\n".join(lines)


def _spread(values: list[float], digits: int) -> str:
    spread = statistics.stdev(values) if len(values) > 1 else 0.0
    return f"{statistics.mean(values):.{digits}f} ± {spread:.{digits}f}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--count", type=int, default=20_000, help="images drawn, all splits together")
    parser.add_argument("--steps", type=int, default=2_000)
    parser.add_argument("--batch-size", type=int, default=128)
    parser.add_argument("--latent-dim", type=int, default=10)
    parser.add_argument("--lr", type=float, default=1e-3)
    parser.add_argument("--network", default="mlp")
    parser.add_argument("--hidden", type=int, nargs="+", default=[256, 128])
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    images = load_images("shapes", count=options.count)
    runs = []
    for seed in options.seeds:
        for name in OBJECTIVES:
            runs.append(run(images, name, options, seed))
            print(runs[-1], flush=True)
    text = json.dumps(
        {
            "command": public_command(sys.argv[1:]).replace("-m vae_core", "-m benchmarks.disentanglement", 1),
            "date": datetime.now(UTC).isoformat(timespec="seconds"),
            "machine": machine_words(options.threads),
            "settings": {name: {**given} for name, given in OBJECTIVES.items()},
            "runs": [asdict(run) for run in runs],
        },
        indent=1,
    )
    (options.out / "disentanglement.json").write_text(text + "\n", encoding="utf-8")
    print(table(runs))
    return 0


if __name__ == "__main__":
    sys.exit(main())
