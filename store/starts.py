"""Where a walk through the latent space may start: the prior, a class, a mixture, a row, a picture, another model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from store.models import LoadedModel, checkpoints_root, model, no_reference
from store.sources import class_name

if TYPE_CHECKING:
    from PIL.Image import Image

    from vae_core.data import FittedImage
    from vae_core.latents import Latents

HOTTEST = 3.0


class NoStart(Exception):
    """There is no such place to start from; `reason` is a code for programs.

    bad-temperature, bad-seed, no-reference, no-labels, no-such-label, no-such-row, no-label, bad-label or no-density.
    """

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True, eq=False)
class Start:
    """latent: float32 (D,). std: float32 (D,), the posterior's where the latent is one image's, else None.

    words: where it comes from, such as "the mean of 980 encodings with label 3". label: the class under which a
    conditional model shall decode it, where the place says one.
    """

    latent: np.ndarray
    std: np.ndarray | None
    words: str
    label: int | None = None


@dataclass(frozen=True, eq=False)
class EncodedPicture:
    """A picture fitted as the model's training images were made, and its posterior: mean and std float32 (D,)."""

    fitted: FittedImage
    mean: np.ndarray
    std: np.ndarray


def encode_picture(
    loaded: LoadedModel, picture: Image | np.ndarray, label: int | None = None, notes: tuple[str, ...] = ()
) -> EncodedPicture:
    """The picture as the model sees it: fitted by its data set's convention, then encoded.

    picture: of Pillow, or uint8 (H, W, C) with C of 1, 3 or 4. label: the class, which a conditional model needs.
    Raises NoStart for a class that is missing or unknown.
    """
    from vae_core.data import fit_picture

    chosen = checked_label(loaded, label)
    fitted = fit_picture(picture, loaded.config.data.name, loaded.image_shape, notes)
    means, stds = loaded.encode(fitted.pixels[None], chosen)
    return EncodedPicture(fitted, means[0], stds[0])


def start_from_prior(loaded: LoadedModel, temperature: float = 1.0, seed: int = 0) -> Start:
    """A latent drawn from the model's prior, its spread times the temperature (0 to 3). Raises NoStart."""
    from vae_core.priors import PRIORS

    if not 0 <= temperature <= HOTTEST:  # false for NaN too
        raise NoStart("bad-temperature", f"The temperature is {temperature:g}; it must lie in 0 to {HOTTEST:g}.")
    check_seed(seed)
    settings = loaded.config.model
    of_each = "" if settings.prior == "normal" else ", which multiplies the spread of each of its components"
    untrained = "; a plain autoencoder is not trained towards it" if settings.posterior == "point" else ""
    prior = PRIORS[settings.prior].label
    words = f"drawn from the prior ({prior}) at temperature {temperature:g}{of_each}, seed {seed}{untrained}"
    return Start(loaded.sample_prior(1, seed, temperature)[0], None, words)


def start_from_class(loaded: LoadedModel, label: str) -> Start:
    """The mean of the encodings of a class, given by its name or number. Raises NoStart."""
    rows = rows_of_class(loaded, label)
    mean = loaded.latents.mean[rows].mean(axis=0, dtype=np.float64).astype(np.float32)
    words = f"the mean of {len(rows):,} encodings with label {_label_name(loaded, rows[0])}"
    return Start(mean, None, words, _class_of(loaded, int(rows[0])))


def start_from_mixture(loaded: LoadedModel, seed: int = 0) -> Start:
    """A latent drawn from the density that was fitted to the posterior means (density.npz). Raises NoStart."""
    from vae_core.checkpoint import load_density

    check_seed(seed)
    density = load_density(checkpoints_root() / loaded.name)
    if density is None:
        raise no_density(loaded)
    parts = f"{len(density.weights)} normal densities" if len(density.weights) > 1 else "one normal density"
    words = f"drawn from {parts} fitted to {density.rows:,} posterior means of the {density.split} images, seed {seed}"
    return Start(density.sample(1, seed)[0], None, words)


def start_from_row(loaded: LoadedModel, row: int) -> Start:
    """The posterior of an image of the reference set. Raises NoStart."""
    latents = _reference(loaded)
    _check_row(loaded, row)
    named = "" if latents.label is None else f", label {_label_name(loaded, row)}"
    return Start(
        latents.mean[row].copy(), latents.std[row].copy(), f"the encoding of image {row}{named}", _class_of(loaded, row)
    )


