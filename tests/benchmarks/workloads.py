"""The five workloads that the engine is measured on, as experiments: the same data, start and updates for everyone."""

import os
from pathlib import Path
from typing import Any

from engine.datasets import files
from engine.experiment import Experiment

ROOT = Path(__file__).resolve().parents[2]


def mnist_folder() -> Path:
    """Where the IDX files of MNIST's test images are: PLAYGROUND_TEST_MNIST, or shared/data beside the checkout."""
    given = os.environ.get("PLAYGROUND_TEST_MNIST")
    return Path(given) if given else ROOT.parent / "shared" / "data" / "mnist"


def _dense(units: int, activation: str, id: str) -> dict[str, Any]:
    return {"id": id, "type": "dense", "units": units, "activation": activation}


def _tanh(hidden: list[int]) -> list[dict[str, Any]]:
    return [_dense(u, "tanh", f"hidden{i}") for i, u in enumerate(hidden)] + [_dense(1, "tanh", "output")]


def _conv(filters: int, pool: bool, id: str) -> list[dict[str, Any]]:
    conv = {"id": id, "type": "conv2d", "filters": filters, "kernel_size": 3, "activation": "relu"}
    return [conv, {"id": f"{id}_pool", "type": "max_pool2d", "pool_size": 2}] if pool else [conv]


MNIST = {"type": "mnist", "samples": 10_000, "train_fraction": 0.8}
PLANE = {"samples": 500, "train_fraction": 0.5}
ALL_FEATURES = ["x", "y", "x_squared", "y_squared", "x_times_y", "sin_x", "sin_y"]
CLASSES = "categorical_cross_entropy"
HEAD = [{"id": "flatten", "type": "flatten"}, _dense(64, "relu", "hidden"), _dense(10, "softmax", "output")]
KERAS_NET = [*_conv(32, True, "conv1"), *_conv(64, True, "conv2"), *_conv(64, False, "conv3"), *HEAD]
TORCH_NET = [*_conv(32, True, "conv1"), *_conv(64, True, "conv2"), *HEAD]
ADAM = {"type": "adam", "learning_rate": 0.001}
MOMENTUM = {"type": "sgd", "learning_rate": 0.01, "momentum": 0.9}
SGD = {"type": "sgd", "learning_rate": 0.03}


def _experiment(data: dict, layers: list, optimizer: dict, batch: int, loss: str = CLASSES, **training: Any) -> dict:
    # shuffle off: every implementation then makes the same updates in the same order
    settings = {"loss": loss, "optimizer": optimizer, "batch_size": batch, "shuffle": False, **training}
    return {"data": data, "network": {"layers": layers}, "training": settings}


FLAT = [{"id": "flatten", "type": "flatten"}]
MLP = [*FLAT, _dense(128, "relu", "hidden1"), _dense(64, "relu", "hidden2"), _dense(10, "softmax", "output")]

# name: what it is, what is counted, the experiment
WORKLOADS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "w1": (
        "circle 2-4-2-1 tanh, batch 10",
        "epochs",
        _experiment(PLANE | {"type": "circle"}, _tanh([4, 2]), SGD, 10, "mse"),
    ),
    "w2": (
        "spiral 7-8×6-1 tanh, batch 10",
        "epochs",
        _experiment(PLANE | {"type": "spiral", "features": ALL_FEATURES}, _tanh([8] * 6), SGD, 10, "mse"),
    ),
    "w3": ("MLP 784-128-64-10, batch 64, Adam", "updates", _experiment(MNIST, MLP, ADAM, 64)),
    "w4": ("the Keras CNN, batch 32, Adam", "updates", _experiment(MNIST, KERAS_NET, ADAM, 32)),
    "w4b64": ("the Keras CNN, batch 64, Adam", "updates", _experiment(MNIST, KERAS_NET, ADAM, 64)),
    "w5": ("the PyTorch CNN, batch 64, momentum", "updates", _experiment(MNIST, TORCH_NET, MOMENTUM, 64)),
}


def _grown(kind: str, size: int, batch: int) -> dict[str, Any]:
    """A dense or a convolutional net of a given width, for seeing how cost grows."""
    output = _dense(10, "softmax", "output")
    if kind == "dense":
        layers = [*FLAT, _dense(size, "relu", "hidden1"), _dense(size, "relu", "hidden2"), output]
    else:
        layers = [*_conv(size, True, "conv1"), *_conv(size, True, "conv2"), *FLAT, output]
    return _experiment(MNIST, layers, ADAM, batch)


def _textbook(name: str, seed: int) -> dict[str, Any]:
    """A textbook network as it is printed: the first 8,000 images train, the last 2,000 test, mixed in each epoch.

    It starts as is made for ReLU (He, uniform), since a start is all that the print leaves open.
    """
    spec = WORKLOADS[name][2]
    start = {"kernel_initializer": "he_uniform"}
    layers = [layer | (start if layer.get("activation") == "relu" else {}) for layer in spec["network"]["layers"]]
    data, training = spec["data"] | {"split": "in_order"}, spec["training"] | {"shuffle": True}
    return spec | {"seed": seed, "data": data, "network": {"layers": layers}, "training": training}


def _spec(name: str) -> dict[str, Any]:
    if ":" in name:  # dense:<width>:<batch>, conv:<channels>:<batch>, textbook:<workload>:<seed>
        kind, size, batch = name.split(":")
        if kind == "textbook":
            return _textbook(size, int(batch))
        return _grown(kind, int(size), int(batch))
    return WORKLOADS[name][2]


def unit(name: str) -> str:
    """What is counted: epochs or updates."""
    return "updates" if ":" in name else WORKLOADS[name][1]


def experiment(name: str) -> Experiment:
    """The experiment of a workload."""
    files.set_folder(mnist_folder().parent)
    return Experiment.from_json(_spec(name))
