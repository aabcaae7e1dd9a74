"""Dropout: silences random values during training."""

import numpy as np

from engine.builder import Builder, Tensor, Weights
from engine.layer import Layer
from engine.spec import part, real


@part(
    "layer",
    "dropout",
    label="Dropout",
    formula=r"y = \frac{m \odot x}{1 - p},\quad m \sim \mathrm{Bernoulli}(1 - p)",
    keras="keras.layers.Dropout({rate})",
    torch="nn.Dropout({rate})",
    examples=(({"rate": 0.5}, (6,)), ({"rate": 0.0}, (3,)), ({"rate": 0.25}, (4, 4, 2))),
    source="Srivastava et al. 2014, JMLR 15",
)
class Dropout(Layer):
    """While training, sets a random part of its inputs to zero, so that no neuron can rely on one other.

    The values that stay are scaled by 1/(1 − p), so their mean is the same in training and in use; in use the
    layer passes everything on. Shape unchanged.
    """

    draws_noise = True
    rate: float = real(0.5, lo=0.0, hi=1.0, open_hi=True, help="The share of values set to zero, p.")

    def build(self, b: Builder, w: Weights, *inputs: Tensor) -> Tensor:
        (x,) = inputs
        if not b.noisy or self.rate == 0.0:
            return x
        y = b.tensor(x.shape)
        mask, keep = b.chance(*x.value.shape), 1.0 - self.rate
        b.forward(np.less, mask, b.constant(keep), mask)
        b.forward(np.multiply, mask, b.constant(1.0 / keep), mask)
        b.forward(np.multiply, x.value, mask, y.value)
        dx = b.gradient(x)
        if dx is not None:
            b.backward(np.multiply, y.grad, mask, dx)
        return y
