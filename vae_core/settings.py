"""What a checkpoint's ``config.json`` holds: model, data and training settings, each frozen and checked."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, PositiveInt, field_validator

FORMAT_VERSION = 1
NAME_RULE = r"[a-z0-9][a-z0-9._-]{0,63}"
SMALLEST_SIDE, LARGEST_SIDE = 8, 128

Side = Annotated[int, Field(ge=SMALLEST_SIDE, le=LARGEST_SIDE)]
Width = Annotated[int, Field(ge=1, le=4096)]
Count = Annotated[int, Field(ge=0)]
Seed = Annotated[int, Field(ge=0, lt=2**63)]


class Settings(BaseModel):
    """Base of all settings: frozen, and refuses fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class ModelSettings(Settings):
    """What rebuilds the network: its kind, the image shape (C, H, W), the latent size and the likelihood."""

    network: Literal["mlp", "conv"]
    image_shape: tuple[int, Side, Side]
    latent_dim: Annotated[int, Field(ge=1, le=512)]
    likelihood: Literal["bernoulli", "gaussian"]
    hidden: Annotated[tuple[Width, ...], Field(min_length=1, max_length=8)]

    @field_validator("image_shape")
    @classmethod
    def _grey_or_colour(cls, shape: tuple[int, int, int]) -> tuple[int, int, int]:
        if shape[0] not in (1, 3):
            raise ValueError(f"{shape[0]} channels; an image has 1 (grey) or 3 (colour)")
        return shape


class DataSettings(Settings):
    """Which images a model saw: by name, split and SHA-256 of pixels and labels, never by path."""

    name: str
    n_train: Count
    n_validation: Count
    n_test: Count
    split_seed: Seed
    fingerprint: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    label_names: tuple[str, ...] = ()
    licence: str = ""
    source: str = ""


class TrainingSettings(Settings):
    """How a model is trained. ``patience``: epochs without a better validation loss before it stops."""

    objective: Literal["elbo"] = "elbo"
    epochs: PositiveInt
    batch_size: PositiveInt
    learning_rate: Annotated[float, Field(gt=0)]
    seed: Seed = 0
    patience: PositiveInt


class Config(Settings):
    """All of ``config.json``."""

    format_version: Literal[1] = FORMAT_VERSION
    name: Annotated[str, Field(pattern=rf"^{NAME_RULE}$")]
    model: ModelSettings
    data: DataSettings
    training: TrainingSettings
    created: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}")]
