"""How well attribute directions tell held-out images apart, and whether they move what they are named after.

    python -m benchmarks.attributes --out benchmarks/results/attributes.json

First the ten classes of MNIST on mnist-16d: each class against all others, AUC and Cohen's d on 30 % of the reference
latents that had no part in making the direction. Then scale and x of `shapes` on shapes-10d: the upper third of the
factor against the lower. These directions are applied, from half a span below to half a span above, to latents of the
middle third, which made no direction; the factors of the decoded pictures are read by a regressor that was trained on
rendered images (sharp and blurred, as decoders blur) and whose own error on others is stated first. *Share*: the change
of the wanted factor over the sum of the changes of scale, x and y, each as a share of its range. The shape, as the mean
change of its three indicators, stands beside: the regressor hardly reads it off decoded pictures, as its error says.
Orientation is not read: that of a square or an ellipse is no single figure.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import numpy as np
import torch
from scipy.ndimage import gaussian_filter
from sklearn.neural_network import MLPRegressor

from benchmarks.machine import heading
from vae_core.checkpoint import load_checkpoint, load_latents
from vae_core.data import load_recorded
from vae_core.data.shapes import DrawnShapes
from vae_core.latent import AttributeDirection, attribute_direction
from vae_core.latent.directions import METHODS
from vae_core.vae import VAE

WANTED = ("scale", "x")
READ = ("scale", "x", "y", "shape")
COLUMN = {"shape": 0, "scale": 1, "x": 3, "y": 4}
RANGE = {"scale": 0.5, "x": 1.0, "y": 1.0}  # of the factor's values
LOWEST = {"scale": 0.5, "x": 0.0, "y": 0.0}
RENDERED, JUDGED = 12_000, 2_000
BLURS = (0.0, 0.7, 1.4)  # pixels
POOL = 4
STARTS = 300


def features(pixels: np.ndarray) -> np.ndarray:
    """float32 (N, 256): means over 4×4 pixels of pictures float (N, 1, 64, 64) in [0, 1]."""
    count, _, side, _ = pixels.shape
    small = side // POOL
    return pixels.reshape(count, small, POOL, small, POOL).mean(axis=(2, 4)).reshape(count, -1).astype(np.float32)


def targets(values: np.ndarray) -> np.ndarray:
    """float (N, 6): scale, x and y as shares of their range, and an indicator of each shape."""
    shares = [(values[:, COLUMN[name]] - LOWEST[name]) / RANGE[name] for name in READ[:3]]
    return np.column_stack([*shares, *(values[:, 0] == kind for kind in range(3))]).astype(float)


def rendered(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Features and targets of drawn images, a third each at three blurs."""
    drawn = DrawnShapes(count, seed)
    rows = np.arange(count)
    pixels = drawn.pixels(rows) / np.float32(255)
    for number, blur in enumerate(BLURS):
        if blur:
            pixels[number :: len(BLURS)] = gaussian_filter(pixels[number :: len(BLURS)], (0, 0, blur, blur))
    return features(pixels), targets(drawn.factors.values(drawn.factor_indices(rows)))


def read_factors(seed: int) -> tuple[MLPRegressor, dict[str, float]]:
    """A regressor of rendered images, and its mean absolute error on others, as a share of each factor's range."""
    reader = MLPRegressor(
        hidden_layer_sizes=(128, 64), early_stopping=True, max_iter=60, random_state=seed, learning_rate_init=2e-3
    )
    reader.fit(*rendered(RENDERED, seed + 1))
    pixels, wanted = rendered(JUDGED, seed + 2)
    return reader, by_factor(np.abs(reader.predict(pixels) - wanted).mean(axis=0))


def by_factor(figures: np.ndarray) -> dict[str, float]:
    """Six figures as four: the three of the shape as their mean."""
    return {**dict(zip(READ[:3], figures[:3].tolist(), strict=True)), "shape": float(figures[3:].mean())}


def classes(folder: Path, seed: int) -> dict[str, dict[str, dict[str, float]]]:
    """AUC and Cohen's d of each class against all others, by class and method."""
    latents = load_latents(folder)
    found = {}
    for label in np.unique(latents.label):
        having = np.flatnonzero(latents.label == label)
        made = {each: attribute_direction(latents.mean, having, None, each, seed=seed) for each in METHODS}
        found[str(label)] = {name: judged(direction) for name, direction in made.items()}
    return found


def judged(direction: AttributeDirection) -> dict[str, float]:
    consistency = direction.consistency
    return {"auc": consistency.auc, "cohens_d": consistency.cohens_d, "held_out": sum(consistency.held_out)}


