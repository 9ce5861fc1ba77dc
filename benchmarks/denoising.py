"""How well noise is taken off MNIST: our models beside the filters of scikit-image. PSNR and SSIM on test images.

    python -m benchmarks.denoising --data-dir DATA_DIR/mnist --out benchmarks/results/denoising.json

Normal noise of three spreads, cut off at 0 and 1. Ours: the shipped mnist-16d, trained on clean images, and
mnist-16d-denoising, whose encoder saw noise while it was trained (--epochs N trains one of the same network here
instead, with noise of the middle spread); of each the encode–decode, the posterior average and the latent fit. Beside
them the total-variation and the wavelet filter of scikit-image, each with the setting that is best for that spread on
training images (PSNR), which no model and no table sees. The fit is told the kind and spread of the noise, as the
filters' settings are.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from skimage.restoration import denoise_tv_chambolle, denoise_wavelet
from torch import Tensor

from benchmarks.machine import heading
from tools.running_app import PROJECT
from vae_core import Checkpoint, ModelSettings, TrainingSettings, load_checkpoint
from vae_core.data import ImageSet, load_images
from vae_core.model_card import public_command
from vae_core.repair import Damage, damaged, fit_starts, latent_fit, posterior_average, quality, reconstruction
from vae_core.training import train_model
from vae_core.vae import VAE

SPREADS = (0.2, 0.4, 0.6)
TRAINED_FOR = 0.4
PLAIN = "mnist-16d"
DENOISING = "mnist-16d-denoising"
TUNING = 50  # training images on which a filter's setting is chosen
TV_WEIGHTS = (0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.6, 0.8, 1.0)
WAVELETS = tuple((wavelet, mode) for wavelet in ("db1", "db2", "sym4") for mode in ("soft", "hard"))
WAVELET_STRENGTHS = (0.5, 0.75, 1.0, 1.5, 2.0)  # times the true spread
DRAWS = 32
Filter = Callable[[np.ndarray], np.ndarray]


def tv_filters() -> dict[str, Filter]:
    """The total-variation filter with each weight. Source: Chambolle 2004."""
    return {
        f"weight {weight:g}": lambda image, w=weight: denoise_tv_chambolle(image, weight=w) for weight in TV_WEIGHTS
    }


def wavelet_filters(spread: float) -> dict[str, Filter]:
    """The wavelet filter (BayesShrink) with each wavelet, mode and spread that it is told."""

    def made(wavelet: str, mode: str, told: float) -> Filter:
        return lambda image: denoise_wavelet(image, sigma=told, wavelet=wavelet, mode=mode, rescale_sigma=True)

    return {
        f"{wavelet}, {mode}, told {times:g} σ": made(wavelet, mode, times * spread)
        for wavelet, mode in WAVELETS
        for times in WAVELET_STRENGTHS
    }


def filtered(images: Tensor, how: Filter) -> Tensor:
    """Grey pictures float32 (N, 1, H, W) after a filter, cut off at 0 and 1."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # scikit-image warns of the level that such small pictures allow
        made = [how(image[0]) for image in images.numpy().astype(np.float64)]
    return torch.from_numpy(np.stack(made)[:, None]).float().clamp(0, 1)


def best(filters: dict[str, Filter], clean: Tensor, noisy: Tensor) -> str:
    """The setting with the highest mean PSNR on tuning images."""
    return max(filters, key=lambda name: float(quality(clean, filtered(noisy, filters[name])).psnr.mean()))


def shipped(name: str) -> Checkpoint:
    """The checkpoint of that name that the project brings."""
    return load_checkpoint(PROJECT / "checkpoints" / name)


def denoising_model(images: ImageSet, epochs: int) -> VAE:
    """A model of the plain one's network whose encoder sees normal noise of the middle spread."""
    plain = shipped(PLAIN).config
    model = ModelSettings(**plain.model.model_dump())
    training = TrainingSettings(
        corruption="gaussian",
        corruption_strength=TRAINED_FOR,
        epochs=epochs,
        batch_size=256,
        learning_rate=2e-3,
        schedule="linear",
        final_learning_rate=1e-4,
        precision="auto",
        patience=epochs,
    )
    with tempfile.TemporaryDirectory() as folder:
        train_model(images, model, training, Path(folder) / "run")
        return load_checkpoint(Path(folder) / "run").vae


