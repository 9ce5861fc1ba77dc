"""The form of the train page: what to train, with a sentence on each choice."""

from __future__ import annotations

import re
from dataclasses import dataclass

import streamlit as st

import jobs
from jobs import RunRequest
from ui import state
from ui.errors import plain, quoted
from vae_core.data import DATA_SETS, DATA_VARIABLE, available, data_root
from vae_core.data.idx import NAMES
from vae_core.likelihoods import LIKELIHOODS
from vae_core.networks import NETWORKS, network_words

_WHOLE = re.compile(r"[0-9]+")
_DECIMAL = re.compile(r"([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
LONGEST_NUMBER = 30  # characters


@dataclass(frozen=True)
class NumberRule:
    """What a field takes: its name in sentences, its bounds (both allowed), and a value that is a good choice."""

    name: str
    lowest: int | float
    highest: int | float
    example: int | float

    @property
    def whole(self) -> bool:
        """Whether only whole numbers will do."""
        return isinstance(self.example, int)

    def read(self, text: str) -> int | float | None:
        """The number that the text is; None when it is none, or lies outside the bounds."""
        text = text.strip()
        if len(text) > LONGEST_NUMBER or not (_WHOLE if self.whole else _DECIMAL).fullmatch(text):
            return None
        value = int(text) if self.whole else float(text)
        return value if self.lowest <= value <= self.highest else None

    def problem(self, text: str) -> str | None:
        """What is wrong with the text, as a sentence; None when it is a number that can be used."""
        if self.read(text) is not None:
            return None
        found = quoted(text.strip()) if text.strip() else "empty"
        kind = "whole number" if self.whole else "number"
        bounds = f"from {number_text(self.lowest)} to {number_text(self.highest)}"
        return f"{self.name} is {found}; it must be a {kind} {bounds}. Type one, such as {number_text(self.example)}."


# enough epochs for a first good model, some minutes at most on a laptop
EPOCHS = {"digits": 200}
EPOCHS_OF_LARGE_SETS = 20
LONGEST_NAME = 64
SIZE = NumberRule("Size", 1, 512, 2)
BATCH = NumberRule("Batch size", 1, 4_096, 64)
RATE = NumberRule("Learning rate", 1e-5, 1e-1, 1e-3)
SEED = NumberRule("Seed", 0, 2**31 - 1, 0)
OFFERED_LIKELIHOODS = ("bernoulli", "gaussian")
NETWORK_HELP = (
    "How encoder and decoder are built: fully connected is fast and good for small images, convolutional suits "
    "larger ones; residual convolutional has more layers and takes longer."
)
LIKELIHOOD_HELP = (
    "How a reconstruction is judged: Bernoulli draws each pixel black or white afresh at each step, Gaussian takes "
    "the grey values."
)
BATCH_HELP = "So many images are seen before the weights change once; more make steadier, fewer steps in an epoch."
RATE_HELP = "How far the weights move at each step: too high and the loss jumps about, too low and it hardly falls."
SEED_HELP = (
    "The number from which all chance of the run is drawn: the same seed on the same machine gives the same model."
)


def run_form() -> RunRequest | None:
    """Draws the choices, and under each field what is wrong with it.

    Gives back what they ask for, which may still be refused, or None while something is wrong.
    """
    data = _data()
    key = f"_{data}"  # the defaults below depend on the data
    left, right = st.columns(2)
    with left:
        latent_dim = number_field("Size: latent dimensions", SIZE, state.TRAIN_LATENT)
        st.caption("Two give a map that can be looked at whole; more keep more detail.")
    with right:
        length = NumberRule("Length", 1, 2_000, EPOCHS.get(data, EPOCHS_OF_LARGE_SETS))
        epochs = number_field("Length: epochs", length, state.TRAIN_LENGTH + key)
        st.caption(
            "Epochs: passes over the training images. The run ends earlier when the validation loss stays the same; "
            "you can stop at any time."
        )
    with st.expander("More choices", icon=":material/tune:"):
        network, likelihood, batch_size, rate, seed = _details(data, key)
    name = st.text_input("Name", free_name(f"my-{data}"), key=state.TRAIN_NAME + key, autocomplete="off").strip()
    problem = name_problem(name)
    show_field_problem(problem)
    if problem or None in (latent_dim, epochs, batch_size, rate, seed):
        return None
    return RunRequest(name, data, network, latent_dim, likelihood, epochs, batch_size, rate, seed)


def number_field(label: str, rule: NumberRule, key: str, explained: str | None = None) -> int | float | None:
    """Draws a field, and under it what is wrong with what was typed; gives back the number, or None.

    Not `st.number_input`: that keeps its last valid value when another is typed, and reads `1e9` as 1.
    """
    text = st.text_input(label, number_text(rule.example), key=key, help=explained, autocomplete="off")
    show_field_problem(rule.problem(text))
    return rule.read(text)


def show_field_problem(problem: str | None) -> None:
    """Draws the sentence under a field; nothing when there is none."""
    if problem:
        st.error(plain(problem), icon=":material/error:")


def number_text(number: int | float) -> str:
    """The number as one would type it: `0.00001`, not `1e-05`."""
    return str(number) if isinstance(number, int) else f"{number:.7f}".rstrip("0").rstrip(".")


def free_name(wanted: str) -> str:
    """The wanted name, or with the first number that makes it free."""
    names = (wanted, *(f"{wanted}-{number}" for number in range(2, 1_000)))
    return next((name for name in names if jobs.name_problem(name) is None), wanted)


def name_problem(name: str) -> str | None:
    """Why a new model cannot have this name, naming the very letters that are at fault; None when it can."""
    if not name:
        return "The name is empty; a model is found by its name. Type one, such as my-digits."
    wrong = _wrong_letters(name)
    if wrong:
        rule = "a name takes small letters a–z, 0–9, dot, dash and underscore"
        return f"The name has {_in_words(wrong)}; {rule}. {_suggestion(name)}"
    if len(name) > LONGEST_NAME:
        return f"The name has {len(name)} characters; it may have {LONGEST_NAME}. Shorten it."
    if name[0] in "._-":
        return f"The name starts with {quoted(name[0])}; it must start with a letter or figure. {_suggestion(name)}"
    return jobs.name_problem(name)


def _wrong_letters(name: str) -> list[str]:
    wrong = dict.fromkeys(re.findall(r"[^a-z0-9._-]", name))
    return list(dict.fromkeys(_letter_in_words(letter) for letter in wrong))


def _letter_in_words(letter: str) -> str:
    if letter.isspace():
        return "a space"
    return f"a capital {letter}" if "A" <= letter <= "Z" else f"the character {quoted(letter)}"


def _in_words(parts: list[str], most: int = 4) -> str:
    """The parts as a list in a sentence, such as `a, b and c`; of many only the first."""
    shown = parts if len(parts) <= most else [*parts[: most - 1], "others"]
    return " and ".join(filter(None, [", ".join(shown[:-1]), shown[-1]]))


def _suggestion(name: str) -> str:
    """The nearest name that can be had, as a sentence."""
    near = re.sub(r"[^a-z0-9._-]+", "-", name.lower()).strip("._-")[:LONGEST_NAME]
    return f"Try {near or 'my-digits'}."


def _data() -> str:
    here = [name for name in DATA_SETS if available(name)]
    data = st.selectbox("Data", here, format_func=lambda name: DATA_SETS[name].label, key=state.TRAIN_DATA)
    description = DATA_SETS[data]
    text = f"{description.count:,} images of {description.shape[2]}×{description.shape[1]} pixels."
    st.caption(plain(f"{text} {_absent([name for name in DATA_SETS if name not in here])}".strip()))
    return data


def _absent(names: list[str]) -> str:
    """Which data sets are not on this machine, and where which files of theirs would have to lie."""
    if not names:
        return ""
    labels = " and ".join(DATA_SETS[name].label for name in names)
    folders = " or ".join(str(data_root() / name) for name in names)
    files = ", ".join(f"{spellings[0]}.gz" for spellings in NAMES.values())
    return f"Not on this machine: {labels}. To choose one, put its files ({files}) into {folders} ({DATA_VARIABLE})."


def _network_name(name: str) -> str:
    words = network_words(name)
    return words[0].upper() + words[1:]


def _details(data: str, key: str) -> tuple[str, str, int | None, float | None, int | None]:
    network = st.segmented_control(
        "Network",
        list(NETWORKS),
        format_func=_network_name,
        default="mlp",
        required=True,
        key=state.TRAIN_NETWORK,
        help=NETWORK_HELP,
    )
    likelihood = st.segmented_control(
        "Likelihood",
        OFFERED_LIKELIHOODS,
        format_func=lambda name: LIKELIHOODS[name].label,
        default=DATA_SETS[data].likelihood,
        required=True,
        key=state.TRAIN_LIKELIHOOD + key,
        help=LIKELIHOOD_HELP,
    )
    left, middle, right = st.columns(3)
    with left:
        batch = number_field("Batch size", BATCH, state.TRAIN_BATCH, BATCH_HELP)
    with middle:
        rate = number_field("Learning rate", RATE, state.TRAIN_RATE, RATE_HELP)
    with right:
        seed = number_field("Seed", SEED, state.TRAIN_SEED, SEED_HELP)
    return network, likelihood, batch, rate, seed
