"""Activations without a curve: the identity and the step."""

import numpy as np

from engine.activation import Activation
from engine.builder import Array, Builder
from engine.spec import part


@part("activation", "linear", label="Linear", formula=r"f(z) = z", keras="linear", torch="nn.Identity()")
class Linear(Activation):
    """Passes the weighted sum on unchanged; a net of only these can draw nothing but straight lines."""

    from_output = True

    def forward(self, b: Builder, z: Array, y: Array, axis: int) -> None:
        if z is not y:
            b.forward(np.copyto, y, z)

    def backward(self, b: Builder, z: Array, y: Array, dy: Array, dz: Array, axis: int) -> None:
        if dz is not dy:
            b.backward(np.copyto, dz, dy)


@part(
    "activation",
    "step",
    label="Binary step",
    formula=r"f(z) = \begin{cases}1 & z > 0\\ 0 & z \le 0\end{cases}",
    keras="lambda z: keras.ops.cast(z > 0, 'float32')",
    torch="",
    source="Rosenblatt 1958; straight-through derivative: Bengio, Léonard, Courville 2013, arXiv:1308.3432",
)
class Step(Activation):
    """Fires fully or not at all, like the first artificial neurons; its slope is 0, so learning uses a stand-in.

    The true derivative is 0 everywhere, which would stop all learning. Backward therefore uses the
    straight-through estimator: the derivative of the hard sigmoid clip(z + ½, 0, 1), that is 1 for |z| < ½ and 0
    elsewhere. `surrogate` is that function; gradient checks test against it and say so.
    """

    range = (0.0, 1.0)

    def forward(self, b: Builder, z: Array, y: Array, axis: int) -> None:
        mask = b.like(z, bool)
        b.forward(np.greater, z, b.constant(0.0), mask)
        b.forward(np.copyto, y, mask)

    def backward(self, b: Builder, z: Array, y: Array, dy: Array, dz: Array, axis: int) -> None:
        size, mask = b.like(z), b.like(z, bool)
        b.backward(np.abs, z, size)
        b.backward(np.less, size, b.constant(0.5), mask)
        b.backward(np.multiply, dy, mask, dz)

    @staticmethod
    def surrogate(z: Array) -> Array:
        """The function whose derivative `backward` uses."""
        return np.clip(z + 0.5, 0.0, 1.0)
