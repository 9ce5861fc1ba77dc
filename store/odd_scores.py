"""How strange each image of a source is to its model: scores made once by a job, kept on disk, joined on demand."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from dataclasses import dataclass

import numpy as np

from store.cache_files import move_aside, read_kept, write_kept
from store.data_sources import ALL, data_source
from store.models import LoadedModel
from store.sources import NoMap, Source

SCORES = "scores"
VERSION = "odd-1"
MOST_SETS = 4
MOST_PARTS = 6
LITTLE_INK = 0.1  # share of the images: those with the least ink
WHOLE, STORED = "whole", "stored"


@dataclass(frozen=True)
class ScoreName:
    """A score as people read it: a short name, what it says, its unit."""

    text: str
    words: str
    unit: str


# in the order in which they are offered; what is kept besides is only written to tables
NAMES = {
    "negative_elbo": ScoreName("−ELBO", "What the image costs the model: reconstruction and KL together", "nats"),
    "reconstruction": ScoreName("Reconstruction", "−log p(x|z): how badly the image is drawn again", "nats"),
    "kl": ScoreName("KL", "How far its posterior is from the prior", "nats"),
    "latent_surprise": ScoreName(
        "Latent density", "−log density of its latent among those of the training images", "nats"
    ),
    "neighbour_distance": ScoreName("Distance", "From its latent to the nearest ones of training images", ""),
    "reconstruction_per_ink": ScoreName(
        "Error per ink", "Reconstruction divided by the ink of the image: simple images can stand out too", "nats"
    ),
    "squared_error_per_ink": ScoreName(
        "Error per ink", "Squared error of the reconstruction divided by the ink: simple images can stand out too", ""
    ),
    "neighbour_reconstruction_per_code_length": ScoreName(
        "Neighbours’ picture",
        "How badly the latents nearby draw it, per what the picture costs by itself",
        "",
    ),
    "neighbour_distance_per_root_code_length": ScoreName(
        "Distance per content", "Distance to the nearest latents, by the root of what the picture costs by itself", ""
    ),
}


@dataclass(frozen=True, eq=False)
class OddScores:
    """Scores of N images by name, float32 (N,) each, higher for a stranger one.

    basis: "whole" where the images themselves were scored (vae_core.metrics.anomaly_scores), "stored" where only
    their stored latents and costs were there.
    """

    id: str
    basis: str
    values: dict[str, np.ndarray]

    @property
    def offered(self) -> list[str]:
        """The scores that rank something, in the order in which they are offered."""
        return [name for name in NAMES if name in self.values and np.isfinite(self.values[name]).all()]

    def combined(self, parts: tuple[str, ...]) -> np.ndarray:
        """One score, or the sum of several in standard deviations over all these images, float32 (N,). Raises NoMap."""
        from vae_core.metrics import standardised_sum

        for part in parts:
            if part not in self.offered:
                raise NoMap(
                    "no-such-column", f"The score is {part[:40]!r}; there are {', '.join(self.offered)}. Choose one."
                )
        if not 1 <= len(parts) <= MOST_PARTS:
            raise NoMap("no-such-column", f"{len(parts)} scores are joined; from 1 to {MOST_PARTS} can be.")
        chosen = tuple(self.values[part] for part in parts)
        return chosen[0] if len(parts) == 1 else standardised_sum(chosen, chosen)


def odd_id(model: LoadedModel, source: Source) -> str:
    """The id of the scores: of the weights, the source, and whether the data is on this machine."""
    facts = "/".join([VERSION, model.weights, source.hash, source.id, str(has_images(model))])
    return hashlib.sha256(facts.encode()).hexdigest()[:16]


def has_images(model: LoadedModel) -> bool:
    """Whether the model's own data is on this machine."""
    return data_source(model, ALL).why_not is None


class _Memory:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: OrderedDict[str, OddScores] = OrderedDict()

    def get(self, name: str) -> OddScores | None:
        with self._lock:
            known = self._known.get(name) or load_odd_scores(name)
            if known is None:
                return None
            self._known[name] = known
            self._known.move_to_end(name)
            while len(self._known) > MOST_SETS:
                self._known.popitem(last=False)
        return known


_MEMORY = _Memory()


def odd_scores(name: str) -> OddScores | None:
    """The scores of this id, from memory or disk; None when they are not made yet."""
    return _MEMORY.get(name)


def stored_scores(model: LoadedModel, source: Source) -> OddScores:
    """What the costs stored with a source tell at once, until its images are scored: no ink, no neighbours."""
    values = {"reconstruction": source.reconstruction}
    if model.vae.no_elbo is None:
        values |= {"negative_elbo": source.reconstruction + source.kl, "kl": source.kl}
    return OddScores(odd_id(model, source), STORED, values)


def load_odd_scores(name: str) -> OddScores | None:
    """The scores of this id on disk; None when there are none, or the file was damaged (moved aside)."""
    arrays = read_kept(SCORES, name)
    if arrays is None:
        return None
    try:
        basis = str(arrays.pop("basis"))
        sizes = {values.shape for values in arrays.values()}
        if len(sizes) != 1 or basis not in (WHOLE, STORED):
            raise ValueError(f"the scores have the shapes {sizes}, the basis {basis}")
        return OddScores(name, basis, arrays)
    except (KeyError, ValueError) as problem:
        move_aside(SCORES, name, problem)
        return None


def save_odd_scores(name: str, basis: str, values: dict[str, np.ndarray]) -> None:
    """Keeps scores under their id. Raises CacheError when the folder cannot be written."""
    write_kept(SCORES, name, {"basis": np.array(basis), **values})


@dataclass(frozen=True)
class Simplicity:
    """Whether a score only sees how much there is in a picture.

    correlation: Spearman's, of the score with the ink. percentile: where the tenth of the images with the least ink
    stand on average, 50 if ink had no say.
    """

    correlation: float
    percentile: float


def simplicity(scores: OddScores, values: np.ndarray) -> Simplicity | None:
    """How a score, float32 (N,), goes with the ink; None where the ink is not known, or all images have as much."""
    ink = scores.values.get("ink")
    if ink is None or len(ink) < 10 or ink.min() == ink.max() or values.min() == values.max():
        return None
    ranks, inks = _ranks(values), _ranks(ink)
    least = np.argsort(ink, kind="stable")[: max(1, round(LITTLE_INK * len(ink)))]
    percentile = 100 * float((ranks[least] / (len(ranks) - 1)).mean())
    return Simplicity(float(np.corrcoef(ranks, inks)[0, 1]), percentile)


def _ranks(values: np.ndarray) -> np.ndarray:
    """Ranks from 0 on, ties sharing their mean, float64 (N,)."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return ((ends - counts + ends - 1) / 2)[place]
