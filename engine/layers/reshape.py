"""Reshape: the same values in the same order, with other axes."""

import math

import numpy as np

from engine.builder import Array, Builder, Tensor, Weights
from engine.errors import ShapeError, SpecError
from engine.layer import Layer, Shape, show_shape
from engine.spec import part, sizes


@part(
    "layer",
    "reshape",
    label="Reshape",
    formula=r"y_{i'} = x_i,\quad \text{$i$ and $i'$ the same place, counted with the last axis fastest}",
    keras="keras.layers.Reshape({shape})",
    torch="nn.Unflatten(1, {shape})",
    examples=(
        ({"shape": [2, 6]}, (12,)),
        ({"shape": [-1]}, (2, 3, 2)),
        ({"shape": [3, -1, 2]}, (12,)),
        ({"shape": [4, 3]}, (2, 6)),
        ({"shape": [4, 6]}, (3, 2, 4)),
        ({"shape": [2, 2, 3, 1]}, (2, 2, 3)),
        ({"shape": [5]}, (5,)),
    ),
)
class Reshape(Layer):
    """Gives the same values other axes: a row of 784 becomes an image of 28×28×1, an image a sequence of its lines.

    (…) → shape, with as many values; one axis may be −1 and takes what is left. Values keep their order, the last
    axis fastest, as in NumPy and Keras; PyTorch, channels first, orders an image's values differently.
    """

    shape: tuple[int, ...] = sizes((-1,), lo=-1, hi=65_536, help="The sizes of the new axes; one may be −1: the rest.")

    def __post_init__(self) -> None:
        if 0 in self.shape:
            raise SpecError("No axis can have the size 0.", where="shape", fix="Use 1 or more, or −1 for the rest.")
        if self.shape.count(-1) > 1:
            raise SpecError("Only one axis can be −1.", where="shape", fix="Give the other sizes as numbers.")

    def out_shape(self, *inputs: Shape) -> Shape:
        have, known = math.prod(inputs[0]), math.prod(n for n in self.shape if n != -1)
        fits = have % known == 0 if -1 in self.shape else have == known
        if not fits:
            raise ShapeError(
                f"{have} values ({show_shape(inputs[0])}) reach it, which do not fill {show_shape(self.shape)}.",
                where="shape",
                fix=f"Choose sizes whose product is {have}, or −1 for one of them.",
            )
        return tuple(have // known if n == -1 else n for n in self.shape)

    def build(self, b: Builder, w: Weights, *inputs: Tensor) -> Tensor:
        return reshaped(b, inputs[0], self.out_shape(inputs[0].shape))


def reshaped(b: Builder, x: Tensor, shape: Shape) -> Tensor:
    """A tensor of that shape with the values of x, and the calls that fill it and carry the gradient back.

    Stored, both are (P, N, C): positions, samples, channels (a vector has one channel). In steps of g channels, g
    dividing both, the values of a sample are in the same order; where g is one of the two, one copy does it.
    """
    if len(shape) == len(x.shape) == 1:
        return x
    y = b.tensor(shape)
    y.wants_grad = x.wants_grad
    g = math.gcd(_channels(x.shape), _channels(shape))
    middle = b.buffer(y.value.size // (b.batch * g), b.batch, g) if g not in map(_channels, (x.shape, shape)) else None

    def copies(source: Array, source_shape: Shape, target: Array, target_shape: Shape) -> list[tuple]:
        a, z = _in_steps(source, b.batch, source_shape, g), _in_steps(target, b.batch, target_shape, g)
        if middle is not None:
            return [(np.copyto, middle.reshape(a.shape), a), (np.copyto, z, middle.reshape(z.shape))]
        if _channels(source_shape) == g:
            return [(np.copyto, z, source.reshape(z.shape, copy=False))]
        return [(np.copyto, target.reshape(a.shape, copy=False), a)]

    for call in copies(x.value, x.shape, y.value, shape):
        b.forward(*call)
    dx = b.gradient(x)
    if dx is not None:
        for call in copies(y.grad, shape, dx, x.shape):
            b.backward(*call)
    return y


def _channels(shape: Shape) -> int:
    return shape[-1] if len(shape) > 1 else 1


def _in_steps(stored: Array, batch: int, shape: Shape, g: int) -> Array:
    """(P, N, C) as (P, C/g, N, g), a view."""
    c = _channels(shape)
    return stored.reshape(-1, batch, c // g, g, copy=False).transpose(0, 2, 1, 3)
