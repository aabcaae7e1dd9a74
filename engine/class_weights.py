"""Class weights: examples of some classes count more in the loss, so that rare ones are not overlooked.

An example's loss, and its gradient, is multiplied by the weight of its class; the mean over a batch still divides by
the number of examples, as Keras does it (PyTorch's CrossEntropyLoss divides by the sum of their weights instead).
'balanced' gives each class n / (k · its examples) for n training examples of k classes, so that all classes have the
same say and the weights' mean over the training part is 1. Losses in the history are those of training, weights
included; accuracy is not weighted.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from engine.builder import Array, Builder, Tensor
from engine.errors import SpecError
from engine.targets import Coding

BALANCED = "balanced"


def check(weights: Any, classes: int) -> None:
    """Raises SpecError where the weights do not fit a data set with so many classes (0: values to predict)."""
    if weights is None:
        return
    if not classes:
        raise SpecError(
            "Class weights are for classes, but this data set has values to predict.",
            where="class_weights",
            fix="Leave them out.",
        )
    if weights != BALANCED and len(weights) != classes:
        raise SpecError(
            f"Expected {classes} weights, one for each class, got {len(weights)}.",
            where="class_weights",
            fix=f"Give {classes} numbers, or {BALANCED!r}.",
        )
    if weights != BALANCED and not any(weights):
        raise SpecError("All weights are 0: nothing would be learned.", where="class_weights", fix="Raise one.")


def weighted(loss: Any, weights: Any, coding: Coding, labels: Array) -> Any:
    """The loss with these class weights; itself where there are none. labels: class numbers of the training part."""
    if weights is None:
        return loss
    if weights == BALANCED:
        counts = np.bincount(labels.astype(np.int64), minlength=coding.classes)
        weights = len(labels) / (coding.classes * np.maximum(counts, 1))
    return Weighted(loss, np.asarray(weights, np.float64), coding)


class Weighted:
    """A loss in which each example counts as much as its class.

    The weight of an example is read off its coded target t: a · t + c, exact for one output and for one a class.
    """

    def __init__(self, loss: Any, weights: Array, coding: Coding) -> None:
        self.loss, self.joint = loss, bool(getattr(loss, "joint", False))
        self.name, self.label, self.accepts, self.targets = loss.name, loss.label, loss.accepts, loss.targets
        span = coding.high - coding.low
        if coding.outputs == 1:  # low stands for class 0, high for class 1
            self.factors = np.array([weights[1] - weights[0]]) / span
            self.offset = float(weights[0] - self.factors[0] * coding.low)
        else:
            self.factors = weights / span
            self.offset = float(-(self.factors * coding.low).sum())

    def value(self, b: Builder, y: Tensor, t: Array) -> Array:
        each = self.loss.value(b, y, t)
        b.forward(np.multiply, each, self._each(b, b.forward, t), each)
        return each

    def gradient(self, b: Builder, y: Tensor, t: Array) -> None:
        self.loss.gradient(b, y, t)
        b.backward(np.multiply, y.grad, self._each(b, b.backward, t), y.grad)

    def _each(self, b: Builder, say: Callable[..., None], t: Array) -> Array:
        """(N,) weights of the samples."""
        each = b.buffer(b.batch)
        say(self.factors.astype(b.dtype).dot, t, each)
        say(np.add, each, b.constant(self.offset), each)
        return each
