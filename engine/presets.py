"""Experiments to start from: networks of textbooks, shortcuts, memories, and the smallest network for each data set.

Each is declared once, with its name, a label, one sentence and an experiment; what it leaves out takes its default.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from engine.data import DataSpec
from engine.datasets.base import flat, mlp, training
from engine.experiment import SEED, VERSION, training_from_json
from engine.network import Network
from engine.spec import CATALOGUE, explanation

TEXTBOOK, IDEAS, SMALLEST = "From textbooks", "Ideas worth a try", "The smallest network for each data set"

Layers = list[dict[str, Any]]


@dataclass(frozen=True)
class Preset:
    """A named experiment. group: the heading under which a menu shows it."""

    name: str
    label: str
    help: str
    group: str
    data: dict[str, Any]
    layers: Layers
    training: dict[str, Any]
    seed: int = SEED.default

    def experiment(self) -> dict[str, Any]:
        """The whole experiment, every default written out; needs none of the data itself."""
        data = DataSpec.from_json(self.data)
        network = Network.from_json({"layers": self.layers}, data.input_shape).to_json()
        del network["input"]  # follows from the data
        settings = training_from_json(self.training).to_json()
        return {
            "version": VERSION,
            "seed": self.seed,
            "data": data.to_json(),
            "network": network,
            "training": settings,
        }

    def to_json(self) -> dict[str, Any]:
        """What the catalogue says of it."""
        about = {name: getattr(self, name) for name in ("name", "label", "help", "group")}
        return about | {"experiment": self.experiment()}


def layer(id: str, type: str, **parameters: Any) -> dict[str, Any]:
    """One layer, as JSON."""
    return {"id": id, "type": type, **parameters}


def conv(id: str, filters: int, **parameters: Any) -> dict[str, Any]:
    """A convolution 3×3."""
    return layer(id, "conv2d", filters=filters, kernel_size=[3, 3], activation="relu", **parameters)


# Four corners, each four times, so that every corner trains and some can test.
XOR = [[x, y, int(x * y < 0)] for x in (-2.0, 2.0) for y in (-2.0, 2.0) for _ in range(4)]

KERAS: Layers = [
    conv("conv2d", 32),
    layer("max_pool2d", "max_pool2d"),
    conv("conv2d2", 64),
    layer("max_pool2d2", "max_pool2d"),
    conv("conv2d3", 64),
    *flat(mlp([64], "relu", out=10, out_activation="softmax")),
]
PYTORCH: Layers = [
    conv("conv2d", 32),
    layer("max_pool2d", "max_pool2d"),
    conv("conv2d2", 64),
    layer("max_pool2d2", "max_pool2d"),
    *flat(mlp([64], "relu", out=10, out_activation="softmax")),
]
# Two blocks, each of which adds what it finds to what it was given.
RESIDUAL: Layers = [
    layer("hidden1", "dense", units=8, activation="gelu"),
    layer("hidden2", "dense", units=8, activation="gelu"),
    layer("add", "add", inputs=["hidden2", "hidden1"]),
    layer("hidden3", "dense", units=8, activation="gelu"),
    layer("add2", "add", inputs=["hidden3", "add"]),
    layer("output", "dense", units=1, activation="tanh"),
]
RESIDUAL_CNN: Layers = [
    conv("conv2d", 8, padding="same"),
    conv("conv2d2", 8, padding="same"),
    layer("add", "add", inputs=["conv2d2", "conv2d"]),
    layer("max_pool2d", "max_pool2d"),
    conv("conv2d3", 8, padding="same"),
    layer("add2", "add", inputs=["conv2d3", "max_pool2d"]),
    *flat(mlp([], "relu", out=10, out_activation="softmax")),
]
NORMALIZED: Layers = [
    layer("flatten", "flatten"),
    layer("hidden1", "dense", units=32, activation="linear", bias=False),
    layer("batch_norm", "batch_norm"),
    layer("activation", "activation", activation="relu"),
    layer("output", "dense", units=10, activation="softmax"),
]


def memory(units: int, out: int, activation: str) -> Layers:
    """One LSTM and an output."""
    return [layer("lstm", "lstm", units=units), layer("output", "dense", units=out, activation=activation)]


DIGITS = {"type": "digits", "train_fraction": 0.8}
CLASSES = "categorical_cross_entropy"

DECLARED = (
    Preset(
        "keras_textbook",
        "The Keras textbook’s network",
        "Three convolutions and two dense layers read handwritten digits: the first network of many a Keras course.",
        TEXTBOOK,
        {"type": "mnist"},
        KERAS,
        training(CLASSES, "adam", 0.001, batch_size=32, epochs=5),
    ),
    Preset(
        "pytorch_textbook",
        "The PyTorch textbook’s network",
        "Two convolutions and two dense layers, trained with momentum: the first network of many a PyTorch course.",
        TEXTBOOK,
        {"type": "mnist"},
        PYTORCH,
        training(CLASSES, "sgd", 0.01, batch_size=64, epochs=5)
        | {"optimizer": {"type": "sgd", "learning_rate": 0.01, "momentum": 0.9}},
    ),
    Preset(
        "xor_by_hand",
        "XOR by hand",
        "Four corners and two hidden neurons: small enough to find all nine weights yourself, by hand or by training.",
        TEXTBOOK,
        {"type": "points", "points": XOR, "classes": 2, "train_fraction": 0.75},
        mlp([2], "tanh", out=1, out_activation="tanh"),
        training("mse", "sgd", 0.1, batch_size=4),
        seed=5,  # from some starts two neurons never find it
    ),
    Preset(
        "residual",
        "A residual network",
        "Shortcuts carry each layer’s input past it, so that the layer has to learn only what to change.",
        IDEAS,
        {"type": "spiral"},
        RESIDUAL,
        training("mse", "adam", 0.01, batch_size=25),
    ),
    Preset(
        "residual_cnn",
        "A residual CNN",
        "Convolutions with shortcuts around them, as in the networks that learned to tell a thousand things apart.",
        IDEAS,
        DIGITS,
        RESIDUAL_CNN,
        training(CLASSES, "adam", 0.003, batch_size=32),
    ),
    Preset(
        "batch_norm_mlp",
        "A network with batch normalization",
        "Between the sums and their activation every value is brought to a healthy size: watch how fast it learns.",
        IDEAS,
        DIGITS,
        NORMALIZED,
        training(CLASSES, "adam", 0.003, batch_size=32),
    ),
    Preset(
        "lstm_letters",
        "An LSTM that spells",
        "It reads eight letters, one after the other, and says which one comes next.",
        IDEAS,
        {"type": "letters"},
        memory(16, 25, "softmax"),
        training(CLASSES, "adam", 0.005, batch_size=32),
    ),
    Preset(
        "lstm_sine",
        "An LSTM that goes on with a wave",
        "It reads sixteen values of a wave, remembers how they went, and says the next one.",
        IDEAS,
        {"type": "sine"},
        memory(8, 1, "linear"),
        training("mse", "adam", 0.01, batch_size=10),
    ),
)


def _smallest() -> Iterator[Preset]:
    """The preset of each data set that is there for everybody, as a preset of its own."""
    for name, cls in CATALOGUE["dataset"].items():
        if cls.personal:
            continue
        start = cls.preset
        yield Preset(
            f"smallest_{name}",
            cls.label,
            explanation(cls),
            SMALLEST,
            {"type": name},
            start["layers"],
            start["training"],
        )


def presets() -> tuple[Preset, ...]:
    """All of them, in the order of the menu."""
    return (*DECLARED, *_smallest())
