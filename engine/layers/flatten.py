"""Flatten: from anything with positions to a plain row of numbers."""

import numpy as np

from engine.builder import Builder, Tensor, Weights
from engine.layer import Layer, Shape
from engine.layers.reshape import reshaped
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
        return reshaped(b, inputs[0], self.out_shape(inputs[0].shape))
