"""The options of a request that depend on its kind and model, checked."""

from __future__ import annotations

import store
from live.protocol import LARGEST_SIDE, BadMessage, Kind, Message

MOST_NEAREST = 24


def epoch_of(message: Message) -> int | None:
    """The epoch whose model shall decode, None for the trained one; raises BadMessage for what is no epoch."""
    epoch = whole_number(message, "epoch", None)
    if epoch is None:
        return None
    if message.kind != Kind.DECODE:
        raise BadMessage(
            "bad-options", f"The option epoch is for decode; a {message.kind.name.lower()} asks the trained model."
        )
    if not 0 <= epoch < 10**9:
        raise BadMessage("bad-options", f"The option epoch is {epoch}; it must be from 0 to 999999999.")
    return epoch


def label_of(message: Message, model: store.LoadedModel) -> int:
    """The class under which all rows are decoded or encoded: 0 where none is given, or the model has no classes.

    Raises BadMessage when the model does not know the class, or knows no classes at all.
    """
    label = whole_number(message, "label", None)
    if label is None:
        return 0
    _check_label(label, model)
    return label


def _check_label(label: int, model: store.LoadedModel) -> None:
    classes = model.classes
    if not classes:
        raise BadMessage(
            "bad-label",
            f"The label is {label}; {model.name} is not conditional. Leave the label out, or choose another model.",
        )
    if not 0 <= label < classes:
        raise BadMessage(
            "bad-label", f"The label is {label}; {model.name} knows 0 to {classes - 1}. Choose among these."
        )


def labels_of(message: Message, model: store.LoadedModel) -> list[int]:
    """The class of each row: the option `labels`, or the one `label` for all. Raises BadMessage as `label_of`."""
    labels = message.options.get("labels")
    if labels is None:
        return [label_of(message, model)] * message.count
    if not isinstance(labels, list) or len(labels) != message.count or any(type(each) is not int for each in labels):
        raise BadMessage(
            "bad-options",
            f"The option labels is {str(labels)[:60]}; it must be a list of {message.count} whole numbers, one a row.",
        )
    for label in dict.fromkeys(labels):
        _check_label(label, model)
    return labels


def seed_of(message: Message) -> int:
    """The seed of a draw, 0 without one; raises BadMessage unless it is a whole number from 0 to 2^53 − 1."""
    seed = whole_number(message, "seed", 0)
    if not 0 <= seed < 2**53:
        raise BadMessage("bad-options", f"The option seed is {seed}; it must be from 0 to 2^53 - 1. Choose another.")
    return seed


def is_exact(message: Message) -> bool:
    """Whether a judgement goes over all components; raises BadMessage when the option is neither true nor false."""
    exact = message.options.get("exact", True)
    if not isinstance(exact, bool):
        raise BadMessage("bad-options", f"The option exact is {exact!r}; it must be true or false.")
    return exact


def nearest_of(message: Message) -> int:
    """How many images a judgement names; raises BadMessage for another number than 0 to 24."""
    nearest = whole_number(message, "nearest", 8)
    if not 0 <= nearest <= MOST_NEAREST:
        raise BadMessage(
            "bad-options", f"The option nearest is {nearest}; from 0 to {MOST_NEAREST} are named. Ask for fewer."
        )
    return nearest


def without_of(message: Message, rows: int) -> int | None:
    """The row that a judgement leaves out, or None; raises BadMessage when the reference set has no such row."""
    row = whole_number(message, "without", None)
    if row is not None and not 0 <= row < rows:
        raise BadMessage(
            "bad-options", f"The option without is {row}; the reference set has rows 0 to {rows - 1}. Choose one."
        )
    return row


def side_of(message: Message) -> int | None:
    """How many pixels the longer side of a decoded picture needs, None for all of them; raises BadMessage below 1."""
    side = whole_number(message, "side", None)
    if side is not None and not 1 <= side <= LARGEST_SIDE:
        raise BadMessage("bad-options", f"The option side is {side}; it must be from 1 to {LARGEST_SIDE}.")
    return side


def size_of(message: Message) -> tuple[int, int, int]:
    """Height, width and channels of a picture to fit; raises BadMessage where they are missing or out of bounds."""
    size = message.options.get("size")
    if size is None or message.count != 1:
        raise BadMessage("bad-count", "A fit takes one picture, with the option size: [height, width, channels].")
    whole = isinstance(size, list) and len(size) == 3 and all(type(number) is int for number in size)
    if not whole or size[2] not in (1, 3, 4) or not all(1 <= side <= LARGEST_SIDE for side in size[:2]):
        raise BadMessage(
            "bad-options",
            f"The option size is {str(size)[:60]}; it must be [height, width, channels], sides of 1 to {LARGEST_SIDE} "
            "and 1 (grey), 3 (RGB) or 4 (RGB and alpha) channels. Reduce the picture.",
        )
    return tuple(size)


def whole_number(message: Message, name: str, default: int | None) -> int | None:
    """An option that is a whole number, or the default where it is left out or null; raises BadMessage for others."""
    value = message.options.get(name)
    if value is None:
        return default
    if not isinstance(value, int) or isinstance(value, bool):
        raise BadMessage("bad-options", f"The option {name} is {value!r}; it must be a whole number.")
    return value
