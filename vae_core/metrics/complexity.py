"""How much there is in a picture by itself: its ink, and its code length under a small model of strokes.

An image with few strokes costs few nats under every model, whether it occurred in training or not; dividing by what
the picture costs anyway leaves what is strange in it. Source: Serrà et al. 2020 (input complexity).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

TEMPLATE = ((0, -1), (0, -2), (0, -3), (-1, -2), (-1, -1), (-1, 0), (-1, 1), (-1, 2), (-2, -1), (-2, 0), (-2, 1))
CONTEXTS = 2 ** len(TEMPLATE)
UP, SIDE = 2, 3  # how far the template reaches
INKED = 0.5
AT_ONCE = 2_000  # images: contexts take 16 bytes a pixel


@dataclass(frozen=True, eq=False)
class ContextModel:
    """The probability of ink given the eleven pixels above and to the left: float64 (2048,), inside (0, 1)."""

    ink_probability: np.ndarray


def ink(images: np.ndarray) -> np.ndarray:
    """The sum of all pixel values, float32 (N,), in inked pixels, of images float32 (N, C, H, W) in [0, 1]."""
    return images.sum(axis=(1, 2, 3), dtype=np.float64).astype(np.float32)


def fit_context_model(images: np.ndarray) -> ContextModel:
    """The context model of images float32 (N, C, H, W) in [0, 1], each pixel of 0.5 or more counted as ink.

    A context that never occurred has probability 1/2 (half a count is added to either side: Krichevsky and
    Trofimov 1981). Raises ValueError when there is no image. Source: ITU-T T.82 (JBIG), with one pixel more.
    """
    if len(images) == 0:
        raise ValueError("There are 0 images to count contexts in; at least 1 is needed. Give the training images.")
    counts = np.full((2, CONTEXTS), 0.5)
    for part in np.array_split(images, len(images) // 5000 + 1):
        inked = part >= INKED
        contexts = _contexts(inked)
        for value in (0, 1):
            counts[value] += np.bincount(contexts[inked == value], minlength=CONTEXTS)
    return ContextModel(counts[1] / counts.sum(axis=0))


def code_length(model: ContextModel, images: np.ndarray) -> np.ndarray:
    """What an arithmetic coder with this model needs per image, float32 (N,), in nats; above 0 for any image.

    images: float32 (N, C, H, W) in [0, 1], each pixel of 0.5 or more coded as ink, each channel by itself.
    """
    cost = -np.log(np.stack([1 - model.ink_probability, model.ink_probability]))
    lengths = [_code_length(cost, part >= INKED) for part in np.array_split(images, len(images) // AT_ONCE + 1)]
    return np.concatenate(lengths)


def _code_length(cost: np.ndarray, inked: np.ndarray) -> np.ndarray:
    return cost[inked.astype(np.int64), _contexts(inked)].sum(axis=(1, 2, 3)).astype(np.float32)


def _contexts(inked: np.ndarray) -> np.ndarray:
    """Which of the contexts each pixel has, int64 of the same shape; beyond the edge there is no ink."""
    height, width = inked.shape[2:]
    padded = np.pad(inked, ((0, 0), (0, 0), (UP, 0), (SIDE, SIDE)))
    contexts = np.zeros(inked.shape, np.int64)
    for bit, (down, right) in enumerate(TEMPLATE):
        rows, columns = slice(UP + down, UP + down + height), slice(SIDE + right, SIDE + right + width)
        contexts |= padded[:, :, rows, columns].astype(np.int64) << bit
    return contexts
