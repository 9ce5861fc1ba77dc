"""docs/metrics.md against what a run writes: each table names exactly the fields of its lines."""

from __future__ import annotations

import json
import re
from dataclasses import fields

import pytest
import torch

from tools.running_app import PROJECT
from vae_core.data import from_arrays, load_images
from vae_core.objectives import OBJECTIVES, Batch, Moment, build_objective
from vae_core.settings import ModelSettings, TrainingSettings
from vae_core.training import Order, give_order, train_model
from vae_core.training.epoch_record import EpochRecord
from vae_core.training.step_record import FIRST_STEPS, MOST_LINES, STRIDE, ChangeRecord, StepRecord
from vae_core.vae import build_vae

TEXT = (PROJECT / "docs" / "metrics.md").read_text(encoding="utf-8")
SECTIONS = {"epoch": "Epochs", "step": "Steps", "change": "Changes"}
MODEL = ModelSettings(network="mlp", image_shape=(1, 8, 8), latent_dim=2, likelihood="bernoulli", hidden=(8,))


def section(title: str) -> str:
    return TEXT.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def described(kind: str) -> dict[str, str]:
    """Field -> unit or type, of a section's table."""
    return dict(re.findall(r"^\| `([a-z_]+)` \|.*\| ([^|]+) \|$", section(SECTIONS[kind]), re.MULTILINE))


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> list[dict]:
    """Every line of a run whose learning rate and β somebody changed."""
    folder = tmp_path_factory.mktemp("runs") / "run"
    images = from_arrays(load_images("digits").images[:120, 0], name="few")
    training = TrainingSettings(objective="beta-vae", beta=2.0, epochs=2, batch_size=16, learning_rate=1e-3, patience=9)
    (folder / "run").mkdir(parents=True)
    give_order(folder, Order("set", learning_rate=5e-4, beta=1.0))
    train_model(images, MODEL, training, folder)
    return [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]


@pytest.mark.parametrize("kind", SECTIONS)
def test_each_table_names_the_fields_of_the_lines(lines: list[dict], kind: str) -> None:
    written = [line for line in lines if line.get("kind", "epoch") == kind]
    assert written, f"the run wrote no line of the kind {kind}"
    assert all(set(line) == set(described(kind)) for line in written), (written[0], described(kind))


@pytest.mark.parametrize("kind", SECTIONS)
def test_each_value_has_the_type_that_the_table_says(lines: list[dict], kind: str) -> None:
    for line in lines:
        if line.get("kind", "epoch") == kind:
            assert [name for name, value in line.items() if not fits(value, described(kind)[name])] == [], line


def fits(value: object, unit: str) -> bool:
    """Whether a value is what the last column of a table says."""
    if unit.startswith("list"):
        return isinstance(value, list) and all(isinstance(entry, float) for entry in value)
    if unit.startswith("object"):
        return isinstance(value, dict) and all(isinstance(entry, float) for entry in value.values())
    if unit in ("int", "text"):
        return type(value) is {"int": int, "text": str}[unit]
    return isinstance(value, float) or (value is None and "null" in unit)


def test_a_line_without_beta_has_null_only_where_the_table_allows_it() -> None:
    assert "null" in described("step")["beta"] and not fits(None, described("step")["loss"])


def test_the_tables_are_those_of_the_records() -> None:
    for kind, record in {"epoch": EpochRecord, "step": StepRecord, "change": ChangeRecord}.items():
        kinds = set() if kind == "epoch" else {"kind"}
        assert set(described(kind)) == {field.name for field in fields(record)} | kinds


def test_the_rule_of_thinning_is_the_one_that_is_told() -> None:
    assert f"the first {FIRST_STEPS} steps, then every {STRIDE}th" in section("Steps")
    assert f"at most some {MOST_LINES:,}" in section("Steps")


def test_every_part_of_an_objective_is_named() -> None:
    """Each objective's further figures on a batch are words of the document."""
    named = set(re.findall(r"`([a-z_]+)`", section("Epochs").partition("`parts` holds")[2]))
    assert named == parts_of_all_objectives()


def parts_of_all_objectives() -> set[str]:
    found: set[str] = set()
    for name in OBJECTIVES:
        model = MODEL.model_copy(update={"posterior": "point"} if name == "autoencoder" else {})
        training = TrainingSettings(objective=name, epochs=1, batch_size=8, learning_rate=1e-3, patience=1)
        images = torch.rand(8, 1, 8, 8, generator=torch.Generator().manual_seed(0)).round()
        batch = Batch(images)
        terms = build_objective(model, training)(
            build_vae(model, 0), batch, torch.Generator().manual_seed(0), Moment(0.5, 64)
        )
        found |= set(terms.parts)
    return found
