"""What the benchmarks of the hand decode: the shipped models, and a large convolutional one with random weights."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.tiny import tiny_checkpoint
from tools.checkpoints import COMPANIONS
from tools.running_app import PROJECT

RANDOM_MODEL = "random-64x64x3"
SHIPPED = PROJECT / "checkpoints"


def every_model() -> list[str]:
    """The names of the shipped models, without the small companions of Anatomy, and of the random one."""
    names = {folder.parent.name for folder in SHIPPED.glob("*/config.json")}
    return [*sorted(names - set(COMPANIONS)), RANDOM_MODEL]


@contextmanager
def shipped_and_random() -> Iterator[Path]:
    """A folder with the shipped models and one of random weights: conv, 64 dimensions, 64×64×3 pixels."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for name in every_model()[:-1]:
            shutil.copytree(SHIPPED / name, root / name)
        hidden = (32, 32, 64, 64)
        tiny_checkpoint(
            root, RANDOM_MODEL, network="conv", image_shape=(3, 64, 64), latent_dim=64, hidden=hidden, count=40
        )
        yield root
