"""The form of the train page: what to train, with a sentence on each choice."""

from __future__ import annotations

import streamlit as st

import jobs
from jobs import RunRequest
from ui import state
from ui.errors import plain
from vae_core.data import DATA_SETS, available

# enough passes for a first good model, some minutes at most on a laptop
EPOCHS = {"digits": 200}
EPOCHS_OF_LARGE_SETS = 20
LARGEST_LATENT, LARGEST_EPOCHS, LARGEST_BATCH = 512, 2_000, 4_096
NETWORKS = {"mlp": "Fully connected", "conv": "Convolutional"}
LIKELIHOODS = {"bernoulli": "Bernoulli", "gaussian": "Gaussian"}


def run_form() -> RunRequest:
    """Draws the choices and gives back what they ask for; it may still be refused (`jobs.name_problem`)."""
    data = _data()
    key = f"_{data}"  # the defaults below depend on the data
    left, right = st.columns(2)
    with left:
        latent_dim = st.number_input("Size: latent dimensions", 1, LARGEST_LATENT, 2, key=state.TRAIN_LATENT)
        st.caption("Two give a map that can be looked at whole; more keep more detail.")
    with right:
        epochs = st.number_input(
            "Length: passes over the data",
            1,
            LARGEST_EPOCHS,
            EPOCHS.get(data, EPOCHS_OF_LARGE_SETS),
            key=state.TRAIN_LENGTH + key,
        )
        st.caption("It ends earlier when the validation loss stays the same; you can stop at any time.")
    with st.expander("More choices", icon=":material/tune:"):
        network, likelihood, batch_size, rate, seed = _details(data, key)
    name = st.text_input("Name", free_name(f"my-{data}"), max_chars=64, key=state.TRAIN_NAME + key)
    return RunRequest(name.strip(), data, network, latent_dim, likelihood, epochs, batch_size, rate, seed)


def free_name(wanted: str) -> str:
    """The wanted name, or with the first number that makes it free."""
    names = (wanted, *(f"{wanted}-{number}" for number in range(2, 1_000)))
    return next((name for name in names if jobs.name_problem(name) is None), wanted)


def _data() -> str:
    here = [name for name in DATA_SETS if available(name)]
    data = st.selectbox("Data", here, format_func=lambda name: DATA_SETS[name].label, key=state.TRAIN_DATA)
    description = DATA_SETS[data]
    text = f"{description.count:,} images of {description.shape[2]}×{description.shape[1]} pixels."
    absent = [DATA_SETS[name].label for name in DATA_SETS if name not in here]
    if absent:
        text += f" Not on this machine: {'; '.join(absent)}. Put their files into the data folder to choose them."
    st.caption(plain(text))
    return data


def _details(data: str, key: str) -> tuple[str, str, int, float, int]:
    network = st.segmented_control(
        "Network",
        list(NETWORKS),
        format_func=NETWORKS.get,
        default="mlp",
        required=True,
        key=state.TRAIN_NETWORK,
    )
    st.caption("Fully connected is fast and good for small images; convolutional suits larger ones.")
    likelihood = st.segmented_control(
        "Likelihood",
        list(LIKELIHOODS),
        format_func=LIKELIHOODS.get,
        default=DATA_SETS[data].likelihood,
        required=True,
        key=state.TRAIN_LIKELIHOOD + key,
    )
    st.caption("Bernoulli draws each pixel black or white afresh at each step; Gaussian takes the grey values.")
    left, middle, right = st.columns(3)
    batch = left.number_input("Images per step", 1, LARGEST_BATCH, 64, key=state.TRAIN_BATCH)
    rate = middle.number_input("Learning rate", 1e-5, 1e-1, 1e-3, step=1e-4, format="%.5f", key=state.TRAIN_RATE)
    seed = right.number_input("Seed", 0, 2**31 - 1, 0, key=state.TRAIN_SEED)
    st.caption("The same seed on the same machine gives the same model.")
    return network, likelihood, batch, rate, seed
