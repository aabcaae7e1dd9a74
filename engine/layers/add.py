"""Add: the sum of several layers, which makes a shortcut around layers."""

import numpy as np

from engine.builder import Builder, Tensor, Weights
from engine.merging import Merge
from engine.spec import part


@part(
    "layer",
    "add",
    label="Add",
    formula=r"y = x_1 + x_2 + \dots",
    keras="keras.layers.Add()",
    torch="torch.stack(inputs).sum(dim=0)",
    examples=(({}, [(4,), (4,)]), ({}, [(3,), (3,), (3,)]), ({}, [(2, 3, 2), (2, 3, 2)]), ({}, [(3, 2), (3, 2)])),
    source="He et al. 2015, arXiv:1512.03385",
)
class Add(Merge):
    """Adds the values of several layers, place by place: with a layer's own input, that is a shortcut around it.

    Two or more inputs of one shape → that shape. The gradient goes to all of them unchanged, so deep networks with
    such shortcuts (residual blocks) learn well.
    """

    def build(self, b: Builder, w: Weights, *inputs: Tensor) -> Tensor:
        first, second, *others = inputs
        y = b.tensor(first.shape)
        b.forward(np.add, first.value, second.value, y.value)
        for x in others:
            b.forward(np.add, y.value, x.value, y.value)
        for x in inputs:
            dx = b.gradient(x)
            if dx is not None:
                b.backward(np.copyto, dx, y.grad)
        return y
