"""GlobalAvgPool2D: one number for each channel, its mean over the whole image."""

import numpy as np

from engine.builder import Builder, Tensor, Weights
from engine.layer import Layer, Shape, need_rank
from engine.spec import part


@part(
    "layer",
    "global_avg_pool2d",
    label="Global average pooling 2D",
    formula=r"y_c = \frac{1}{HW} \sum_{i,j} x_{i,j,c}",
    keras="keras.layers.GlobalAveragePooling2D()",
    torch="nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())",
    examples=(({}, (3, 4, 2)), ({}, (1, 1, 3))),
    source="Lin, Chen, Yan 2013, arXiv:1312.4400",
)
class GlobalAvgPool2D(Layer):
    """Says how strongly each channel is present in the whole image, wherever it is.

    (H, W, C) → (C,). Backward, every position gets dy / (H·W).
    """

    def out_shape(self, *inputs: Shape) -> Shape:
        need_rank(inputs[0], 3, "an image (height × width × channels)", "Choose a data set of images.")
        return (inputs[0][2],)

    def build(self, b: Builder, w: Weights, *inputs: Tensor) -> Tensor:
        (x,) = inputs
        y, dx = b.tensor(self.out_shape(x.shape)), b.gradient(x)
        places, channels = x.shape[0] * x.shape[1], x.shape[2]
        mean = b.buffer(b.batch, channels)
        share = np.full(places, 1.0 / places, b.dtype)
        b.forward(share.dot, x.value.reshape(places, -1), mean.reshape(-1))
        b.forward(np.copyto, y.value, mean.T)
        if dx is not None:
            b.backward(np.multiply, y.grad.T, share[0], mean)
            b.backward(np.copyto, dx.reshape(places, *mean.shape), mean)
        return y