def fits(vae: VAE, noisy: Tensor, damage: Damage) -> Tensor:
    """The latent fit of each picture, from its code and a draw of the prior."""
    found = []
    for picture in noisy:
        one = damaged(picture[None], Damage())
        known = type(one)(one.images, one.visible, damage)
        *_, last = latent_fit(vae, known, fit_starts(vae, known, count=3))
        with torch.inference_mode():
            found.append(vae.decode_mean(last.best[None]))
    return torch.cat(found)


def scores(clean: Tensor, made: Tensor) -> dict[str, float]:
    near = quality(clean, made)
    return {
        "psnr": round(float(near.psnr.mean()), 2),
        "ssim": round(float(near.ssim.mean()), 3),
        "images": len(clean),
    }


def level(clean: Tensor, tuning: Tensor, spread: float, models: dict[str, VAE], fitted: int) -> dict[str, dict]:
    """Every side at one spread: its figures, and for a filter the setting that was chosen."""
    damage = Damage("gaussian", spread, seed=1)
    noisy = damaged(clean, damage).images
    noisy_tuning = damaged(tuning, Damage("gaussian", spread, seed=2)).images
    rows = {"noisy": scores(clean, noisy)}
    for name, filters in (("total variation", tv_filters()), ("wavelet", wavelet_filters(spread))):
        chosen = best(filters, tuning, noisy_tuning)
        rows[name] = scores(clean, filtered(noisy, filters[chosen])) | {"setting": chosen}
    for name, vae in models.items():
        rows[f"{name}, encode–decode"] = scores(clean, reconstruction(vae, noisy))
        rows[f"{name}, posterior average"] = scores(clean, posterior_average(vae, noisy, 0, DRAWS))
        if fitted:
            rows[f"{name}, latent fit"] = scores(clean[:fitted], fits(vae, noisy[:fitted], damage))
    return rows


def table(levels: dict[str, dict[str, dict]]) -> str:
    """A row for each side, PSNR in dB / SSIM for each spread."""
    lines = [f"| | {' | '.join(f'σ = {spread}' for spread in levels)} |", f"|---|{'---|' * len(levels)}"]
    for name in next(iter(levels.values())):
        cells = [f"{rows[name]['psnr']:.2f} / {rows[name]['ssim']:.3f}" for rows in levels.values()]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data-dir", type=Path, help="the folder with MNIST's IDX files")
    parser.add_argument("--images", type=int, default=1000, help="test images (1000)")
    parser.add_argument("--fits", type=int, default=100, help="of them, how many are fitted (100)")
    parser.add_argument("--epochs", type=int, default=0, help="trains a denoising model (0: the shipped one)")
    parser.add_argument("--out", type=Path, help="a file for the figures as JSON")
    return parser.parse_args()


def main() -> int:
    options = parsed()
    torch.set_num_threads(1)
    images = load_images("mnist", options.data_dir)
    started = time.process_time()
    trained = denoising_model(images, options.epochs) if options.epochs else shipped(DENOISING).vae
    seconds = time.process_time() - started
    models = {"ours, plain": shipped(PLAIN).vae, "ours, denoising-trained": trained}
    clean = torch.from_numpy(images.pixels(images.test[: options.images])).float() / 255
    tuning = torch.from_numpy(images.pixels(images.train[:TUNING])).float() / 255
    levels = {str(spread): level(clean, tuning, spread, models, options.fits) for spread in SPREADS}
    figures = {
        **heading("benchmarks.denoising"),
        "command": public_command(sys.argv[1:])
        .replace("-m vae_core", "-m benchmarks.denoising", 1)
        .replace("--out checkpoints/", "--out benchmarks/results/"),
        "trained_for": TRAINED_FOR if options.epochs else shipped(DENOISING).config.training.corruption_strength,
        "epochs": options.epochs or shipped(DENOISING).config.training.epochs,
        "processor_seconds_of_training": round(seconds, 1),
        "levels": levels,
    }
    print(table(levels))
    if options.out:
        options.out.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
