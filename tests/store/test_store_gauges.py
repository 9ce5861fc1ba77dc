"""The gauges in memory: measured once, bounded, gone with their model, clear where there is nothing to compare."""

from __future__ import annotations

import gc
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import store
import store.gauges
from tests.tiny import tiny_checkpoint
from vae_core.latent import measure_usualness


def test_it_is_measured_on_the_reference_set(root: Path) -> None:
    model = store.model("tiny-8d")
    assert store.usualness_in_memory(model) is None
    gauge = store.usualness(model)
    assert gauge.split == "test" and len(gauge.posterior) == len(model.latents)
    latents = np.zeros((1, 8), np.float32)
    wanted = measure_usualness(model.latents.mean, model.latents.std).judge(latents)
    assert gauge.judge(latents).words == wanted.words
    assert store.usualness_in_memory(model) is gauge is store.usualness(model)


def test_many_threads_measure_it_once(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model, measured, how = store.model("tiny-2d"), [], store.gauges._measured
    monkeypatch.setattr(store.gauges, "_measured", lambda one: measured.append(one) or how(one))
    with ThreadPoolExecutor(8) as threads:
        gauges = list(threads.map(lambda _: store.usualness(model), range(32)))
    assert measured == [model] and len({id(gauge) for gauge in gauges}) == 1


def test_the_one_used_longest_ago_gives_way_and_none_outlives_its_model(root: Path) -> None:
    gauges, models = store.gauges.Gauges(most=2), [replace(store.model("tiny-2d")) for _ in range(3)]
    first = gauges.get(models[0])
    gauges.get(models[1])
    assert gauges.peek(models[0]) is first
    gauges.get(models[2])
    assert gauges.peek(models[1]) is None and gauges.peek(models[0]) is first
    models.clear()
    gc.collect()
    assert len(gauges) == 0


def test_a_conditional_model_has_one_gauge_of_all_its_images(root: Path) -> None:
    tiny_checkpoint(root, "conditional", model={"classes": 10})
    model = store.model("conditional")
    assert len(store.usualness(model).posterior) == len(model.latents)


def test_a_plain_autoencoder_has_one_too(root: Path) -> None:
    tiny_checkpoint(root, "plain", model={"posterior": "point"}, evaluation=False)
    assert store.usualness(store.model("plain")).basis.startswith("kernel density of the codes of 359 held-out images")


def test_without_images_to_compare_with_it_says_so(root: Path) -> None:
    tiny_checkpoint(root, "no-latents", latents=False)
    with pytest.raises(LookupError, match="no-latents has no reference set; train it again to get one"):
        store.usualness(store.model("no-latents"))
    tiny_checkpoint(root, "one", count=1, evaluation=False)
    with pytest.raises(LookupError, match=r"of one is too small for a gauge\. There are 1 encoded images; to compare"):
        store.usualness(store.model("one"))
