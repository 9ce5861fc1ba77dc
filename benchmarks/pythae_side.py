"""The pythae side of `benchmarks.peers`: run by an interpreter that has pythae, without this project's packages.

Reads one request per line on standard input and answers each with one line of JSON on standard output:
epochs trained, seconds of each (pythae's `train_step` alone: no evaluation, no saving), and, when the request names a
folder, the weights after every epoch as `epoch-N.npz`. Everything goes through pythae's public ways: its
`TrainingPipeline` and `BaseTrainer`, an encoder and a decoder of one's own, a data set of one's own.
"""

from __future__ import annotations

import contextlib
import json
import logging
import math
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from pythae.data.datasets import BaseDataset, DatasetOutput
from pythae.models import VAE, VAEConfig
from pythae.models.base.base_utils import ModelOutput
from pythae.models.nn import BaseDecoder, BaseEncoder
from pythae.pipelines import TrainingPipeline
from pythae.trainers import BaseTrainerConfig
from pythae.trainers.training_callbacks import TrainingCallback
from torch import nn

LARGEST_LOG_VARIANCE = 14.0  # the bound of vae_core.vae, so that both train the same function


def _dense(widths: list[int]) -> list[nn.Module]:
    return [layer for narrow, wide in pairwise(widths) for layer in (nn.Linear(narrow, wide), nn.SiLU())]


class Encoder(BaseEncoder):
    def __init__(self, pixels: int, hidden: list[int], latent_dim: int) -> None:
        BaseEncoder.__init__(self)
        widths = [pixels, *hidden]
        self.layers = nn.Sequential(nn.Flatten(), *_dense(widths), nn.Linear(widths[-1], 2 * latent_dim))

    def forward(self, images: torch.Tensor) -> ModelOutput:
        mean, raw = self.layers(images).chunk(2, dim=1)
        log_variance = LARGEST_LOG_VARIANCE * (raw / LARGEST_LOG_VARIANCE).tanh()
        return ModelOutput(embedding=mean, log_covariance=log_variance)


class Decoder(BaseDecoder):
    def __init__(self, pixels: int, hidden: list[int], latent_dim: int) -> None:
        BaseDecoder.__init__(self)
        widths = [latent_dim, *reversed(hidden)]
        self.layers = nn.Sequential(*_dense(widths), nn.Linear(widths[-1], pixels))

    def forward(self, latents: torch.Tensor) -> ModelOutput:
        return ModelOutput(reconstruction=self.layers(latents).sigmoid())


class BinarisedAfresh(BaseDataset):
    """Grey images in memory as float32; each is binarised anew whenever it is asked for."""

    def __getitem__(self, index: int) -> DatasetOutput:
        grey = self.data[index]
        return DatasetOutput(data=(torch.rand(grey.shape) < grey).float(), labels=self.labels[index])


class Watch(TrainingCallback):
    """Seconds by the clock and of the processor of each `train_step`; keeps the weights in the folder, if any."""

    def __init__(self, folder: Path | None) -> None:
        self.folder, self.seconds, self.cpu_seconds = folder, [], []
        self.started = self.cpu_started = 0.0

    def on_train_step_begin(self, training_config: BaseTrainerConfig, **_: object) -> None:
        self.started, self.cpu_started = time.perf_counter(), time.process_time()

    def on_epoch_end(self, training_config: BaseTrainerConfig, **given: object) -> None:
        self.seconds.append(time.perf_counter() - self.started)
        self.cpu_seconds.append(time.process_time() - self.cpu_started)
        if self.folder is not None:
            weights = {name: value.numpy() for name, value in given["model"].state_dict().items()}
            np.savez(self.folder / f"epoch-{len(self.seconds)}.npz", **weights)


def train(request: dict, images: np.ndarray, scratch: str) -> dict:
    """Train as the request says on images uint8 (N, 1, H, W)."""
    pixels = math.prod(images.shape[1:])
    network = (pixels, request["hidden"], request["latent_dim"])
    torch.manual_seed(request["seed"])
    settings = VAEConfig(input_dim=images.shape[1:], latent_dim=request["latent_dim"], reconstruction_loss="bce")
    model = VAE(settings, encoder=Encoder(*network), decoder=Decoder(*network))
    grey = torch.from_numpy(images).float().div_(255)
    labels = torch.zeros(len(images))
    if request["binarised"] == "afresh":
        data = BinarisedAfresh(grey, labels)
    else:
        data = BaseDataset(torch.bernoulli(grey), labels)
    trainer = BaseTrainerConfig(
        output_dir=scratch,
        num_epochs=request["epochs"],
        learning_rate=request["learning_rate"],
        per_device_train_batch_size=request["batch_size"],
        seed=request["seed"],
        no_cuda=True,
    )
    watch = Watch(Path(request["weights"]) if request.get("weights") else None)
    TrainingPipeline(model=model, training_config=trainer)(train_data=data, callbacks=[watch])
    return {"seconds": watch.seconds, "cpu_seconds": watch.cpu_seconds, "images": len(images)}


def main() -> None:
    logging.disable(logging.INFO)
    answers = sys.stdout
    first = json.loads(sys.stdin.readline())
    torch.set_num_threads(first["threads"])
    images = np.load(first["images"])
    versions = {"torch": torch.__version__, "numpy": np.__version__, "threads": torch.get_num_threads()}
    print(json.dumps(versions), file=answers, flush=True)
    with tempfile.TemporaryDirectory() as scratch, contextlib.redirect_stdout(sys.stderr):
        for line in sys.stdin:
            print(json.dumps(train(json.loads(line), images, scratch)), file=answers, flush=True)


if __name__ == "__main__":
    main()
