"""What p(z) is: densities that integrate to 1, samples that follow them, a KL that is right, and the way to disk."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
import torch
from torch import Tensor
from torch.distributions import MultivariateNormal, Normal

from tests.tiny import digit_images, tiny_checkpoint, tiny_vae
from vae_core.checkpoint import load_checkpoint
from vae_core.noise import Noise
from vae_core.objectives import Batch, elbo_terms, run_model
from vae_core.priors import PRIORS
from vae_core.priors import components as components_module
from vae_core.settings import ModelSettings
from vae_core.vae import VAE, build_vae, check_parts

LEARNED = ["mixture", "vamp"]


def model(prior: str = "mixture", latent_dim: int = 2, components: int = 3, **changes: object) -> ModelSettings:
    values = {"network": "mlp", "image_shape": (1, 8, 8), "likelihood": "gaussian", "hidden": (16,)}
    return ModelSettings(prior=prior, latent_dim=latent_dim, prior_components=components, **{**values, **changes})


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def grey(count: int = 6) -> Tensor:
    return torch.from_numpy(digit_images(count=count)[0]).float() / 255


@pytest.mark.parametrize("prior", LEARNED)
def test_log_p_is_the_logarithm_of_the_weighted_sum(prior: str) -> None:
    vae = tiny_vae(model(prior, latent_dim=3))
    latents = torch.randn(5, 3, generator=generator())
    if prior == "mixture":
        weights = vae.latent_prior.logits.softmax(dim=0)
        means, stds = vae.latent_prior.mean, (3 * (vae.latent_prior.raw_log_std / 3).tanh()).exp()
    else:
        posterior = vae.encode(vae.latent_prior.pseudo_inputs)
        weights, means, stds = torch.full((3,), 1 / 3), posterior.mean, posterior.stddev
    density = sum(
        weights[k] * MultivariateNormal(means[k], stds[k].square().diag()).log_prob(latents).exp() for k in range(3)
    )
    marginals = sum(weights[k] * Normal(means[k], stds[k]).log_prob(latents).exp() for k in range(3))
    torch.testing.assert_close(vae.log_prior(latents), density.log(), rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(vae.log_prior_marginals(latents), marginals.log(), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("prior", PRIORS)
def test_the_distribution_agrees_and_samples(prior: str) -> None:
    vae = tiny_vae(model(prior))
    latents = torch.randn(4, 2, generator=generator())
    found = vae.prior()
    log_prob = found.log_prob(latents)
    wanted = log_prob if found.event_shape else log_prob.sum(dim=1)
    torch.testing.assert_close(vae.log_prior(latents), wanted, rtol=1e-4, atol=1e-4)
    assert found.sample((7,)).shape == (7, 2)


@pytest.mark.parametrize("prior", PRIORS)
def test_the_density_integrates_to_one_and_its_marginals_too(prior: str) -> None:
    vae = tiny_vae(model(prior))
    axis = torch.linspace(-40, 40, 1601)
    plane = torch.cartesian_prod(axis, axis)
    mass = vae.log_prior(plane).double().exp().sum() * 0.05**2
    assert mass.item() == pytest.approx(1, abs=0.02)
    marginals = vae.log_prior_marginals(axis[:, None].expand(-1, 2)).double().exp().sum(dim=0) * 0.05
    torch.testing.assert_close(marginals, torch.ones(2).double(), rtol=0, atol=0.02)


@pytest.mark.parametrize("prior", PRIORS)
def test_samples_follow_the_density(prior: str) -> None:
    vae = tiny_vae(model(prior))
    drawn = vae.sample_prior(40_000, generator())
    torch.manual_seed(0)
    reference = vae.prior().sample((40_000,))
    error = reference.std(dim=0) / 200
    assert ((drawn.mean(dim=0) - reference.mean(dim=0)).abs() < 7 * error).all()
    torch.testing.assert_close(drawn.std(dim=0), reference.std(dim=0), rtol=0.05, atol=0)
    # the entropy, which sees the shape and not only the moments
    entropies = [-vae.log_prior(latents) for latents in (drawn, reference)]
    assert abs(entropies[0].mean() - entropies[1].mean()) < 7 * entropies[1].std() / 200


@pytest.mark.parametrize("prior", PRIORS)
def test_samples_are_repeatable_by_seed_and_leave_the_global_state_alone(prior: str) -> None:
    vae, before = tiny_vae(model(prior)), torch.get_rng_state()
    first, again, other = (vae.sample_prior(9, generator(seed)) for seed in (1, 1, 2))
    assert torch.equal(first, again) and not torch.equal(first, other)
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("prior", PRIORS)
def test_a_temperature_multiplies_the_spread_around_each_component(prior: str) -> None:
    vae = tiny_vae(model(prior))
    cold, half, one = (vae.sample_prior(50, generator(1), temperature) for temperature in (0.0, 0.5, 1.0))
    assert torch.equal(one, vae.sample_prior(50, generator(1)))
    torch.testing.assert_close(half - cold, (one - cold) / 2)
    assert len(cold.unique(dim=0)) == (1 if prior == "normal" else 3), "the means alone"


def test_samples_of_a_shared_batch_are_those_of_one_process() -> None:
    vae = tiny_vae(model())
    whole = vae.sample_prior(8, generator())
    parts = [vae.sample_prior(4, Noise(generator(), start, start + 4, 8)) for start in (0, 4)]
    assert torch.equal(torch.cat(parts), whole)


def test_the_standard_normal_is_drawn_as_torch_draws_it() -> None:
    assert torch.equal(
        tiny_vae(model("normal")).sample_prior(5, generator(3)), torch.randn(5, 2, generator=generator(3))
    )


@pytest.mark.parametrize("prior", ["normal", "mixture"])
def test_the_sampled_kl_of_one_standard_component_is_the_closed_form(prior: str) -> None:
    vae = tiny_vae(model(prior, latent_dim=3, components=1))
    if prior == "mixture":
        vae.latent_prior.mean.zero_()
        vae.latent_prior.raw_log_std.zero_()
    done = run_model(vae, Batch(grey()), generator(), samples=20_000)
    terms = elbo_terms(vae, done, sampled_kl=True)
    closed = PRIORS["normal"](model("normal")).kl_per_dimension(done.posterior)
    ratio = done.posterior.log_prob(done.latents) + 0.5 * done.latents.square() + 0.5 * math.log(2 * math.pi)
    error = ratio.std(dim=0) / math.sqrt(20_000)
    assert ((terms.kl_per_dimension - closed).abs() < 5 * error + 1e-3).all()
    torch.testing.assert_close(terms.kl, terms.kl_per_dimension.sum(dim=1), rtol=1e-4, atol=1e-3)


@pytest.mark.parametrize("prior", LEARNED)
def test_the_sampled_kl_is_the_integral_in_one_dimension(prior: str) -> None:
    vae = tiny_vae(model(prior, latent_dim=1))
    images = grey(3)
    done = run_model(vae, Batch(images), generator(), samples=20_000)
    axis = torch.linspace(-60, 60, 240_001)[:, None]
    log_prior = vae.log_prior(axis)[:, None]
    log_posterior = done.posterior.log_prob(axis[:, None])[:, :, 0]
    wanted = (log_posterior.exp() * (log_posterior - log_prior)).sum(dim=0) * (axis[1] - axis[0])
    ratio = done.posterior.log_prob(done.latents)[:, :, 0] - vae.log_prior(done.latents)
    error = ratio.std(dim=0) / math.sqrt(20_000)
    assert ((elbo_terms(vae, done).kl - wanted).abs() < 5 * error + 2e-3).all()


@pytest.mark.parametrize("prior", LEARNED)
def test_every_parameter_of_the_prior_learns(prior: str) -> None:
    vae = tiny_vae(model(prior)).requires_grad_(True)
    elbo_terms(vae, run_model(vae, Batch(grey()), generator())).loss.backward()
    for name, parameter in vae.latent_prior.named_parameters():
        assert parameter.grad.isfinite().all() and parameter.grad.abs().sum() > 0, name


@pytest.mark.parametrize("prior", LEARNED)
def test_a_learned_prior_comes_nearer_to_the_posteriors(prior: str) -> None:
    vae = build_vae(model(prior, components=8), seed=0)
    for parameter in [*vae.encoder.parameters(), *vae.decoder.parameters()]:
        parameter.requires_grad_(False)
    images, noise = grey(200), generator()
    optimizer = torch.optim.Adam(vae.latent_prior.parameters(), lr=0.03)
    first = elbo_terms(vae, run_model(vae, Batch(images), generator(1), 10)).kl.mean().item()
    for _ in range(150):
        optimizer.zero_grad()
        elbo_terms(vae, run_model(vae, Batch(images), noise)).kl.mean().backward()
        optimizer.step()
    assert elbo_terms(vae, run_model(vae, Batch(images), generator(1), 10)).kl.mean().item() < 0.9 * first


def test_pseudo_inputs_are_images_and_start_near_the_mean_of_the_data() -> None:
    vae = build_vae(model("vamp", components=200), seed=0)
    mean = grey(100).mean(dim=0)
    vae.latent_prior.start_near(lambda: mean, generator())
    inputs = vae.latent_prior.pseudo_inputs
    assert inputs.shape == (200, 1, 8, 8) and (inputs > 0).all() and (inputs < 1).all()
    torch.testing.assert_close(inputs.mean(dim=0), mean, rtol=0, atol=0.06)
    assert inputs.std(dim=0).max() > 0.05


def test_a_long_list_of_latents_is_judged_as_its_parts_are(monkeypatch: pytest.MonkeyPatch) -> None:
    vae, latents = tiny_vae(model()), torch.randn(3, 50, 2, generator=generator())
    whole = vae.log_prior(latents), vae.log_prior_marginals(latents)
    monkeypatch.setattr(components_module, "LARGEST_TABLE", 30)
    torch.testing.assert_close(vae.log_prior(latents), whole[0])
    torch.testing.assert_close(vae.log_prior_marginals(latents), whole[1])
    assert whole[0].shape == (3, 50) and whole[1].shape == (3, 50, 2)


@pytest.mark.parametrize("prior", LEARNED)
def test_a_component_cannot_fall_onto_one_latent(prior: str) -> None:
    vae = tiny_vae(model(prior))
    for parameter in vae.latent_prior.parameters():
        parameter.mul_(1e4)
    assert vae.prior().component_distribution.base_dist.stddev.min() >= math.exp(-7) * (1 - 1e-5)
    assert vae.log_prior(vae.sample_prior(20, generator())).isfinite().all()


@pytest.mark.parametrize("prior", LEARNED)
def test_it_is_saved_and_loaded_with_the_model(prior: str, tmp_path: Path) -> None:
    folder = tiny_checkpoint(tmp_path, model={"prior": prior, "prior_components": 4})
    loaded, latents = load_checkpoint(folder), torch.randn(6, 2, generator=generator())
    assert loaded.config.model.prior == prior and loaded.config.model.prior_components == 4
    wanted = tiny_vae(loaded.config.model)
    assert torch.equal(loaded.vae.log_prior(latents), wanted.log_prior(latents))
    assert torch.equal(loaded.vae.sample_prior(3, generator()), wanted.sample_prior(3, generator()))


def test_a_vamp_prior_of_a_conditional_model_is_refused() -> None:
    with pytest.raises(ValueError, match=r"prior is vamp with 10 classes; .* no class .*\. Choose the prior mixture"):
        check_parts(model("vamp", classes=10))
    check_parts(model("mixture", classes=10))


@pytest.mark.parametrize("prior", LEARNED)
def test_a_learned_prior_beside_a_plain_autoencoder_is_refused(prior: str) -> None:
    with pytest.raises(ValueError, match=rf"prior is {prior} with posterior point; .*\. Choose the prior normal"):
        VAE(model(prior, posterior="point"))
