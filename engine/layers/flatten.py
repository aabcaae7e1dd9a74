"""Flatten: from anything with positions to a plain row of numbers."""

import numpy as np

from engine.builder import Builder, Tensor, Weights
from engine.layer import Layer, Shape
from engine.spec import part


@part(
    "layer",
    "flatten",
    label="Flatten",
    formula=r"y_{(hW + w)C + c} = x_{h,w,c}",
    keras="keras.layers.Flatten()",
    torch="nn.Flatten()",
    examples=(({}, (3, 4, 2)), ({}, (5, 2)), ({}, (6,))),
)
class Flatten(Layer):
    """Lays all values of an image or a sequence in one row, so that a Dense layer can read them.

    (H, W, C) → (H·W·C,), the last axis fastest, as Keras does; PyTorch, channels first, orders them (C, H, W).
    """

    flattens = True

    def out_shape(self, *inputs: Shape) -> Shape:
        return (int(np.prod(inputs[0])),)

    def build(self, b: Builder, w: Weights, *inputs: Tensor) -> Tensor:
        (x,) = inputs
        if len(x.shape) == 1:
            return x
        y = b.tensor(self.out_shape(x.shape))
        # stored (H, W, N, C) → (H·W·C, N): for every position, channels and samples change places
        positions = (int(np.prod(x.shape[:-1])), b.batch, x.shape[-1])
        wide = (positions[0], positions[2], positions[1])
        b.forward(np.copyto, y.value.reshape(wide), x.value.reshape(positions).transpose(0, 2, 1))
        dx = b.gradient(x)
        if dx is not None:
            b.backward(np.copyto, dx.reshape(positions).transpose(0, 2, 1), y.grad.reshape(wide))
        return y
