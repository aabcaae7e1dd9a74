"""Layer normalization: each sample's features are brought to mean 0 and variance 1."""

from collections.abc import Mapping

import numpy as np

from engine.builder import Array, Builder, Tensor, Weights
from engine.layer import Layer, Shape
from engine.normalizing import PerChannel, PerPlace, normalize, normalize_back
from engine.spec import flag, part, real


@part(
    "layer",
    "layer_norm",
    label="Layer normalization",
    formula=r"y = \gamma\,\frac{x - \mu}{\sqrt{\sigma^2 + \varepsilon}} + \beta",
    keras="keras.layers.LayerNormalization(epsilon={epsilon}, center={affine}, scale={affine})",
    torch="nn.LayerNorm({in_shape[-1]}, eps={epsilon}, elementwise_affine={affine})",
    examples=(({}, (4,)), ({"affine": False}, (5,)), ({"epsilon": 0.01}, (3, 4)), ({}, (2, 3, 4))),
    source="Ba, Kiros, Hinton 2016, arXiv:1607.06450; torch.nn.LayerNorm",
)
class LayerNorm(Layer):
    """Brings the features of each example, at each position, to mean 0 and variance 1, then lets the network scale
    and shift them: unlike batch normalization it needs no other examples, and does the same in training and in use.

    (…, C) unchanged; μ and σ² over the last axis; gamma, beta (C,).
    Gradient, with g = γ dy: dx = (g − mean(g) − n · mean(g n)) / √(σ² + ε), n the normalized values.
    """

    epsilon: float = real(1e-5, lo=0.0, hi=1.0, open_lo=True, help="Keeps the division safe, ε.", scale="log")
    affine: bool = flag(True, help="Learn a scale γ and an offset β for each feature.")
    decayed = ()

    def storage(self, *inputs: Shape) -> dict[str, Shape]:
        channels = inputs[0][-1:]
        return {"gamma": channels, "beta": channels} if self.affine else {}

    def initialize(self, views: Mapping[str, Array], rng: np.random.Generator, *inputs: Shape) -> None:
        for name, view in views.items():
            view[...] = 1.0 if name == "gamma" else 0.0

    def build(self, b: Builder, w: Weights, *inputs: Tensor) -> Tensor:
        (x,), y = inputs, b.tensor(inputs[0].shape)
        places, channels = PerPlace(b, x.shape), PerChannel(b, x.shape)
        normal, out = b.buffer(*x.value.shape), channels.view(y.value)
        n, by_channel = places.view(normal), channels.view(normal)
        _, _, inverse = normalize(b, places, places.view(x.value), n, places.view(y.value), self.epsilon)
        if self.affine:
            b.forward(np.multiply, by_channel, channels.spread(b.forward, w.value["gamma"]), out)
            b.forward(np.add, out, channels.spread(b.forward, w.value["beta"]), out)
        else:
            b.forward(np.copyto, out, by_channel)
        if not b.training:
            return y
        g, dy, dx = y.grad, channels.view(y.grad), b.gradient(x)
        if self.affine:
            g = b.buffer(*y.grad.shape)
            product = channels.view(g)
            channels.total(b.backward, dy, w.grad["beta"])
            b.backward(np.multiply, dy, by_channel, product)
            channels.total(b.backward, product, w.grad["gamma"])
            b.backward(np.multiply, dy, channels.spread(b.backward, w.value["gamma"]), product)
        if dx is not None:
            sums = places.statistic(), places.statistic()
            normalize_back(b, places, places.view(g), n, inverse, places.view(dx), sums)
        return y
