"""What of a network a drawing shows, layer by layer: how many neurons, which weights, which words."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from engine.network import INPUT, Node
from engine.train import Trainer

BOX, GAP = 36.0, 14.0  # a neuron, and between two
SHOWN = 12  # neurons drawn of a layer
LABEL = 26  # letters of an input's or a class's name
UNITS = {"dense": "neuron"}  # what the numbers of a layer are called
FLAT = ("flatten", "embedding")  # what makes rows of numbers out of something else: its neurons say nothing


@dataclass
class Column:
    """The input or a layer. wires: (units of the layer before that are shown, units shown here)."""

    id: str
    title: str
    kind: str
    size: str
    weights: str = ""
    inputs: tuple[str, ...] = ()
    shown: int = 0
    more: int = 0
    block: str = ""  # drawn as one thing with these words in it
    stacked: bool = False
    wires: np.ndarray | None = None
    biases: np.ndarray | None = None
    pictures: np.ndarray | None = None
    labels: list[str] = field(default_factory=list)

    @property
    def width(self) -> float:
        return 92.0 if self.block else BOX

    @property
    def tall(self) -> float:
        """Height of what is drawn of it."""
        if self.block:
            return 92.0 if self.stacked else 52.0
        return self.shown * (BOX + GAP) - GAP + (24 if self.more else 0)

    @property
    def height(self) -> float:
        """With the words below."""
        return self.tall + 2 * 40

    def spot(self, k: int) -> float:
        """Where the middle of a neuron is, from the middle of the column."""
        return k * (BOX + GAP) + BOX / 2 - self.tall / 2


def columns(trainer: Trainer, pictures: dict[str, np.ndarray] | None) -> list[Column]:
    """The input, then every layer in its order."""
    data, network, weights = trainer.data, trainer.network, trainer.weights()
    first = Column(INPUT, "Input", "", sized(network.input_shape, "input"))
    fill(first, network.input_shape, pictures, {})
    first.labels = [short(name) for name in data.input_names[: first.shown]]
    made = {INPUT: first}
    for node in network.nodes:
        column = Column(
            node.id, *titles(node), sized(node.out_shape, UNITS.get(node.layer.name, "value")), inputs=node.inputs
        )
        column.weights = f"{node.count():,} weights" if node.count() else ""
        arrays = weights.get(node.id, {})
        fill(column, node.out_shape, pictures, arrays, flat=node.layer.name in FLAT)
        source = made[node.inputs[0]]
        if node.layer.name == "dense" and source.shown and column.shown:
            column.wires = np.nan_to_num(arrays["kernel"][: source.shown, : column.shown].astype(np.float64))
        made[node.id] = column
    last = made[network.output.id]
    if data.classes and last.shown and last.shown + last.more == len(data.classes):
        last.labels = [short(name) for name in data.classes[: last.shown]]
    return list(made.values())


def fill(
    column: Column, shape: tuple[int, ...], pictures: Any, arrays: dict[str, np.ndarray], flat: bool = False
) -> None:
    """Neurons where a layer gives a row of numbers, else a block."""
    if len(shape) != 1 or flat:
        column.block, column.stacked = times(shape), len(shape) > 1
        return
    column.shown = min(shape[0], SHOWN)
    column.more = shape[0] - column.shown
    if "bias" in arrays and arrays["bias"].shape == shape:
        column.biases = np.nan_to_num(arrays["bias"][: column.shown])
    if pictures is not None and column.id in pictures:
        column.pictures = pictures[column.id][: column.shown]


def titles(node: Node) -> tuple[str, str]:
    """Its name and what it is: Hidden 1, "Dense, Tanh"; Conv2D 2, "ReLU"."""
    activation = getattr(node.layer, "activation", None)
    acts = activation.label if activation is not None and activation.name != "linear" else ""
    bare = node.id.rstrip("0123456789")
    number = node.id[len(bare) :]
    if node.layer.name == "dense" or bare.strip("_-") != node.layer.name:  # a name that somebody gave
        words = f"{bare.replace('_', ' ').replace('-', ' ').strip()} {number}".strip()
        return words[:1].upper() + words[1:], ", ".join(filter(None, [node.layer.label, acts]))
    return f"{node.layer.label} {number}".strip(), acts


def sized(shape: tuple[int, ...], unit: str) -> str:
    return times(shape) if len(shape) > 1 else f"{shape[0]:,} {unit}{'s' * (shape[0] != 1)}"


def short(name: str) -> str:
    return name if len(name) <= LABEL else name[: LABEL - 1].rstrip() + "…"


def times(shape: tuple[int, ...]) -> str:
    return " × ".join(map(str, shape))
