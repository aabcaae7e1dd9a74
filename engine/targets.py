"""How classes become numbers that a network can be trained on, and its outputs classes again.

A loss says what it wants: `probability` (0 or 1), `signed` (−1 or 1), or `fit`: −1 and 1, or 0 and 1 where the
output's activation can not go below 0. Two classes need one output, or two; k classes need k.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.builder import Array
from engine.errors import SpecError
from engine.network import Network
from engine.spec import CATALOGUE


@dataclass(frozen=True)
class Coding:
    """Targets and decisions for one network, loss and data set. classes: 0 for regression."""

    classes: int
    outputs: int
    low: float
    high: float
    threshold: float  # where one output decides between two classes, on the output that users see
    logits: bool  # outputs are sums, not probabilities

    def encode(self, targets: Array) -> Array:
        """(n,) class indices or values → (n, outputs)."""
        if not self.classes:
            return np.asarray(targets, np.float64).reshape(len(targets), self.outputs)
        targets = np.asarray(targets, np.int64)
        if self.outputs == 1:
            return np.where(targets == 1, self.high, self.low)[:, None]
        out = np.full((len(targets), self.outputs), self.low)
        out[np.arange(len(targets)), targets] = self.high
        return out

    def decide(self, outputs: Array) -> Array:
        """(n, outputs) as users see them → (n,) class indices."""
        if self.outputs == 1:
            return (outputs[:, 0] > self.threshold).astype(np.int64)
        return outputs.argmax(axis=1)


def coding(network: Network, loss: Any, classes: int, values: int = 1) -> Coding:
    """The coding for this network and loss. classes: how many, 0 for regression, which has `values` targets.

    Raises SpecError at the output layer or at the loss where they do not fit the data.
    """
    node, activation = network.output, network.output_activation
    if len(node.out_shape) != 1:
        raise SpecError(
            f"The last layer must give a plain row of numbers, but gives {'×'.join(map(str, node.out_shape))}.",
            where=f"network.layers.{node.id}",
            fix="End with a Dense layer; put Flatten before it.",
        )
    if not network.count():
        raise SpecError(
            "Nothing in this network can learn: no layer has weights.",
            where=f"network.layers.{node.id}",
            fix="Add a Dense layer.",
        )
    (outputs,) = node.out_shape
    _check_loss(loss, activation, classes)
    one_hot = loss.name == "categorical_cross_entropy"
    wanted = {values} if not classes else {classes} if classes > 2 or one_hot else {1, 2}
    if outputs not in wanted:
        need = " or ".join(map(str, sorted(wanted)))
        if classes:
            said = f"The output layer has {outputs} units, but {classes} classes need {need}."
        elif values > 1:
            said = f"The output layer has {outputs} units, but {values} values to predict need {need}."
        else:
            said = f"The output layer has {outputs} units, but 1 value to predict needs {need}."
        right, own = max(wanted) if one_hot else min(wanted), hasattr(node.layer, "units")
        raise SpecError(
            said,
            where=f"network.layers.{node.id}{'.units' * own}",
            fix=f"Set its units to {right}." if own else f"End with a Dense layer of {right} units.",
        )
    logits = bool(getattr(loss, "joint", False)) and activation == "linear"
    low, high = _levels(loss, activation)
    threshold = 0.0 if logits else (low + high) / 2
    return Coding(classes, outputs, low, high, threshold, logits)


def _check_loss(loss: Any, activation: str, classes: int) -> None:
    if loss.accepts and activation not in loss.accepts:
        raise SpecError(
            f"{loss.label} needs an output layer with {' or '.join(loss.accepts)}, but its activation is {activation}.",
            where="training.loss",
            fix=f"Set the output layer's activation to {loss.accepts[0]}, or choose mean squared error.",
        )
    if not classes and loss.targets != "fit":
        raise SpecError(
            f"{loss.label} is for classes, but this data set has values to predict.",
            where="training.loss",
            fix="Choose mean squared error, mean absolute error or Huber.",
        )


def _levels(loss: Any, activation: str) -> tuple[float, float]:
    if loss.targets == "probability":
        return 0.0, 1.0
    if loss.targets == "fit" and CATALOGUE["activation"][activation].range[0] >= 0.0:
        return 0.0, 1.0
    return -1.0, 1.0