def thirds(values: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows of the lower, the middle and the upper third of a factor's range, of values (N,) as shares of it."""
    return tuple(np.flatnonzero((values >= low) & (values <= low + 1 / 3)) for low in (-1e-9, 1 / 3, 2 / 3))


def moved(vae: VAE, reader: MLPRegressor, direction: AttributeDirection, starts: np.ndarray) -> dict[str, float]:
    """The mean absolute change of each factor that is read, from half a span below to half a span above."""
    found = []
    for amount in (-0.5, 0.5):
        with torch.inference_mode():
            pictures = vae.decode_mean(torch.from_numpy(direction.applied(starts, amount))).numpy()
        found.append(reader.predict(features(pictures)))
    return by_factor(np.abs(found[1] - found[0]).mean(axis=0))


def factors(folder: Path, seed: int) -> dict:
    """The regressor's errors, and what the directions of each wanted factor tell apart and move."""
    checkpoint, latents = load_checkpoint(folder), load_latents(folder)
    vae = checkpoint.vae.eval()
    images = load_recorded(checkpoint.config.data)
    source = DrawnShapes(1, 0).factors
    values = source.values(images.factors[images.test])
    shares = targets(values)
    reader, error = read_factors(seed)
    with torch.inference_mode():
        read = reader.predict(features(vae.decode_mean(torch.from_numpy(latents.mean.copy())).numpy()))
    groups = {name: thirds(shares[:, READ.index(name)]) for name in READ[:3]}
    plain = {name: attribute_direction(latents.mean, high, low, seed=seed) for name, (low, _, high) in groups.items()}
    found = {}
    for name in WANTED:
        low, middle, high = groups[name]
        others = [plain[other].direction for other in READ[:3] if other != name]
        ways = {method: {"method": method} for method in METHODS}
        ways["classifier, orthogonal to the other factors"] = {"method": "classifier", "orthogonal_to": others}
        for words, options in ways.items():
            direction = attribute_direction(latents.mean, high, low, seed=seed, **options)
            change = moved(vae, reader, direction, latents.mean[middle[:STARTS]])
            found[f"{name}, {words}"] = {**judged(direction), "change": change, "share": share_of(name, change)}
    return {"error": error, "error_on_reconstructions": by_factor(np.abs(read - shares).mean(axis=0)), "factors": found}


def share_of(name: str, change: dict[str, float]) -> float:
    """The change of a factor over the changes of scale, x and y."""
    return change[name] / max(sum(change[each] for each in READ[:3]), 1e-12)


def report(of_classes: dict, of_factors: dict) -> None:
    print("\n| class | AUC, means | d, means | AUC, classifier | d, classifier |\n|---|---|---|---|---|")
    for name, found in of_classes.items():
        cells = [f"{found[method][figure]:.3f}" for method in METHODS for figure in ("auc", "cohens_d")]
        print(f"| {name} | {' | '.join(cells)} |")
    for words, key in (
        ("rendered images", "error"),
        ("reconstructions of the test images", "error_on_reconstructions"),
    ):
        errors = ", ".join(f"{name} {value:.3f}" for name, value in of_factors[key].items())
        print(f"\nmean absolute error of the regressor on {words}, shares of each factor's range: {errors}")
    print(f"\n| factor, direction | AUC | d | {' | '.join(f'change of {name}' for name in READ)} | share |")
    print("|---|---|---|---|---|---|---|---|")
    for name, found in of_factors["factors"].items():
        changes = " | ".join(f"{found['change'][each]:.3f}" for each in READ)
        print(f"| {name} | {found['auc']:.3f} | {found['cohens_d']:.2f} | {changes} | {found['share']:.2f} |")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoints", type=Path, default=Path("checkpoints"))
    parser.add_argument("--classes", default="mnist-16d", help="a model of images with classes")
    parser.add_argument("--factors", default="shapes-10d", help="a model of grey shapes")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    torch.set_num_threads(1)
    head = heading("benchmarks.attributes")
    print(*(f"{key}: {value}" for key, value in head.items()), sep="\n")
    of_classes = classes(options.checkpoints / options.classes, options.seed)
    of_factors = factors(options.checkpoints / options.factors, options.seed)
    report(of_classes, of_factors)
    if options.out:
        kept = {**head, "classes": rounded(of_classes), "shapes": rounded(of_factors)}
        options.out.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    return 0


def rounded(figures: dict) -> dict:
    """The same with 4 figures."""
    return {
        name: rounded(value) if isinstance(value, dict) else float(f"{value:.4g}") for name, value in figures.items()
    }


if __name__ == "__main__":
    sys.exit(main())
