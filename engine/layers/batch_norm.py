"""Batch normalization: each channel is brought to mean 0 and variance 1 over the batch."""

from collections.abc import Mapping

import numpy as np

from engine.builder import Array, Builder, Tensor, Weights
from engine.layer import Layer, Shape
from engine.normalizing import PerChannel, inverse_root, normalize, normalize_back
from engine.spec import flag, part, real


@part(
    "layer",
    "batch_norm",
    label="Batch normalization",
    formula=r"y = \gamma\,\frac{x - \mu}{\sqrt{\sigma^2 + \varepsilon}} + \beta",
    keras="keras.layers.BatchNormalization(momentum={momentum}, epsilon={epsilon}, center={affine}, scale={affine})",
    examples=(
        ({}, (4,)),
        ({"momentum": 0.5, "epsilon": 0.01}, (3,)),
        ({"affine": False}, (3,)),
        ({}, (3, 4, 2)),
        ({"affine": False}, (2, 2, 3)),
        ({}, (4, 3)),
    ),
    source="Ioffe, Szegedy 2015, arXiv:1502.03167; torch.nn.BatchNorm2d",
)
class BatchNorm(Layer):
    """Brings each feature, or each channel of an image, to mean 0 and variance 1 over the batch, then lets the
    network scale and shift it: signals keep a healthy size in deep networks, and learning can go faster.

    (…, C) unchanged; gamma, beta (C,), trained; mean, variance (C,), not trained. In training μ and σ² are those of
    the batch (σ² over all its values); in use they are the running ones: running ← m · running + (1 − m) · batch,
    m as Keras's momentum (PyTorch's is 1 − m), and there the batch's variance is the unbiased one, over one value
    fewer, as PyTorch has it. Of a single value the variance is 0, so its y is β and its running variance falls.
    A frozen layer keeps its γ and β; its running statistics go on, as in PyTorch.
    Gradient: dx = γ/√(σ² + ε) · (dy − mean(dy) − n · mean(dy n)), n the normalized values.
    """

    momentum: float = real(
        0.9, lo=0.0, hi=1.0, open_hi=True, help="How much of the running mean and variance each batch keeps, m."
    )
    epsilon: float = real(1e-5, lo=0.0, hi=1.0, open_lo=True, help="Keeps the division safe, ε.", scale="log")
    affine: bool = flag(True, help="Learn a scale γ and an offset β for each channel.")
    decayed = ()
    mixes_samples = True

    def torch(self, in_shape: Shape) -> str:
        """PyTorch's layer for inputs of this shape."""
        facts = f"eps={self.epsilon}, momentum={1.0 - self.momentum:.12g}, affine={self.affine}"
        return f"nn.BatchNorm{max(1, len(in_shape) - 1)}d({in_shape[-1]}, {facts})"

    def storage(self, *inputs: Shape) -> dict[str, Shape]:
        channels = inputs[0][-1:]
        return {"gamma": channels, "beta": channels} if self.affine else {}

    def state(self, *inputs: Shape) -> dict[str, tuple[Shape, float]]:
        return {"mean": (inputs[0][-1:], 0.0), "variance": (inputs[0][-1:], 1.0)}

    def initialize(self, views: Mapping[str, Array], rng: np.random.Generator, *inputs: Shape) -> None:
        for name, view in views.items():
            view[...] = 1.0 if name == "gamma" else 0.0

    def build(self, b: Builder, w: Weights, *inputs: Tensor) -> Tensor:
        (x,), over, y = inputs, PerChannel(b, inputs[0].shape), b.tensor(inputs[0].shape)
        values, out = over.view(x.value), over.view(y.value)
        if not b.training:
            self._use(b, w, over, values, out)
            return y
        normal = over.view(b.buffer(*x.value.shape))
        if b.noisy:
            mean, variance, inverse = normalize(b, over, values, normal, out, self.epsilon)
            self._remember(b, w, over, mean, variance)
        else:  # a look at gradients in use
            inverse = over.statistic()
            inverse_root(b, w.state["variance"], self.epsilon, inverse)
            b.forward(np.subtract, values, over.spread(b.forward, w.state["mean"]), normal)
            b.forward(np.multiply, normal, over.spread(b.forward, inverse), normal)
        sums = over.statistic(), over.statistic()
        if self.affine:
            b.forward(np.multiply, normal, over.spread(b.forward, w.value["gamma"]), out)
            b.forward(np.add, out, over.spread(b.forward, w.value["beta"]), out)
            b.backward(np.multiply, inverse, w.value["gamma"], inverse)
            sums = w.grad["beta"], w.grad["gamma"]  # Σ dy and Σ dy n are these very gradients
        else:
            b.forward(np.copyto, out, normal)
        dx = b.gradient(x)
        back = None if dx is None else over.view(dx)
        normalize_back(b, over, over.view(y.grad), normal, inverse, back, sums, fixed=not b.noisy)
        return y

    def _use(self, b: Builder, w: Weights, over: PerChannel, x: Array, y: Array) -> None:
        """y = x · scale + shift, with the running statistics."""
        scale, shift = over.statistic(), over.statistic()
        inverse_root(b, w.state["variance"], self.epsilon, scale)
        if self.affine:
            b.forward(np.multiply, scale, w.value["gamma"], scale)
        b.forward(np.multiply, w.state["mean"], scale, shift)
        if self.affine:
            b.forward(np.subtract, w.value["beta"], shift, shift)
        else:
            b.forward(np.negative, shift, shift)
        b.forward(np.multiply, x, over.spread(b.forward, scale), y)
        b.forward(np.add, y, over.spread(b.forward, shift), y)

    def _remember(self, b: Builder, w: Weights, over: PerChannel, mean: Array, variance: Array) -> None:
        """Move the running statistics towards the batch's."""
        unbiased = over.count / max(1, over.count - 1)
        share = over.statistic()
        for name, new, factor in (("mean", mean, 1.0), ("variance", variance, unbiased)):
            b.forward(np.multiply, w.state[name], b.constant(self.momentum), w.state[name])
            b.forward(np.multiply, new, b.constant((1.0 - self.momentum) * factor), share)
            b.forward(np.add, w.state[name], share, w.state[name])