def start_from_model(loaded: LoadedModel, other_name: str, row: int, label: int | None = None) -> Start:
    """An image of another model's reference set: its code decoded there, fitted to this model's images, encoded here.

    label: the class for a conditional model; without one, the class of the same name as the image's own.
    Raises NoStart, and vae_core.checkpoint.CheckpointError when the other model is missing or broken.
    """
    other = model(other_name)
    _reference(other)
    _check_row(other, row)
    picture = other.reconstruct(np.array([row]))[0]
    if label is None and loaded.config.model.classes:
        label = _same_class(loaded, other, row)
    if other.config.data.name == loaded.config.data.name and other.image_shape == loaded.image_shape:
        chosen = checked_label(loaded, label)
        means, stds = loaded.encode(picture.transpose(2, 0, 1)[None], chosen)
        mean, std, how = means[0], stds[0], "Both models were trained on the same data: the picture needs no fitting."
    else:
        encoded = encode_picture(loaded, picture, label)
        mean, std, how = encoded.mean, encoded.std, encoded.fitted.note
    under = f" under the class {_class_name(loaded, label)}" if loaded.config.model.classes else ""
    return Start(
        mean, std, f"image {row} as {other.name} decodes its own code of it, encoded here{under}. {how}", label
    )


def rows_of_class(loaded: LoadedModel, label: str) -> np.ndarray:
    """The rows of the reference set with a label, ascending, int64 (M,), at least one.

    label: the name of a class in any case, or its number where no class has that name. Raises NoStart.
    """
    labels = _labels(loaded)
    names = [name.casefold() for name in loaded.config.data.label_names]
    asked = label.strip().casefold()
    number = names.index(asked) if asked in names else int(asked) if asked.isdecimal() and len(asked) < 6 else -1
    rows = np.flatnonzero(labels == number)
    if not len(rows):
        known = ", ".join(label_counts(loaded))
        raise NoStart("no-such-label", f"The label is {label[:40]!r}; the reference set of {loaded.name} has {known}.")
    return rows


def label_counts(loaded: LoadedModel) -> dict[str, int]:
    """How many images of the reference set each label has, by its name; empty for images without labels."""
    if _reference(loaded).label is None:
        return {}
    numbers, counts = np.unique(loaded.latents.label, return_counts=True)
    return {_class_name(loaded, int(number)): int(count) for number, count in zip(numbers, counts, strict=True)}


def nearest_first(loaded: LoadedModel, rows: np.ndarray, row: int) -> np.ndarray:
    """The rows int64 (M,) in order of the distance of their posterior means from that of one row. Raises NoStart."""
    means = _reference(loaded).mean
    _check_row(loaded, row)
    return rows[np.argsort(np.square(means[rows] - means[row]).sum(axis=1), kind="stable")]


def _class_of(loaded: LoadedModel, row: int) -> int | None:
    """The class of a row of the reference set, for a conditional model."""
    return int(loaded.latents.label[row]) if loaded.config.model.classes else None


def checked_label(loaded: LoadedModel, label: int | None) -> int:
    """The class to encode under; 0 for a model that is not conditional. Raises NoStart where it is missing or wrong."""
    classes = loaded.config.model.classes
    if not classes:
        if label is not None:
            raise NoStart("bad-label", f"A label was given; {loaded.name} is not conditional. Leave it out.")
        return 0
    if label is None:
        raise NoStart(
            "no-label",
            f"No label was given; {loaded.name} is conditional on {classes} classes. Choose 0 to {classes - 1}.",
        )
    if not 0 <= label < classes:
        raise NoStart("bad-label", f"The label is {label}; {loaded.name} knows 0 to {classes - 1}. Choose among these.")
    return label


def _same_class(loaded: LoadedModel, other: LoadedModel, row: int) -> int | None:
    if other.latents.label is None:
        return None
    names, own = loaded.config.data.label_names, _label_name(other, row)
    return names.index(own) if own in names else None


def _label_name(loaded: LoadedModel, row: int) -> str:
    return _class_name(loaded, int(loaded.latents.label[row]))


def _class_name(loaded: LoadedModel, number: int) -> str:
    return class_name(loaded.config.data.label_names, number)


def _labels(loaded: LoadedModel) -> np.ndarray:
    labels = _reference(loaded).label
    if labels is None:
        raise NoStart("no-labels", f"The images of {loaded.name} have no labels; choose an image by its number.")
    return labels


def _reference(loaded: LoadedModel) -> Latents:
    if loaded.latents is None:
        raise NoStart("no-reference", no_reference(loaded.name))
    return loaded.latents


def _check_row(loaded: LoadedModel, row: int) -> None:
    size = len(loaded.latents)
    if not 0 <= row < size:
        raise NoStart("no-such-row", f"The row is {row}; the reference set of {loaded.name} has rows 0 to {size - 1}.")


def no_density(loaded: LoadedModel) -> NoStart:
    """The refusal of a model beside which no fitted mixture lies."""
    return NoStart(
        "no-density",
        f"The model {loaded.name} has no density.npz. `python -m vae_core evaluate` on its folder fits one.",
    )


def check_seed(seed: int) -> None:
    """Raises NoStart for a seed that is none."""
    if not 0 <= seed < 2**63:
        raise NoStart("bad-seed", f"The seed is {seed}; it must be a whole number from 0 to 2^63 - 1.")
