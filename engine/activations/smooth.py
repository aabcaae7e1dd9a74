"""Smooth activations: the S-shaped ones and the smooth relatives of ReLU."""

import math
from collections.abc import Callable

import numpy as np

from engine.activation import Activation
from engine.builder import Array, Builder
from engine.spec import part

INF = float("inf")


def sigmoid_calls(b: Builder, call: Callable, z: Array, y: Array) -> None:
    """y = 1 / (1 + e^-z), written as (1 + tanh(z/2)) / 2, which overflows nowhere. call: b.forward or b.backward."""
    call(np.multiply, z, b.constant(0.5), y)
    call(np.tanh, y, y)
    call(np.multiply, y, b.constant(0.5), y)
    call(np.add, y, b.constant(0.5), y)


@part("activation", "tanh", label="Tanh", formula=r"f(z) = \tanh z", keras="tanh", torch="nn.Tanh()")
class Tanh(Activation):
    """Squeezes any sum smoothly between −1 and 1."""

    range = (-1.0, 1.0)
    from_output = True  # f' = 1 - y²
    rises = True

    def forward(self, b: Builder, z: Array, y: Array, axis: int) -> None:
        b.forward(np.tanh, z, y)

    def slope(self, b: Builder, z: Array, y: Array, s: Array) -> None:
        b.backward(np.multiply, y, y, s)
        b.backward(np.subtract, b.constant(1.0), s, s)


@part(
    "activation",
    "sigmoid",
    label="Sigmoid",
    formula=r"f(z) = \frac{1}{1 + e^{-z}}",
    keras="sigmoid",
    torch="nn.Sigmoid()",
)
class Sigmoid(Activation):
    """Squeezes any sum smoothly between 0 and 1, so that it can be read as a probability."""

    range = (0.0, 1.0)
    from_output = True  # f' = y(1 - y)
    rises = True

    def forward(self, b: Builder, z: Array, y: Array, axis: int) -> None:
        sigmoid_calls(b, b.forward, z, y)

    def slope(self, b: Builder, z: Array, y: Array, s: Array) -> None:
        b.backward(np.subtract, b.constant(1.0), y, s)
        b.backward(np.multiply, y, s, s)


@part(
    "activation",
    "softmax",
    label="Softmax",
    formula=r"f(z)_i = \frac{e^{z_i}}{\sum_j e^{z_j}}",
    keras="softmax",
    torch="nn.Softmax(dim=1)",
)
class Softmax(Activation):
    """Turns the sums of a whole layer into probabilities that add up to 1."""

    range = (0.0, 1.0)
    from_output = True  # dz = y (dy - Σ y dy)

    def forward(self, b: Builder, z: Array, y: Array, axis: int) -> None:
        top = b.buffer(*(1 if a == axis else n for a, n in enumerate(z.shape)))
        b.forward(np.maximum.reduce, z, axis, None, top, True)
        b.forward(np.subtract, z, top, y)
        b.forward(np.exp, y, y)
        b.forward(np.add.reduce, y, axis, None, top, True)
        b.forward(np.divide, y, top, y)

    def backward(self, b: Builder, z: Array, y: Array, dy: Array, dz: Array, axis: int) -> None:
        product = b.like(y)
        total = b.buffer(*(1 if a == axis else n for a, n in enumerate(y.shape)))
        b.backward(np.multiply, y, dy, product)
        b.backward(np.add.reduce, product, axis, None, total, True)
        b.backward(np.subtract, dy, total, dz)
        b.backward(np.multiply, dz, y, dz)


