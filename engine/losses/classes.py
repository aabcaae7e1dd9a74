"""Losses on classes: cross-entropy, in its stable form on the sums before the output activation.

`joint = True`: the program gives these losses the output layer's sums z (logits), not its activation's values,
so that no logarithm of a rounded probability is ever taken. After a linear output they read it as logits, which
is PyTorch's convention; after sigmoid or softmax they are Keras's.
"""

import numpy as np

from engine.activations.smooth import sigmoid_calls
from engine.builder import Array, Builder, Tensor
from engine.losses.values import gradient_scale, mean_over_outputs
from engine.spec import part


@part(
    "loss",
    "binary_cross_entropy",
    label="Binary cross-entropy",
    formula=r"L = -\frac{1}{n}\sum_i \left(t_i \ln p_i + (1 - t_i)\ln(1 - p_i)\right),\quad p = \sigma(z)",
    keras="keras.losses.BinaryCrossentropy(from_logits={from_logits})",
    torch="nn.BCEWithLogitsLoss()",
)
class BinaryCrossEntropy:
    """How surprised the network is by each yes or no, given the probability it gave it.

    On logits: L = max(z, 0) − t z + ln(1 + e^−|z|); dL/dz = σ(z) − t.
    """

    accepts = ("sigmoid", "linear")
    targets = "probability"
    joint = True

    def value(self, b: Builder, y: Tensor, t: Array) -> Array:
        z, total, part_ = y.value, b.like(y.value), b.like(y.value)
        b.forward(np.logaddexp, z, b.constant(0.0), total)
        b.forward(np.multiply, z, t, part_)
        b.forward(np.subtract, total, part_, total)
        return mean_over_outputs(b, total, len(y.shape))

    def gradient(self, b: Builder, y: Tensor, t: Array) -> None:
        d = y.grad
        sigmoid_calls(b, b.backward, y.value, d)
        b.backward(np.subtract, d, t, d)
        b.backward(np.multiply, d, gradient_scale(b, y), d)


@part(
    "loss",
    "categorical_cross_entropy",
    label="Categorical cross-entropy",
    formula=r"L = -\sum_k t_k \ln p_k,\quad p = \mathrm{softmax}(z)",
    keras="keras.losses.CategoricalCrossentropy(from_logits={from_logits})",
    torch="nn.CrossEntropyLoss()",
)
class CategoricalCrossEntropy:
    """How surprised the network is by the right class, given the probability it gave it.

    On logits: L = ln Σ e^z − Σ t z; dL/dz = softmax(z) − t.
    """

    accepts = ("softmax", "linear")
    targets = "probability"
    joint = True

    def _shifted(self, b: Builder, y: Tensor) -> tuple[tuple[int, ...], int]:
        axis = y.axis
        return tuple(1 if a == axis else n for a, n in enumerate(y.value.shape)), axis

    def value(self, b: Builder, y: Tensor, t: Array) -> Array:
        narrow, axis = self._shifted(b, y)
        top, total, z, e = b.buffer(*narrow), b.buffer(*narrow), b.like(y.value), b.like(y.value)
        b.forward(np.maximum.reduce, y.value, axis, None, top, True)
        b.forward(np.subtract, y.value, top, z)
        b.forward(np.exp, z, e)
        b.forward(np.add.reduce, e, axis, None, total, True)
        b.forward(np.log, total, total)
        b.forward(np.multiply, z, t, z)
        b.forward(np.add.reduce, z, axis, None, top, True)
        b.forward(np.subtract, total, top, total)
        return mean_over_outputs(b, total, len(y.shape))

    def gradient(self, b: Builder, y: Tensor, t: Array) -> None:
        narrow, axis = self._shifted(b, y)
        top, d = b.buffer(*narrow), y.grad
        positions = int(np.prod(y.shape[:-1]))  # one for a vector; a sequence has a prediction at each position
        b.backward(np.maximum.reduce, y.value, axis, None, top, True)
        b.backward(np.subtract, y.value, top, d)
        b.backward(np.exp, d, d)
        b.backward(np.add.reduce, d, axis, None, top, True)
        b.backward(np.divide, d, top, d)
        b.backward(np.subtract, d, t, d)
        b.backward(np.multiply, d, b.constant(1.0 / (b.samples * positions)), d)
