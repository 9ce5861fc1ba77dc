"""Settings refuse what no model can be built from, and survive JSON."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from tests.tiny import tiny_config
from vae_core.settings import Config, DataSettings, ModelSettings, TrainingSettings

MODEL = {
    "network": "mlp",
    "image_shape": (1, 8, 8),
    "latent_dim": 2,
    "likelihood": "gaussian",
    "hidden": (16,),
}
DATA = {
    "name": "digits",
    "n_train": 1,
    "n_validation": 1,
    "n_test": 1,
    "split_seed": 0,
    "fingerprint": "a" * 64,
}


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("network", "Trans Former", "String should match pattern"),
        ("image_shape", (2, 8, 8), "2 channels; an image has 1 (grey) or 3 (colour)"),
        ("image_shape", (1, 7, 8), "greater than or equal to 8"),
        ("image_shape", (1, 8, 129), "less than or equal to 128"),
        ("image_shape", (8, 8), "image_shape"),
        ("latent_dim", 0, "greater than or equal to 1"),
        ("latent_dim", 513, "less than or equal to 512"),
        ("likelihood", "../poisson", "String should match pattern"),
        ("hidden", (), "at least 1 item"),
        ("hidden", (0,), "greater than or equal to 1"),
        ("hidden", (8,) * 9, "at most 8 items"),
    ],
)
def test_model_settings_refuse(field: str, value: object, reason: str) -> None:
    with pytest.raises(ValidationError) as caught:
        ModelSettings(**{**MODEL, field: value})
    assert reason in str(caught.value)


@pytest.mark.parametrize("rate", [0.0, -1e-3, float("nan"), float("inf")])
def test_learning_rate_is_positive_and_finite(rate: float) -> None:
    with pytest.raises(ValidationError):
        TrainingSettings(epochs=1, batch_size=1, learning_rate=rate, patience=1)


def test_fingerprint_is_sha256_hex() -> None:
    with pytest.raises(ValidationError, match="fingerprint"):
        DataSettings(**{**DATA, "fingerprint": "/home/someone/data"})


def test_unknown_field_is_refused() -> None:
    with pytest.raises(ValidationError, match="Extra inputs"):
        ModelSettings(**MODEL, dropout=0.1)


def test_settings_are_frozen() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        ModelSettings(**MODEL).latent_dim = 3


@pytest.mark.parametrize("name", ["Upper", "", "-x", "a/b", "..", "a" * 65, "a\n"])
def test_config_name_follows_the_rule(name: str) -> None:
    with pytest.raises(ValidationError, match="name"):
        tiny_config(name, ModelSettings(**MODEL), DataSettings(**DATA))


def test_config_survives_json() -> None:
    config = tiny_config("a-model", ModelSettings(**MODEL), DataSettings(**DATA))
    assert Config.model_validate_json(config.model_dump_json()) == config
