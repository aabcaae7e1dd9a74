"""AvgPool2D: the mean of each window."""

import numpy as np

from engine.builder import Array, Builder, Tensor, Weights
from engine.layer import Shape
from engine.pooling import Pooling
from engine.spec import part
from engine.windows import Windows


@part(
    "layer",
    "avg_pool2d",
    label="Average pooling 2D",
    formula=r"y_{i,j,c} = \frac{1}{|w|} \sum_{u,v} x_{s i + u,\; s j + v,\; c}",
    examples=(
        ({}, (4, 6, 2)),
        ({"pool_size": [2, 3]}, (5, 7, 2)),
        ({"pool_size": 3, "strides": 2}, (7, 6, 1)),
        ({"pool_size": 3, "strides": 2, "padding": "same"}, (6, 5, 2)),
        ({"pool_size": 2, "strides": 3, "padding": "same"}, (5, 7, 1)),
        ({"pool_size": 3, "strides": [1, 2], "padding": "same"}, (3, 3, 2)),
    ),
    source="LeCun et al. 1998, Proc. IEEE 86(11); torch.nn.AvgPool2d",
)
class AvgPool2D(Pooling):
    """Replaces each small window by its mean, channel by channel: a smaller, smoother image.

    (H, W, C) → (rows, columns, C). At the edges, with the padding 'same', the mean is over the values that are
    there, as in Keras; |w| is their number. Backward, each of them gets dy / |w|.
    """

    def build(self, b: Builder, w: Weights, *inputs: Tensor) -> Tensor:
        (x,) = inputs
        windows, y, dx = self._windows(x.shape), b.tensor(self.out_shape(x.shape)), b.gradient(x)
        count = (y.shape[0], y.shape[1])
        first, *others = windows.taps(windows.with_border(b, x.value), count)
        share, top = _share(b, windows, x.value, y.value), first
        for tap in others:
            b.forward(np.add, top, tap, y.value)
            top = y.value
        b.forward(np.multiply, top, share, y.value)
        if dx is not None:
            each = b.like(y.grad)
            b.backward(np.multiply, y.grad, share, each)
            windows.add_back(b, [each] * (len(others) + 1), dx)
        return y

    def keras(self, in_shape: Shape) -> str:
        """Keras's layer for inputs of this shape."""
        return self._keras("Average")

    def torch(self, in_shape: Shape) -> str:
        """PyTorch's layer for inputs of this shape, which is (C, H, W) there."""
        return self._torch("Avg", in_shape, count_include_pad=False)


def _share(b: Builder, windows: Windows, x: Array, y: Array) -> Array:
    """1 / |w| for each window, (rows, columns, 1, 1), or one number where no window reaches over an edge."""
    if not windows.bordered:
        return b.constant(1.0 / (windows.size[0] * windows.size[1]))
    there = b.buffer(*(n + lo + hi for n, lo, hi in zip(x.shape[:2], windows.before, windows.after, strict=True)), 1, 1)
    windows.inside(there, x)[...] = 1.0
    return 1.0 / sum(windows.taps(there, (y.shape[0], y.shape[1])))  # type: ignore[return-value]
