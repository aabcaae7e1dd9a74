"""Multiply: the product of several layers, which lets one layer open and close another like a gate."""

import numpy as np

from engine.builder import Builder, Tensor, Weights
from engine.merging import Merge
from engine.spec import part


@part(
    "layer",
    "multiply",
    label="Multiply",
    formula=r"y = x_1 \odot x_2 \odot \dots",
    keras="keras.layers.Multiply()",
    torch="torch.stack(inputs).prod(dim=0)",
    examples=(({}, [(4,), (4,)]), ({}, [(3,), (3,), (3,)]), ({}, [(2, 3, 2), (2, 3, 2)])),
)
class Multiply(Merge):
    """Multiplies the values of several layers, place by place: one that lies between 0 and 1 acts as a gate.

    Two or more inputs of one shape → that shape. Gradient: dx_i = dy times the product of the others.
    """

    def build(self, b: Builder, w: Weights, *inputs: Tensor) -> Tensor:
        first, second, *others = inputs
        y = b.tensor(first.shape)
        b.forward(np.multiply, first.value, second.value, y.value)
        for x in others:
            b.forward(np.multiply, y.value, x.value, y.value)
        for place, x in enumerate(inputs):
            dx = b.gradient(x)
            if dx is not None:
                product = y.grad
                for other in (*inputs[:place], *inputs[place + 1 :]):
                    b.backward(np.multiply, product, other.value, dx)
                    product = dx
        return y
