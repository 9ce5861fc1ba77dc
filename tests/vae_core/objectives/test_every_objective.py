"""What holds for all objectives: gradients, conditions, corruption, more than one process, what is refused."""

from __future__ import annotations

from collections.abc import Callable
from threading import Barrier, Thread

import pytest
import torch
from torch import Tensor

from tests.vae_core.objectives.small import (
    N_TRAIN,
    digits,
    generator,
    learning_vae,
    model_settings,
    training_settings,
)
from vae_core.noise import Noise
from vae_core.objectives import (
    OBJECTIVES,
    OPTIONS,
    Batch,
    Moment,
    Objective,
    ObjectiveTerms,
    build_objective,
    options_of,
)
from vae_core.settings import TrainingSettings
from vae_core.vae import VAE

SPECIAL = {"samples": 3, "warmup": 0.8, "cycles": 2, "free_bits": 0.4, "penalty": 3.0, "beta": 2.0, "capacity": 4.0}


def objective_with_options(name: str, **model: object) -> Objective:
    """The objective with every option that it takes set to something."""
    options = {option: value for option, value in SPECIAL.items() if option in options_of(name)}
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return build_objective(model_settings(name, **model), training_settings(name, **options))


def terms_of(name: str, vae: VAE, batch: Batch, seed: int = 1, **model: object) -> ObjectiveTerms:
    return objective_with_options(name, **model)(vae, batch, generator(seed), Moment(0.6, N_TRAIN))


@pytest.mark.parametrize("name", OBJECTIVES)
def test_the_loss_is_repeatable_and_its_gradient_reaches_every_weight(name: str) -> None:
    vae, images = learning_vae(name), digits()[0]
    terms = terms_of(name, vae, Batch(images))
    assert terms.loss.shape == () and torch.equal(terms.loss, terms_of(name, vae, Batch(images)).loss)
    terms.loss.backward()
    for parameter in vae.parameters():
        assert parameter.grad.isfinite().all() and parameter.grad.abs().sum() > 0


@pytest.mark.parametrize("name", OBJECTIVES)
@pytest.mark.parametrize("count", [1, 2])
def test_a_last_batch_of_one_or_two_images_gives_a_finite_loss(name: str, count: int) -> None:
    vae, images = learning_vae(name), digits(count)[0]
    objective = objective_with_options(name)
    terms = objective(vae, Batch(images), generator(), Moment(0.6, N_TRAIN))
    assert terms.loss.isfinite()
    if list(objective.parameters()):
        assert objective.adversary_loss(terms.latents.detach(), generator(), Moment()).isfinite()


@pytest.mark.parametrize("name", OBJECTIVES)
def test_labels_condition_the_model_under_every_objective(name: str) -> None:
    vae = learning_vae(name, classes=10)
    images, labels = digits()
    given = terms_of(name, vae, Batch(images, labels), classes=10)
    other = terms_of(name, vae, Batch(images, (labels + 1) % 10), classes=10)
    assert given.loss.isfinite() and not torch.equal(given.loss, other.loss)
    with pytest.raises(ValueError, match="No labels were given; this model is conditional on 10 classes"):
        terms_of(name, vae, Batch(images), classes=10)


@pytest.mark.parametrize("name", OBJECTIVES)
def test_a_corrupted_encoder_input_changes_q_and_not_what_is_judged(name: str) -> None:
    vae, images = learning_vae(name), digits()[0]
    spoilt = images * (torch.rand(images.shape, generator=generator(5)) > 0.3)
    same, denoising, of_spoilt = (
        terms_of(name, vae, batch) for batch in (Batch(images), Batch(images, None, spoilt), Batch(spoilt))
    )
    assert torch.equal(same.loss, terms_of(name, vae, Batch(images, None, images)).loss)
    assert not torch.equal(same.loss, denoising.loss)
    torch.testing.assert_close(denoising.elbo.kl_per_dimension, of_spoilt.elbo.kl_per_dimension)


def test_importance_weights_take_the_q_of_the_corrupted_image() -> None:
    vae, images = learning_vae(), digits()[0]
    spoilt = images.flip(dims=[0])
    objective = build_objective(model_settings(), training_settings("iwae", samples=4))
    loss = objective(vae, Batch(images, None, spoilt), generator(1), Moment()).loss
    posterior = vae.encode(spoilt)
    latents = posterior.mean + posterior.stddev * torch.randn(4, 8, 3, generator=generator(1))
    log_likelihood = torch.stack([vae.decode(z).log_prob(images).sum(dim=(1, 2, 3)) for z in latents])
    ratio = (vae.prior().log_prob(latents) - posterior.log_prob(latents)).sum(dim=2)
    wanted = (log_likelihood + ratio).logsumexp(dim=0) - torch.tensor(4.0).log()
    torch.testing.assert_close(loss, -wanted.mean())


class Exchange:
    """What two processes see of one another: rows of both, joined; gradients flow to both, as they must."""

    def __init__(self) -> None:
        self.barrier = Barrier(2, timeout=20)
        self.rows: list[Tensor | None] = [None, None]

    def gather_of(self, rank: int) -> Callable[[Tensor], Tensor]:
        def gather(rows: Tensor) -> Tensor:
            self.rows[rank] = rows
            self.barrier.wait()
            joined = torch.cat(self.rows)
            self.barrier.wait()
            return joined

        return gather