@part(
    "activation",
    "softplus",
    label="Softplus",
    formula=r"f(z) = \ln(1 + e^{z})",
    keras="softplus",
    torch="nn.Softplus()",
)
class Softplus(Activation):
    """A rounded ReLU: smooth everywhere, never quite zero."""

    range = (0.0, INF)
    from_output = True  # f' = σ(z) = 1 - e^-y
    rises = True

    def forward(self, b: Builder, z: Array, y: Array, axis: int) -> None:
        b.forward(np.logaddexp, z, b.constant(0.0), y)

    def slope(self, b: Builder, z: Array, y: Array, s: Array) -> None:
        b.backward(np.negative, y, s)
        b.backward(np.expm1, s, s)
        b.backward(np.negative, s, s)


@part(
    "activation",
    "silu",
    label="SiLU (Swish)",
    formula=r"f(z) = z\,\sigma(z)",
    keras="silu",
    torch="nn.SiLU()",
    source="Ramachandran, Zoph, Le 2017, arXiv:1710.05941",
)
class SiLU(Activation):
    """A smooth ReLU that dips a little below zero before it rises."""

    def forward(self, b: Builder, z: Array, y: Array, axis: int) -> None:
        sigmoid_calls(b, b.forward, z, y)
        b.forward(np.multiply, z, y, y)

    def slope(self, b: Builder, z: Array, y: Array, s: Array) -> None:
        # f' = σ + y (1 - σ) = y + σ (1 - y), with σ = (1 + tanh(z/2)) / 2
        rest = b.like(z)
        sigmoid_calls(b, b.backward, z, s)
        b.backward(np.subtract, b.constant(1.0), y, rest)
        b.backward(np.multiply, s, rest, s)
        b.backward(np.add, s, y, s)


@part(
    "activation",
    "gelu",
    label="GELU",
    formula=r"f(z) = \tfrac{z}{2}\left(1 + \tanh\!\left(\sqrt{2/\pi}\,(z + 0.044715\,z^3)\right)\right)",
    keras="lambda z: keras.activations.gelu(z, approximate=True)",
    torch="nn.GELU(approximate='tanh')",
    source="Hendrycks, Gimpel 2016, arXiv:1606.08415, the tanh form",
)
class GELU(Activation):
    """A smooth ReLU that weighs each sum by how likely it is to be large; common in language models."""

    def _tanh(self, b: Builder, call: object, z: Array, t: Array) -> None:
        """t = tanh(√(2/π) (z + 0.044715 z³))"""
        call(np.multiply, z, z, t)  # type: ignore[operator]
        call(np.multiply, t, b.constant(0.044715), t)  # type: ignore[operator]
        call(np.add, t, b.constant(1.0), t)  # type: ignore[operator]
        call(np.multiply, t, z, t)  # type: ignore[operator]
        call(np.multiply, t, b.constant(math.sqrt(2 / math.pi)), t)  # type: ignore[operator]
        call(np.tanh, t, t)  # type: ignore[operator]

    def forward(self, b: Builder, z: Array, y: Array, axis: int) -> None:
        t = b.like(z)
        self._tanh(b, b.forward, z, t)
        b.forward(np.add, t, b.constant(1.0), t)
        b.forward(np.multiply, t, z, t)
        b.forward(np.multiply, t, b.constant(0.5), y)

    def slope(self, b: Builder, z: Array, y: Array, s: Array) -> None:
        # f' = ½(1 + t) + ½ z (1 - t²) √(2/π) (1 + 3·0.044715 z²)
        t, v = b.like(z), b.like(z)
        self._tanh(b, b.backward, z, t)
        b.backward(np.multiply, z, z, s)
        b.backward(np.multiply, s, b.constant(3 * 0.044715), s)
        b.backward(np.add, s, b.constant(1.0), s)
        b.backward(np.multiply, s, z, s)
        b.backward(np.multiply, s, b.constant(math.sqrt(2 / math.pi)), s)
        b.backward(np.multiply, t, t, v)
        b.backward(np.subtract, b.constant(1.0), v, v)
        b.backward(np.multiply, s, v, s)
        b.backward(np.add, s, t, s)
        b.backward(np.add, s, b.constant(1.0), s)
        b.backward(np.multiply, s, b.constant(0.5), s)
