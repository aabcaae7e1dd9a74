"""Dense: the fully connected layer."""

from collections.abc import Mapping

from engine.builder import Array, Builder, Tensor, Weights
from engine.layer import Layer, Shape, need_rank
from engine.spec import flag, integer, part, sub


@part(
    "layer",
    "dense",
    label="Dense",
    formula=r"y = f(xW + b)",
    keras="keras.layers.Dense({units}, activation={activation}, use_bias={bias})",
    torch="nn.Linear({in_shape[0]}, {units}, bias={bias})",
    examples=(({"units": 3}, (5,)), ({"units": 1, "bias": False}, (7,)), ({"units": 4, "activation": "tanh"}, (2,))),
)
class Dense(Layer):
    """Every output is a weighted sum of all inputs, plus a learned offset, put through the activation.

    Shapes: (D,) → (U,); kernel (D, U), bias (U,). Stored as one matrix (U, D + 1) whose last column is the bias,
    which meets the row of ones below the input. Gradients: dx = W dy, dW = x dyᵀ, db = Σ dy.
    """

    units: int = integer(16, lo=1, hi=4096, help="How many neurons, that is outputs, the layer has.")
    activation: object = sub("activation", "linear", help="What each neuron makes of its sum.")
    bias: bool = flag(True, help="Add a learned offset to each sum.")
    kernel_initializer: object = sub("initializer", "glorot_uniform", help="How the first weights are drawn.")
    bias_initializer: object = sub("initializer", "zeros", help="How the first offsets are drawn.")

    def out_shape(self, *inputs: Shape) -> Shape:
        need_rank(inputs[0], 1, "a plain row of numbers", "Put a Flatten layer before it.")
        return (self.units,)

    def storage(self, *inputs: Shape) -> dict[str, Shape]:
        return {"matrix": (self.units, inputs[0][0] + self.bias)}

    def views(self, stored: Mapping[str, Array]) -> dict[str, Array]:
        m = stored["matrix"]
        return {"kernel": m[:, :-1].T, "bias": m[:, -1]} if self.bias else {"kernel": m.T}

    def fans(self, *inputs: Shape) -> tuple[int, int]:
        return inputs[0][0], self.units

    def build(self, b: Builder, w: Weights, *inputs: Tensor) -> Tensor:
        (x,), matrix = inputs, w.value["matrix"]  # (U, D + 1)
        source = x.rows if self.bias else x.value  # (D + 1, N)
        y = b.tensor((self.units,))
        b.forward(matrix.dot, source, y.value)
        if b.training:
            b.backward(y.grad.dot, source.T, w.grad["matrix"])
            dx = b.gradient(x, rows=self.bias)  # with the bias's row: the whole matrix is faster than a part of it
            if dx is not None:
                b.backward(matrix.T.dot, y.grad, dx)
        return y
