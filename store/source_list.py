"""What of a model can be mapped: its reference set, its whole data set, and every other data set that fits it."""

from __future__ import annotations

from dataclasses import dataclass

from store.data_sources import ALL, OF_DATA, data_source, encoded_source
from store.models import LoadedModel, no_reference
from store.reference_source import reference_source, reference_words
from store.sources import REFERENCE, NoMap, Source


@dataclass(frozen=True)
class SourceSummary:
    """What there is to choose: `ready` to be mapped at once; `why_not` a sentence where it can never be."""

    id: str
    words: str
    count: int
    ready: bool
    why_not: str | None = None


def list_sources(model: LoadedModel) -> list[SourceSummary]:
    """What of a model can be mapped, and what of this machine cannot and why."""
    from store.encoded_cache import is_encoded
    from vae_core.data import data_names

    count = 0 if model.latents is None else len(model.latents)
    why_not = None if count else no_reference(model.name)
    found = [SourceSummary(REFERENCE, reference_words(model), count, bool(count), why_not)]
    others = [f"{OF_DATA}{name}" for name in data_names() if name != model.config.data.name]
    for each in (data_source(model, source_id) for source_id in (ALL, *others)):
        ready = each.why_not is None and is_encoded(each.encoded)
        found.append(SourceSummary(each.id, each.words, each.count, ready, each.why_not))
    return found


def source_of(model: LoadedModel, source_id: str) -> Source:
    """A source whose images are encoded, read when it is not in memory: 0.1 s for 70,000 images.

    Raises NoMap when there is none of that name, when it does not fit the model, or is not encoded yet.
    """
    if source_id == REFERENCE:
        return reference_source(model)
    wanted = data_source(model, source_id)
    if wanted.why_not is not None:
        raise NoMap("unfit-source", wanted.why_not)
    found = encoded_source(model, wanted)
    if found is None:
        raise NoMap(
            "not-encoded",
            f"The images of {wanted.data} are not encoded by {model.name} yet. Ask for a map of the source {source_id}"
            " first, and wait until it is ready.",
        )
    return found
