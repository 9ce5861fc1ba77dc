"""What each choice of the form is, in a sentence that a newcomer understands."""

from __future__ import annotations

NETWORKS = {
    "mlp": "Fully connected layers: fast, good for small images.",
    "conv": "Convolutions look at neighbouring pixels together: better for larger images, slower.",
    "residual": "Convolutions with short cuts, more layers: the best pictures, the longest wait.",
}
LIKELIHOODS = {
    "bernoulli": "Each pixel is drawn black or white afresh at each step, by its grey value.",
    "bernoulli-fixed": "Each pixel was made black or white once and for all, as in many papers.",
    "continuous-bernoulli": "Grey values in [0, 1] as they are, with the density that Bernoulli lacks.",
    "gaussian": "Grey values with one spread σ for all pixels, which is learned.",
    "gaussian-fixed": "Grey values with a spread σ that you give: a smaller one makes sharper pictures.",
    "gaussian-optimal": "Grey values with the spread that fits best at each step (σ-VAE).",
    "discretised-logistic": "The 256 grey levels themselves, so that bits per pixel can be told.",
    "categorical": "Each grey level is a class of its own: free in form, large and slow.",
    "cross-entropy": "Binary cross-entropy on grey values: what many tutorials do. It is no likelihood.",
}
PRIORS = {
    "normal": "Latents are drawn to a standard normal: a round cloud.",
    "mixture": "Latents are drawn to a mixture of Gaussians that is learned: several clouds.",
    "vamp": "Latents are drawn to a mixture at learned pseudo-images (VampPrior).",
}
OBJECTIVES = {
    "elbo": "The evidence lower bound: reconstruction plus KL. The VAE.",
    "beta-vae": "The KL counts β times: above 1 for fewer, more independent dimensions, below 1 for sharper pictures.",
    "capacity": "The KL is drawn to a number of nats that grows: dimensions appear one after the other.",
    "beta-tcvae": "Only what dimensions have in common counts β times: independent dimensions at less cost.",
    "factor-vae": "As β-TCVAE, judged by a second network that learns beside: slower.",
    "dip-vae-i": "Dimensions whose means are correlated cost: cheap independence.",
    "dip-vae-ii": "Dimensions whose samples are correlated cost: as I, where spreads matter.",
    "info-vae": "All latents together are fitted to the prior, each keeps more of its image.",
    "iwae": "Several draws per image, weighted: a tighter bound.",
    "iwae-dreg": "The same bound with less noise in the encoder's gradient.",
    "autoencoder": "No chance at all: a point for each image. No density, no samples; to compare with.",
}
OBJECTIVE_LABELS = {
    "elbo": "ELBO (the VAE)",
    "beta-vae": "β-VAE",
    "capacity": "Capacity",
    "beta-tcvae": "β-TCVAE",
    "factor-vae": "FactorVAE",
    "dip-vae-i": "DIP-VAE I",
    "dip-vae-ii": "DIP-VAE II",
    "info-vae": "InfoVAE",
    "iwae": "IWAE",
    "iwae-dreg": "IWAE, DReG",
    "autoencoder": "Autoencoder",
}
CORRUPTIONS = {
    "none": "The encoder sees the images as they are.",
    "gaussian": "The encoder sees noise on every pixel and must give the clean image back.",
    "salt-and-pepper": "The encoder sees some pixels black or white and must give the clean image back.",
    "mask": "The encoder sees some pixels black and must give the clean image back.",
}
OPTIMIZERS = {
    "adam": "The usual one.",
    "muon": "Fewer steps to the same loss, each of which costs more.",
}
SCHEDULES = {
    "constant": "The learning rate stays.",
    "linear": "It falls in a straight line to the final rate.",
    "cosine": "It falls slowly, then fast, then slowly to the final rate.",
    "exponential": "It falls by the same factor at each step to the final rate, which must be above 0.",
    "burda": "It falls in steps, as in Burda et al. 2015.",
}
PRECISIONS = {
    "float32": "Every number with 32 bits: repeats exactly.",
    "auto": "16 bits (bfloat16) where the processor has them: up to twice as fast.",
    "bf16": "16 bits (bfloat16) in any case.",
}
ESTIMATORS = {
    "stratified": "Unbiased for q(z); mutual information up to log of the batch.",
    "weighted": "As in the paper's section 3.1: biased, but up to log of the whole set.",
}
ACTIVATIONS = {
    "silu": "Smooth: a good choice nearly always.",
    "relu": "Cut off at 0: fast; units may die.",
    "elu": "Like ReLU, soft below 0.",
    "tanh": "Bounded, as in old papers.",
}
WORDS = {
    "network": NETWORKS,
    "likelihood": LIKELIHOODS,
    "prior": PRIORS,
    "objective": OBJECTIVES,
    "corruption": CORRUPTIONS,
    "optimizer": OPTIMIZERS,
    "schedule": SCHEDULES,
    "precision": PRECISIONS,
    "estimator": ESTIMATORS,
    "activation": ACTIVATIONS,
}


def label_of(field: str, choice: str) -> str:
    """A choice as people call it."""
    from vae_core.likelihoods import LIKELIHOODS as KNOWN_LIKELIHOODS
    from vae_core.networks import network_words
    from vae_core.priors import PRIORS as KNOWN_PRIORS

    if field == "network":
        text = network_words(choice)
    elif field == "likelihood":
        return KNOWN_LIKELIHOODS[choice].label
    elif field == "prior":
        return KNOWN_PRIORS[choice].label
    elif field == "objective":
        return OBJECTIVE_LABELS.get(choice, choice)
    else:
        text = {"silu": "SiLU", "relu": "ReLU", "elu": "ELU", "gaussian": "Gaussian noise", "bf16": "bfloat16"}.get(
            choice, choice.replace("-", " ")
        )
    return text[:1].upper() + text[1:]


def words_of(field: str, choice: str) -> str:
    """What a choice is, in a sentence; empty for one that is not known here."""
    return WORDS.get(field, {}).get(choice, "")
