"""Concatenate: several layers side by side."""

import numpy as np

from engine.builder import Array, Builder, Tensor, Weights
from engine.errors import ShapeError
from engine.layer import Shape
from engine.merging import Merge
from engine.spec import part


@part(
    "layer",
    "concatenate",
    label="Concatenate",
    formula=r"y = (x_1, x_2, \dots)",
    keras="keras.layers.Concatenate()",
    torch="torch.cat(inputs, dim=1)",
    examples=(({}, [(4,), (2,)]), ({}, [(3,), (1,), (3,)]), ({}, [(2, 3, 2), (2, 3, 1)]), ({}, [(4, 2), (4, 3)])),
    source="Huang et al. 2016, arXiv:1608.06993",
)
class Concatenate(Merge):
    """Puts the features of several layers side by side, so that the next layer reads all of them.

    (…, C₁), (…, C₂) … → (…, C₁ + C₂ + …): joined along the last axis, the channels; positions have to agree. The
    gradient is cut up in the same places.
    """

    def out_shape(self, *inputs: Shape) -> Shape:
        if len({shape[:-1] for shape in inputs}) > 1:
            raise ShapeError(
                "Needs inputs that differ in their last size alone, but others differ too.",
                where="inputs",
                fix="Bring them to the same height and width (or steps) first; for plain rows put Flatten before each.",
            )
        return (*inputs[0][:-1], sum(shape[-1] for shape in inputs))

    def build(self, b: Builder, w: Weights, *inputs: Tensor) -> Tensor:
        y = b.tensor(self.out_shape(*(x.shape for x in inputs)))
        start = 0
        for x in inputs:
            here = slice(start, start + x.shape[-1])
            start = here.stop
            b.forward(np.copyto, _channels(y.value, y.axis, here), x.value)
            dx = b.gradient(x)
            if dx is not None:
                b.backward(np.copyto, dx, _channels(y.grad, y.axis, here))
        return y


def _channels(stored: Array, axis: int, here: slice) -> Array:
    return stored[here] if axis == 0 else stored[..., here]