def in_two(work: Callable[[int, Noise, Callable[[Tensor], Tensor]], Tensor]) -> Tensor:
    """The mean of what two processes with four of eight images each give back."""
    exchange, found, errors = Exchange(), [None, None], []

    def run(rank: int) -> None:
        try:
            found[rank] = work(rank, Noise(generator(1), 4 * rank, 4 * rank + 4, 8), exchange.gather_of(rank))
        except Exception as error:
            errors.append(error)
            exchange.barrier.abort()

    threads = [Thread(target=run, args=(rank,)) for rank in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    return torch.stack(found).mean()


@pytest.mark.parametrize("name", OBJECTIVES)
def test_the_mean_over_processes_is_the_loss_of_the_global_batch_and_so_are_gradients(name: str) -> None:
    vae, images = learning_vae(name), digits()[0]
    objective = objective_with_options(name)

    def share(rank: int, source: Noise, gather: Callable[[Tensor], Tensor]) -> Tensor:
        part = Batch(images[4 * rank : 4 * rank + 4])
        return objective(vae, part, source, Moment(0.6, N_TRAIN, gather)).loss

    whole = objective(vae, Batch(images), generator(1), Moment(0.6, N_TRAIN)).loss
    mean = in_two(share)
    torch.testing.assert_close(mean, whole, rtol=1e-5, atol=1e-5)
    parameters = list(vae.parameters())
    for found, wanted in zip(
        torch.autograd.grad(mean, parameters), torch.autograd.grad(whole, parameters), strict=True
    ):
        torch.testing.assert_close(found, wanted, rtol=1e-3, atol=1e-3)


def test_every_process_gives_its_adversary_the_loss_of_the_global_batch() -> None:
    objective, latents = objective_with_options("factor-vae"), torch.randn(8, 3, generator=generator())

    def share(rank: int, source: Noise, gather: Callable[[Tensor], Tensor]) -> Tensor:
        return objective.adversary_loss(latents[4 * rank : 4 * rank + 4], source, Moment(gather=gather))

    torch.testing.assert_close(in_two(share), objective.adversary_loss(latents, generator(1), Moment()))


@pytest.mark.parametrize("name", OBJECTIVES)
def test_options_that_an_objective_does_not_take_are_refused(name: str) -> None:
    others = {"sampled_kl": True, "estimator": "weighted", **SPECIAL}
    for option in set(OPTIONS) - set(options_of(name)):
        settings = training_settings(name, **{option: others[option]})
        takes = ", ".join(options_of(name)) or "no option of its own"
        with pytest.raises(ValueError) as caught:
            build_objective(model_settings(name), settings)
        default = TrainingSettings.model_fields[option].default
        assert str(caught.value) == (
            f"{option} is {others[option]}; the objective {name} takes {takes}."
            f" Leave it at {default}, or choose another objective."
        )


def test_every_option_is_taken_by_some_objective() -> None:
    assert {option for name in OBJECTIVES for option in options_of(name)} == set(OPTIONS)


@pytest.mark.parametrize("name", [name for name in OBJECTIVES if name != "autoencoder"])
def test_a_model_without_a_spread_is_refused_by_objectives_with_a_kl(name: str) -> None:
    with pytest.raises(ValueError) as caught:
        build_objective(model_settings("autoencoder"), training_settings(name))
    assert str(caught.value) == (
        f"The model's posterior is point; the objective {name} needs normal. Choose the objective autoencoder, or the"
        " posterior normal."
    )


def test_a_model_with_a_spread_is_refused_by_the_autoencoder() -> None:
    wanted = r"posterior is normal; the objective autoencoder needs point\. Choose the objective elbo, or the posterior"
    with pytest.raises(ValueError, match=wanted):
        build_objective(model_settings(), training_settings("autoencoder"))


def test_the_autoencoder_pays_for_the_reconstruction_alone() -> None:
    vae, images = learning_vae("autoencoder"), digits()[0]
    terms = terms_of("autoencoder", vae, Batch(images))
    wanted = -vae.decode(vae.encode(images).mean).log_prob(images).sum(dim=(1, 2, 3)).mean()
    torch.testing.assert_close(terms.loss, wanted)
    assert torch.equal(terms.elbo.kl, torch.zeros(8))


def test_sigma_never_runs_away_on_constant_images() -> None:
    vae, images = learning_vae(), torch.full((8, 1, 8, 8), 0.5)
    with torch.no_grad():
        vae.decoder[-2].weight.zero_()  # the picture is right from the start: all that is left to gain is a smaller σ
        vae.decoder[-2].bias.zero_()
    objective = build_objective(model_settings(), training_settings())
    optimizer = torch.optim.Adam(vae.parameters(), lr=0.1)
    noise, losses = generator(), []
    for _ in range(400):
        optimizer.zero_grad()
        loss = objective(vae, Batch(images), noise, Moment()).loss
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert -6 <= vae.likelihood.log_sigma.item() < -5.95
    assert torch.tensor(losses).isfinite().all() and losses[-1] < losses[0]
