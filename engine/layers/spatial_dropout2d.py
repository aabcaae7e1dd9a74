"""Spatial dropout: silences whole channels of an image during training."""

import numpy as np

from engine.builder import Builder, Tensor, Weights
from engine.layer import Layer, Shape, need_rank
from engine.spec import part, real


@part(
    "layer",
    "spatial_dropout2d",
    label="Spatial dropout 2D",
    formula=r"y_{h,w,c} = \frac{m_c\, x_{h,w,c}}{1 - p},\quad m_c \sim \mathrm{Bernoulli}(1 - p)",
    keras="keras.layers.SpatialDropout2D({rate})",
    torch="nn.Dropout2d({rate})",
    examples=(({"rate": 0.5}, (3, 4, 5)), ({"rate": 0.0}, (2, 2, 3)), ({"rate": 0.25}, (4, 4, 2))),
    source="Tompson et al. 2015, arXiv:1411.4280",
)
class SpatialDropout2D(Layer):
    """While training, sets a random part of an image's channels to zero, each as a whole.

    Neighbouring places of a channel say much the same, so single values dropped would hardly be missed. The
    channels that stay are scaled by 1/(1 − p); in use the layer passes everything on. (H, W, C) unchanged.
    """

    draws_noise = True
    rate: float = real(0.25, lo=0.0, hi=1.0, open_hi=True, help="The share of channels set to zero, p.")

    def out_shape(self, *inputs: Shape) -> Shape:
        need_rank(inputs[0], 3, "an image (height × width × channels)", "Use Dropout instead.")
        return inputs[0]

    def build(self, b: Builder, w: Weights, *inputs: Tensor) -> Tensor:
        (x,) = inputs
        if not b.noisy or self.rate == 0.0:
            return x
        y = b.tensor(x.shape)
        mask, keep = b.chance(b.batch, x.shape[-1]), 1.0 - self.rate  # (N, C), the same at every position
        b.forward(np.less, mask, b.constant(keep), mask)
        b.forward(np.multiply, mask, b.constant(1.0 / keep), mask)
        runs = (*x.shape[:2], b.batch * x.shape[2])  # long runs of N·C
        b.forward(np.multiply, x.value.reshape(runs, copy=False), mask.reshape(-1), y.value.reshape(runs))
        dx = b.gradient(x)
        if dx is not None:
            b.backward(np.multiply, y.grad.reshape(runs), mask.reshape(-1), dx.reshape(runs))
        return y
