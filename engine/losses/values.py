"""Losses on plain numbers: how far outputs are from targets.

Every loss averages over a sample's outputs and then over samples. `value(b, y, t)` tells the builder how to
make the loss of each sample, (N,); `gradient(b, y, t)` how to make dL/dy for the mean over `b.samples`.
`accepts` names the output activations it may follow (empty: any). `targets`: how classes become numbers.
"""

import numpy as np

from engine.builder import Array, Builder, Tensor, batch_axis
from engine.spec import part, real


def mean_over_outputs(b: Builder, each: Array, rank: int) -> Array:
    """(N,) means of a stored array over everything but the samples."""
    axis = batch_axis(rank)
    others = tuple(a for a in range(each.ndim) if a != axis)
    count = each.size // each.shape[axis]
    if count == 1:
        return each.reshape(-1)
    total = b.buffer(each.shape[axis])
    b.forward(np.add.reduce, each, others, None, total)
    b.forward(np.multiply, total, b.constant(1.0 / count), total)
    return total


def gradient_scale(b: Builder, y: Tensor) -> Array:
    """1 / (samples · outputs), the factor of every mean loss's gradient."""
    return b.constant(1.0 / (b.samples * int(np.prod(y.shape))))


@part(
    "loss",
    "mse",
    label="Mean squared error",
    formula=r"L = \frac{1}{n}\sum_i (y_i - t_i)^2",
    keras="keras.losses.MeanSquaredError()",
    torch="nn.MSELoss()",
)
class MSE:
    """The square of how far each output is from its target: large misses count far more than small ones."""

    accepts = ()
    targets = "fit"

    def value(self, b: Builder, y: Tensor, t: Array) -> Array:
        e = b.like(y.value)
        b.forward(np.subtract, y.value, t, e)
        b.forward(np.multiply, e, e, e)
        return mean_over_outputs(b, e, len(y.shape))

    def gradient(self, b: Builder, y: Tensor, t: Array) -> None:
        b.backward(np.subtract, y.value, t, y.grad)
        b.backward(np.multiply, y.grad, b.constant(2.0 * float(gradient_scale(b, y))), y.grad)


@part(
    "loss",
    "mae",
    label="Mean absolute error",
    formula=r"L = \frac{1}{n}\sum_i |y_i - t_i|",
    keras="keras.losses.MeanAbsoluteError()",
    torch="nn.L1Loss()",
)
class MAE:
    """How far each output is from its target: far-off examples pull no harder than near ones."""

    accepts = ()
    targets = "fit"

    def value(self, b: Builder, y: Tensor, t: Array) -> Array:
        e = b.like(y.value)
        b.forward(np.subtract, y.value, t, e)
        b.forward(np.abs, e, e)
        return mean_over_outputs(b, e, len(y.shape))

    def gradient(self, b: Builder, y: Tensor, t: Array) -> None:
        b.backward(np.subtract, y.value, t, y.grad)
        b.backward(np.sign, y.grad, y.grad)
        b.backward(np.multiply, y.grad, gradient_scale(b, y), y.grad)


@part(
    "loss",
    "huber",
    label="Huber",
    formula=r"L = \frac{1}{n}\sum_i \begin{cases}\tfrac12 e_i^2 & |e_i| \le \delta\\"
    r" \delta(|e_i| - \tfrac12\delta) & |e_i| > \delta\end{cases},\quad e = y - t",
    keras="keras.losses.Huber({delta})",
    torch="nn.HuberLoss(delta={delta})",
    examples=({}, {"delta": 0.3}),
    source="Huber 1964, Annals of Mathematical Statistics 35",
)
class Huber:
    """Squared error for small misses, absolute error for large ones: outliers do not take over."""

    delta: float = real(1.0, lo=0.0, hi=1000.0, open_lo=True, help="Where the square turns into a line, δ.")
    accepts = ()
    targets = "fit"

    def value(self, b: Builder, y: Tensor, t: Array) -> Array:
        # with c = min(|e|, δ):  c (|e| - c/2) is ½e² inside and δ(|e| - ½δ) outside
        e, c = b.like(y.value), b.like(y.value)
        b.forward(np.subtract, y.value, t, e)
        b.forward(np.abs, e, e)
        b.forward(np.minimum, e, b.constant(self.delta), c)
        half = b.like(c)
        b.forward(np.multiply, c, b.constant(0.5), half)
        b.forward(np.subtract, e, half, e)
        b.forward(np.multiply, e, c, e)
        return mean_over_outputs(b, e, len(y.shape))

    def gradient(self, b: Builder, y: Tensor, t: Array) -> None:
        b.backward(np.subtract, y.value, t, y.grad)
        b.backward(np.clip, y.grad, b.constant(-self.delta), b.constant(self.delta), y.grad)
        b.backward(np.multiply, y.grad, gradient_scale(b, y), y.grad)


@part(
    "loss",
    "hinge",
    label="Hinge",
    formula=r"L = \frac{1}{n}\sum_i \max(0,\ 1 - t_i y_i),\quad t_i \in \{-1, 1\}",
    keras="keras.losses.Hinge()",
    torch="",
    source="Cortes, Vapnik 1995, Machine Learning 20",
)
class Hinge:
    """Zero once an answer is right by a margin of 1; only examples near or beyond the border pull."""

    accepts = ()
    targets = "signed"

    def value(self, b: Builder, y: Tensor, t: Array) -> Array:
        m = b.like(y.value)
        b.forward(np.multiply, y.value, t, m)
        b.forward(np.subtract, b.constant(1.0), m, m)
        b.forward(np.maximum, m, b.constant(0.0), m)
        return mean_over_outputs(b, m, len(y.shape))

    def gradient(self, b: Builder, y: Tensor, t: Array) -> None:
        m, inside = b.like(y.value), b.like(y.value, bool)
        b.backward(np.multiply, y.value, t, m)
        b.backward(np.less, m, b.constant(1.0), inside)
        b.backward(np.multiply, t, inside, y.grad)
        b.backward(np.multiply, y.grad, b.constant(-float(gradient_scale(b, y))), y.grad)
