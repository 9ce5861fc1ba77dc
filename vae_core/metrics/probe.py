"""How much of the labels can be read off the latents."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

HELD_OUT = 0.3
NEIGHBOURS = 5


@dataclass(frozen=True)
class Probe:
    """Accuracies in [0, 1] on ``held_out`` images, from a reader fitted to ``fitted`` others.

    linear: logistic regression. neighbours: majority of the 5 nearest. chance: always naming the class that is most
    frequent among the fitted.
    """

    linear: float
    neighbours: float
    chance: float
    fitted: int
    held_out: int


def probe_labels(means: np.ndarray, labels: np.ndarray, seed: int = 0) -> Probe:
    """How well labels int (N,) are read from posterior means float (N, D), each standardised.

    A seeded 70 % of each class is fitted, the rest judged. Raises ValueError when shapes disagree, a mean is not
    finite, there are fewer than two classes, or a class has one image.
    Source: Alain and Bengio 2016 (linear probes).
    """
    from sklearn.model_selection import train_test_split  # scikit-learn takes two seconds to import

    _check(means, labels)
    fit_x, judged_x, fit_y, judged_y = train_test_split(
        means.astype(np.float64), labels, test_size=_held_out(labels), random_state=seed, stratify=labels
    )
    classes, counts = np.unique(fit_y, return_counts=True)
    return Probe(
        linear=_linear_accuracy(fit_x, fit_y, judged_x, judged_y),
        neighbours=_neighbour_accuracy(fit_x, fit_y, judged_x, judged_y),
        chance=float((judged_y == classes[counts.argmax()]).mean()),
        fitted=len(fit_y),
        held_out=len(judged_y),
    )


def _held_out(labels: np.ndarray) -> int:
    """At least one image of each class, which a stratified split needs."""
    return max(round(HELD_OUT * len(labels)), len(np.unique(labels)))


def _linear_accuracy(fit_x: np.ndarray, fit_y: np.ndarray, judged_x: np.ndarray, judged_y: np.ndarray) -> float:
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    reader = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    return float(reader.fit(fit_x, fit_y).score(judged_x, judged_y))


def _neighbour_accuracy(fit_x: np.ndarray, fit_y: np.ndarray, judged_x: np.ndarray, judged_y: np.ndarray) -> float:
    from sklearn.neighbors import KNeighborsClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    reader = make_pipeline(StandardScaler(), KNeighborsClassifier(min(NEIGHBOURS, len(fit_y))))
    return float(reader.fit(fit_x, fit_y).score(judged_x, judged_y))


def _check(means: np.ndarray, labels: np.ndarray) -> None:
    if means.ndim != 2 or labels.shape != means.shape[:1]:
        raise ValueError(
            f"The means have shape {means.shape} and the labels {labels.shape}; they must be (N, D) and (N,)."
            " Pass the labels of the encoded images."
        )
    if not np.isfinite(means).all():
        raise ValueError("A mean is NaN or infinite; all must be finite. Choose a model that has not diverged.")
    classes, counts = np.unique(labels, return_counts=True)
    if len(classes) < 2 or counts.min() < 2:
        raise ValueError(
            f"There are {len(classes)} classes, the smallest of {counts.min(initial=len(labels))} images; a probe needs"
            " 2 classes of 2 images or more. Add images, or leave small classes out."
        )
