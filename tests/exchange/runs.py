"""Runs to export: every data set's preset, the two textbook networks, and settings that need care.

The textbook networks read 28×28 images; `images` makes a few, so that no file has to be fetched.
"""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from engine.datasets import files
from engine.experiment import Experiment
from engine.export.snapshot import Snapshot
from engine.spec import CATALOGUE
from engine.train import Trainer

IMAGES = 40
SMALL = {"samples": 60}


def dense(units: int, activation: str = "linear", **more: Any) -> dict[str, Any]:
    return {"type": "dense", "units": units, "activation": activation, **more}


def conv(filters: int) -> dict[str, Any]:
    return {"type": "conv2d", "filters": filters, "kernel_size": 3, "activation": "relu"}


POOL = {"type": "max_pool2d", "pool_size": 2}
KERAS_NET = [conv(32), POOL, conv(64), POOL, conv(64), {"type": "flatten"}, dense(64, "relu"), dense(10, "softmax")]
TORCH_NET = [conv(32), POOL, conv(64), POOL, {"type": "flatten"}, dense(64, "relu"), dense(10)]
MNIST = {"type": "mnist", "samples": IMAGES}
CLASSES = {"loss": "categorical_cross_entropy"}
ADAM = {**CLASSES, "optimizer": "adam", "batch_size": 8}
MOMENTUM = {**CLASSES, "optimizer": {"type": "sgd", "learning_rate": 0.01, "momentum": 0.9}, "batch_size": 8}

TEXTBOOK: dict[str, dict[str, Any]] = {
    "textbook-keras": {"data": MNIST, "network": {"layers": KERAS_NET}, "training": ADAM},
    "textbook-torch": {"data": MNIST, "network": {"layers": TORCH_NET}, "training": MOMENTUM},
}
CIRCLE = {"type": "circle", **SMALL}
SPECIAL: dict[str, dict[str, Any]] = {
    "hinge": {"data": CIRCLE, "training": {"loss": "hinge", "regularizer": "l1", "epochs": 2}},
    "huber": {"data": {"type": "wave", **SMALL}, "training": {"loss": {"type": "huber", "delta": 0.3}}},
    "two outputs": {
        "data": CIRCLE,
        "network": {"layers": [dense(3, "gelu"), dense(2, "sigmoid")]},
        "training": {"loss": "binary_cross_entropy", "optimizer": "adamw", "schedule": "step_decay"},
    },
    "an activation that makes probabilities": {
        "data": {"type": "iris"},
        "network": {"layers": [dense(3), {"type": "activation", "activation": "softmax", "id": "probability"}]},
        "training": {**CLASSES, "regularizer": {"type": "l2", "rate": 0.01}, "schedule": "cosine", "epochs": 3},
    },
    "logits": {
        "data": CIRCLE,
        "network": {"layers": [dense(3, "silu"), dense(1)]},
        "training": {"loss": "binary_cross_entropy", "schedule": {"type": "constant", "warmup": 4}, "shuffle": False},
    },
    "classes that count more": {
        "data": {"type": "iris"},
        "training": {**CLASSES, "class_weights": [0.5, 1, 2], "clip_norm": 1.0, "epochs": 2, "patience": 1},
    },
    "rare ones that count more": {
        "data": CIRCLE,
        "training": {"class_weights": "balanced", "clip_value": 0.1, "schedule": "plateau", "epochs": 3},
    },
    "one of two that counts more": {
        "data": CIRCLE,
        "network": {"layers": [dense(3, "tanh"), dense(2, "tanh")]},
        "training": {"loss": "hinge", "class_weights": [3, 1], "epochs": 3, "patience": 1, "restore_best": True},
    },
    "probabilities alone": {"data": {"type": "blobs", **SMALL}, "training": {"schedule": "exponential_decay"}},
    "columns chosen": {"data": {"type": "diabetes", "features": ["blood pressure", "sex"]}},
    "features typed": {
        "data": {
            **CIRCLE,
            "features": [
                "x",
                "x*y^2/4",
                "max(abs(x), -y, 2)",
                "sqrt(x1^2+x2^2)",
                "2^-x + log(x^2 + 0.5)",
                "-pi",
                "1 - --x",
            ],
        }
    },
    "every feature": {"data": {**CIRCLE, "features": list(CATALOGUE["feature"])}, "training": {"loss": "mae"}},
    "convolutions on digits": {
        "data": {"type": "digits"},
        "network": {"layers": [conv(3), {"type": "batch_norm"}, POOL, {"type": "flatten"}, dense(10, "softmax")]},
        "training": {**CLASSES, "optimizer": "rmsprop", "batch_size": 200, "epochs": 1},
    },
    "a memory": {
        "data": {"type": "sine", "samples": 40},
        "network": {"layers": [{"type": "lstm", "units": 4}, dense(1)]},
        "training": {"optimizer": "adadelta", "epochs": 1},
    },
    "letters by number": {
        "data": {"type": "letters", "encoding": "codes"},
        "network": {
            "layers": [
                {"type": "embedding", "vocabulary": 32, "units": 4},
                {"type": "gru", "units": 5},
                dense(len(CATALOGUE["dataset"]["letters"].class_names), "softmax"),
            ]
        },
        "training": {**CLASSES, "optimizer": "adagrad", "batch_size": 50, "epochs": 1},
    },
}
PRESETS = {name: {"data": {"type": name}} for name, cls in CATALOGUE["dataset"].items() if not cls.needs_files}
RUNS = {**PRESETS, **TEXTBOOK, **SPECIAL}


@contextmanager
def images(folder: Path) -> Iterator[None]:
    """MNIST's files with made-up images, for as long as this lasts."""
    rng = np.random.default_rng(0)
    home = folder / "mnist"
    home.mkdir(exist_ok=True)
    for name, array in (
        ("train-images-idx3-ubyte", rng.integers(0, 256, (IMAGES, 28, 28), np.uint8)),
        ("train-labels-idx1-ubyte", (np.arange(IMAGES) % 10).astype(np.uint8)),
    ):
        head = b"\0\0\x08" + bytes([array.ndim]) + np.array(array.shape, ">u4").tobytes()
        (home / name).write_bytes(head + array.tobytes())
    files.set_folder(folder)
    try:
        yield
    finally:
        files.set_folder(None)


def trained(name: str, epochs: int, folder: Path) -> Trainer:
    """A run of that name after so many epochs."""
    with images(folder):
        trainer = Trainer(Experiment.from_json(RUNS[name]))
    list(itertools.islice(trainer.events("epoch"), epochs))
    return trainer


def snapshot(name: str, epochs: int, folder: Path) -> Snapshot:
    return Snapshot.of(trained(name, epochs, folder))
