"""MaxPool2D: the largest value of each window."""

import numpy as np

from engine.builder import Array, Builder, Tensor, Weights
from engine.layer import Shape
from engine.pooling import Pooling
from engine.spec import part
from engine.windows import Windows


@part(
    "layer",
    "max_pool2d",
    label="Max pooling 2D",
    formula=r"y_{i,j,c} = \max_{u,v}\; x_{s i + u,\; s j + v,\; c}",
    examples=(
        ({}, (4, 6, 2)),
        ({"pool_size": [2, 3]}, (5, 7, 2)),
        ({"pool_size": 3, "strides": 2}, (7, 6, 1)),
        ({"pool_size": 3, "strides": 2, "padding": "same"}, (6, 5, 2)),
        ({"pool_size": 2, "strides": 3, "padding": "same"}, (5, 7, 1)),
        ({"pool_size": 2, "strides": [1, 2], "padding": "same"}, (3, 3, 2)),
        ({"pool_size": 1}, (2, 3, 2)),
    ),
    source="Ranzato et al. 2007, CVPR; torch.nn.MaxPool2d",
)
class MaxPool2D(Pooling):
    """Keeps only the strongest value in each small window, channel by channel: where exactly it was is forgotten.

    (H, W, C) → (rows, columns, C). Backward, the gradient goes to the place of the maximum; of equal values, to the
    first one, row by row, as in PyTorch.
    """

    keeps_order = True

    def build(self, b: Builder, w: Weights, *inputs: Tensor) -> Tensor:
        (x,) = inputs
        windows, y, dx = self._windows(x.shape), b.tensor(self.out_shape(x.shape)), b.gradient(x)
        first, *others = windows.taps(windows.with_border(b, x.value, -np.inf), (y.shape[0], y.shape[1]))
        if not others:
            b.forward(np.copyto, y.value, first)
        top, larger = first, []  # larger: for each further tap, where it is larger than all before it
        for tap in others:
            if dx is not None:
                larger.append(b.like(y.value, bool))
                b.forward(np.greater, tap, top, larger[-1])
            b.forward(np.maximum, top, tap, y.value)
            top = y.value
        if dx is not None:
            _back(b, windows, y.grad, larger, dx)
        return y

    def keras(self, in_shape: Shape) -> str:
        """Keras's layer for inputs of this shape."""
        return self._keras("Max")

    def torch(self, in_shape: Shape) -> str:
        """PyTorch's layer for inputs of this shape, which is (C, H, W) there."""
        return self._torch("Max", in_shape)


def _back(b: Builder, windows: Windows, dy: Array, larger: list[Array], dx: Array) -> None:
    """From the last tap to the first, each takes its share of what is left of the gradient."""
    whole = windows.framed(b, dx)
    if windows.apart:  # shares can be written where they belong
        shares = windows.taps(whole, (dy.shape[0], dy.shape[1]))
        if not windows.tiles(dx):
            b.backward(whole.fill, 0)
    else:
        shares = list(b.buffer(len(larger) + 1, *dy.shape))
    left, rest = dy, b.like(dy)
    for k in range(len(larger), 0, -1):
        b.backward(np.multiply, left, larger[k - 1], shares[k])
        after = shares[0] if k == 1 else rest
        b.backward(np.subtract, left, shares[k], after)
        left = rest
    if not larger:
        b.backward(np.copyto, shares[0], dy)
    if windows.apart:
        windows.without_border(b, whole, dx)
    else:
        windows.add_back(b, shares, dx)
