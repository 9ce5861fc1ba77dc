"""What the pages share about this visitor: every session key, the chosen model, the way to another page.

Keys that equal a URL parameter belong to widgets bound to it (`bind="query-params"`), so a link restores them.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

import store
from ui.model_order import in_order

if TYPE_CHECKING:
    from store import LoadedModel
    from vae_core.checkpoint import CheckpointSummary

# the model picker, on every page and in the URL
MODEL = "model"
PAGE_LINKS = "page_links"
OFFERED_MODEL = "offered_model"
GALLERY_CARDS = "gallery_cards"
GALLERY_COMPANIONS = "gallery_companions"

# the sliders page
SLIDERS = "sliders"
SLIDERS_LEFT = "sliders_left"

# the map
MAP = "map"

# the morph page
MORPH = "morph"
MORPH_VISIT = "morph_visit"

LEFT_ON_PAGE = {"sliders": SLIDERS_LEFT, "morph": MORPH_VISIT}  # what takes the place of the address

# the repair page
REPAIR = "repair_bench"

# the odd ones
ODD = "odd_ones"
# the attributes page
ATTRIBUTES = "attributes"

# the generate page
GENERATE = "generate"

# the anatomy page
ANATOMY = "anatomy_page"

# the train page
RUN = "run"
TRAIN_DATA = "train_data"
TRAIN_NEW_DATA = "train_new_data"
TRAIN_COUNT = "train_count"
TRAIN_DRAWN = "train_drawn"  # the set that the count belongs to
TRAIN_FROM = "train_from"
TRAIN_UPLOAD = "train_upload"
TRAIN_FOLDER = "train_folder"
TRAIN_OWN = "train_own"
TRAIN_OWN_CANCEL = "train_own_cancel"
TRAIN_HEIGHT = "train_height"
TRAIN_WIDTH = "train_width"
TRAIN_COLOUR = "train_colour"
TRAIN_DATA_NAME = "train_data_name"
TRAIN_MAKE = "train_make"
TRAIN_PRESET = "train_preset"
TRAIN_DEFAULTS = "train_defaults"
TRAIN_CLONE = "train_clone"
TRAIN_PART = "train_part"
TRAIN_NAME = "train_name"
TRAIN_NETWORK = "train_network"
TRAIN_LATENT = "train_latent_dim"
TRAIN_LIKELIHOOD = "train_likelihood"
TRAIN_LENGTH = "train_epochs"
TRAIN_BATCH = "train_batch_size"
TRAIN_RATE = "train_learning_rate"
TRAIN_SEED = "train_seed"
TRAIN_START = "train_start"
TRAIN_MEASURE = "train_measure"
TRAIN_MEASURE_CANCEL = "train_measure_cancel"
TRAIN_COMMAND = "train_command"
EPOCH = "epoch"
TRAIN_WATCH = "train_watch"
TRAIN_WATCHED = "train_watched"
TRAIN_FILL = "train_fill"  # settings of a run that the form takes over, once
# the runs as a whole, the second view of the train page; the first two keys are in the URL
TRAIN_VIEW = "view"
RUNS_CHOSEN = "runs"
NEW_RUN, RUNS = "New run", "Runs"  # the views
RUNS_KEPT = "runs_kept"  # what was chosen, while the page shows something else
RUNS_MOVED = "runs_moved"  # whether the whole page must run again: an action led away from the list
RUNS_SAID = "runs_said"  # what the last action came to
RUNS_TABLE = "runs_table"
RUNS_TURN = "runs_turn"  # how often the choice was changed beside the table
RUNS_FILTER = "runs_filter"
RUNS_STATES = "runs_states"
RUNS_TAGS = "runs_tags"
RUNS_ACTION = "runs_action"
RUNS_NOTES = "runs_notes"
RUNS_TAG_ALL = "runs_tag_all"
RUNS_MORE = "runs_more_epochs"
RUNS_CURVES = "runs_curves"
RUNS_ACROSS = "runs_across"
RUNS_SPLITS = "runs_splits"
RUNS_SMOOTHING = "runs_smoothing"
RUNS_LOG = "runs_log"
RUNS_ONLY = "runs_only_differences"
RUNS_QUEUE = "runs_queue"
RUNS_BIN = "runs_bin"
RUNS_SWEEP = "runs_sweep"
RUNS_MEASURE = "runs_measure"
RUNS_GO = "runs_go"  # the view to show next, since a switch that is drawn cannot be set
SWEEP = "train_sweep"

FIRST_CHOICE = "mnist-16d"
PAGES_FOLDER = Path(__file__).resolve().parent.parent / "pages"
# page -> title and icon, in the order of the navigation; the first opens at "/"
PAGES = {
    "gallery": ("Gallery", ":material/grid_view:"),
    "sliders": ("Sliders", ":material/tune:"),
    "map": ("Map", ":material/scatter_plot:"),
    "morph": ("Morph", ":material/gradient:"),
    "attributes": ("Attributes", ":material/exposure:"),
    "generate": ("Generate", ":material/casino:"),
    "repair": ("Repair", ":material/healing:"),
    "odd": ("Odd ones", ":material/troubleshoot:"),
    "train": ("Train", ":material/model_training:"),
    "anatomy": ("Anatomy", ":material/school:"),
}


def page(name: str) -> st.Page:
    """The page as Streamlit's navigation knows it, without its icon, which would stand in the row of pages too.

    Its file is named by an absolute path.
    """
    title, _ = PAGES[name]
    return st.Page(PAGES_FOLDER / f"{name}.py", title=title, url_path=name, default=name == next(iter(PAGES)))


def usable_models() -> list[str]:
    """Names of the models that can be opened, by name, the companions of the Anatomy page last."""
    return in_order(summary.name for summary in store.list_models() if summary.problem is None)


def default_model() -> str | None:
    """The model to open on when nobody has chosen one; None when there is none."""
    usable = usable_models()
    return FIRST_CHOICE if FIRST_CHOICE in usable else next(iter(usable), None)


def chosen_model() -> str | None:
    """Name of the model that this visitor chose (picker, card or URL), else the default; it may not exist."""
    return st.session_state.get(MODEL) or default_model()


def choose_model(name: str) -> None:
    """Makes the model the chosen one on all pages. Call it in a callback, before the picker is drawn."""
    st.session_state[MODEL] = name


def model_summary(name: str | None) -> CheckpointSummary | None:
    """What the list knows of the model without loading its weights; None for a name that is not there."""
    return next((summary for summary in store.list_models() if summary.name == name), None)


def model_problem() -> str | None:
    """Why the chosen model cannot be opened, as a sentence; None when it can."""
    name = chosen_model()
    return "There is no model in the checkpoints folder yet." if name is None else _opened(name)[1]


def current_model() -> LoadedModel | None:
    """The chosen model, loaded; None when it cannot be opened (the shell has said why)."""
    name = chosen_model()
    return _opened(name)[0] if name else None


def visit_of(key: str, model: str) -> tuple[int, bool]:
    """How many times this visitor changed the model on a page, and whether the present address was made for it.

    key: where that page keeps it. model: its name and weights. After a change the address still says what belonged to
    the model before.
    """
    before, visit, belongs = st.session_state.get(key) or (model, 0, True)
    if before != model:
        visit, belongs = visit + 1, False
    st.session_state[key] = (model, visit, belongs)
    return visit, belongs


def _opened(name: str) -> tuple[LoadedModel | None, str | None]:
    from vae_core.checkpoint import (
        CheckpointError,  # with torch behind it: later than the page's first element
    )

    try:
        return store.model(name), None
    except CheckpointError as problem:
        return None, str(problem)


def open_page(name: str, **parameters: int | float | str | Iterable[float] | None) -> NoReturn:
    """Goes to another page with the chosen model and the parameters in its URL; a list becomes `1.0000,-0.5000`.

    Call it in a page's body, not in a callback. Parameters that are None are left out. What the visitor left on that
    page gives way to them.
    """
    if parameters and name in LEFT_ON_PAGE:
        st.session_state.pop(LEFT_ON_PAGE[name], None)
    query = {MODEL: chosen_model(), **parameters}
    query = {key: parameter_text(value) for key, value in query.items() if value is not None}
    _release_parameters(query)
    st.switch_page(page(name), query_params=query)


def parameter_text(value: int | float | str | Iterable[float]) -> str:
    """A value as it stands in a URL: numbers of a list with four decimals, separated by commas."""
    if isinstance(value, str | int | float):
        return str(value)
    return ",".join(f"{float(number):.4f}" for number in value)


def _release_parameters(keys: Iterable[str]) -> None:
    """Frees parameters of the widgets bound to them, until those are drawn again.

    Streamlit 1.67 refuses a bound parameter in `switch_page(query_params=...)`, and without it the model would leave
    the URL for one history entry, to which Back would return. Held by a test in tests/ui/test_state.py.
    """
    context = get_script_run_ctx()
    if context is None:
        return
    with context.session_state.query_params() as parameters:
        for key in keys:
            binding = parameters.get_binding_for_param(key)
            if binding is not None:
                parameters.unbind_widget(binding.widget_id)
