"""The bench on which a picture is damaged and repaired, as a Streamlit element."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from store import LoadedModel
from ui.chooser import chooser_data
from ui.component_files import browser_component
from ui.model_data import class_names, model_data
from ui.similar_model import similar_model

_bench = browser_component(Path(__file__).parent, "chooser", "export")
TITLES = {
    "none": ("None", "Nothing is added; paint a hole"),
    "gaussian": ("Gaussian", "Normal noise, the same spread everywhere"),
    "salt-and-pepper": ("Salt and pepper", "Single pixels turn black or white"),
    "speckle": ("Speckle", "Noise that multiplies: bright places suffer most"),
    "poisson": ("Poisson", "Too few photons: counts in place of values"),
    "blur": ("Blur", "Out of focus"),
    "missing": ("Missing", "Single pixels are hidden, and it is known which"),
    "occlusion": ("Patch", "A grey square hides a part, and it is known where"),
}
CORRUPTIONS = {
    "gaussian": "Gaussian noise, σ = {:g}",
    "salt-and-pepper": "salt and pepper, {:.0%} of the pixels",
    "mask": "missing pixels, {:.0%} of them",
}


def repair_bench(model: LoadedModel, key: str) -> None:
    """Draws the bench. All else is between the component, the live routes and the link: no script runs for it."""
    _bench(key=key, data=bench_data(model))


def bench_data(model: LoadedModel) -> dict[str, Any]:
    """What the component is told: the model, what may be done to a picture, whether it was trained to denoise."""
    kinds = [{"value": kind, "text": text, "title": title} for kind, (text, title) in TITLES.items()]
    return (
        model_data(model)
        | chooser_data(model)
        | {
            "latent_dim": model.latent_dim,
            "classes": class_names(model),
            "kinds": kinds,
            "trained": trained_words(model),
            "denoiser": denoiser_of(model),
            "point": model.config.model.posterior == "point",
        }
    )


def denoiser_of(model: LoadedModel) -> str | None:
    """A model of the same data and size that was trained to denoise; None where this one was, or there is none."""
    if model.config.training.corruption != "none":
        return None
    return similar_model(model, lambda config: config.training.corruption != "none")


def trained_words(model: LoadedModel) -> str:
    """Whether the model was trained to undo noise, and which."""
    training = model.config.training
    if training.corruption == "none":
        return (
            f"{model.name} was trained on clean images: its encoder never saw noise, so Encode–decode may end farther"
            " from the clean picture than the noisy one. Fit the latent does not mind noise."
        )
    noise = CORRUPTIONS[training.corruption].format(training.corruption_strength)
    return f"{model.name} was trained to denoise: its encoder saw {noise}."
