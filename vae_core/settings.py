"""What a checkpoint's ``config.json`` holds: model, data and training settings, each frozen and checked."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, PositiveInt, field_validator, model_validator

FORMAT_VERSION = 2  # 1: before priors, conditions and objectives of every kind; its fields are all still read
NAME_RULE = r"[a-z0-9][a-z0-9._-]{0,63}"
SMALLEST_SIDE, LARGEST_SIDE = 8, 128
MOST_CLASSES = 1000

Side = Annotated[int, Field(ge=SMALLEST_SIDE, le=LARGEST_SIDE)]
Width = Annotated[int, Field(ge=1, le=4096)]
Count = Annotated[int, Field(ge=0)]
Seed = Annotated[int, Field(ge=0, lt=2**63)]
Share = Annotated[float, Field(ge=0, le=1)]
Weight = Annotated[float, Field(ge=0)]
Positive = Annotated[float, Field(gt=0)]
Word = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$")]  # the name of a registered part


class Settings(BaseModel):
    """Base of all settings: frozen, and refuses fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class ModelSettings(Settings):
    """What rebuilds the network: its kind, the image shape (C, H, W), the latent size and the distributions.

    network, likelihood, prior: names in vae_core.networks.NETWORKS, vae_core.likelihoods.LIKELIHOODS and
    vae_core.priors.PRIORS. classes: how many labels condition encoder and decoder; 0 for none.
    posterior: "normal" for a VAE, "point" for a plain autoencoder, whose encoder gives a point.
    sigma: of the gaussian-fixed likelihood. levels: grey levels of the categorical likelihood.
    dequantise: a density judges pixels with uniform noise of one grey level added, so that it bounds a
    discrete likelihood.
    """

    network: Word
    image_shape: tuple[int, Side, Side]
    latent_dim: Annotated[int, Field(ge=1, le=512)]
    likelihood: Word
    hidden: Annotated[tuple[Width, ...], Field(min_length=1, max_length=8)]
    activation: Literal["silu", "tanh", "relu", "elu"] = "silu"
    prior: Word = "normal"
    prior_components: Annotated[int, Field(ge=1, le=2000)] = 1
    posterior: Literal["normal", "point"] = "normal"
    classes: Annotated[int, Field(ge=0, le=MOST_CLASSES)] = 0
    sigma: Positive = 0.1
    levels: Annotated[int, Field(ge=2, le=256)] = 256
    dequantise: bool = False

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
    """How a model is trained. ``patience``: epochs without a better validation loss before it stops.

    The objective (a name in vae_core.objectives.OBJECTIVES) and what it takes; see there for the papers:
    beta: weight of the KL, or of the total correlation. warmup: share of the steps over which the weight of the
    KL (and of the objective's own term) rises from 0. cycles: how often it does so (cyclical annealing). free_bits:
    nats per dimension that cost nothing. capacity: nats that the KL is drawn to at the end. samples: draws of z per
    image. sampled_kl: the KL from those draws in place of the closed form. penalty: weight of an objective's own
    term (γ, λ).
    estimator: of the total correlation, "weighted" or "stratified". corruption, corruption_strength: what is
    done to the images before the encoder sees them (denoising criterion). initial_weights: the model whose weights the
    run began with, as its name and the first 16 hex digits of their SHA-256; empty for random ones.

    The optimizer: adam, or muon (fewer steps, each dearer; see vae_core.training.muon); schedule of the learning rate
    down to final_learning_rate, adam_epsilon, clip_norm (0: off), ema (decay of the running average of the weights, 0:
    off), precision ("auto": bf16 where the processor has it).
    """

    objective: Word = "elbo"
    beta: Weight = 1.0
    warmup: Share = 0.0
    cycles: PositiveInt = 1
    free_bits: Weight = 0.0
    capacity: Weight = 25.0
    samples: PositiveInt = 1
    sampled_kl: bool = False
    penalty: Weight = 10.0
    estimator: Literal["weighted", "stratified"] = "stratified"
    corruption: Literal["none", "gaussian", "salt-and-pepper", "mask"] = "none"
    corruption_strength: Share = 0.3
    epochs: PositiveInt
    batch_size: PositiveInt
    optimizer: Literal["adam", "muon"] = "adam"
    learning_rate: Positive
    schedule: Literal["constant", "linear", "cosine", "exponential", "burda"] = "constant"
    final_learning_rate: Weight = 0.0
    adam_epsilon: Positive = 1e-8
    clip_norm: Weight = 0.0
    ema: Annotated[float, Field(ge=0, lt=1)] = 0.0
    precision: Literal["auto", "float32", "bf16"] = "float32"
    seed: Seed = 0
    patience: PositiveInt
    initial_weights: Annotated[str, Field(pattern=rf"^({NAME_RULE}@[0-9a-f]{{16}})?$")] = ""

    @model_validator(mode="after")
    def _falls_to_something(self) -> TrainingSettings:
        if self.schedule == "exponential" and self.final_learning_rate == 0:
            raise ValueError(
                "final_learning_rate is 0; an exponential schedule never reaches 0. Give the rate at the end,"
                " or choose the schedule cosine or linear"
            )
        return self


class Config(Settings):
    """All of ``config.json``."""

    format_version: Literal[1, 2] = FORMAT_VERSION
    name: Annotated[str, Field(pattern=rf"^{NAME_RULE}$")]
    model: ModelSettings
    data: DataSettings
    training: TrainingSettings
    created: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}")]
