"""β-TCVAE: its loss, its parts, and that β = 1 is the ELBO with a sampled KL."""

from __future__ import annotations

import math

import pytest
import torch

from tests.vae_core.objectives.small import (
    N_TRAIN,
    digits,
    generator,
    learning_vae,
    model_settings,
    training_settings,
)
from vae_core.objectives import Batch, Moment, build_objective

PARTS = ("mutual_information", "total_correlation", "dimension_wise_kl")


def terms_of(beta: float, estimator: str, progress: float = 1.0, warmup: float = 0.0):
    settings = training_settings("beta-tcvae", beta=beta, estimator=estimator, warmup=warmup)
    objective = build_objective(model_settings(), settings)
    return objective(learning_vae(), Batch(digits(12)[0]), generator(2), Moment(progress, N_TRAIN))


@pytest.mark.parametrize("estimator", ["weighted", "stratified"])
def test_the_parts_add_up_to_the_sampled_kl_of_the_batch(estimator: str) -> None:
    sampled = build_objective(model_settings(), training_settings(sampled_kl=True))
    kl = sampled(learning_vae(), Batch(digits(12)[0]), generator(2), Moment()).elbo.kl.mean()
    parts = terms_of(6.0, estimator).parts
    assert sum(parts[name].item() for name in PARTS) == pytest.approx(kl.item(), rel=1e-5)


@pytest.mark.parametrize("estimator", ["weighted", "stratified"])
def test_with_beta_one_it_is_the_elbo_with_a_sampled_kl(estimator: str) -> None:
    sampled = build_objective(model_settings(), training_settings(sampled_kl=True))
    wanted = sampled(learning_vae(), Batch(digits(12)[0]), generator(2), Moment()).loss
    torch.testing.assert_close(terms_of(1.0, estimator).loss, wanted)


@pytest.mark.parametrize(("progress", "share"), [(0.0, 0.0), (0.25, 0.5), (0.5, 1.0), (1.0, 1.0)])
def test_the_loss_weighs_the_total_correlation_and_warms_up(progress: float, share: float) -> None:
    terms = terms_of(6.0, "stratified", progress, warmup=0.5)
    cost = terms.parts["mutual_information"] + 6 * terms.parts["total_correlation"] + terms.parts["dimension_wise_kl"]
    torch.testing.assert_close(terms.loss, terms.elbo.reconstruction.mean() + share * cost)
    assert not any(part.requires_grad for part in terms.parts.values())


def test_mutual_information_stays_below_what_the_estimators_can_know() -> None:
    assert terms_of(1.0, "stratified").parts["mutual_information"].item() <= math.log(N_TRAIN)
    assert terms_of(1.0, "weighted").parts["mutual_information"].item() <= math.log(N_TRAIN * 12)
