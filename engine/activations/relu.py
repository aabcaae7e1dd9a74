"""Activations that cut at zero: the rectifier and its relatives."""

import numpy as np

from engine.activation import Activation
from engine.builder import Array, Builder
from engine.spec import part, real

INF = float("inf")


@part("activation", "relu", label="ReLU", formula=r"f(z) = \max(0, z)", keras="relu", torch="nn.ReLU()")
class ReLU(Activation):
    """Lets positive sums through and cuts negative ones to zero: fast, and the usual choice in deep nets."""

    range = (0.0, INF)
    from_output = True
    rises = True

    def forward(self, b: Builder, z: Array, y: Array, axis: int) -> None:
        zeros = b.buffer(*z.shape[-2:])  # NumPy's maximum is fast for two arrays, not for an array and a number
        b.forward(np.maximum, z, zeros, y)

    def backward(self, b: Builder, z: Array, y: Array, dy: Array, dz: Array, axis: int) -> None:
        mask = b.like(y, bool)
        b.backward(np.greater, y, b.constant(0.0), mask)
        b.backward(np.multiply, dy, mask, dz)


@part(
    "activation",
    "leaky_relu",
    label="Leaky ReLU",
    formula=r"f(z) = \begin{cases}z & z > 0\\ \alpha z & z \le 0\end{cases}",
    keras="keras.layers.LeakyReLU(negative_slope={negative_slope})",
    torch="nn.LeakyReLU({negative_slope})",
    examples=({}, {"negative_slope": 0.3}),
)
class LeakyReLU(Activation):
    """Like ReLU, but negative sums leak through a little, so a neuron can not die."""

    negative_slope: float = real(0.01, lo=0.0, hi=1.0, open_lo=True, help="The slope for negative sums, α.")
    from_output = True  # sign(y) = sign(z), since the slope is positive
    rises = True

    def forward(self, b: Builder, z: Array, y: Array, axis: int) -> None:
        low = b.like(z)
        b.forward(np.multiply, z, b.constant(self.negative_slope), low)
        b.forward(np.maximum, z, low, y)

    def backward(self, b: Builder, z: Array, y: Array, dy: Array, dz: Array, axis: int) -> None:
        mask, low = b.like(y, bool), b.like(y)
        b.backward(np.less_equal, y, b.constant(0.0), mask)
        b.backward(np.multiply, dy, b.constant(self.negative_slope), low)
        if dz is not dy:
            b.backward(np.copyto, dz, dy)
        b.backward(np.copyto, dz, low, "same_kind", mask)


@part(
    "activation",
    "elu",
    label="ELU",
    formula=r"f(z) = \begin{cases}z & z > 0\\ \alpha(e^{z}-1) & z \le 0\end{cases}",
    keras="keras.layers.ELU(alpha={alpha})",
    torch="nn.ELU({alpha})",
    examples=({}, {"alpha": 0.5}),
    source="Clevert, Unterthiner, Hochreiter 2015, arXiv:1511.07289",
)
class ELU(Activation):
    """Like ReLU, but negative sums bend smoothly towards −α."""

    alpha: float = real(1.0, lo=0.0, hi=10.0, open_lo=True, help="How far below zero outputs can go, α.")
    from_output = True  # for z ≤ 0, f'(z) = α e^z = y + α
    rises = True

    def forward(self, b: Builder, z: Array, y: Array, axis: int) -> None:
        low = b.like(z)
        b.forward(np.minimum, z, b.constant(0.0), low)
        b.forward(np.expm1, low, low)
        b.forward(np.multiply, low, b.constant(self.alpha), low)
        b.forward(np.maximum, z, b.constant(0.0), y)
        b.forward(np.add, y, low, y)

    def slope(self, b: Builder, z: Array, y: Array, s: Array) -> None:
        mask = b.like(y, bool)
        b.backward(np.add, y, b.constant(self.alpha), s)
        b.backward(np.greater, y, b.constant(0.0), mask)
        b.backward(np.copyto, s, b.constant(1.0), "same_kind", mask)
