"""MaxPool2D: the largest value of each window."""

from dataclasses import dataclass

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
        """Row by row, then row against row: of equal values the first one is found, and few comparisons are made."""
        (x,) = inputs
        windows, y, dx = self._windows(x.shape), b.tensor(self.out_shape(x.shape)), b.gradient(x)
        image = windows.with_border(b, x.value, -np.inf)
        across = b.buffer(image.shape[0], *y.value.shape[1:])
        columns, rows = _Line(windows, 1), _Line(windows, 0)
        right = columns.largest(b, image, across, dx is not None)
        below = rows.largest(b, across, y.value, dx is not None)
        if dx is not None:
            whole = windows.framed(b, dx)
            rows.share_out(b, y.grad, below, across)
            columns.share_out(b, across, right, whole)
            windows.without_border(b, whole, dx)
        return y

    def keras(self, in_shape: Shape) -> str:
        """Keras's layer for inputs of this shape."""
        return self._keras("Max")

    def torch(self, in_shape: Shape) -> str:
        """PyTorch's layer for inputs of this shape, which is (C, H, W) there."""
        return self._torch("Max", in_shape)


@dataclass(frozen=True)
class _Line:
    """Windows along one axis of an image: 0 down, 1 across."""

    windows: Windows
    axis: int

    def largest(self, b: Builder, image: Array, out: Array, training: bool) -> list[Array]:
        """Make the largest value of each window; gives, for all places but the first, where it beats those before."""
        first, *others = self._places(image, out)
        wins = [b.like(out, bool) for _ in others] if training else []
        if not others:
            b.forward(np.copyto, out, first)
        for k, place in enumerate(others):
            if wins:
                b.forward(np.greater, place, first, wins[k])
            b.forward(np.maximum, first, place, out)
            first = out
        return wins

    def share_out(self, b: Builder, gradient: Array, wins: list[Array], image: Array) -> None:
        """Backward: from the last place to the first, each that won takes what is left of its window's gradient."""
        step, size, n = self.windows.strides[self.axis], self.windows.size[self.axis], image.shape[self.axis]
        places = self._places(image, gradient)
        if step != size or n != size * gradient.shape[self.axis]:  # some values are shared by windows, or in none
            b.backward(image.fill, 0)
        shares = places if step >= size else [b.like(gradient) for _ in places]
        left, rest = gradient, b.like(gradient)
        for k in range(len(wins), 0, -1):
            b.backward(np.multiply, left, wins[k - 1], shares[k])
            after = shares[0] if k == 1 else rest
            b.backward(np.subtract, left, shares[k], after)
            left = rest
        if not wins:
            b.backward(np.copyto, shares[0], gradient)
        for place, share in zip(places, shares, strict=True):
            if place is not share:
                b.backward(np.add, place, share, place)

    def _places(self, image: Array, out: Array) -> list[Array]:
        """Each place in the window, seen for all windows."""
        step, size = self.windows.strides[self.axis], self.windows.size[self.axis]
        stop = (out.shape[self.axis] - 1) * step + 1
        return [image[(slice(None),) * self.axis + (slice(k, k + stop, step),)] for k in range(size)]
