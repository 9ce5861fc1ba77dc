"""A small classifier of the data's own labels: its features judge generated images."""

from __future__ import annotations

import math
from typing import final

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

FEATURES = 64
STEPS = 600
MOST_PASSES = 40  # over the images: a small set is learned by then
BATCH = 128
LEARNING_RATE = 3e-3
LARGEST_SIDE = 32  # images are averaged down to it, so that none takes much longer than MNIST
SMALLEST_MAP = 4  # strided convolutions go on until a side is at most this


@final
class ImageClassifier(nn.Module):
    """Strided convolutions, a layer of 64 features, and one score per class; sides above 32 are averaged down.

    ``classes``: int64 (K,), the label that each score stands for.
    """

    def __init__(self, image_shape: tuple[int, int, int], classes: np.ndarray) -> None:
        super().__init__()
        self.image_shape = image_shape
        self.classes = classes
        self.body = _convolutions(image_shape)
        with torch.no_grad():
            width = self.body(torch.zeros(1, *image_shape)).shape[1]
        self.penultimate = nn.Linear(width, FEATURES)
        self.scores = nn.Linear(FEATURES, len(classes))

    def features(self, images: Tensor) -> Tensor:
        """What the last layer sees, float32 (N, 64), of images float32 (N, C, H, W) in [0, 1].

        Raises ValueError when the images have another shape than those of the training.
        """
        if tuple(images.shape[1:]) != self.image_shape:
            raise ValueError(
                f"The images have shape {tuple(images.shape[1:])}; this classifier was trained on {self.image_shape}."
                " Train one on images of this shape."
            )
        return self.penultimate(self.body(images - 0.5)).relu()

    def forward(self, images: Tensor) -> Tensor:
        """One score per class, float32 (N, K)."""
        return self.scores(self.features(images))

    @torch.inference_mode()
    def accuracy(self, images: np.ndarray, labels: np.ndarray, batch: int = 500) -> float:
        """Share of images uint8 (N, C, H, W) whose label is named. Raises ValueError as ``features``."""
        named = [self(_scaled(images[start : start + batch])).argmax(dim=1) for start in range(0, len(images), batch)]
        return float((self.classes[torch.cat(named).numpy()] == labels).mean())


def train_classifier(
    images: np.ndarray, labels: np.ndarray, seed: int, steps: int = STEPS, batch: int = BATCH
) -> ImageClassifier:
    """A classifier trained on images uint8 (N, C, H, W) and labels int (N,), ready for use.

    It takes ``steps`` steps, fewer where that were more than 40 passes over the images. The same seed on the same
    machine gives the same weights; the global random state is left as it was.
    Raises ValueError when there is not one label per image, or fewer than two different ones.
    """
    classes, targets = np.unique(labels, return_inverse=True)
    if labels.shape != (len(images),) or len(classes) < 2:
        raise ValueError(
            f"There are {len(images)} images and {labels.size} labels of {len(classes)} classes; a classifier needs one"
            " label per image and at least 2 classes. Use features without labels."
        )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        classifier = ImageClassifier(images.shape[1:], classes)
    generator = np.random.default_rng(seed)
    optimizer = torch.optim.Adam(classifier.parameters(), lr=LEARNING_RATE)
    with torch.enable_grad():
        for _ in range(min(steps, math.ceil(MOST_PASSES * len(images) / batch))):
            rows = generator.integers(len(images), size=batch)
            loss = F.cross_entropy(classifier(_scaled(images[rows])), torch.from_numpy(targets[rows]))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return classifier.eval().requires_grad_(False)


def _convolutions(image_shape: tuple[int, int, int]) -> nn.Sequential:
    channels, height, width = image_shape
    factor = math.ceil(max(height, width) / LARGEST_SIDE)
    layers: list[nn.Module] = [nn.AvgPool2d(factor, ceil_mode=True)] if factor > 1 else []
    height, width = math.ceil(height / factor), math.ceil(width / factor)
    out = 16
    while max(height, width) > SMALLEST_MAP:
        layers += [nn.Conv2d(channels, out, 3, stride=2, padding=1), nn.ReLU()]
        channels, out = out, min(2 * out, 64)
        height, width = (height + 1) // 2, (width + 1) // 2
    return nn.Sequential(*layers, nn.Flatten())


def _scaled(images: np.ndarray) -> Tensor:
    return torch.from_numpy(np.require(images, requirements="CW")).float() / 255
